"""Did you mean: the nearest known name within a small edit distance."""

from __future__ import annotations

import re
from collections.abc import Iterable

_MOST_LOOKS = 3_000_000


def distance(a: str, b: str, limit: int) -> int:
    """Damerau-Levenshtein distance (adjacent transpositions count one); `limit + 1` when it is above `limit`."""
    if a == b:
        return 0
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    # What both begin and end with adds nothing.
    start, end = 0, min(len(a), len(b))
    while start < end and a[start] == b[start]:
        start += 1
    a, b, end = a[start:], b[start:], end - start
    while end and a[-1] == b[-1]:
        a, b, end = a[:-1], b[:-1], end - 1
    before: list[int] = []
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        current = [i]
        for j, y in enumerate(b, 1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        if min(current) > limit:
            return limit + 1
        before, previous = previous, current
    return min(previous[-1], limit + 1)


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known name a slip away from `word`, or None. Short words allow one edit, longer ones two."""
    limit = 1 if len(word) <= 4 else 2
    best: tuple[int, str] | None = None
    for name in known:
        if name == word:
            continue
        if name.lower() == word.lower() or name.lower().replace("_", "-") == word.lower().replace("_", "-"):
            return name
        found = distance(word, name, limit)
        if found <= limit and (best is None or (found, name) < best):
            best = (found, name)
    return best[1] if best else None


def is_slip(word: str, name: str) -> bool:
    """Whether a nearby name is likely what was meant.

    Names that differ in a number, or in a short part between separators (`vault-a`, `vault-b`; `db-dev`, `db-qa`), are
    siblings, not slips.
    """
    a, b = (re.split(r"[-._]", text.lower()) for text in (word, name))
    if len(a) != len(b):
        return not any(char.isdigit() for char in "".join(set(a) ^ set(b)))
    different = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    return not different or any(
        min(len(x), len(y)) > 3 and re.sub(r"\d", "", x) != re.sub(r"\d", "", y) for x, y in different
    )


class Nearby:
    """Names among which slips are looked for again and again; after very many looks nothing is near any more."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = [(name, _letters(name)) for name in sorted(set(names))]
        self._looks = _MOST_LOOKS

    def slip(self, word: str) -> str | None:
        """What `closest` says of those for which `is_slip` holds."""
        self._looks -= len(self._names)
        if self._looks < 0:
            return None
        # An edit changes no more than two letters of the set: most names are far for that alone.
        letters = _letters(word)
        some = [name for name, own in self._names if len(letters ^ own) <= 4]
        self._looks -= 20 * len(some)
        return closest(word, (name for name in some if is_slip(word, name)))


def _letters(name: str) -> frozenset[str]:
    return frozenset(name.lower().replace("_", "-"))


def respelled(written: str, text: str) -> str:
    """A name in the quotes of the scalar that it replaces, as `written` in the file."""
    quote = written[:1] if written[:1] in ("'", '"') else ""
    return f"{quote}{text}{quote}"
