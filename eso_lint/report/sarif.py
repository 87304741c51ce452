"""SARIF 2.1.0 as GitHub code scanning reads it.

One result per rule and line, since its fingerprint is the line's; one-line primary regions, since an alert is shown
on a change only where the change holds all of its region; paths relative to the repository root; no clock, no machine
path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from eso_lint import HOMEPAGE, __version__
from eso_lint.lint.report import Report, Skipped, Suppressed
from eso_lint.lint.rule import Finding, Fix, Related, Rule, Safety
from eso_lint.report import Options
from eso_lint.report.excerpt import Excerpts
from eso_lint.report.fingerprint import LineHashes
from eso_lint.report.sarif_rules import LEVELS, NOTIFICATIONS, descriptor, notification_descriptors, sentence
from eso_lint.report.visible import whole
from eso_lint.source.node import SourceFile, Span

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "SRCROOT"
_MAX_SNIPPET = 1_000
_MAX_RELATED = 50
_IN_SOURCE = ("comment", "annotation")
_LINK = re.compile(r"\[(?=[^\[\]]*\]\()")


def render(report: Report, options: Options) -> Iterator[str]:
    """The log in pieces, one result a line."""
    from json import dumps

    rules = {rule.id: rule for rule in report.rules}
    hidden = report.suppressed if options.sarif_suppressed else ()
    for finding in (*report.shown, *(s.finding for s in hidden)):
        rules.setdefault(finding.rule.id, finding.rule)
    ordered = [rules[id] for id in sorted(rules)]
    writer = _Writer({rule.id: i for i, rule in enumerate(ordered)})

    yield f'{{"$schema":{dumps(_SCHEMA)},"version":"2.1.0","runs":[{{\n'
    yield f'"tool":{dumps({"driver": _driver(ordered)})},\n'
    if options.sarif_category:
        yield f'"automationDetails":{dumps({"id": options.sarif_category.rstrip("/") + "/"})},\n'
    yield f'"columnKind":"unicodeCodePoints",\n"originalUriBaseIds":{dumps(_bases())},\n'
    yield f'"invocations":[{dumps(writer.invocation(report))}],\n"results":['
    comma = "\n"
    for result in writer.results(report, hidden):
        yield comma + dumps(result)
        comma = ",\n"
    yield "\n]}]}\n"


def _driver(rules: list[Rule]) -> dict[str, Any]:
    return {
        "name": "eso-lint",
        "version": __version__,
        "semanticVersion": __version__,
        "informationUri": HOMEPAGE,
        "rules": [descriptor(rule) for rule in rules],
        "notifications": notification_descriptors(),
    }


def _bases() -> dict[str, Any]:
    return {_ROOT: {"description": {"text": "The root of the repository that was checked."}}}


def uri(path: str) -> str:
    """A repository path as a relative URI, percent-encoded byte by byte."""
    safe = b"/-._~" + b"0123456789" + b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    data = path.replace("\\", "/").encode("utf-8", "surrogateescape")
    return "".join(chr(b) if b in safe else f"%{b:02X}" for b in data)


def region(span: Span) -> dict[str, int]:
    """The part of a span on its first line, at least one column wide where the line has one. Ends are exclusive."""
    one = span.one_line()
    line, column = span.file.position(one.start)
    end = column + one.end - one.start
    if end == column:
        # Between characters: mark the next one, at the end of a line the last one.
        length = len(span.file.line(line))
        end = min(column + 1, length + 1)
        column = max(1, min(column, end - 1))
        end = max(end, column)
    return {"startLine": line, "startColumn": column, "endLine": line, "endColumn": end}


class _Writer:
    """Results of one log."""

    def __init__(self, indexes: dict[str, int]) -> None:
        self.indexes = indexes
        self.excerpts = Excerpts()
        self.hashes: dict[SourceFile, LineHashes] = {}

    def results(self, report: Report, hidden: tuple[Suppressed, ...]) -> Iterator[dict[str, Any]]:
        """One result per rule and line; what is suppressed stays apart from what is not."""
        groups: dict[tuple[str, int, str, int], list[tuple[Finding, Suppressed | None]]] = {}
        for finding, suppressed in [*((f, None) for f in report.shown), *((s.finding, s) for s in hidden)]:
            line = finding.span.file.position(finding.span.start)[0]
            key = (finding.span.file.path, line, finding.rule.id, int(suppressed is not None))
            groups.setdefault(key, []).append((finding, suppressed))
        for key in sorted(groups):
            yield self.result(groups[key], key[1])

    def result(self, group: list[tuple[Finding, Suppressed | None]], line: int) -> dict[str, Any]:
        findings = sorted((f for f, _ in group), key=lambda f: (f.span.start, f.span.end))
        first = findings[0]
        severity = max(f.severity for f in findings)
        message, related = self._message(findings)
        file = first.span.file
        if file not in self.hashes:
            self.hashes[file] = LineHashes(file)
        location: dict[str, Any] = {
            "physicalLocation": self.place(first.span, first.kind == "Secret", whole_place=True)
        }
        if first.kind:
            full = "/".join(filter(None, (first.namespace, first.kind, first.object)))
            location["logicalLocations"] = [
                {"name": whole(first.object), "fullyQualifiedName": whole(full), "kind": "resource"}
            ]
        result: dict[str, Any] = {
            "ruleId": first.rule.id,
            "ruleIndex": self.indexes[first.rule.id],
            "kind": "fail",
            "level": LEVELS[severity],
            "message": {"text": message},
            "locations": [location],
        }
        if related:
            result["relatedLocations"] = related
        result["partialFingerprints"] = {
            "esoLintIdentity/v1": first.fingerprint,
            "primaryLocationLineHash": self.hashes[file][line],
        }
        fixes = [_fix(f.fix) for f in findings if f.fix and f.fix.safety > Safety.DISPLAY and f.kind != "Secret"]
        if fixes:
            result["fixes"] = fixes
        suppressions = [s for _, s in group if s is not None]
        if suppressions:
            result["suppressions"] = [_suppression(s) for s in suppressions]
        result["properties"] = {
            "confidence": max(f.confidence for f in findings).label,
            "nodePath": whole(first.node_path),
            "profile": first.rule.profile.label,
            "severity": severity.label,
        }
        return result

    def _message(self, findings: list[Finding]) -> tuple[str, list[dict[str, Any]]]:
        """The joined text of findings of one rule on one line, and the places that it links to."""
        sentences: list[str] = []
        related: list[dict[str, Any]] = []
        seen: dict[tuple[str, int, int, int], int] = {_key(f.span): 0 for f in findings}
        for finding in findings:
            sentences.append(sentence(_literal(finding.message)))
        for finding in findings:
            links = [link for place in finding.related if (link := self._link(place, finding, seen, related))]
            extra = [f"See {', '.join(links)}."] if links else []
            extra += [sentence(_literal(finding.note)), sentence(_literal(finding.help))]
            sentences += [text for text in extra if text and text not in sentences]
        return " ".join(sentences), related

    def _link(
        self, place: Related, finding: Finding, seen: dict[tuple[str, int, int, int], int], out: list[dict[str, Any]]
    ) -> str:
        """`[text](1)`; empty for a place that is linked already."""
        key = _key(place.span)
        if key in seen or len(out) >= _MAX_RELATED:
            return ""
        number = seen[key] = len(out) + 1
        text = whole(place.message) or "related place"
        secret = finding.kind == "Secret" and place.span.file is finding.span.file
        out.append(
            {
                "id": number,
                "physicalLocation": self.place(place.span, secret, whole_place=False),
                "message": {"text": sentence(_literal(text))},
            }
        )
        label = text.replace("[", "(").replace("]", ")")
        return f"[{label}]({number})"

    def place(self, span: Span, secret: bool, whole_place: bool) -> dict[str, Any]:
        """A physical location; with `whole_place` also the lines around it."""
        where: dict[str, Any] = region(span)
        start = span.file.line_starts[where["startLine"] - 1]
        marked = Span(span.file, start + where["startColumn"] - 1, start + where["endColumn"] - 1)
        if 0 < marked.end - marked.start <= _MAX_SNIPPET:
            where["snippet"] = {"text": whole(self.excerpts.span(marked, secret))}
        placed: dict[str, Any] = {"artifactLocation": _artifact(span.file.path), "region": where}
        context = self._context(span.file, where["startLine"], secret) if whole_place else None
        if context:
            placed["contextRegion"] = context
        return placed

    def _context(self, file: SourceFile, line: int, secret: bool) -> dict[str, Any] | None:
        """The line with its neighbours; None where they are too long, or where there are none."""
        count = len(file.line_starts)
        first, last = max(1, line - 1), min(count, line + 1)
        if last == count and last > line and not file.line(last):
            last -= 1
        lines = [self.excerpts.line(file, n, secret, beside=n != line) for n in range(first, last + 1)]
        if first == last or sum(map(len, lines)) > 4 * _MAX_SNIPPET:
            return None
        return {
            "startLine": first,
            "startColumn": 1,
            "endLine": last,
            "endColumn": len(file.line(last)) + 1,
            "snippet": {"text": whole("\n".join(lines))},
        }

    def invocation(self, report: Report) -> dict[str, Any]:
        """How the run went: about the tool, never about the findings."""
        notes = [self._skipped(entry) for entry in report.coverage.skipped]
        for finding in report.shown:
            if finding.rule.name == "yaml-syntax":
                place = self.place(finding.span, False, whole_place=False)
                notes.append(_notification(1, sentence(_literal(finding.message)), place))
        return {
            "executionSuccessful": True,
            "exitCode": report.exit_code,
            "toolExecutionNotifications": notes,
        }

    def _skipped(self, entry: Skipped) -> dict[str, Any]:
        place: dict[str, Any] = {"artifactLocation": _artifact(entry.path)}
        if entry.span is not None:
            place["region"] = region(entry.span)
        return _notification(0, sentence(f"Not checked: {_literal(entry.reason)}"), place)


def _notification(index: int, text: str, place: dict[str, Any]) -> dict[str, Any]:
    return {
        "descriptor": {"id": NOTIFICATIONS[index][0], "index": index},
        "level": "warning",
        "message": {"text": text},
        "locations": [{"physicalLocation": place}],
    }


def _artifact(path: str) -> dict[str, Any]:
    return {"uri": uri(path), "uriBaseId": _ROOT}


def _fix(fix: Fix) -> dict[str, Any]:
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        start, end = edit.span.file.position(edit.span.start), edit.span.file.position(edit.span.end)
        where = {"startLine": start[0], "startColumn": start[1], "endLine": end[0], "endColumn": end[1]}
        replacement = {"deletedRegion": where, "insertedContent": {"text": whole(edit.text)}}
        changes.setdefault(edit.span.file.path, []).append(replacement)
    return {
        "description": {"text": sentence(_literal(fix.title))},
        "artifactChanges": [
            {"artifactLocation": _artifact(path), "replacements": replacements}
            for path, replacements in changes.items()
        ],
    }


def _suppression(suppressed: Suppressed) -> dict[str, Any]:
    kind = "inSource" if suppressed.how in _IN_SOURCE else "external"
    justification = whole(suppressed.reason) or "No reason is given."
    return {"kind": kind, "status": "accepted", "justification": justification}


def _literal(text: str) -> str:
    """Text of which no part reads as a link."""
    return _LINK.sub(r"\\[", whole(text))


def _key(span: Span) -> tuple[str, int, int, int]:
    where = region(span)
    return span.file.path, where["startLine"], where["startColumn"], where["endColumn"]
