"""The position tree that every later step reads.

Nodes are plain slotted classes without parent pointers: a run creates many of them, and a tree without cycles needs
no garbage collector.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from eso_lint.record import TYPE_CHECKING, NamedTuple
from eso_lint.source.file import SourceFile as SourceFile
from eso_lint.source.file import Span as Span
from eso_lint.source.file import decode as decode
from eso_lint.source.file import encoding_of as encoding_of

if TYPE_CHECKING:
    from typing import Any

# Plain keys that Kubernetes may not read as strings are among these, or begin so.
ODD_KEYS = frozenset(
    (
        "y", "Y", "n", "N", "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF",
        "true", "True", "TRUE", "false", "False", "FALSE", "null", "Null", "NULL",
    )
)  # fmt: skip
ODD_STARTS = frozenset(("", "~", "+", "-", ".", "<", *"0123456789"))


class Node:
    """A place in a YAML or JSON document."""

    __slots__ = ("end", "file", "start")

    def __init__(self, file: SourceFile, start: int, end: int) -> None:
        self.file = file
        self.start = start
        self.end = end

    @property
    def span(self) -> Span:
        return Span(self.file, self.start, self.end)

    def get(self, key: str) -> Node | None:
        """The value under a key; None where this is no mapping or has no such key."""
        return None


class Scalar(Node):
    """A scalar as written. `style` is "" for plain, else one of ' " | >. `tag` is the explicit tag or None."""

    __slots__ = ("style", "tag", "text")

    def __init__(
        self, file: SourceFile, start: int, end: int, text: str, style: str = "", tag: str | None = None
    ) -> None:
        self.file = file
        self.start = start
        self.end = end
        self.text = text
        self.style = style
        self.tag = tag

    @property
    def value(self) -> Any:
        """What Kubernetes reads: str, int, float, bool or None (YAML 1.1 as sigs.k8s.io/yaml resolves it)."""
        if self.tag is None:
            text = self.text
            # Most scalars are seen to be strings without resolving them.
            if self.style or (text not in ODD_KEYS and text[:1] not in ODD_STARTS):
                return text
        from eso_lint.source.scalar import resolve

        return resolve(self)

    @property
    def string(self) -> str | None:
        """The value where Kubernetes reads a string, else None."""
        if self.tag is None:  # as above, once more: these two are asked most
            text = self.text
            if self.style or (text not in ODD_KEYS and text[:1] not in ODD_STARTS):
                return text
        value = self.value
        return value if isinstance(value, str) else None

    def __repr__(self) -> str:
        return f"Scalar({self.text!r})"


class Supplied(Scalar):
    """A scalar that is put in from elsewhere: a substitution, a values file. Its place is there, where it is changed.

    `used` is the place that asks for it.
    """

    __slots__ = ("used",)

    def __init__(self, at: Node, used: Span, text: str, style: str = "") -> None:
        super().__init__(at.file, at.start, at.end, text, style)
        self.used = used


class Opaque(Node):
    """Text that something else will replace before the cluster reads it (a template, a variable, a cipher).

    It equals nothing and matches anything. `text` is what is written; `why` names the dialect
    ("template", "variable", "placeholder", "encrypted", "unknown").
    """

    __slots__ = ("text", "why")

    def __init__(self, file: SourceFile, start: int, end: int, text: str, why: str) -> None:
        self.file = file
        self.start = start
        self.end = end
        self.text = text
        self.why = why

    def get(self, key: str) -> Node | None:
        return self

    def __repr__(self) -> str:
        return f"Opaque({self.text!r})"


_FEW = 12  # so many entries are searched faster than an index of them is made
# From the end of one entry of a block mapping to the key of the next.
_GAP = re.compile(r"(?:[ \t]*+(?:#[^\n]*+)?\n)*+ *+")


class Shape:
    """The keys of a block mapping, which all mappings with the same keys share.

    `keys` are as written, quotes included; `places` says where each stands among them, by its effective name;
    `simple` and `merges` that all are read as their text, and that some are merge keys.
    """

    __slots__ = ("keys", "merges", "places", "simple")

    def __init__(self, keys: tuple[str, ...], places: dict[str, int], simple: bool, merges: bool) -> None:
        self.keys = keys
        self.places = places
        self.simple = simple
        self.merges = merges

    def entries(
        self, at: Node, text: str, values: tuple[Node, ...], ends: dict[int, int]
    ) -> tuple[tuple[Node, Node], ...]:
        """The entries of a mapping that begins at `at`, in the text that was read.

        `ends` are those of values that stand elsewhere (aliases).
        """
        file, start = at.file, at.start
        made: list[tuple[Node, Node]] = []
        for place, raw in enumerate(self.keys):
            if place:
                end = ends[place - 1] if place - 1 in ends else values[place - 1].end
                start = _GAP.match(text, end).end()  # type: ignore[union-attr]
            if raw[0] in "\"'":
                key = Scalar(file, start, start + len(raw), raw[1:-1], raw[0])
            else:
                key = Scalar(file, start, start + len(raw), raw)
            made.append((key, values[place]))
        return tuple(made)


class Mapping(Node):
    """A mapping. `entries` keeps every pair as written, duplicates and merge keys (`<<`) included.

    `open` says that a template inserts further keys here, so an absent key is unknown, not absent.
    """

    __slots__ = ("_entries", "_index", "_shape", "_values", "flow", "open", "simple")

    def __init__(
        self, file: SourceFile, start: int, end: int, entries: tuple[tuple[Node, Node], ...] = (), flow: bool = False
    ) -> None:
        self.file = file
        self.start = start
        self.end = end
        self.flow = flow
        self.open = False
        # No merge key, no duplicate, no key that is read as anything but its text: looked up without an index.
        self.simple = False
        self._entries: tuple[tuple[Node, Node], ...] | None = entries
        self._index: dict[str, tuple[Node, Node]] | None = None
        # Simple mappings may have a shape and values instead of entries, until somebody asks for these.
        self._shape: Shape | None = None
        self._values: tuple[Node, ...] = ()

    @property
    def entries(self) -> tuple[tuple[Node, Node], ...]:
        if self._entries is None:
            assert self._shape is not None
            self._entries = self._shape.entries(self, self.file.text, self._values, {})
        return self._entries

    @entries.setter
    def entries(self, entries: tuple[tuple[Node, Node], ...]) -> None:
        self._entries = entries
        self._shape = None
        self._values = ()

    def shaped(self, shape: Shape, values: tuple[Node, ...], ends: dict[int, int]) -> None:
        """Fill the mapping: most are only asked for the values of some keys, so keys become nodes when needed."""
        self.simple = True
        self._shape = shape
        self._values = values
        self._entries = shape.entries(self, self.file.text, values, ends) if ends else None

    @property
    def index(self) -> dict[str, tuple[Node, Node]]:
        """Effective entries by key: merge keys applied, of duplicates the last wins, as in Kubernetes.

        Where a template may insert keys (`open`), a key written twice is one branch or the other: Opaque. So is one
        that a merge key below it merges again: kubectl takes the merged value there, kustomize the written one.
        """
        if self._index is None:
            own: dict[str, tuple[Node, Node]] = {}
            merged: dict[str, tuple[Node, Node]] = {}
            for key, value in self.entries:
                if type(key) is not Scalar:
                    continue
                text = key.text
                if key.style == "":
                    if text == "<<":
                        for source in value.items if isinstance(value, Sequence) else (value,):
                            if isinstance(source, Mapping):
                                for name, pair in source.index.items():
                                    merged.setdefault(name, pair)
                                    if name in own:
                                        key, value = own[name]
                                        unknown = Opaque(value.file, value.start, value.end, "", "unknown")
                                        own[name] = (key, unknown)
                        continue
                    text = effective_key(key) or text
                if text in own and self.open:
                    value = Opaque(value.file, value.start, value.end, "", "template")
                own[text] = (key, value)
            self._index = {**merged, **own} if merged else own
        return self._index

    def named(self) -> list[tuple[str, Node]]:
        """The effective values by name. No key becomes a node for it where all are read as their text."""
        shape = self._shape
        if shape is not None:
            return list(zip(shape.places, self._values, strict=True))
        if self.simple and not self.open:
            return [(key.text, value) for key, value in self.entries if type(key) is Scalar]
        return [(name, value) for name, (_, value) in self.index.items()]

    def _pair(self, key: object) -> tuple[Node, Node] | None:
        shape = self._shape
        if shape is not None:
            place = shape.places.get(key)  # type: ignore[call-overload]
            return None if place is None else self.entries[place]
        entries = self.entries
        if not self.simple or len(entries) > _FEW:
            return self.index.get(key)  # type: ignore[call-overload, no-any-return]
        for pair in entries:
            if pair[0].text == key and type(pair[0]) is Scalar:  # type: ignore[attr-defined]
                return pair
        return None

    def get(self, key: str) -> Node | None:
        # The commonest question of all, so this is `_pair` again.
        shape = self._shape
        if shape is not None:
            place = shape.places.get(key)
            if place is not None:
                return self._values[place]
        else:
            pair = self._pair(key)
            if pair is not None:
                return pair[1]
        return Opaque(self.file, self.start, self.end, "", "unknown") if self.open else None

    def key(self, key: str) -> Scalar | None:
        """The key node itself, for findings that stand on a key."""
        pair = self._pair(key)
        return pair[0] if pair is not None and isinstance(pair[0], Scalar) else None

    def __contains__(self, key: object) -> bool:
        shape = self._shape
        return key in shape.places if shape is not None else self._pair(key) is not None

    def __repr__(self) -> str:
        return f"Mapping({', '.join(self.index)})"


class Sequence(Node):
    """A sequence. `open` says that a template inserts further items."""

    __slots__ = ("flow", "items", "open")

    def __init__(
        self, file: SourceFile, start: int, end: int, items: tuple[Node, ...] = (), flow: bool = False
    ) -> None:
        self.file = file
        self.start = start
        self.end = end
        self.items = items
        self.flow = flow
        self.open = False

    def __repr__(self) -> str:
        return f"Sequence({len(self.items)} items)"


class Document(NamedTuple):
    """One YAML document of a file.

    `number` counts the documents of the file from 0; `dialect` is "plain", or the template language that had to be
    seen through to read it; `start` and `end` bound the document in the file's text.
    """

    file: SourceFile
    number: int
    root: Node
    dialect: str
    start: int
    end: int


def effective_key(key: Scalar) -> str | None:
    """A mapping key as Kubernetes reads it: numbers and booleans become strings; None for null, which it refuses."""
    text = key.text
    if key.tag is None and (key.style or (text not in ODD_KEYS and text[:1] not in ODD_STARTS)):
        return text
    value = key.value
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "g") if isinstance(value, float) else str(value)


def lookup(node: Node | None, *path: str | int) -> Node | None:
    """Follow keys and list positions; Opaque where a step cannot be known, None where it is absent."""
    for step in path:
        if node is None:
            return None
        if isinstance(step, str):
            node = node.get(step)
        elif isinstance(node, Sequence):
            node = node.items[step] if step < len(node.items) else None
        elif not isinstance(node, Opaque):
            return None
    return node


def string(node: Node | None) -> str | None:
    """The text of a known string scalar, else None (absent, opaque, a number, a container)."""
    return node.string if isinstance(node, Scalar) else None


def items(node: Node | None) -> tuple[Node, ...]:
    """The items of a sequence; empty for anything else."""
    return node.items if isinstance(node, Sequence) else ()


def is_absent(node: Node | None) -> bool:
    """True where a field is certainly not set: no key, or null. False for Opaque."""
    return node is None or (isinstance(node, Scalar) and node.value is None)


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, keys included, in document order; shared (aliased) containers once."""
    seen: set[int] = set()
    stack: list[Node] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, Mapping):
            if id(current) in seen:
                continue
            seen.add(id(current))
            # Before it is handed out: whoever walks may move it, and its keys are placed by where it stands.
            for key, value in reversed(current.entries):
                stack.append(value)
                stack.append(key)
        elif isinstance(current, Sequence):
            if id(current) in seen:
                continue
            seen.add(id(current))
            stack.extend(reversed(current.items))
        yield current
