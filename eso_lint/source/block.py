"""A piece of text that was cut out of a file, every character with its place there."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

from eso_lint.source.node import SourceFile, Span


class Block(NamedTuple):
    """A piece of shell text. `starts` (positions in `text`) and `offsets` (in the file) say where each run lies."""

    file: SourceFile
    text: str
    starts: tuple[int, ...]
    offsets: tuple[int, ...]
    make: bool = False

    def span(self, start: int, end: int) -> Span:
        """The file's span of text[start:end]."""
        return Span(self.file, self._offset(start), self._offset(max(start, end - 1)) + (1 if end > start else 0))

    def _offset(self, position: int) -> int:
        i = bisect_right(self.starts, position) - 1
        return self.offsets[i] + position - self.starts[i]


class Writer:
    """Collects runs of a file's text."""

    def __init__(self, file: SourceFile, make: bool = False) -> None:
        self.file, self.make = file, make
        self.parts: list[str] = []
        self.starts: list[int] = []
        self.offsets: list[int] = []
        self.length = 0

    def copy(self, start: int, end: int) -> None:
        self.put(self.file.text[start:end], start)

    def put(self, text: str, offset: int) -> None:
        if text:
            self.starts.append(self.length)
            self.offsets.append(offset)
            self.parts.append(text)
            self.length += len(text)

    def block(self) -> Block | None:
        text = "".join(self.parts)
        if not text.strip():
            return None
        return Block(self.file, text, tuple(self.starts), tuple(self.offsets), self.make)
