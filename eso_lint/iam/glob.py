"""Patterns of policies against names, either of which may have holes."""

from __future__ import annotations

import re
from functools import lru_cache

from eso_lint.iam.grant import HOLE, RANDOM

_RUNS = re.compile(r"\*+")
_MOST = 40_000  # cells of the table below; beyond that nothing is certain


def matches(pattern: str, subject: str) -> bool | None:
    """Whether a pattern (`*` any text, `?` one character) matches a subject; None where holes decide.

    A hole stands for any text, in either; `RANDOM` in the subject is one letter or digit.
    """
    if HOLE not in pattern and _compiled(pattern).match(subject) is not None:
        return True
    if HOLE not in pattern and HOLE not in subject and RANDOM not in subject:
        return False
    return None if _may(pattern, subject) else False


def arn_matches(pattern: str, subject: str, home: bool = False) -> bool | None:
    """`matches` for ARNs: a hole in one part of a whole ARN stands for nothing of the next part.

    With `home` a partition, region or account that is not known at all is the other's.
    """
    theirs, ours = pattern.split(":", 5), subject.split(":", 5)
    if len(theirs) < 6 or len(ours) < 6 or theirs[0] != "arn":
        return matches(pattern, subject)
    answers = [
        True if home and i < 5 and HOLE in (one, other) else matches(one, other)
        for i, (one, other) in enumerate(zip(theirs, ours, strict=True))
    ]
    if False not in answers:
        return None if None in answers else True
    # AWS takes a star across the colons, too.
    return matches(pattern, subject) if HOLE not in subject and any("*" in part for part in theirs[:5]) else False


def equal(one: str, other: str) -> bool | None:
    """Whether two texts are the same; None where holes decide."""
    if HOLE not in one + other and RANDOM not in one + other:
        return one == other
    # Here `*` and `?` are letters as any.
    plain = one.replace("*", "\2").replace("?", "\3")
    return matches(plain, other.replace("*", "\2").replace("?", "\3"))


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Without backtracking: the first place where a piece fits is as good as any."""
    first, *rest = _RUNS.split(pattern)
    out = [_piece(first)]
    for piece in rest[:-1]:
        out.append(f"(?>.*?{_piece(piece)})")
    if rest:
        out.append(f".*{_piece(rest[-1])}")
    return re.compile("".join(out) + r"\Z", re.DOTALL)


def _piece(text: str) -> str:
    return "".join("[^\0]" if char == "?" else re.escape(char) for char in text)


def _may(pattern: str, subject: str) -> bool:
    """Whether there are texts for the holes with which the pattern matches.

    A hole among the first parts of an ARN (region, account) is no more than that part.
    """
    if len(pattern) * len(subject) > _MOST:
        return True
    size = len(subject)
    parts = 5 if subject.startswith("arn:") else 0
    narrow = [char == HOLE and subject.count(":", 0, place) < parts for place, char in enumerate(subject)]
    # reach[j]: the pattern so far can match the first j characters of the subject.
    reach = [True, *([False] * size)]
    for j in range(1, size + 1):
        reach[j] = reach[j - 1] and subject[j - 1] == HOLE
    for char in pattern:
        many = char in ("*", HOLE)
        row = [reach[0] and many, *([False] * size)]
        for j in range(1, size + 1):
            own = subject[j - 1]
            if own == HOLE:
                row[j] = row[j - 1] or ((reach[j] or reach[j - 1]) and not (char == ":" and narrow[j - 1]))
            elif many:
                row[j] = reach[j] or row[j - 1]
            elif reach[j - 1]:
                row[j] = char == own or char == "?" or (own == RANDOM and char.isalnum())
        reach = row
    return reach[size]
