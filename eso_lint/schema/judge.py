"""The judgement of one object: structure, metadata, then the CRD's own rules, by every release that may be in play."""

from __future__ import annotations

from eso_lint.model.resource import Resource
from eso_lint.model.workspace import Workspace
from eso_lint.schema.metadata import judge_metadata
from eso_lint.schema.store import Chosen, schemas_of
from eso_lint.schema.verdict import Verdict
from eso_lint.schema.walk import Frame, Walk
from eso_lint.source.node import Scalar, Span

# What a patch that was not built may put there.
_ABSENCE = frozenset(("missing-field", "one-of-fields", "cel-violation"))


def judge(resource: Resource, ws: Workspace) -> tuple[Verdict, ...]:
    """All verdicts on an object, in the order of their places."""
    schemas = schemas_of(resource, ws)
    if not schemas:
        return ()
    found = _by(resource, schemas[-1], ws)
    if len(schemas) > 1:
        found = _together(_by(resource, schemas[0], ws), found, schemas)
    if resource.placement.open:
        found = [verdict for verdict in found if verdict.kind not in _ABSENCE or verdict.related]
    return tuple(sorted(found, key=_place))


def _by(resource: Resource, chosen: Chosen, ws: Workspace) -> list[Verdict]:
    """The verdicts of one release's schema."""
    walk = Walk()
    walk.root(resource.root, chosen.shape, resource.kind_node, chosen.status_apart)
    judge_metadata(resource, walk, Frame(None, "", chosen.shape, resource.root), chosen.scope)
    found: list[Verdict] = []
    if walk.faults:
        from eso_lint.schema.words import verdict_of

        found = _without_echoes([verdict_of(fault, resource, chosen) for fault in walk.faults])
    if walk.rules and not any(verdict.blocks for verdict in found):
        from eso_lint.schema.cel.verdicts import cel_verdicts

        found += cel_verdicts(walk.rules, found, ws)
    if not chosen.exact:
        found = [verdict._replace(soft=True) for verdict in found]
    elif chosen.own:
        found = [verdict._replace(soft=True) if _doubtful(verdict, chosen) else verdict for verdict in found]
    return found


def _doubtful(verdict: Verdict, chosen: Chosen) -> bool:
    """Whether a CRD of the repository alone refuses what the newest release takes: it may be a part, or a stub."""
    if verdict.kind == "unknown-field":
        return chosen.newest_knows(verdict.steps)
    at = verdict.at
    return verdict.kind == "enum-value" and isinstance(at, Scalar) and chosen.newest_knows(verdict.steps, at.value)


def _without_echoes(found: list[Verdict]) -> list[Verdict]:
    """Leave out that a field is missing where a slip of its name stands beside it: that is said already."""
    meant = {(v.steps[:-1], v.replacement) for v in found if v.kind == "unknown-field" and v.replacement}
    if not meant:
        return found
    return [v for v in found if v.kind != "missing-field" or (v.steps[:-1], v.steps[-1]) not in meant]


def _together(low: list[Verdict], high: list[Verdict], schemas: tuple[Chosen, ...]) -> list[Verdict]:
    """What both releases say is certain; what one says names it."""
    by_low, by_high = {_identity(v): v for v in low}, {_identity(v): v for v in high}
    found = [v if key in by_low else v._replace(releases=(schemas[-1].wanted,)) for key, v in by_high.items()]
    found += [v._replace(releases=(schemas[0].wanted,)) for key, v in by_low.items() if key not in by_high]
    return found


def _identity(verdict: Verdict) -> tuple[object, ...]:
    return verdict.kind, verdict.steps, _span(verdict)


def _span(verdict: Verdict) -> Span:
    return verdict.at if isinstance(verdict.at, Span) else verdict.at.span


def _place(verdict: Verdict) -> tuple[str, int]:
    span = _span(verdict)
    return span.file.path, span.start
