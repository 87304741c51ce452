"""Showing a report. Each format is one module with `render(report, stream, options)`, imported only when asked for."""

from __future__ import annotations

from eso_lint.lint.report import Report
from eso_lint.record import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import TextIO

FORMATS: dict[str, str] = {
    "text": "source excerpts with carets, for people (the default)",
    "concise": "one line per finding",
    "json": "everything, for programs; described by schemas/report.json",
    "sarif": "SARIF 2.1.0 for code scanning",
    "github": "annotations in a GitHub Actions log",
    "markdown": "a table for a job summary",
}


class Options(NamedTuple):
    """How to show. `width` is in terminal cells. `sarif_category` becomes `automationDetails.id`.

    `quiet` leaves the summary out of the formats for people.
    """

    color: bool = False
    hyperlinks: bool = False
    width: int = 100
    sarif_suppressed: bool = False
    sarif_category: str | None = None
    show_suppressed: bool = False
    statistics: bool = False
    quiet: bool = False


def render(format: str, report: Report, stream: TextIO, options: Options) -> None:
    """Write a report to a text stream. The same report gives the same text. KeyError for an unknown format."""
    if format == "text" and not report.shown and not (options.show_suppressed and report.suppressed):
        # Nothing but the summary: the rest would cost a clean run its start-up.
        from eso_lint.report.summary import render as write
    elif format == "text":
        from eso_lint.report.text import render as write
    elif format == "concise":
        from eso_lint.report.concise import render as write
    elif format == "json":
        from eso_lint.report.json import render as write
    elif format == "sarif":
        from eso_lint.report.sarif import render as write
    elif format == "github":
        from eso_lint.report.github import render as write
    elif format == "markdown":
        from eso_lint.report.markdown import render as write
    else:
        raise KeyError(format)
    for piece in write(report, options):
        try:
            stream.write(piece)
        except UnicodeEncodeError:
            # A terminal that is not UTF-8: show what it cannot print as escapes, never stop halfway.
            encoding = getattr(stream, "encoding", None) or "ascii"
            stream.write(piece.encode(encoding, "backslashreplace").decode(encoding))
