"""Patterns that strangers wrote for Go, asked only where Python answers the same, and soon.

Go never backtracks; Python may do so for ages. What could take long is not asked: the answer is None.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import comb

from eso_lint.regex import pattern

# Text that the two may read differently: lookaround, flags, inline comments, POSIX and Unicode classes, references,
# `{,n}`, possessive quantifiers (an error in Go), what may become a set operation in Python.
_DIFFERENT = pattern(
    r"\(\?(?!:|P<)|\[[^\]]*(?:\[|&&|\|\||~~|--)|\\[^AbBdDsSwWnrt.\-\\/^$|()\[\]{}*+?_]|\{,|[*+?}]\+|\{\d{4}"
)
_ATOM = pattern(r"\\.|\[\^?\]?[^\]]*\]", re.DOTALL)
_END = pattern(_ATOM.pattern + r"|\$", re.DOTALL)
_LONGEST = 1_000
_MOST_STEPS = 5_000_000


def go_search(pattern: str, text: str) -> bool | None:
    """Go's `regexp.MatchString`, an unanchored search."""
    compiled = _affordable(pattern, len(text), len(text) + 1)
    return None if compiled is None else compiled.search(text) is not None


def go_fullmatch(pattern: str, text: str) -> bool | None:
    """As `go_search`, for a pattern that must match the whole text."""
    compiled = _affordable(pattern, len(text), 1)
    return None if compiled is None else compiled.fullmatch(text) is not None


def go_pattern(pattern: str, text: str) -> re.Pattern[str] | None:
    """The compiled pattern, to find its matches in that text; None where Go may find others."""
    return _affordable(pattern, len(text), len(text) + 1)


def in_order(pieces: list[str], text: str) -> bool:
    """Whether a text is these pieces (two or more) in order, with anything between them."""
    if not text.startswith(pieces[0]):
        return False
    at = len(pieces[0])
    for piece in pieces[1:-1]:
        at = text.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return len(text) - at >= len(pieces[-1]) and text.endswith(pieces[-1])


def _affordable(pattern: str, length: int, places: int) -> re.Pattern[str] | None:
    compiled, repeats, ways = _compiled(pattern)
    # Every way to share the text out among the repetitions.
    if compiled is None or ways * places * comb(length + repeats, repeats) > _MOST_STEPS:
        return None
    return compiled


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> tuple[re.Pattern[str] | None, int, int]:
    """The pattern where both engines agree on it, the number of its repetitions, and of other ways through it."""
    if len(pattern) > _LONGEST or _DIFFERENT.search(pattern):
        return None, 0, 0
    ways = _ways(_ATOM.sub("a", pattern))
    if ways is None:
        return None, 0, 0
    try:
        # `$` is the very end to Go, not also the place before a last line break.
        exact = _END.sub(lambda match: r"\Z" if match[0] == "$" else match[0], pattern)
        return re.compile(exact, re.ASCII), len(re.findall(r"[*+{]", _ATOM.sub("a", pattern))), ways
    except (re.error, OverflowError, RecursionError):
        return None, 0, 0


def _ways(pattern: str) -> int | None:
    """Branches and optional parts, multiplied; None where a repeated group holds one, or another repetition."""
    ways, choices = 1, [1]
    starts: list[int] = []
    for i, char in enumerate(pattern):
        if char == "(":
            starts.append(i)
            choices.append(1)
        elif char == "|":
            choices[-1] += 1
        elif char == "?" and i and pattern[i - 1] != "(":
            ways *= 2
        elif char == ")" and starts:
            ways *= choices.pop()
            inner = pattern[starts.pop() + 1 : i].removeprefix("?")
            if pattern[i + 1 : i + 2] in ("*", "+", "{") and any(c in inner for c in "*+{|?"):
                return None
    for count in choices:
        ways *= count
    return ways
