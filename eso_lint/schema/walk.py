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
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, walk

# What the root of every object has, judged apart.
_HEAD = frozenset(("apiVersion", "kind", "metadata"))
_NONE: frozenset[str] = frozenset()


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
        self._top: Node | None = None
        self.faults: list[Fault] = []
        self.rules: list[Rules] = []
        self._seen: set[tuple[int, int]] = set()

    def root(self, node: Mapping, shape: Shape, top: Node, status_apart: bool) -> None:
        """The whole object; faults of it as such stand at `top`.

        Of a status that is kept apart only the fields must be known: the rest is dropped.
        """
        self._top = top
        frame = Frame(None, "", shape, node)
        self._mapping(node, shape, frame, _HEAD | {"status"} if status_apart else _HEAD)
        if shape.cel:
            self.rules.append(Rules(node, shape, frame, self.anchor(frame)))
        status, below = node.get("status"), shape.child("status")
        if status_apart and status is not None and below is not None:
            kept = len(self.faults)
            rules = len(self.rules)
            self.visit(status, below, frame, "status")
            self.faults[kept:] = [fault for fault in self.faults[kept:] if fault.what == "unknown"]
            del self.rules[rules:]

    def fault(self, what: str, at: Node, frame: Frame, more: Any = None) -> None:
        self.faults.append(Fault(what, at, frame, more))

    def anchor(self, frame: Frame) -> Node:
        """The place of what has none of its own: the key above it, the first entry of a list item, or the top."""
        above = frame.above
        while above is not None:
            if isinstance(frame.step, str):
                key = above.node.key(frame.step) if isinstance(above.node, Mapping) else None
                if key is not None:
                    return key
            else:
                first = first_scalar(frame.node)
                if first is not None and first.end > first.start:
                    return first
            frame, above = above, above.above
        return self._top or frame.node

    def visit(self, node: Node, shape: Shape, above: Frame, step: str | int) -> None:
        """A node that a step leads to. Scalars are so many that they get a frame only where they are at fault."""
        if isinstance(node, Scalar):
            self._scalar(node, shape, above, step)
            frame = None
        elif isinstance(node, (Mapping, Sequence)):
            # An alias repeats what was judged.
            key = (id(node), shape.row)
            if key in self._seen:
                return
            self._seen.add(key)
            frame = Frame(above, step, shape, node)
            if isinstance(node, Mapping):
                self._mapping(node, shape, frame, _NONE)
            else:
                self._sequence(node, shape, frame)
        else:
            frame = None
        if shape.cel:
            frame = frame or Frame(above, step, shape, node)
            self.rules.append(Rules(node, shape, frame, self.anchor(frame)))

    def _mapping(self, node: Mapping, shape: Shape, frame: Frame, skip: frozenset[str]) -> None:
        if shape.int_or_string or shape.type not in ("object", ""):
            self.fault("type", self.anchor(frame), frame, node)
            return
        names, pack = shape.names, shape.pack
        closed = not (shape.preserve or shape.free)
        partial = node.open
        there: list[str] = []
        empty: set[str] = set()
        unknown = doubtful = 0
        pairs = node.named()
        for name, value in pairs:
            if name in skip:
                there.append(name)
                continue
            row = names.get(name, shape.additional)
            if row is None:
                if closed:
                    here = Frame(frame, name, None, value)
                    self.fault("unknown", self.anchor(here), here, node)
                    unknown += 1
                else:
                    there.append(name)
                    self._free(value, Frame(frame, name, None, value))
                continue
            child = pack.shape(row)
            if isinstance(value, Scalar):
                text = value.string
                if text is None and value.value is None:
                    # Null is kept where it is allowed, filled in where there is a default, and dropped elsewhere.
                    if child.nullable or child.has_default:
                        there.append(name)
                    else:
                        empty.add(name)
                    continue
                there.append(name)
                if text is not None and child.plain:
                    continue
            else:
                there.append(name)
                doubtful += type(value) is Opaque
            self.visit(value, child, frame, name)
        if not node.simple and len(node.entries) != len(pairs):
            partial = partial or any(not isinstance(key, Scalar) for key, _ in node.entries)
        if not partial:
            for name in shape.needed:
                if name not in there and name not in skip:
                    at = (node.key(name) if name in empty else None) or self.anchor(frame)
                    self.fault("missing", at, Frame(frame, name, shape.child(name), node), name in empty)
        if shape.max_properties is not None or shape.min_properties:
            self._union(node, shape, frame, there, partial or unknown > 0, doubtful)

    def _union(self, node: Mapping, shape: Shape, frame: Frame, there: list[str], partial: bool, doubtful: int) -> None:
        most, least = shape.max_properties, shape.min_properties
        count = len(there) + sum(name not in there for name in shape.filled)
        # Of what a template writes, one branch may stand for the other, and nothing may be put in.
        if most is not None and count - doubtful > most and not node.open:
            self.fault("too-many", (node.key(there[-1]) if there else None) or self.anchor(frame), frame, there)
        elif count < least and not partial:
            self.fault("too-few", self.anchor(frame), frame, there)

    def _sequence(self, node: Sequence, shape: Shape, frame: Frame) -> None:
        if shape.int_or_string or shape.type not in ("array", ""):
            self.fault("type", self.anchor(frame), frame, node)
            return
        below = shape.items
        if below is None:
            self._free(node, frame)
        else:
            for i, item in enumerate(node.items):
                if isinstance(item, Scalar) and item.string is None and item.value is None:
                    if not (below.nullable or below.has_default):
                        here = Frame(frame, i, below, item)
                        self.fault("type", self._place(item, here), here, item)
                else:
                    self.visit(item, below, frame, i)
        if shape.max_items is not None and len(node.items) > shape.max_items and not node.open:
            extra = Frame(frame, shape.max_items, below, node.items[shape.max_items])
            self.fault("items-many", self.anchor(extra), frame, len(node.items))
        elif len(node.items) < shape.min_items and not node.open:
            self.fault("items-few", self.anchor(frame), frame, len(node.items))
        if shape.list_type in ("set", "map") and not node.open:
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

    def _scalar(self, node: Scalar, shape: Shape, above: Frame, step: str | int) -> None:
        kind = shape.type
        what = None
        if kind == "string" and not shape.int_or_string:
            text = node.string
            what = "type" if text is None else _text_fault(text, shape)
        else:
            value = node.value
            if isinstance(value, float) and value - value != 0:
                what = "number"
            elif not _fits(value, kind, shape.int_or_string):
                what = "type"
            elif isinstance(value, str):
                what = _text_fault(value, shape)
            elif shape.choices and value not in shape.choices:
                what = "enum"
            elif isinstance(value, (int, float)) and not isinstance(value, bool):
                what = _range_fault(value, shape)
        if what is not None:
            frame = Frame(above, step, shape, node)
            self.fault(what, self._place(node, frame), frame, node)

    def _place(self, node: Node, frame: Frame) -> Node:
        """The scalar; where nothing is written, what stands before it."""
        return node if node.end > node.start else self.anchor(frame)

    def _free(self, node: Node, frame: Frame) -> None:
        """What the schema leaves open still becomes JSON."""
        for part in walk(node):
            if isinstance(part, Scalar) and part.style == "" and part.text[-3:].lower() in ("inf", "nan"):
                value = part.value
                if isinstance(value, float) and value - value != 0:
                    self.fault("number", part, frame, part)


def _text_fault(text: str, shape: Shape) -> str | None:
    """What is wrong with a text."""
    if shape.choices and text not in shape.choices:
        return "enum"
    if shape.max_length is not None and len(text) > shape.max_length:
        return "long"
    if len(text) < shape.min_length:
        return "short"
    if shape.pattern is not None and matches(shape.pattern, text) is False:
        return "pattern"
    return "format" if shape.format and fits_format(shape.format, text) is False else None


def _range_fault(value: float, shape: Shape) -> str | None:
    low, high = shape.minimum, shape.maximum
    if low is not None and (value < low[0] or (low[1] and value == low[0])):
        return "minimum"
    return "maximum" if high is not None and (value > high[0] or (high[1] and value == high[0])) else None


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
