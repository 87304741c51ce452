"""One line per finding, for grep and editors."""

from __future__ import annotations

from collections.abc import Iterator

from eso_lint.lint.report import Report
from eso_lint.lint.rule import Finding
from eso_lint.report import Options, summary
from eso_lint.report.visible import visible

_COLORS = ("", "1;36", "1;33", "1;31")


def render(report: Report, options: Options) -> Iterator[str]:
    for finding in report.shown:
        yield _line(finding, options) + "\n"
    if options.show_suppressed:
        for finding, how, reason in report.suppressed:
            yield f"{_line(finding, options)} (suppressed by {how}: {visible(reason) or 'without a reason'})\n"
    if options.statistics and report.shown:
        yield "\n".join([*summary.statistics(report), ""])
    for line in () if options.quiet else summary.lines(report, short=True):
        yield line + "\n"


def _line(finding: Finding, options: Options) -> str:
    line, column = finding.span.file.position(finding.span.start)
    severity = finding.severity.label
    if options.color:
        severity = f"\x1b[{_COLORS[finding.severity]}m{severity}\x1b[0m"
    place = f"{visible(finding.span.file.path)}:{line}:{column}"
    return f"{place}: {severity} {finding.rule.id} {finding.rule.name}: {visible(finding.message)}"
