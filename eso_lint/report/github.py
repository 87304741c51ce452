"""Workflow commands that annotate lines in GitHub Actions. Most severe first: only ten of a step are shown."""

from __future__ import annotations

from collections.abc import Iterator

from eso_lint.lint.report import Report
from eso_lint.lint.rule import Finding, Severity
from eso_lint.report import Options, summary
from eso_lint.report.visible import visible

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report, options: Options) -> Iterator[str]:
    for finding in sorted(report.shown, key=lambda f: -f.severity):
        yield command(finding) + "\n"
    for line in () if options.quiet else summary.lines(report):
        yield line + "\n"


def command(finding: Finding) -> str:
    """`::error file=...,line=...::message` for one finding, on one line of its file."""
    span = finding.span.one_line()
    line, column = span.file.position(span.start)
    properties = {
        "file": span.file.path,
        "line": str(line),
        "endLine": str(line),
        "col": str(column),
        "endColumn": str(column + max(span.end - span.start, 1)),
        "title": f"{finding.rule.id} {finding.rule.name}",
    }
    message = finding.message
    if finding.help:
        message += f"\nhelp: {finding.help}"
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {listed}::{_data(message)}"


def _data(text: str) -> str:
    """The message: its own line breaks survive, other control characters are shown as escapes."""
    return "%0A".join(visible(part).replace("%", "%25") for part in text.split("\n"))


def _property(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A").replace(":", "%3A").replace(",", "%2C")
    return visible(escaped)
