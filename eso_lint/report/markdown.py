"""A table for a job summary."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eso_lint.lint.report import Report
from eso_lint.lint.rule import Finding
from eso_lint.lint.ruledoc import rule_url
from eso_lint.report import Options, summary
from eso_lint.report.visible import visible

# A job summary may hold 1 MiB.
_MAX_ROWS = 500
_MAX_CELL = 400
_SPECIAL = re.compile(r"[\\`*_{}\[\]()#+!|~$@:-]")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_CODE = re.compile(r"`([^`]+)`")


def render(report: Report, options: Options) -> Iterator[str]:
    yield "## eso-lint\n\n"
    first, *rest = summary.lines(report)
    yield f"**{_escape(first)}**\n"
    if report.shown:
        yield "\n| Severity | Rule | Place | Object | Problem |\n| --- | --- | --- | --- | --- |\n"
        for finding in sorted(report.shown, key=lambda f: -f.severity)[:_MAX_ROWS]:
            yield _row(finding)
        if len(report.shown) > _MAX_ROWS:
            yield f"\nThe {_MAX_ROWS} most severe of {len(report.shown):,} are listed.\n"
    if rest:
        yield "\n"
    for line in rest:
        indent = "  " if line.startswith("  ") else ""
        yield f"{indent}- {_escape(line.strip())}\n"


def _row(finding: Finding) -> str:
    line, column = finding.span.file.position(finding.span.start)
    name = f"{finding.namespace}/{finding.object}" if finding.namespace else finding.object
    problem = finding.message + (f". Help: {finding.help}" if finding.help else "")
    row = (
        finding.severity.label,
        f"[{finding.rule.id}]({rule_url(finding.rule)}) {finding.rule.name}",
        code(f"{finding.span.file.path}:{line}:{column}"),
        code(f"{finding.kind} {name}") if finding.kind else "",
        _prose(problem),
    )
    return f"| {' | '.join(row)} |\n"


def _prose(text: str) -> str:
    """A message: values in backticks stay code, all else is escaped."""
    pieces = _CODE.split(visible(text)[:_MAX_CELL])
    return "".join(code(piece) if i % 2 else _escape(piece) for i, piece in enumerate(pieces))


def code(text: str) -> str:
    """A code cell in HTML: Markdown's own cannot hold every character of a table's cell."""
    return f"<code>{_escape(text)}</code>"


def _escape(text: str) -> str:
    """Text that Markdown and HTML take literally; numeric references, so that no parser splits a cell."""
    out = "".join(_HTML.get(c, c) for c in visible(text))
    return _SPECIAL.sub(lambda m: f"&#{ord(m[0])};" if m[0] not in "-:()" else m[0], out)
