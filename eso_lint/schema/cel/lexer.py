"""Tokens of CEL."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from eso_lint.schema.cel.syntax import CelSyntaxError
from eso_lint.schema.cel.values import INT_MAX, UINT_MAX, UInt

MAX_LENGTH = 64_000
_TOKEN = re.compile(
    r"""(?P<space>[\s]+|//[^\n]*)
    |(?P<string>[bB]?[rR]?(?:\"{3}|'{3}|"|'))
    |(?P<float>[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?)
    |(?P<int>0x[0-9a-fA-F]+[uU]?|[0-9]+[uU]?)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<quoted>`[A-Za-z0-9_.\-/ ]+`)
    |(?P<sign>==|!=|<=|>=|&&|\|\||[-+*/%!<>?:.,()\[\]{}])""",
    re.VERBOSE | re.ASCII,
)
_SIMPLE = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", "'": "'", '"': '"',
    "`": "`", "?": "?",
}  # fmt: skip
_ESCAPE = re.compile(
    r"\\(?:[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([^\d]))", re.DOTALL
)
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}


class Token(NamedTuple):
    """`kind` is literal, name, quoted, sign or end; `text` is the name or sign, `value` the literal's value."""

    kind: str
    text: str
    value: Any = None


def tokens(text: str) -> list[Token]:
    """All tokens, the last of kind end. Raises CelSyntaxError."""
    if len(text) > MAX_LENGTH:
        raise CelSyntaxError("the expression is too long")
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise CelSyntaxError(f"unexpected {text[at]!r} at {at}")
        at = match.end()
        kind, word = match.lastgroup, match[0]
        if kind == "string":
            value, at = _string(text, at, word)
            found.append(Token("literal", word, value))
        elif kind == "float":
            number = float(word)
            if number == float("inf"):
                raise CelSyntaxError(f"{word} is out of range")
            found.append(Token("literal", word, number))
        elif kind == "int":
            found.append(Token("literal", word, _integer(word)))
        elif kind == "quoted":
            found.append(Token("quoted", word[1:-1]))
        elif kind == "name" and word in _WORDS:
            found.append(Token("literal", word, _WORDS[word]))
        elif kind in ("name", "sign"):
            found.append(Token(kind, word))
    found.append(Token("end", ""))
    return found


def _integer(word: str) -> int:
    unsigned = word[-1] in "uU"
    digits = word[:-1] if unsigned else word
    if len(digits) > 40:
        raise CelSyntaxError(f"{word} is out of range")
    value = int(digits, 16) if digits.startswith("0x") else int(digits)
    # One more than the largest is let through: it is the smallest behind a minus.
    if value > (UINT_MAX if unsigned else INT_MAX + 1):
        raise CelSyntaxError(f"{word} is out of range")
    return UInt(value) if unsigned else value


def _string(text: str, at: int, opening: str) -> tuple[str | bytes, int]:
    quote = opening.lstrip("bBrR")
    prefix = opening[: len(opening) - len(quote)].lower()
    end = at
    while not text.startswith(quote, end):
        if end >= len(text) or (len(quote) == 1 and text[end] in "\r\n"):
            raise CelSyntaxError("a string has no end")
        end += 2 if text[end] == "\\" and "r" not in prefix else 1
    body = text[at:end]
    if len(quote) == 3:
        body = body.replace("\r\n", "\n")
    as_bytes = "b" in prefix
    if "r" in prefix:
        return (body.encode() if as_bytes else body), end + len(quote)
    return _unescaped(body, as_bytes), end + len(quote)


def _unescaped(body: str, as_bytes: bool) -> str | bytes:
    out: list[str | bytes] = []
    at = 0
    while (slash := body.find("\\", at)) >= 0:
        out.append(body[at:slash])
        match = _ESCAPE.match(body, slash)
        if match is None:
            raise CelSyntaxError("a string holds an escape that CEL does not know")
        two, four, eight, octal, simple = match.groups()
        if simple is not None:
            if simple not in _SIMPLE:
                raise CelSyntaxError(f"`\\{simple}` is no escape of CEL")
            out.append(_SIMPLE[simple])
        else:
            code = int(octal, 8) if octal else int(two or four or eight, 16)
            if as_bytes and (two or octal):
                out.append(bytes((code,)))
            elif code > 0x10FFFF or 0xD800 <= code < 0xE000 or (as_bytes and (four or eight)):
                raise CelSyntaxError("a string holds an escape that is no character")
            else:
                out.append(chr(code))
        at = match.end()
    out.append(body[at:])
    if as_bytes:
        return b"".join(part.encode() if isinstance(part, str) else part for part in out)
    return "".join(part for part in out if isinstance(part, str))
