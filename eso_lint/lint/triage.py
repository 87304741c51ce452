"""The only place that hides, holds back or counts findings: suppressions, overrides, profile and thresholds."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from eso_lint.lint.entry import Entry
from eso_lint.lint.report import Suppressed
from eso_lint.lint.rule import Finding
from eso_lint.lint.select import Selection, shows

if TYPE_CHECKING:
    from eso_lint.source.directives import Name, Suppression


class Triaged(NamedTuple):
    """Findings sorted into shown, suppressed and held back by the profile."""

    shown: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    below: int


class Thresholds(NamedTuple):
    """What else is not shown: lowest severity and confidence, and whether suppressions count at all."""

    severity: int = 0
    confidence: int = 0
    no_ignores: bool = False


def triage(
    findings: Iterable[Finding], suppressions: Iterable[Suppression], selection: Selection, limits: Thresholds
) -> Triaged:
    """Sort findings by path, position and rule, each once, and decide which are shown."""
    entries = {entry.id: entry for entry in selection.entries}
    matcher = Matcher(suppressions)
    shown: list[Finding] = []
    suppressed: list[Suppressed] = []
    below = 0
    for finding in ordered(findings):
        rule = finding.rule
        entry = entries.get(rule.id) or Entry.of(rule)
        on = selection.at(entry, finding.span.file.path, namespace_of(finding))
        if on is None:
            continue
        if on is False:
            suppressed.append(Suppressed(finding, "config", "overrides"))
            continue
        hidden = None if limits.no_ignores else matcher.first(finding)
        if hidden is not None:
            how = "annotation" if hidden.scope == "object" else "comment"
            suppressed.append(Suppressed(finding, how, hidden.reason))
        elif not selection.chosen(rule.id) and not shows(selection.profile, finding.severity, finding.confidence):
            below += 1
        elif finding.severity >= limits.severity and finding.confidence >= limits.confidence:
            shown.append(finding)
    return Triaged(tuple(shown), tuple(suppressed), below)


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by path, position and rule id; those that say the same of the same place once."""
    seen: set[tuple[str, str, int, int, str]] = set()
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda f: (f.span.file.path, f.span.start, f.rule.id, f.span.end, f.message)):
        span = finding.span
        key = (finding.rule.id, span.file.path, span.start, span.end, finding.message)
        if key not in seen:
            seen.add(key)
            kept.append(finding)
    return kept


def namespace_of(finding: Finding) -> str:
    """The namespace that overrides see: the object's own, a Namespace's name."""
    return finding.object if finding.kind == "Namespace" else finding.namespace


class _Covers:
    """Suppressions of one rule in one file and scope, by where what they cover begins."""

    __slots__ = ("_reach", "_starts", "_ways")

    def __init__(self, ways: dict[tuple[int, int], list[tuple[Suppression, Name]]]) -> None:
        self._ways = sorted(ways.items(), key=lambda way: way[0])
        self._starts = [start for (start, _), _ in self._ways]
        # How far anything that begins no later than this one covers.
        self._reach = list(accumulate((end for (_, end), _ in self._ways), max))

    def at(self, offset: int) -> Iterator[tuple[Suppression, Name]]:
        i = bisect(self._starts, offset) - 1
        while i >= 0 and self._reach[i] > offset:
            (_, end), found = self._ways[i]
            if end > offset:
                yield from found
                del found[1:]  # they are marked as used; the first goes on to speak for them
            i -= 1


class Matcher:
    """Suppressions by file, and which of their names hid something."""

    def __init__(self, suppressions: Iterable[Suppression]) -> None:
        found: dict[tuple[str, str], dict[str, dict[tuple[int, int], list[tuple[Suppression, Name]]]]] = {}
        for suppression in suppressions:
            start, end = suppression.covers or (0, len(suppression.file.text) + 1)
            for name in () if suppression.fault else suppression.names:
                # As written for names of rules, in capitals for ids.
                for text in {name.text, name.text.upper()}:
                    scopes = found.setdefault((suppression.file.path, text), {}).setdefault(suppression.scope, {})
                    scopes.setdefault((start, max(end, start + 1)), []).append((suppression, name))
        self._covers = {key: [_Covers(ways) for ways in scopes.values()] for key, scopes in found.items()}
        self.used: set[Name] = set()

    def first(self, finding: Finding) -> Suppression | None:
        """The suppression that hides a finding, if any; all that do are marked as used.

        A finding across files can be ignored at either end.
        """
        first: Suppression | None = None
        for span in (finding.span, *(related.span for related in finding.related)):
            hiding = [
                pair
                for text in (finding.rule.name, finding.rule.id)
                for covers in self._covers.get((span.file.path, text), ())
                for pair in covers.at(span.start)
            ]
            self.used.update(name for _, name in hiding)
            first = first or min((s for s, _ in hiding), key=lambda s: s.span.start, default=None)
        return first


def means(text: str, id: str, name: str) -> bool:
    return text == name or text.upper() == id


def judge(
    suppressions: Iterable[Suppression],
    findings: Iterable[Finding],
    entries: Iterable[Entry],
    was_on: Callable[[Entry, str], bool],
) -> tuple[Suppression, ...]:
    """Suppressions with their unknown names, and their names that hid nothing although the rule was on.

    `findings` are all that the run gave, also those that are not shown; `was_on(entry, path)` says whether a rule was
    asked about a file.
    """
    from eso_lint.lint.select import unknown_word

    known = tuple(entries)
    items = tuple(suppressions)
    matcher = Matcher(items)
    for finding in findings:
        matcher.first(finding)
    judged: list[Suppression] = []
    for item in items:
        unused: list[Name] = []
        unknown: list[tuple[Name, str]] = []
        for name in item.names:
            entry = next((e for e in known if means(name.text, e.id, e.name)), None)
            if entry is None:
                unknown.append((name, unknown_word(name.text, known) or ""))
            elif not item.fault and name not in matcher.used and was_on(entry, item.file.path):
                unused.append(name)
        judged.append(item._replace(unused=tuple(unused), unknown=tuple(unknown)))
    return tuple(judged)
