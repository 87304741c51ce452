"""Source files and spans.

Offsets are code points into `SourceFile.text` (a byte order mark is not part of the text). Line and column are
computed from offsets only when something is shown.
"""

from __future__ import annotations

import re

from eso_lint.record import NamedTuple

_BREAK = re.compile(r"\r\n|\n|\r")
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


class SourceFile:
    """One file: its repository-relative POSIX path and its bytes, read once."""

    __slots__ = ("_data", "_lines", "_text", "path")

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self._data: bytes | None = data
        self._text: str | None = None
        self._lines: list[int] | None = None

    @property
    def data(self) -> bytes:
        return self._data if self._data is not None else self.text.encode("ascii")

    @property
    def size(self) -> int:
        """How many bytes the file has."""
        return len(self._data) if self._data is not None else len(self.text)

    def holds(self, needle: bytes) -> bool:
        """Whether the file's bytes hold some, without making bytes of an ASCII text again."""
        if self._data is not None:
            return needle in self._data
        return needle.isascii() and needle.decode("ascii") in self.text

    @property
    def text(self) -> str:
        """The decoded text, without a byte order mark; undecodable bytes become U+FFFD."""
        if self._text is None:
            data = self.data
            self._text = decode(data)
            if data.isascii():
                self._data = None  # the text says it all: a repository is not kept twice
        return self._text

    @property
    def line_starts(self) -> list[int]:
        """Offsets at which lines begin. CRLF is one break; NEL, U+2028 and U+2029 are none, as in editors."""
        if self._lines is None:
            self._lines = [0, *(m.end() for m in _BREAK.finditer(self.text))]
        return self._lines

    def position(self, offset: int) -> tuple[int, int]:
        """1-based line and column, in code points, of an offset."""
        from bisect import bisect_right

        starts = self.line_starts
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a 1-based line, without its break; empty past the end."""
        starts = self.line_starts
        if not 0 < number <= len(starts):
            return ""
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def __repr__(self) -> str:
        return f"SourceFile({self.path!r})"


def decode(data: bytes) -> str:
    """Text of a file: UTF-8, or UTF-16 where a byte order mark says so. Never raises."""
    skip, encoding = encoding_of(data)
    return (data[skip:] if skip else data).decode(encoding, "replace")


def encoding_of(data: bytes) -> tuple[int, str]:
    """Length of the byte order mark, and the encoding."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return len(bom), encoding
    return 0, "utf-8"


class Span(NamedTuple):
    """A half-open range of offsets in one file."""

    file: SourceFile
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.file.text[self.start : self.end]

    def one_line(self) -> Span:
        """The part of this span on its first line (at least one column where the line has one)."""
        number = self.file.position(self.start)[0]
        starts = self.file.line_starts
        line_end = starts[number - 1] + len(self.file.line(number))
        return Span(self.file, self.start, max(self.start, min(self.end, line_end)))
