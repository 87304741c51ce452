"""The last lines of a report: what was found, what is hidden, what was and was not checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from eso_lint.lint.report import Report, Skipped
from eso_lint.record import TYPE_CHECKING
from eso_lint.report.visible import visible

if TYPE_CHECKING:
    from eso_lint.lint.rule import Finding, Severity
    from eso_lint.report import Options

_SHOWN_PATHS = 3
_SHOWN_KINDS = 6


def count(number: int, word: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number:,} {word if number == 1 else word + 's'}"


def listed(words: list[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def by_severity(findings: Iterable[Finding]) -> dict[Severity, int]:
    """Counts of all three severities, most severe first."""
    from eso_lint.lint.rule import Severity

    counts = Counter(f.severity for f in findings)
    return {severity: counts[severity] for severity in sorted(Severity, reverse=True)}


def is_fixable(finding: Finding) -> bool:
    from eso_lint.lint.rule import Safety

    return finding.fix is not None and finding.fix.safety > Safety.DISPLAY


def lines(report: Report, short: bool = False) -> list[str]:
    """The summary. `short` leaves out the paths of what was skipped."""
    checked = coverage(report)
    if report.shown:
        shown = [found(report), f"Checked {checked}."]
    elif report.coverage.objects:
        shown = [f"All clear: no problems in {checked}."]
    else:
        shown = [f"Nothing to report: {checked}."]
    shown += hidden(report)
    shown += skipped(report.coverage.skipped, short)
    shown += [f"Note: {visible(note)}" for note in report.notes]
    return shown


def render(report: Report, options: Options) -> Iterator[str]:
    """A report without findings, for people; the first line is bold where there is colour."""
    for i, line in enumerate(() if options.quiet else lines(report)):
        yield (f"\x1b[1m{line}\x1b[0m" if i == 0 and options.color else line) + "\n"


def found(report: Report) -> str:
    """`Found 2 errors and 1 warning in 2 files; 1 has a fix.`"""
    counts = by_severity(report.shown)
    words = [count(n, severity.label) for severity, n in counts.items() if n]
    files = len({f.span.file.path for f in report.shown})
    fixable = sum(map(is_fixable, report.shown))
    fixes = f"; {fixable:,} {'has' if fixable == 1 else 'have'} a fix" if fixable else ""
    return f"Found {listed(words)} in {count(files, 'file')}{fixes}."


def coverage(report: Report) -> str:
    """`412 files (96 External Secrets objects: 80 ExternalSecret, 16 SecretStore)`."""
    files = count(report.coverage.files, "file")
    objects = sorted(report.coverage.objects.items(), key=lambda pair: (-pair[1], pair[0]))
    total = sum(n for _, n in objects)
    if not total:
        return (
            f"no External Secrets objects found in {files}"
            if not report.shown
            else f"{files} (no External Secrets objects)"
        )
    kinds = [f"{n:,} {kind}" for kind, n in objects[:_SHOWN_KINDS]]
    if len(objects) > _SHOWN_KINDS:
        rest = objects[_SHOWN_KINDS:]
        kinds.append(f"{sum(n for _, n in rest):,} of {count(len(rest), 'other kind')}")
    return f"{files} ({count(total, 'External Secrets object')}: {', '.join(kinds)})"


def hidden(report: Report) -> list[str]:
    """What was found and is not shown, and how to see it."""
    shown = []
    if report.suppressed:
        how = Counter(s.how for s in report.suppressed)
        ways = ", ".join(f"{n:,} by {name}" for name, n in sorted(how.items()))
        advice = "; --no-ignores shows them" if how.keys() & {"comment", "annotation"} else ""
        shown.append(f"Suppressed: {count(len(report.suppressed), 'finding')} ({ways}){advice}.")
    if report.below_profile:
        from eso_lint.lint.rule import Profile

        profiles = [p.label for p in Profile]
        here = profiles.index(report.profile) if report.profile in profiles else 1
        advice = f"; see with --profile {profiles[here + 1]}" if here + 1 < len(profiles) else ""
        shown.append(f"Held back: {count(report.below_profile, 'finding')} below the {report.profile} profile{advice}.")
    return shown


def skipped(entries: tuple[Skipped, ...], short: bool = False) -> list[str]:
    """What was not checked, by reason, most frequent first."""
    if not entries:
        return []
    places: dict[str, list[str]] = {}
    for entry in entries:
        line = f":{entry.span.file.position(entry.span.start)[0]}" if entry.span is not None else ""
        places.setdefault(entry.reason, []).append(visible(entry.path) + line)
    reasons = sorted(places.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    whole = sum(entry.span is None for entry in entries)
    kinds = [count(n, word) for n, word in ((whole, "file"), (len(entries) - whole, "document")) if n]
    head = f"Not checked: {listed(kinds)}"
    if short:
        return [f"{head} ({', '.join(f'{visible(reason)}: {len(at):,}' for reason, at in reasons)})."]
    shown = [f"{head}."]
    for reason, at in reasons:
        more = f" and {len(at) - _SHOWN_PATHS:,} more" if len(at) > _SHOWN_PATHS else ""
        shown.append(f"  {len(at):,} {visible(reason)}: {', '.join(at[:_SHOWN_PATHS])}{more}")
    return shown


def statistics(report: Report) -> list[str]:
    """Findings by rule, most frequent first."""
    rules = {f.rule.id: f.rule for f in report.shown}
    counts = sorted(Counter(f.rule.id for f in report.shown).items(), key=lambda pair: (-pair[1], pair[0]))
    width = max((len(f"{n:,}") for _, n in counts), default=0)
    return [f"{n:>{width},} {id} {rules[id].name}" for id, n in counts]
