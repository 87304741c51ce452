"""What was worked out of a repository: its worlds, and where each object of the operator goes and what it leads to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from eso_lint.model.kinds.external_secret import BaseExternalSecret
from eso_lint.model.kinds.push_secret import BasePushSecret
from eso_lint.model.kinds.store import Store
from eso_lint.model.reference import External, Found, Reference, Unknown, distinct
from eso_lint.model.resource import Resource
from eso_lint.model.workspace import Workspace
from eso_lint.render.placement import Bringer
from eso_lint.render.unit import Note, Unit
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, SourceFile, Span, Supplied, is_absent

_MAX_DEPTH = 60


class Field(NamedTuple):
    """A value in the cluster and where it is given. `value` is None where it stays unknown, and `why` says why."""

    value: str | None
    at: Span | None
    why: str = ""


class Target(NamedTuple):
    """What a store reference leads to: `answer` is found, missing, external or unknown; `at` the stores that fit."""

    at: Span
    kind: str | None
    name: str | None
    answer: str
    stores: tuple[Resource, ...] = ()
    why: str = ""


class Delivery(NamedTuple):
    """One object as one world gets it. `units` say what brings it, `via` what changed it on the way."""

    resource: Resource
    name: Field
    namespace: Field
    stores: tuple[Target, ...]

    @property
    def units(self) -> tuple[Bringer, ...]:
        return tuple(sorted(self.resource.placement.units, key=lambda by: by.name))

    @property
    def elsewhere(self) -> tuple[tuple[str, Span], ...]:
        """The fields whose values other places give, in document order: path and place, never the value."""
        return tuple(_elsewhere(self.resource.root, self.resource.file, ""))

    @property
    def via(self) -> tuple[Span, ...]:
        return tuple(dict.fromkeys(self.resource.placement.via))


class World(NamedTuple):
    """One cluster, or one tree that stands for one; "" is what no cluster claims. `declared`: something says so."""

    name: str
    declared: bool
    deliveries: tuple[Delivery, ...]


class Inventory(NamedTuple):
    """All of it. `units` are the declarations that deliver, `notes` what could not be followed."""

    worlds: tuple[World, ...]
    units: tuple[Unit, ...]
    notes: tuple[Note, ...]


def inventory(ws: Workspace) -> Inventory:
    """Worlds by name, objects in file order."""
    found: dict[tuple[str, bool], list[Delivery]] = {}
    for resource in ws.resources:
        if isinstance(resource, BaseExternalSecret | BasePushSecret | Store):
            found.setdefault((resource.world, resource.placement.declared), []).append(deliver(resource, ws))
    worlds = tuple(World(name, declared, tuple(made)) for (name, declared), made in sorted(found.items()))
    return Inventory(worlds, ws.views(Unit), ws.views(Note))


def deliver(resource: Resource, ws: Workspace) -> Delivery:
    """One object, with what its store references lead to."""
    references: Iterable[Reference] = ()
    if isinstance(resource, BaseExternalSecret | BasePushSecret):
        references = distinct(ws.references(resource, "store"))
    return Delivery(
        resource,
        _field(resource, resource.name, resource.at("metadata", "name"), "nothing gives one"),
        _field(resource, resource.namespace, resource.at("metadata", "namespace"), _unplaced(resource)),
        tuple(_target(reference, ws) for reference in references),
    )


def _elsewhere(node: Node, home: SourceFile, path: str, depth: int = 0) -> Iterator[tuple[str, Span]]:
    if isinstance(node, Scalar | Opaque):
        if node.file is not home or isinstance(node, Supplied):
            yield path, node.span
    elif isinstance(node, Mapping) and depth < _MAX_DEPTH:
        for key, value in node.entries:
            name = key.text if isinstance(key, Scalar) else "?"
            yield from _elsewhere(value, home, f"{path}.{name}" if path else name, depth + 1)
    elif isinstance(node, Sequence) and depth < _MAX_DEPTH:
        for i, item in enumerate(node.items):
            yield from _elsewhere(item, home, f"{path}[{i}]", depth + 1)


def _unplaced(resource: Resource) -> str:
    if not resource.placement.deployed:
        return "nothing deploys it"
    return "what delivers it gives none" if resource.placement.units else "nothing in the repository delivers it"


def _field(resource: Resource, value: str | None, node: Node | None, absent: str) -> Field:
    if value is not None:
        return Field(value, None if node is None or is_absent(node) else node.span)
    if node is None or is_absent(node):
        return Field(None, None, absent)
    return Field(
        None, node.span, f"`{node.text}` is not known" if isinstance(node, Opaque) and node.text else "templated"
    )


def _target(reference: Reference, ws: Workspace) -> Target:
    answer = ws.resolve(reference)
    place = (reference.at.span, reference.kind, reference.name or None)
    if isinstance(answer, Found):
        return Target(*place, "found", answer.targets, "" if answer.certain else "a namespace is not known")
    if isinstance(answer, External):
        return Target(*place, "external", (), "the configuration says that it lives elsewhere")
    if isinstance(answer, Unknown):
        return Target(*place, "unknown", (), answer.why)
    return Target(*place, "missing", answer.near, answer.reason)
