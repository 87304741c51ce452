"""What an upgrade would break, as text and as JSON."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any, TextIO

from eso_lint import HOMEPAGE, __version__
from eso_lint.lint.rule import Finding
from eso_lint.lint.upgrade import Start, Upgrade
from eso_lint.model.served import NEWEST
from eso_lint.report.summary import count
from eso_lint.report.visible import visible

VERSION = 1


def write_text(found: Upgrade, stream: TextIO) -> None:
    """From where to where, then object by object what breaks, then what to know."""
    for start in found.starts:
        stream.write(f"from {start.version or 'an unknown release'} to {found.to}: {visible(_why(start))}\n")
    if not found.starts:
        stream.write(f"to {found.to}: the repository holds no objects of the operator\n")
    if found.to > NEWEST:
        stream.write(f"  {found.to} is newer than all releases that are known; judged by {NEWEST}\n")
    for path, findings in groupby(found.breaks, key=lambda finding: finding.span.file.path):
        stream.write(f"\n{visible(path)}\n")
        for finding in findings:
            line, column = finding.span.file.position(finding.span.start)
            what = f" ({_title(finding)})" if finding.object else ""
            name = f"{finding.rule.id} {finding.rule.name}"
            stream.write(
                f"  {line}:{column} {finding.severity.label} {name}: {visible(finding.message)}{visible(what)}\n"
            )
            if finding.help:
                stream.write(f"      {visible(finding.help)}\n")
    if found.changes:
        stream.write("\nWhat changes on the way:\n")
        for since, text in found.changes:
            stream.write(f"  {since}: {text}\n")
    if found.defaults:
        stream.write("\nDefaults of the chart that change:\n")
        for path, old, new in found.defaults:
            stream.write(f"  {path}: {json.dumps(old)} becomes {json.dumps(new)}\n")
    objects = {(f.span.file.path, f.kind, f.namespace, f.object) for f in found.breaks}
    stream.write("\n")
    if found.breaks:
        stream.write(f"{count(len(found.breaks), 'problem')} in {count(len(objects), 'object')} would be new.\n")
    else:
        stream.write("Nothing that is known of would break.\n")
    if found.mended:
        stream.write(f"{count(found.mended, 'problem')} of today would be gone.\n")


def _why(start: Start) -> str:
    worlds = [world for world in start.worlds if world]
    where = f" ({', '.join(worlds[:3])}{', ...' if len(worlds) > 3 else ''})" if worlds else ""
    return f"{start.play.why}{where}"


def _title(finding: Finding) -> str:
    place = f"{finding.namespace}/{finding.object}" if finding.namespace else finding.object
    return f"{finding.kind} {place}"


def as_json(found: Upgrade) -> dict[str, Any]:
    """The same for programs (schemas/upgrade.json)."""
    return {
        "version": VERSION,
        "tool": {"name": "eso-lint", "version": __version__, "url": HOMEPAGE},
        "to": str(found.to),
        "known": found.to <= NEWEST,
        "from": [
            {
                "version": str(start.version) if start.version is not None else None,
                "why": start.play.why,
                "worlds": list(start.worlds),
            }
            for start in found.starts
        ],
        "breaks": [_break(finding) for finding in found.breaks],
        "mended": found.mended,
        "changes": [{"since": since, "text": text} for since, text in found.changes],
        "defaults": [{"value": path, "before": old, "after": new} for path, old, new in found.defaults],
    }


def _break(finding: Finding) -> dict[str, Any]:
    line, column = finding.span.file.position(finding.span.start)
    return {
        "rule": finding.rule.id,
        "name": finding.rule.name,
        "severity": finding.severity.label,
        "path": finding.span.file.path,
        "line": line,
        "column": column,
        "object": {"kind": finding.kind, "namespace": finding.namespace, "name": finding.object},
        "message": finding.message,
        "help": finding.help or None,
        "fingerprint": finding.fingerprint,
    }
