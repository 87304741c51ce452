"""What the API server would say of an object, as problems for the rules that report it."""

from __future__ import annotations

from collections.abc import Iterator

from eso_lint.lint.rule import Confidence, Edit, Fix, Problem, Related, Safety, Severity
from eso_lint.model.resource import Resource
from eso_lint.model.workspace import Workspace
from eso_lint.schema.verdict import Verdict, verdicts
from eso_lint.source.node import Span

# A release that is newer than the schemas here may know more fields and values.
_MAY_GROW = frozenset(("unknown-field", "enum-value", "one-of-fields"))


def problems_of(resource: Resource, ws: Workspace, kind: str) -> Iterator[Problem]:
    """The verdicts of one kind on an object, as problems."""
    for verdict in verdicts(resource, ws):
        if verdict.kind == kind:
            yield problem(verdict, resource)


def problem(verdict: Verdict, resource: Resource) -> Problem:
    """A verdict as a problem. What holds in some releases only that may be in play is a warning that names them."""
    severity = confidence = None
    note = verdict.note
    if verdict.soft:
        confidence = Confidence.MEDIUM
        severity = Severity.INFO if verdict.kind in _MAY_GROW else None
        note = _joined(note, "the schema at hand may not be that of the release in play")
    elif verdict.releases:
        severity = Severity.WARNING
        names = " and ".join(str(release) for release in verdict.releases)
        note = _joined(note, f"release {names} refuses it; another one that may be in play does not")
    at = verdict.at if isinstance(verdict.at, Span) else verdict.at.span
    fix = None
    # Text in a patch or in values may stand in quotes of another kind.
    if verdict.replacement is not None and at.file is resource.file:
        safety = Safety.SAFE if verdict.safe and not verdict.soft else Safety.UNSAFE
        fix = Fix(f"write `{verdict.replacement}`", (Edit(at, verdict.replacement),), safety)
    return Problem(
        at=verdict.at,
        message=verdict.message,
        label=verdict.label,
        related=tuple(Related(span, text) for span, text in verdict.related),
        note=note,
        help=verdict.help,
        fix=fix,
        severity=severity,
        confidence=confidence,
    )


def _joined(first: str, second: str) -> str:
    return f"{first}; {second}" if first else second
