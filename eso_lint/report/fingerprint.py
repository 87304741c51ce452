"""The line fingerprints that code scanning tracks alerts by, equal to those of its upload action."""

from __future__ import annotations

import re
from collections import Counter

from eso_lint.source.node import SourceFile

# 64-bit polynomial over the 100 UTF-16 units that follow a line's first kept unit, zero padded.
_WINDOW = 100
_BASE = 37
_MASK = (1 << 64) - 1
_BREAK = re.compile(r"\r\n?")
_BLANK = re.compile(r"[ \t]+")


class LineHashes:
    """`primaryLocationLineHash` of the lines of one file."""

    def __init__(self, file: SourceFile) -> None:
        # The action reads UTF-8 whatever the file is, and keeps a byte order mark.
        text = file.data.decode("utf-8", "replace")
        kept = _BLANK.sub("", _BREAK.sub("\n", text)) + "\uffff"
        units = kept.encode("utf-16-le", "surrogatepass")
        self._windows: list[bytes] = []
        self._ordinals: list[int] = []
        seen: Counter[bytes] = Counter()
        at = 0
        for line in kept.split("\n"):
            window = units[at : at + 2 * _WINDOW]
            # Equal windows have equal hashes; they are told apart by their order in the file.
            seen[window] += 1
            self._windows.append(window)
            self._ordinals.append(seen[window])
            at += 2 + (2 * len(line) if line.isascii() else len(line.encode("utf-16-le", "surrogatepass")))

    def __getitem__(self, line: int) -> str:
        """The fingerprint of a 1-based line."""
        index = min(max(line, 1), len(self._windows)) - 1
        window = self._windows[index].ljust(2 * _WINDOW, b"\0")
        value = 0
        for i in range(0, 2 * _WINDOW, 2):
            value = (value * _BASE + window[i] + 256 * window[i + 1]) & _MASK
        return f"{value:x}:{self._ordinals[index]}"
