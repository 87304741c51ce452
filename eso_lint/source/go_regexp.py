"""Whether Go's `regexp` package compiles a pattern, and what it minds if not.

Go's dialect is close to RE2's, yet not the same: it refuses `\\C`, and takes names that RE2's library does not know
and repeated group names. This reads the grammar as Go does, so no matching engine is needed. Sizes are underestimated
where they are not counted exactly: a pattern is called too large only where it certainly is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

MOST_REPEATS = 1_000
_MOST_HEIGHT = 1_000
_MOST_INSTRUCTIONS = (128 << 20) // 40
_REPEAT = re.compile(r"\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}")
_POSIX = re.compile(r"\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]")
_NAME = re.compile(r"[A-Za-z0-9_]+")
_OCTAL = re.compile(r"0[0-7]{0,2}|[1-7][0-7]{1,2}")
_HEX = re.compile(r"x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]+)\})")
_NAMED_ESCAPES = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_LAST = 0x10FFFF


class RegexpFault(NamedTuple):
    """Why Go does not compile a pattern: its own words, the part that it minds, and where that begins."""

    reason: str
    part: str
    at: int


class _RefusedError(Exception):
    def __init__(self, fault: RegexpFault) -> None:
        self.fault = fault


class _Size(NamedTuple):
    """What limits count of a part: nesting, instructions, and how often its innermost thing is repeated."""

    height: int = 1
    instructions: int = 1
    repeats: int = 1


class _Group:
    """An open group: what its branches before this one come to, and the parts of this one."""

    __slots__ = ("branches", "captures", "parts")

    def __init__(self, captures: bool) -> None:
        self.captures = captures
        self.branches: list[_Size] = []
        self.parts: list[_Size] = []

    def branch(self) -> None:
        """The parts so far are one branch; its instructions follow each other."""
        self.branches.append(_joined(self.parts, 0))
        self.parts = []

    def closed(self) -> _Size:
        self.branch()
        whole = _joined(self.branches, len(self.branches) - 1)
        if not self.captures:
            return whole
        return _Size(whole.height + 1, whole.instructions + 2, whole.repeats)


def _joined(parts: list[_Size], extra: int) -> _Size:
    if not parts:
        return _Size()
    return _Size(
        max(p.height for p in parts), sum(p.instructions for p in parts) + extra, max(p.repeats for p in parts)
    )


@lru_cache(maxsize=1024)
def regexp_fault(pattern: str) -> RegexpFault | None:
    """What Go says of a pattern; None where it compiles."""
    try:
        _Reader(pattern).read()
    except _RefusedError as refused:
        return refused.fault
    return None


class _Reader:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.groups = [_Group(captures=False)]

    def read(self) -> None:
        pattern = self.pattern
        repeated = -1  # where the repetition that was read just before this begins
        while self.at < len(pattern):
            char, start = pattern[self.at], self.at
            follows, repeated = repeated, -1
            if char == "(":
                self._open()
            elif char == ")":
                self._close()
            elif char == "|":
                self.groups[-1].branch()
                self.at += 1
            elif char == "[":
                self._class()
            elif char in "*+?":
                self.at += 1
                self._repeat(start, follows, 0, -1 if char != "?" else 1, counted=False)
                repeated = start
            elif char == "{" and self._counted(follows):
                repeated = start
            elif char == "\\":
                self._escaped()
            else:
                self.at += 1
                self._add(_Size())
        if len(self.groups) > 1:
            raise self._refusal("missing closing )", 0, len(pattern))
        self._limits(self.groups[0].closed())

    def _refusal(self, reason: str, start: int, end: int) -> _RefusedError:
        return _RefusedError(RegexpFault(reason, self.pattern[start:end], start))

    def _limits(self, size: _Size) -> None:
        if size.instructions > _MOST_INSTRUCTIONS:
            raise self._refusal("expression too large", 0, len(self.pattern))
        if size.height > _MOST_HEIGHT:
            raise self._refusal("expression nests too deeply", 0, len(self.pattern))

    def _add(self, size: _Size) -> None:
        self.groups[-1].parts.append(size)

    def _open(self) -> None:
        pattern, start = self.pattern, self.at
        if pattern[start + 1 : start + 2] != "?":
            self.groups.append(_Group(captures=True))
            self.at += 1
            return
        # Go looks for a name only where something stands behind the bracket.
        opening = next((o for o in ("(?P<", "(?<") if pattern.startswith(o, start)), "")
        if opening and len(pattern) > start + len(opening):
            end = pattern.find(">", start)
            if end < 0:
                raise self._refusal("invalid named capture", start, len(pattern))
            if not _NAME.fullmatch(pattern, start + len(opening), end):
                raise self._refusal("invalid named capture", start, end + 1)
            self.groups.append(_Group(captures=True))
            self.at = end + 1
            return
        self._flags(start)

    def _flags(self, start: int) -> None:
        """`(?i)`, `(?s-i:`: letters, at most one minus, and after it at least one letter."""
        negated, named, at = False, False, start + 2
        while at < len(self.pattern):
            char = self.pattern[at]
            at += 1
            if char in "imsU":
                named = True
            elif char == "-" and not negated:
                negated, named = True, False
            elif char in ":)" and (named or not negated):
                if char == ":":
                    self.groups.append(_Group(captures=False))
                self.at = at
                return
            else:
                break
        raise self._refusal("invalid or unsupported Perl syntax", start, at)

    def _close(self) -> None:
        if len(self.groups) == 1:
            raise self._refusal("unexpected )", 0, len(self.pattern))
        size = self.groups.pop().closed()
        self._limits(size)
        self._add(size)
        self.at += 1

    def _counted(self, follows: int) -> bool:
        """`{2}`, `{2,}`, `{2,5}`; anything else after a brace is literal text."""
        match = _REPEAT.match(self.pattern, self.at)
        if match is None:
            return False
        start, self.at = self.at, match.end()
        # Digits that Python would take long to read, or refuse to.
        low, high = ((int(t) if len(t) < 9 else MOST_REPEATS + 1) if t else -1 for t in match.group(1, 3))
        if match[2] is None:
            high = low
        if low > MOST_REPEATS or high > MOST_REPEATS or (high >= 0 and low > high):
            raise self._refusal("invalid repeat count", start, match.end())
        self._repeat(start, follows, low, high, counted=True)
        return True

    def _repeat(self, start: int, follows: int, low: int, high: int, counted: bool) -> None:
        if self.pattern[self.at : self.at + 1] == "?":
            self.at += 1
        if follows >= 0:
            raise self._refusal("invalid nested repetition operator", follows, self.at)
        parts = self.groups[-1].parts
        if not parts:
            raise self._refusal("missing argument to repetition operator", start, self.at)
        inner = parts[-1]
        if not counted:
            size = _Size(inner.height + 1, inner.instructions + (2 if low == 0 and high < 0 else 1), inner.repeats)
        else:
            size = _Size(inner.height + 1, _instructions(inner.instructions, low, high), _repeats(inner, low, high))
            if max(low, high) >= 2 and size.repeats > MOST_REPEATS:
                raise self._refusal("invalid repeat count", start, self.at)
        self._limits(size)
        parts[-1] = size

    def _escaped(self) -> None:
        pattern, start = self.pattern, self.at
        char = pattern[start + 1 : start + 2]
        if char == "Q":
            # Everything up to \E is literal.
            end = pattern.find("\\E", start + 2)
            literal = pattern[start + 2 : end if end >= 0 else len(pattern)]
            self.at = end + 2 if end >= 0 else len(pattern)
            self.groups[-1].parts += [_Size()] * len(literal)
        elif char and char in "AbBz":
            self.at += 2
            self._add(_Size())
        elif char == "C":
            raise self._refusal("invalid escape sequence", start, start + 2)
        else:
            if not self._named_class():
                self._character(start)
            self._add(_Size())

    def _named_class(self) -> bool:
        """`\\d`, `\\pL`, `\\p{Greek}`, at which they may stand alone and in brackets."""
        pattern, start = self.pattern, self.at
        char = pattern[start + 1 : start + 2] if pattern[start : start + 1] == "\\" else ""
        if char and char in "dDsSwW":
            self.at += 2
            return True
        if char not in ("p", "P"):
            return False
        end = start + 3
        name = pattern[start + 2 : end]
        if name == "{":
            close = pattern.find("}", start)
            if close < 0:
                raise self._refusal("invalid character class range", start, len(pattern))
            name, end = pattern[start + 3 : close], close + 1
        if not _is_unicode_class(name.removeprefix("^")):
            raise self._refusal("invalid character class range", start, end)
        self.at = end
        return True

    def _character(self, start: int) -> int:
        """One character, escaped or not, as its code."""
        pattern = self.pattern
        char = pattern[start]
        self.at = start + 1
        if char != "\\":
            return ord(char)
        if self.at == len(pattern):
            raise self._refusal("trailing backslash at end of expression", self.at, self.at)
        char = pattern[self.at]
        octal = _OCTAL.match(pattern, self.at)
        if octal is not None:
            self.at = octal.end()
            return int(octal[0], 8)
        digits = _HEX.match(pattern, self.at)
        if digits is not None and (not digits[2] or len(digits[2].lstrip("0")) <= 6):
            code = int(digits[1] or digits[2], 16)
            if code <= _LAST:
                self.at = digits.end()
                return code
        self.at += 1
        if char in _NAMED_ESCAPES:
            return _NAMED_ESCAPES[char]
        if char < "\x80" and not char.isalnum():
            return ord(char)
        raise self._refusal("invalid escape sequence", start, self.at)

    def _class(self) -> None:
        pattern, start = self.pattern, self.at
        self.at += 1
        if pattern[self.at : self.at + 1] == "^":
            self.at += 1
        first = True
        while first or pattern[self.at : self.at + 1] != "]":
            first = False
            if pattern.startswith("[:", self.at) and self._posix():
                continue
            if self._named_class():
                continue
            begin = self.at
            low = self._member(start)
            follows = pattern[self.at : self.at + 2]
            if len(follows) == 2 and follows[0] == "-" and follows[1] != "]":
                self.at += 1
                if self._member(start) < low:
                    raise self._refusal("invalid character class range", begin, self.at)
        self.at += 1
        self._add(_Size())

    def _posix(self) -> bool:
        end = self.pattern.find(":]", self.at + 2)
        if end < 0:
            return False
        if not _POSIX.fullmatch(self.pattern, self.at, end + 2):
            raise self._refusal("invalid character class range", self.at, end + 2)
        self.at = end + 2
        return True

    def _member(self, start: int) -> int:
        if self.at >= len(self.pattern):
            raise self._refusal("missing closing ]", start, len(self.pattern))
        return self._character(self.at)


def _instructions(inner: int, low: int, high: int) -> int:
    if high >= 0:
        return max(1, high * inner + high - low)
    return 2 + inner if low == 0 else 1 + low * inner


def _repeats(inner: _Size, low: int, high: int) -> int:
    if high == 0:
        return 1
    return inner.repeats * max(1, high if high > 0 else low)


def _is_unicode_class(name: str) -> bool:
    from eso_lint.source.unicode_names import is_unicode_class

    return bool(name) and is_unicode_class(name)
