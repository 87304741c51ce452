"""An object's part as the API server stores it: unknown fields and nulls dropped, defaults filled in."""

from __future__ import annotations

from typing import Any

from eso_lint.schema.pack import Shape
from eso_lint.source.node import Mapping, Node, Scalar, Sequence


def settled(node: Node, shape: Shape) -> Node:
    """The node as stored. What stays keeps its place; a default stands where its parent does."""
    if isinstance(node, Sequence):
        below = shape.items
        if below is None:
            return node
        made = Sequence(node.file, node.start, node.end, tuple(settled(item, below) for item in node.items), node.flow)
        made.open = node.open
        return made
    if not isinstance(node, Mapping):
        return node
    entries: list[tuple[Node, Node]] = []
    there = set()
    for name, (key, value) in node.index.items():
        child = shape.child(name)
        if child is None:
            if shape.preserve or shape.free:
                entries.append((key, value))
            continue
        if isinstance(value, Scalar) and value.string is None and value.value is None:
            if child.nullable:
                entries.append((key, value))
                there.add(name)
            continue
        there.add(name)
        entries.append((key, settled(value, child)))
    for name in shape.filled:
        if name not in there and not node.open:
            child = shape.child(name)
            if child is not None:
                filled = literal(child.default, node)
                entries.append((Scalar(node.file, node.start, node.start, name, '"'), settled(filled, child)))
    result = Mapping(node.file, node.start, node.end, tuple(entries), node.flow)
    result.open = node.open
    return result


def literal(value: Any, at: Node) -> Node:
    """Plain data as nodes that stand at a place."""
    if isinstance(value, dict):
        pairs = tuple(
            (Scalar(at.file, at.start, at.start, name, '"'), literal(item, at)) for name, item in value.items()
        )
        return Mapping(at.file, at.start, at.start, pairs)
    if isinstance(value, list):
        return Sequence(at.file, at.start, at.start, tuple(literal(item, at) for item in value))
    if isinstance(value, str):
        return Scalar(at.file, at.start, at.start, value, '"')
    text = "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return Scalar(at.file, at.start, at.start, text)


def plain(node: Node) -> Any:
    """A document as plain data, as Kubernetes reads it; what is templated becomes None. Aliases are spelt out."""
    if isinstance(node, Mapping):
        return {name: plain(value) for name, (_, value) in node.index.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.value if isinstance(node, Scalar) else None
