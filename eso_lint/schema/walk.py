"""The structural walk: a position tree against a schema, as the API server prunes, defaults and validates.

It gathers faults, bare of words: what is wrong where. Unknown parts (`Opaque`, mappings and lists that a template adds
to) fit anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from eso_lint.model.resource import first_scalar
from eso_lint.schema.formats import fits_format, matches
from eso_lint.schema.pack import Shape
from eso_lint.source.node import Mapping, Node, Scalar, Sequence, walk

# What the root of every object has, judged apart.
_HEAD = frozenset(("apiVersion", "kind", "metadata"))


class Frame(NamedTuple):
    """A place on the way down: the step that leads to it, its shape, and the place above."""

    above: Frame | None
    step: str | int
    shape: Shape | None
    node: Node

    @property
    def steps(self) -> tuple[str | int, ...]:
        found: list[str | int] = []
        frame: Frame | None = self
        while frame is not None and frame.above is not None:
            found.append(frame.step)
            frame = frame.above
        return tuple(reversed(found))


class Fault(NamedTuple):
    """Something wrong. `what` names the check; `at` is where it stands; `more` is what the words need besides."""

    what: str
    at: Node
    frame: Frame
    more: Any = None


class Rules(NamedTuple):
    """A node whose schema has rules of its own, and where to report them."""

    node: Node
    shape: Shape
    frame: Frame
    at: Node


class Walk:
    """One walk over one object."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.rules: list[Rules] = []
        self._seen: set[tuple[int, int]] = set()

    def root(self, node: Mapping, shape: Shape, at: Node, status_apart: bool) -> None:
        """The whole object. Of a status that is kept apart only the fields must be known: the rest is dropped."""
        frame = Frame(None, "", shape, node)
        self._mapping(node, shape, frame, at, _HEAD | {"status"} if status_apart else _HEAD)
        if shape.cel:
            self.rules.append(Rules(node, shape, frame, at))
        status, below = node.get("status"), shape.child("status")
        if status_apart and status is not None and below is not None:
            kept = len(self.faults)
            rules = len(self.rules)
            self.visit(status, below, Frame(frame, "status", below, status), node.key("status") or at)
            self.faults[kept:] = [fault for fault in self.faults[kept:] if fault.what == "unknown"]
            del self.rules[rules:]

    def fault(self, what: str, at: Node, frame: Frame, more: Any = None) -> None:
        self.faults.append(Fault(what, at, frame, more))

    def visit(self, node: Node, shape: Shape, frame: Frame, at: Node) -> None:
        if isinstance(node, Scalar):
            self._scalar(node, shape, frame, at)
        elif isinstance(node, (Mapping, Sequence)):
            # An alias repeats what was judged.
            key = (id(node), shape.row)
            if key in self._seen:
                return
            self._seen.add(key)
            if isinstance(node, Mapping):
                self._mapping(node, shape, frame, at, frozenset())
            else:
                self._sequence(node, shape, frame, at)
        if shape.cel:
            self.rules.append(Rules(node, shape, frame, at))

    def _mapping(self, node: Mapping, shape: Shape, frame: Frame, at: Node, skip: frozenset[str]) -> None:
        if shape.int_or_string or shape.type not in ("object", ""):
            self.fault("type", at, frame, node)
            return
        names, pack = shape.names, shape.pack
        closed = not (shape.preserve or shape.free)
        partial = node.open
        there: list[str] = []
        empty: dict[str, Scalar] = {}
        unknown = 0
        for name, (key, value) in node.index.items():
            if name in skip:
                there.append(name)
                continue
            row = names.get(name, shape.additional)
            if row is None:
                if closed:
                    self.fault("unknown", key, Frame(frame, name, None, value), node)
                    unknown += 1
                else:
                    there.append(name)
                    self._free(value, Frame(frame, name, None, value))
                continue
            child = pack.shape(row)
            if isinstance(value, Scalar) and _is_null(value):
                # Null is kept where it is allowed, filled in where there is a default, and dropped elsewhere.
                if child.nullable or child.has_default:
                    there.append(name)
                else:
                    empty[name] = key  # type: ignore[assignment]
                continue
            there.append(name)
            self.visit(value, child, Frame(frame, name, child, value), key)
        if len(node.entries) != len(node.index):
            partial = partial or any(not isinstance(key, Scalar) for key, _ in node.entries)
        if not partial:
            for name in shape.needed:
                if name not in there and name not in skip:
                    self.fault(
                        "missing", empty.get(name, at), Frame(frame, name, shape.child(name), node), name in empty
                    )
        self._union(node, shape, frame, at, there, partial or unknown > 0)

    def _union(self, node: Mapping, shape: Shape, frame: Frame, at: Node, there: list[str], partial: bool) -> None:
        most, least = shape.max_properties, shape.min_properties
        if most is None and not least:
            return
        count = len(there) + sum(name not in there for name in shape.filled)
        if most is not None and count > most:
            self.fault("too-many", node.key(there[-1]) or at if there else at, frame, there)
        elif count < least and not partial:
            self.fault("too-few", at, frame, there)

    def _sequence(self, node: Sequence, shape: Shape, frame: Frame, at: Node) -> None:
        if shape.int_or_string or shape.type not in ("array", ""):
            self.fault("type", at, frame, node)
            return
        below = shape.items
        if below is None:
            self._free(node, frame)
        else:
            for i, item in enumerate(node.items):
                here = Frame(frame, i, below, item)
                if isinstance(item, Scalar) and _is_null(item):
                    if not (below.nullable or below.has_default):
                        self.fault("type", item if item.end > item.start else at, here, item)
                else:
                    first = first_scalar(item) or item
                    self.visit(item, below, here, first if first.end > first.start else at)
        if shape.max_items is not None and len(node.items) > shape.max_items:
            extra = first_scalar(node.items[shape.max_items]) or node
            self.fault("items-many", extra if extra.end > extra.start else at, frame, len(node.items))
        elif len(node.items) < shape.min_items and not node.open:
            self.fault("items-few", at, frame, len(node.items))
        if shape.list_type in ("set", "map"):
            self._repeated(node, shape, frame)

    def _repeated(self, node: Sequence, shape: Shape, frame: Frame) -> None:
        """Items of a set, or of a list with keys, that are there already."""
        known: dict[object, Node] = {}
        for i, item in enumerate(node.items):
            parts = [item.get(key) for key in shape.keys] if shape.list_type == "map" else [item]
            if not all(part is None or isinstance(part, Scalar) for part in parts):
                continue
            value = tuple((type(part.value), part.value) if isinstance(part, Scalar) else None for part in parts)
            first = known.setdefault(value, item)
            if first is not item:
                place = next((part for part in parts if part is not None), item)
                self.fault("repeated", place, Frame(frame, i, shape.items, item), first)

    def _scalar(self, node: Scalar, shape: Shape, frame: Frame, at: Node) -> None:
        kind = shape.type
        if kind == "string" and not shape.int_or_string:
            text = node.string
            if text is None:
                self.fault("type", _visible(node, at), frame, node)
            else:
                self._text(text, node, shape, frame, at)
            return
        value = node.value
        if isinstance(value, float) and value - value != 0:
            self.fault("number", node, frame, node)
        elif not _fits(value, kind, shape.int_or_string):
            self.fault("type", _visible(node, at), frame, node)
        elif isinstance(value, str):
            self._text(value, node, shape, frame, at)
        elif shape.choices and value not in shape.choices:
            self.fault("enum", node, frame, node)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            low, high = shape.minimum, shape.maximum
            if low is not None and (value < low[0] or (low[1] and value == low[0])):
                self.fault("minimum", node, frame, node)
            elif high is not None and (value > high[0] or (high[1] and value == high[0])):
                self.fault("maximum", node, frame, node)

    def _text(self, text: str, node: Scalar, shape: Shape, frame: Frame, at: Node) -> None:
        place = _visible(node, at)
        if shape.choices and text not in shape.choices:
            self.fault("enum", place, frame, node)
            return
        if shape.max_length is not None and len(text) > shape.max_length:
            self.fault("long", place, frame, node)
        elif len(text) < shape.min_length:
            self.fault("short", place, frame, node)
        elif shape.pattern is not None and matches(shape.pattern, text) is False:
            self.fault("pattern", place, frame, node)
        elif shape.format and fits_format(shape.format, text) is False:
            self.fault("format", place, frame, node)

    def _free(self, node: Node, frame: Frame) -> None:
        """What the schema leaves open still becomes JSON."""
        for part in walk(node):
            if isinstance(part, Scalar) and part.style == "" and part.text[-3:].lower() in ("inf", "nan"):
                value = part.value
                if isinstance(value, float) and value - value != 0:
                    self.fault("number", part, frame, part)


def _is_null(node: Scalar) -> bool:
    return node.string is None and node.value is None


def _visible(node: Scalar, at: Node) -> Node:
    """The scalar; where nothing is written, the key before it."""
    return node if node.end > node.start else at


def _fits(value: object, kind: str, int_or_string: bool) -> bool:
    """Whether a scalar that is no text fits a type. Null never does: where it may stand, it is not asked for."""
    if int_or_string:
        return isinstance(value, str) or type(value) is int
    if kind == "integer":
        return type(value) is int
    if kind == "number":
        return type(value) in (int, float)
    if kind == "boolean":
        return isinstance(value, bool)
    return kind == ""  # anything


def ancestors(frame: Frame) -> Iterator[Frame]:
    """The places above, nearest first."""
    above = frame.above
    while above is not None:
        yield above
        above = above.above
