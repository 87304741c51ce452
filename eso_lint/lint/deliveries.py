"""One finding for one place: what a rule says of several deliveries of an object is said once, and names them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from eso_lint.lint.rule import Finding
from eso_lint.model.resource import Resource
from eso_lint.model.workspace import Workspace

_MAX_NAMED = 4
_Source = tuple[int, int]


def merged(found: Iterable[tuple[Finding, Any]], workspace: Workspace) -> Iterator[Finding]:
    """The findings of one rule, each with what it was asked about; those of one place become one, the gravest."""
    groups: dict[tuple[object, ...], list[tuple[Finding, Resource]]] = {}
    seen: dict[tuple[object, ...], int] = {}
    for finding, view in found:
        if not isinstance(view, Resource) or not view.placement.units:
            yield finding
            continue
        # A rule may say several things of one place in one object: the first goes with the first, and so on.
        place = (finding.span.file.path, finding.span.start, finding.span.end)
        nth = seen[(id(view), *place)] = seen.get((id(view), *place), 0) + 1
        groups.setdefault((*place, nth), []).append((finding, view))
    for group in groups.values():
        yield _one(group, workspace)


def _one(group: list[tuple[Finding, Resource]], workspace: Workspace) -> Finding:
    finding = max((finding for finding, _ in group), key=lambda f: (f.severity, f.confidence))
    index = workspace.index(_by_source)
    sources = {_source(view) for _, view in group}
    every = [resource for source in sources for resource in index.get(source, ())]
    if len(every) < 2:
        return finding
    faulty = {id(view) for _, view in group}
    by_world = len({resource.world for resource in every}) == len(every)
    labels = {id(resource): _labels(resource, by_world) for resource in every}
    here = sorted({label for resource in every if id(resource) in faulty for label in labels[id(resource)]})
    apart = sorted({label for resource in every if id(resource) not in faulty for label in labels[id(resource)]})
    apart = [label for label in apart if label not in here]
    where = f"only in {_join(here)}, not in {_join(apart)}" if apart else f"in {_join(here)}"
    if len(here) < 2 and not apart:
        return finding
    return finding._replace(note=f"{finding.note}; {where}" if finding.note else where)


def _source(resource: Resource) -> _Source:
    return id(resource.document), resource.root.start


def _by_source(workspace: Workspace) -> dict[_Source, list[Resource]]:
    """Every shape in which a written object is delivered."""
    found: dict[_Source, list[Resource]] = {}
    for resource in workspace.resources:
        if resource.placement.deployed:
            found.setdefault(_source(resource), []).append(resource)
    return found


def _labels(resource: Resource, by_world: bool) -> list[str]:
    """The world alone where it tells all deliveries apart, else each declaration, with its cluster."""
    placement = resource.placement
    if by_world and placement.declared:
        return [resource.world]
    return [f"{by.name} of {resource.world}" if placement.declared else by.name for by in placement.units]


def _join(names: list[str]) -> str:
    shown = [f"`{name}`" for name in names[:_MAX_NAMED]]
    if len(names) > _MAX_NAMED:
        return ", ".join(shown) + f" and {len(names) - _MAX_NAMED} more"
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1]
