"""JSON inside of strings, with places: a policy in a heredoc, a quoted string or a file of its own.

AWS takes strict JSON. What is none gives no tree. A hole may stand for any value, or be part of a string.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from eso_lint.iam.grant import HOLE, Value
from eso_lint.iam.tree import Fields, Items, Tree
from eso_lint.source.file import Span

# AWS takes no policy a tenth of this size.
_MAX_TEXT = 200_000
_MAX_DEPTH = 40
_TOKEN = re.compile(
    r"[ \t\r\n]*+(?:(?P<string>\"(?:[^\"\\\x01-\x1f]|\\.)*+\")|(?P<mark>[{}\[\],:])"
    r"|(?P<plain>-?\d[\d.eE+-]*+|true|false|null|\x00))"
)
_SPACE = re.compile(r"[ \t\r\n]*+\Z")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


class _JsonError(Exception):
    """No JSON; never leaves this module."""


def tree_of(value: Value) -> Tree | None:
    """What a text holds as JSON; None where it is none, or beyond all bounds."""
    if len(value.raw) > _MAX_TEXT:
        return None
    reader = _Reader(value)
    try:
        found = reader.value(0)
    except _JsonError:
        return None
    return found if _SPACE.match(value.raw, reader.at) else None


class _Reader:
    def __init__(self, value: Value) -> None:
        self.text = value.raw
        self.whole = value.span
        self.at = 0
        self.pieces = value.pieces
        self.offsets = [piece.offset for piece in value.pieces]
        self.same = not value.pieces and value.span.end - value.span.start == len(value.raw)

    def span(self, start: int, end: int) -> Span:
        """Where a part of the text stands."""
        if self.same:
            return Span(self.whole.file, self.whole.start + start, self.whole.start + end)
        if not self.pieces:
            return self.whole
        first = self._place(start)
        return Span(self.whole.file, first, max(self._place(end - 1) + 1, first + 1))

    def _place(self, offset: int) -> int:
        piece = self.pieces[max(bisect_right(self.offsets, offset) - 1, 0)]
        return piece.start + (offset - piece.offset if piece.exact else 0)

    def token(self) -> re.Match[str]:
        found = _TOKEN.match(self.text, self.at)
        if found is None:
            raise _JsonError
        self.at = found.end()
        return found

    def value(self, depth: int, token: re.Match[str] | None = None) -> Tree:
        token = token or self.token()
        if depth > _MAX_DEPTH:
            raise _JsonError
        if token["mark"] == "{":
            return self.object(token.start("mark"), depth)
        if token["mark"] == "[":
            return self.array(token.start("mark"), depth)
        if token["mark"]:
            raise _JsonError
        return self.scalar(token)

    def scalar(self, token: re.Match[str]) -> Value:
        if token["string"] is not None:
            start, end = token.span("string")
            return Value(_text(token["string"][1:-1]), self.span(start, end))
        return Value(token["plain"], self.span(*token.span("plain")))

    def object(self, start: int, depth: int) -> Fields:
        entries: list[tuple[Value, Tree]] = []
        token = self.token()
        while token["mark"] != "}" or entries:
            if token["string"] is None:
                raise _JsonError
            key = self.scalar(token)
            if self.token()["mark"] != ":":
                raise _JsonError
            entries.append((key, self.value(depth + 1)))
            token = self.token()
            if token["mark"] == "}":
                break
            if token["mark"] != ",":
                raise _JsonError
            token = self.token()
        return Fields(tuple(entries), self.span(start, self.at), any(key.raw == HOLE for key, _ in entries))

    def array(self, start: int, depth: int) -> Items:
        found: list[Tree] = []
        token = self.token()
        while token["mark"] != "]" or found:
            found.append(self.value(depth + 1, token))
            token = self.token()
            if token["mark"] == "]":
                break
            if token["mark"] != ",":
                raise _JsonError
            token = self.token()
        return Items(tuple(found), self.span(start, self.at))


def _text(written: str) -> str:
    raw = _ESCAPE.sub(_letter, written) if "\\" in written else written
    if any("\ud800" <= char <= "\udfff" for char in raw):
        raw = raw.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return raw


def _letter(found: re.Match[str]) -> str:
    if found[1]:
        return chr(int(found[1], 16))
    return _LETTERS.get(found[2], found[2])
