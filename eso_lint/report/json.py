"""The report as JSON, described by schemas/report.json. One finding a line, so that two reports can be compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eso_lint import HOMEPAGE, __version__
from eso_lint.lint.report import Report
from eso_lint.lint.rule import Edit, Finding
from eso_lint.lint.ruledoc import rule_url
from eso_lint.report import Options, summary
from eso_lint.report.visible import whole
from eso_lint.source.node import Span

VERSION = 1


def render(report: Report, options: Options) -> Iterator[str]:
    from json import dumps

    head = {
        "version": VERSION,
        "tool": {"name": "eso-lint", "version": __version__, "url": HOMEPAGE},
        "profile": report.profile,
        "summary": _summary(report),
        "coverage": {
            "files": report.coverage.files,
            "read": report.coverage.read,
            "objects": dict(sorted(report.coverage.objects.items())),
        },
        "notes": [whole(note) for note in report.notes],
    }
    yield "{\n"
    for key, value in head.items():
        yield f'"{key}": {dumps(value)},\n'
    lists: dict[str, Iterator[dict[str, Any]]] = {
        "findings": (_finding(f) for f in report.shown),
        "suppressed": (
            {"how": s.how, "reason": whole(s.reason), "finding": _finding(s.finding)} for s in report.suppressed
        ),
        "skipped": (
            {
                "path": whole(s.path),
                "reason": whole(s.reason),
                "start": None if s.span is None else _position(s.span, s.span.start),
            }
            for s in report.coverage.skipped
        ),
    }
    for i, (key, values) in enumerate(lists.items()):
        yield f'"{key}": ['
        comma = "\n"
        for value in values:
            yield comma + dumps(value)
            comma = ",\n"
        yield ("]" if comma == "\n" else "\n]") + (",\n" if i < len(lists) - 1 else "\n}\n")


def _summary(report: Report) -> dict[str, int]:
    error, warning, info = summary.by_severity(report.shown).values()
    return {
        "findings": len(report.shown),
        "errors": error,
        "warnings": warning,
        "infos": info,
        "fixable": sum(map(summary.is_fixable, report.shown)),
        "suppressed": len(report.suppressed),
        "below_profile": report.below_profile,
        "skipped": len(report.coverage.skipped),
        "exit_code": report.exit_code,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": {"id": finding.rule.id, "name": finding.rule.name, "url": rule_url(finding.rule)},
        "severity": finding.severity.label,
        "confidence": finding.confidence.label,
        "message": whole(finding.message),
        "label": whole(finding.label),
        "note": whole(finding.note),
        "help": whole(finding.help),
        **_place(finding.span),
        "related": [{**_place(r.span), "message": whole(r.message)} for r in finding.related],
        "fix": _fix(finding),
        "object": (
            {"kind": whole(finding.kind), "name": whole(finding.object), "namespace": whole(finding.namespace) or None}
            if finding.kind
            else None
        ),
        "node_path": whole(finding.node_path),
        "document": finding.document + 1,
        "fingerprint": finding.fingerprint,
    }


def _fix(finding: Finding) -> dict[str, Any] | None:
    if finding.fix is None:
        return None
    # An edit of a Secret could spell out a value.
    edits = () if finding.kind == "Secret" else finding.fix.edits
    return {
        "title": whole(finding.fix.title),
        "safety": finding.fix.safety.name.lower(),
        "edits": [_edit(edit) for edit in edits],
    }


def _edit(edit: Edit) -> dict[str, Any]:
    return {**_place(edit.span), "text": whole(edit.text)}


def _place(span: Span) -> dict[str, Any]:
    return {
        "path": whole(span.file.path),
        "start": _position(span, span.start),
        "end": _position(span, span.end),
    }


def _position(span: Span, offset: int) -> dict[str, int]:
    line, column = span.file.position(offset)
    return {"line": line, "column": column}
