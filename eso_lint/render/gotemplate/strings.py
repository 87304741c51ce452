"""Functions of Helm's templates on text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable

from eso_lint.render.gotemplate import regex as goregex
from eso_lint.render.gotemplate.text import Text, cut, indented
from eso_lint.render.gotemplate.values import Unresolved, format_value, number_of, pairs, plain, string_of, text_of
from eso_lint.source.node import Scalar

Function = Callable[..., object]
_VERB = re.compile(r"%(%|[-+0 #]*\d*(?:\.\d+)?[a-zA-Z])")
_PADDED = re.compile(r"0?\d?d")
MAX_TEXT = 1_000_000


def _quote(*values: object) -> str:
    shown = [text_of(v).plain for v in values if plain(v) is not None]
    return " ".join(json.dumps(text, ensure_ascii=False) for text in shown)


def _squote(*values: object) -> str:
    return " ".join(f"'{text_of(v).plain}'" for v in values if plain(v) is not None)


def _printf(pattern: object, *values: object) -> str:
    rest = list(values)

    def show(match: re.Match[str]) -> str:
        verb = match[1]
        if verb == "%":
            return "%"
        value = rest.pop(0)  # an IndexError is Unresolved, too
        known = plain(value)
        if (verb == "s" and isinstance(known, str)) or (verb == "v" and known is not None):
            return text_of(value).plain
        if verb == "v" and known is None:
            return "<nil>"
        if verb == "q" and isinstance(known, str):
            return json.dumps(known, ensure_ascii=False)
        if verb == "t" and isinstance(known, bool):
            return format_value(known)
        if _PADDED.fullmatch(verb) and isinstance(known, int) and not isinstance(value, Scalar | bool):
            return ("%" + verb) % known
        raise Unresolved

    made = _VERB.sub(show, string_of(pattern))
    if rest:
        raise Unresolved
    return made


def _trim(characters: str, value: object, left: bool = True, right: bool = True) -> Text:
    """Text without these at its ends; what is left keeps its place."""
    text = text_of(value)
    whole = text.plain
    low = len(whole) - len(whole.lstrip(characters)) if left else 0
    high = len(whole.rstrip(characters)) if right else len(whole)
    return cut(text, low, max(low, high))


def _suffix(suffix: object, value: object) -> object:
    text, tail = text_of(value), string_of(suffix)
    return cut(text, 0, len(text.plain) - len(tail)) if tail and text.plain.endswith(tail) else text


def _prefix(prefix: object, value: object) -> object:
    text, head = text_of(value), string_of(prefix)
    return cut(text, len(head), len(text.plain)) if head and text.plain.startswith(head) else text


def _trunc(length: object, value: object) -> str:
    size, text = number_of(length), string_of(value)
    if size < 0:
        return text[size:]
    return text[:size]


def _replace(old: object, new: object, value: object) -> str:
    text, before, after = string_of(value), string_of(old), string_of(new)
    if not before or len(text) * (len(after) + 1) > 50 * MAX_TEXT:
        raise Unresolved
    return text.replace(before, after)


def _repeat(count: object, value: object) -> str:
    text, times = string_of(value), number_of(count)
    if len(text) * times > MAX_TEXT:
        raise Unresolved
    return text * times


def _join(separator: object, values: object) -> str:
    between, parts = string_of(separator), [text_of(value).plain for _, value in pairs(values)]
    if len(between) * len(parts) > MAX_TEXT:
        raise Unresolved
    return between.join(parts)


def _decoded(value: object) -> str:
    return base64.b64decode(string_of(value), validate=True).decode()


def _camel(value: object) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[-_ ]+", string_of(value)))


def _of_text(function: Callable[..., object]) -> Function:
    """A function of strings alone."""
    return lambda *values: function(*(string_of(v) for v in values))


def _width(value: object) -> int:
    width = number_of(value)
    if not 0 <= width <= 200:
        raise Unresolved
    return width


STRINGS: dict[str, Function] = {
    "quote": _quote,
    "squote": _squote,
    "print": lambda *values: "".join(string_of(v) for v in values),
    "printf": _printf,
    "cat": lambda *values: " ".join(text_of(v).plain for v in values),
    "toString": lambda value: "<nil>" if plain(value) is None else text_of(value),
    "lower": _of_text(str.lower),
    "upper": _of_text(str.upper),
    "title": _of_text(lambda text: re.sub(r"(?<!\S)\w", lambda m: m[0].upper(), text)),
    "untitle": _of_text(lambda text: re.sub(r"(?<!\S)\w", lambda m: m[0].lower(), text)),
    "nospace": _of_text(lambda text: re.sub(r"\s", "", text)),
    "kebabcase": _of_text(lambda text: re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_ ]", "-", text).lower()),
    "snakecase": _of_text(lambda text: re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[- ]", "_", text).lower()),
    "camelcase": _camel,
    "trim": lambda value: _trim(" \t\r\n\v\f", value),
    "trimAll": lambda characters, value: _trim(string_of(characters), value),
    "trimSuffix": _suffix,
    "trimPrefix": _prefix,
    "trunc": _trunc,
    "substr": lambda start, end, value: string_of(value)[number_of(start) : number_of(end)],
    "replace": _replace,
    "contains": _of_text(lambda needle, text: needle in text),
    "hasPrefix": _of_text(lambda head, text: text.startswith(head)),
    "hasSuffix": _of_text(lambda tail, text: text.endswith(tail)),
    "repeat": _repeat,
    "join": _join,
    "regexReplaceAll": goregex.replace,
    "regexReplaceAllLiteral": goregex.replace,
    "mustRegexReplaceAll": goregex.replace,
    "regexFind": goregex.find,
    "regexMatch": goregex.matches,
    "regexSplit": goregex.split,
    "b64enc": _of_text(lambda text: base64.b64encode(text.encode()).decode()),
    "b64dec": _decoded,
    "sha256sum": _of_text(lambda text: hashlib.sha256(text.encode()).hexdigest()),
    "indent": lambda width, value: indented(text_of(value), _width(width), False),
    "nindent": lambda width, value: indented(text_of(value), _width(width), True),
}
