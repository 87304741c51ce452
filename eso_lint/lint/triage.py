"""The only place that hides, holds back or counts findings: suppressions, overrides, profile and thresholds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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


class Matcher:
    """Suppressions by file, and which of their names hid something."""

    def __init__(self, suppressions: Iterable[Suppression]) -> None:
        self._by_path: dict[str, list[Suppression]] = {}
        self.used: set[Name] = set()
        for suppression in suppressions:
            if not suppression.fault:
                self._by_path.setdefault(suppression.file.path, []).append(suppression)

    def first(self, finding: Finding) -> Suppression | None:
        """The suppression that hides a finding, if any; all that do are marked as used.

        A finding across files can be ignored at either end.
        """
        if not self._by_path:
            return None
        found: Suppression | None = None
        for span in (finding.span, *(related.span for related in finding.related)):
            for suppression in self._by_path.get(span.file.path, ()):
                for name in suppression.names:
                    if means(name.text, finding.rule.id, finding.rule.name) and suppression.hides(span):
                        self.used.add(name)
                        found = found or suppression
        return found


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
