"""What was worked out of a repository, as tables, as JSON (schemas/inventory.json), and as the story of one object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, TextIO

from eso_lint import HOMEPAGE, __version__
from eso_lint.model.inventory import Delivery, Field, Inventory, Target, World
from eso_lint.report.summary import count
from eso_lint.report.table import write_table
from eso_lint.report.visible import visible, whole
from eso_lint.source.node import Span

VERSION = 1
_HEAD = ("object", "namespace", "name", "store", "leads to")
_REASONS = {
    "other-kind": "of another kind",
    "other-namespace": "in another namespace",
    "near-name": "closest name",
    "others-of-kind": "others of the kind",
}


def place(span: Span) -> str:
    """`path:line:column`."""
    line, column = span.file.position(span.start)
    return f"{span.file.path}:{line}:{column}"


def write_text(found: Inventory, stream: TextIO, color: bool) -> None:
    """One table for each world, then what could not be followed."""
    units = Counter(unit.tool for unit in found.units)
    for world in found.worlds:
        title = world.name or ("what no cluster claims" if len(found.worlds) > 1 else "the repository")
        stream.write(f"{visible(title)}: {count(len(world.deliveries), 'object')}{_because(world)}\n")
        write_table(_HEAD, [row for delivery in world.deliveries for row in _rows(delivery)], stream, color)
        stream.write("\n")
    if not found.worlds:
        stream.write("The repository holds no ExternalSecrets, PushSecrets or stores.\n")
    if units:
        brought = ", ".join(f"{number} by {tool}" for tool, number in sorted(units.items()))
        stream.write(f"{count(len(found.units), 'delivery unit')}: {brought}.\n")
    followed = [note for note in found.notes if note.kind in ("remote", "chart", "opaque", "missing", "refused")]
    if followed:
        stream.write(f"{count(len(followed), 'place')} could not be followed:\n")
        for note in followed:
            stream.write(f"  {visible(place(note.at.span))}: {visible(note.message)}\n")


def _because(world: World) -> str:
    return ", a cluster of its own" if world.declared else ""


def _rows(delivery: Delivery) -> Iterator[tuple[str, ...]]:
    resource = delivery.resource
    first = (f"{resource.kind} {resource.file.path}:{_line(delivery)}", _shown(delivery.namespace, resource.file.path))
    named = _shown(delivery.name, resource.file.path)
    if not delivery.stores:
        yield (*first, named, "", "")
    for i, target in enumerate(delivery.stores):
        left = (*first, named) if i == 0 else ("", "", "")
        yield (*left, f"{target.kind or '?'} {target.name or '?'}", leads_to(target))


def _line(delivery: Delivery) -> int:
    return delivery.resource.file.position(delivery.resource.root.start)[0]


def _shown(field: Field, home: str) -> str:
    if field.value is None:
        return f"unknown: {field.why}"
    if field.value == "":
        return "(cluster)"
    if field.at is None or field.at.file.path == home:
        return field.value
    return f"{field.value} from {place(field.at)}"


def leads_to(target: Target) -> str:
    """What a store reference leads to, in words."""
    if target.answer == "found":
        places = ", ".join(dict.fromkeys(place(store.name_node.span) for store in target.stores))
        return places + (f" ({target.why})" if target.why else "")
    if target.answer == "external":
        return f"elsewhere: {target.why}"
    if target.answer == "unknown" or not target.stores:
        return f"{target.answer}: {target.why}"
    near = target.stores[0]
    return f"missing; {_REASONS[target.why]}: {near.title} at {place(near.name_node.span)}"


def write_story(deliveries: list[Delivery], stream: TextIO) -> None:
    """One written object: each delivery of it, and what gave it its fields on the way."""
    resource = deliveries[0].resource
    at = f"{resource.file.path}:{_line(deliveries[0])}"
    stream.write(visible(f"{resource.kind} {resource.written[1]} ({at})") + "\n")
    for delivery in deliveries:
        stream.write("\n")
        for line in _story(delivery):
            stream.write(visible(line) + "\n")


def _story(delivery: Delivery) -> Iterator[str]:
    resource = delivery.resource
    placement = resource.placement
    where = f"in {resource.world}" if resource.world else "in the repository"
    if not placement.deployed:
        where = "nothing deploys it"
    yield where + ("" if placement.units else ", as written")
    for by in delivery.units:
        yield f"  brought by {by.name}" + (f" ({place(by.at)})" if by.at is not None else "")
    yield f"  name {_told(delivery.name)}"
    yield f"  namespace {_told(delivery.namespace)}"
    for path, span in delivery.elsewhere:
        yield f"  {path} comes from {place(span)}"
    for span in delivery.via:
        yield f"  changed by {place(span)}"
    for target in delivery.stores:
        yield f"  {target.kind or '?'} {target.name or '?'} at {place(target.at)}: {leads_to(target)}"


def _told(field: Field) -> str:
    if field.value is None:
        return f"unknown: {field.why}"
    if field.value == "":
        return "none: the kind belongs to the cluster"
    return f"{field.value}, given at {place(field.at)}" if field.at is not None else field.value


def as_json(found: Inventory) -> dict[str, Any]:
    """Everything, for programs; described by schemas/inventory.json."""
    return {
        "version": VERSION,
        "tool": {"name": "eso-lint", "version": __version__, "url": HOMEPAGE},
        "worlds": [
            {
                "name": whole(world.name),
                "declared": world.declared,
                "objects": [_object(delivery) for delivery in world.deliveries],
            }
            for world in found.worlds
        ],
        "units": [
            {
                "tool": unit.tool,
                "name": whole(unit.name),
                "path": whole(unit.path),
                "cluster": None if unit.cluster is None else whole(unit.cluster),
                "at": _place(unit.at.span if unit.at is not None else None),
                "objects": len(unit.items),
            }
            for unit in found.units
        ],
        "notes": [
            {"kind": note.kind, "message": whole(note.message), "at": _place(note.at.span)} for note in found.notes
        ],
    }


def _object(delivery: Delivery) -> dict[str, Any]:
    resource = delivery.resource
    return {
        "kind": whole(resource.kind),
        "at": _place(Span(resource.file, resource.root.start, resource.root.start)),
        "document": resource.document.number + 1,
        "name": _field(delivery.name),
        "namespace": _field(delivery.namespace),
        "deployed": resource.placement.deployed,
        "units": [whole(by.name) for by in delivery.units],
        "via": [_place(span) for span in delivery.via],
        "stores": [
            {
                "kind": target.kind,
                "name": None if target.name is None else whole(target.name),
                "at": _place(target.at),
                "answer": target.answer,
                "stores": [_place(store.name_node.span) for store in target.stores],
                "why": whole(target.why) or None,
            }
            for target in delivery.stores
        ],
    }


def _field(field: Field) -> dict[str, Any]:
    value = None if field.value is None else whole(field.value)
    return {"value": value, "at": _place(field.at), "why": whole(field.why) or None}


def _place(span: Span | None) -> dict[str, Any] | None:
    if span is None:
        return None
    line, column = span.file.position(span.start)
    return {"path": whole(span.file.path), "line": line, "column": column}
