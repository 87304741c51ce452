"""Values with places, whatever they were written in: HCL expressions, JSON in a string, YAML mappings.

A `Tree` is a text (`Value`), a list (`Items`), an object (`Fields`), or a name of another object (`Ref`). What cannot
be known is a Value that is all hole; a list or object with `open` set has or may have more than is seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from eso_lint.iam.grant import HOLE, Value
from eso_lint.source.file import Span
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence


class Items(NamedTuple):
    items: tuple[Tree, ...]
    span: Span
    open: bool = False


class Fields(NamedTuple):
    """An object. Of two entries with one name the later holds."""

    entries: tuple[tuple[Value, Tree], ...]
    span: Span
    open: bool = False

    def get(self, name: str) -> Tree | None:
        return next((value for key, value in reversed(self.entries) if key.raw == name), None)

    def key(self, name: str) -> Value | None:
        return next((key for key, _ in reversed(self.entries) if key.raw == name), None)


class Ref(NamedTuple):
    """A resource, data source or call of a module of Terraform, or an attribute of one.

    `home` is the use of a module that it stands in, `path` as it is written (keys as `[key]`), `known` what is known of
    its text.
    """

    home: str
    path: tuple[str, ...]
    span: Span
    known: Value

    @property
    def whole(self) -> bool:
        """Whether it is a resource or data source as a whole."""
        path = self.path[1:] if self.path[0] == "data" else self.path
        return path[0] != "module" and (len(path) == 2 or (len(path) == 3 and path[2].startswith("[")))


Tree = Value | Items | Fields | Ref


def text_of(tree: Tree | None) -> Value | None:
    """The text of a tree; None for lists, objects and what is absent."""
    if isinstance(tree, Ref):
        return tree.known
    return tree if isinstance(tree, Value) else None


def texts(tree: Tree | None) -> tuple[Value, ...]:
    """A text as a list of one, a list as its texts; what cannot be known as one hole."""
    if tree is None:
        return ()
    if isinstance(tree, Items):
        found = tuple(v if v is not None else unknown(tree.span) for v in map(text_of, tree.items))
        return (*found, unknown(tree.span)) if tree.open else found
    own = text_of(tree)
    return (own if own is not None else unknown(tree.span),)


def objects(tree: Tree | None) -> Iterator[Fields]:
    """An object, or the objects of a list."""
    if isinstance(tree, Fields):
        yield tree
    elif isinstance(tree, Items):
        yield from (item for item in tree.items if isinstance(item, Fields))


def at(tree: Tree | None, *path: str) -> Tree | None:
    """What lies below, through objects and lists of one object."""
    for name in path:
        fields = next(objects(tree), None)
        tree = fields.get(name) if fields is not None else None
    return tree


def unknown(span: Span) -> Value:
    return Value(HOLE, span)


def is_open(tree: Tree | None) -> bool:
    """Whether anything in a list or object may be missing here."""
    return tree.open if isinstance(tree, (Items, Fields)) else is_unknown(tree)


def is_unknown(tree: Tree | None) -> bool:
    return isinstance(tree, Value) and tree.raw == HOLE


_PLACEHOLDER = re.compile(r"\$\{[^{}]*\}|\{\{.*?\}\}|\$\([^()]*\)|<[^<>]*>")


def from_node(node: Node | None, seen: dict[int, Tree] | None = None) -> Tree | None:
    """A node of YAML or JSON. What a template puts into a text is a hole in it; what aliases share stays shared."""
    seen = {} if seen is None else seen
    if isinstance(node, (Mapping, Sequence)) and id(node) in seen:
        return seen[id(node)]
    if isinstance(node, Mapping):
        pairs = [(Value(name, key.span), from_node(value, seen)) for name, (key, value) in node.index.items()]
        fields = Fields(tuple((key, tree) for key, tree in pairs if tree is not None), node.span, node.open)
        seen[id(node)] = fields
        return fields
    if isinstance(node, Sequence):
        found = (from_node(item, seen) for item in node.items)
        listed = Items(tuple(tree for tree in found if tree is not None), node.span, node.open)
        seen[id(node)] = listed
        return listed
    if isinstance(node, Opaque):
        text, count = _PLACEHOLDER.subn(HOLE, node.text)
        return Value(text if count else HOLE, node.span)
    return Value(node.text, node.span) if isinstance(node, Scalar) else None
