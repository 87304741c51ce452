"""Which rules are on: a profile, words that switch rules on or off, and overrides by path and namespace.

Words are ids, names, id prefixes (`ESO1`), families (`references`) or `ALL`. Selecting adds to the profile. Levels
are read in order (configuration file, then flags, then overrides as written): the last word wins; inside one level
`ignore` wins over `select`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase

from eso_lint.config import Override
from eso_lint.lint.entry import Entry

PROFILES = {"minimal": 1, "default": 2, "strict": 3, "audit": 4}
_HIGH, _LOW, _ERROR = 3, 1, 3


class Level:
    """Selection words of one source (the configuration file, the flags)."""

    __slots__ = ("ignore", "select")

    def __init__(self, select: tuple[str, ...] = (), ignore: tuple[str, ...] = ()) -> None:
        self.select = select
        self.ignore = ignore


class Selection:
    """The rules that are on, and where."""

    def __init__(
        self, entries: Iterable[Entry], profile: str, levels: Iterable[Level] = (), overrides: Iterable[Override] = ()
    ) -> None:
        self.entries = tuple(sorted(entries))
        self.profile = profile
        self._base: dict[str, bool] = {}
        self._chosen: set[str] = set()
        number = PROFILES[profile]
        for entry in self.entries:
            self._base[entry.id] = _in_profile(entry, number)
        for level in levels:
            for entry in self.entries:
                if any(matches(word, entry) for word in level.select):
                    self._base[entry.id] = True
                    self._chosen.add(entry.id)
                if any(matches(word, entry) for word in level.ignore):
                    self._base[entry.id] = False
                    self._chosen.discard(entry.id)
        self.overrides = tuple(overrides)
        self._globs = [tuple(glob(pattern) for pattern in override.paths) for override in self.overrides]
        self.hit = [False] * len(self.overrides)

    def on(self) -> tuple[Entry, ...]:
        """Entries that are on somewhere: by profile or words, or by an override."""
        return tuple(e for e in self.entries if self._base[e.id] or self._overridden_on(e))

    def _overridden_on(self, entry: Entry) -> bool:
        return any(matches(word, entry) for override in self.overrides for word in override.select)

    def chosen(self, id: str) -> bool:
        """Whether the rule was selected by a word, so that no profile's threshold holds back its findings."""
        return id in self._chosen

    def at(self, entry: Entry, path: str, namespace: str) -> bool | None:
        """True where the rule is on for a place, False where an override ignores it, None where it was never on."""
        state: bool | None = True if self._base.get(entry.id, True) else None
        for i, override in enumerate(self.overrides):
            if not self._covers(i, override, path, namespace):
                continue
            if any(matches(word, entry) for word in override.select):
                state = True
            if any(matches(word, entry) for word in override.ignore):
                state = False if state is not None else None
        return state

    def _covers(self, i: int, override: Override, path: str, namespace: str) -> bool:
        if override.paths and not any(pattern.match(path) for pattern in self._globs[i]):
            return False
        if override.namespaces:
            return bool(namespace) and any(fnmatchcase(namespace, wanted) for wanted in override.namespaces)
        return True

    def idle(self, paths: Iterable[str], namespaces: frozenset[str]) -> list[tuple[int, str]]:
        """Patterns of overrides that fit no path or namespace at all: (override, pattern)."""
        found: list[tuple[int, str]] = []
        known = tuple(paths)
        for i, override in enumerate(self.overrides):
            for pattern, regex in zip(override.paths, self._globs[i], strict=True):
                if not any(regex.match(path) for path in known):
                    found.append((i, pattern))
            for pattern in override.namespaces:
                if not any(fnmatchcase(namespace, pattern) for namespace in namespaces):
                    found.append((i, pattern))
        return found


def _in_profile(entry: Entry, profile: int) -> bool:
    if profile == PROFILES["minimal"]:
        return entry.profile <= PROFILES["default"] and entry.severity == _ERROR and entry.confidence == _HIGH
    return entry.profile <= profile


def shows(profile: str, severity: int, confidence: int) -> bool:
    """Whether a profile shows a finding of this severity and confidence."""
    if profile == "minimal":
        return severity == _ERROR and confidence == _HIGH
    return confidence > _LOW or profile == "audit"


def matches(word: str, entry: Entry) -> bool:
    """Whether a selection word means this rule."""
    if word == entry.name or word.upper() == entry.id or word == "ALL":
        return True
    if word == entry.family:
        return True
    return _is_prefix(word) and entry.id.startswith(word.upper())


def _is_prefix(word: str) -> bool:
    return re.fullmatch(r"[A-Za-z]{2,}\d*", word) is not None and word.upper() == word


def unknown_word(word: str, entries: Iterable[Entry]) -> str | None:
    """None where a word means some rule; else what to write instead ("" where nothing is near)."""
    known = tuple(entries)
    if any(matches(word, entry) for entry in known):
        return None
    from eso_lint.suggest import closest

    names = {n for e in known for n in (e.id, e.name, e.family) if n} | {"ALL"}
    return closest(word, names) or ""


def glob(pattern: str) -> re.Pattern[str]:
    """A path glob as in .gitignore: without an inner slash it fits at any depth, and a directory means all below it."""
    from eso_lint.source.ignore import translate

    body = pattern.rstrip("/")
    _, anchored, expression = translate(f"\\{body}" if body.startswith(("!", "#")) else body)
    if expression is None:
        return re.compile("(?!)")
    return re.compile(("" if anchored else "(?:.*/)?") + expression.removesuffix("/?") + r"(?:/.*)?\Z", re.DOTALL)


def check_words(words: Iterable[str], entries: Iterable[Entry], refuse: Callable[[str, str], Exception]) -> None:
    """Raise what `refuse(word, suggestion)` makes for the first word that means no rule."""
    known = tuple(entries)
    for word in words:
        suggestion = unknown_word(word, known)
        if suggestion is not None:
            raise refuse(word, suggestion)
