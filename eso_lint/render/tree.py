"""Small persistent changes to position trees: each gives a new tree, and what did not change keeps its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, Shape, effective_key, is_absent

MAX_STEPS = 32  # longer paths lead to nothing that anybody asks for
Change = Callable[[Node], Node]
_WORDS = frozenset(
    ("y", "Y", "n", "N", "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF")
)  # fmt: skip
# Where one may stand as a plain scalar; the first letter comes first, since that is what is quickly searched for.
_MAY_BE_WORD = re.compile(r"[yYnNoO](?<![^\s\[{,:\"'].)(?:|es|ES|o|O|n|N|ff|FF)(?![^\s,\]}:\"'\\])")


class _Keys(Shape):
    """The keys of a mapping as it was read, and those that were added: nodes when they are asked for."""

    __slots__ = ("added", "mapping")

    def __init__(self, mapping: Mapping, shape: Shape, added: tuple[Scalar, ...] = ()) -> None:
        super().__init__(shape.keys, shape.places, True, False)
        self.mapping = mapping
        self.added = added

    def plus(self, key: Scalar) -> _Keys:
        wider = _Keys(self.mapping, self, (*self.added, key))
        wider.keys = (*self.keys, key.text)
        wider.places = {**self.places, key.text: len(self.keys)}
        return wider

    def entries(
        self, at: Node, text: str, values: tuple[Node, ...], ends: dict[int, int]
    ) -> tuple[tuple[Node, Node], ...]:
        keys = (*(key for key, _ in self.mapping.entries), *self.added)
        return tuple(zip(keys, values, strict=True))


def with_entry(mapping: Mapping, key: Node, value: Node) -> Mapping:
    """The mapping with one key set; an existing key keeps its place in the order."""
    shape = mapping._shape
    place = shape.places.get(key.text) if shape is not None and isinstance(key, Scalar) else None
    if shape is None or not isinstance(key, Scalar) or (place is None and not _is_plain(key)):
        return with_pairs(mapping, ((key, value),))
    keys = shape if isinstance(shape, _Keys) else _Keys(mapping, shape)
    values = list(mapping._values)
    if place is None:
        keys = keys.plus(key)
        values.append(value)
    else:
        values[place] = value
    fresh = Mapping(mapping.file, mapping.start, mapping.end, (), mapping.flow)
    fresh.open = mapping.open
    fresh.shaped(keys, tuple(values), {})
    return fresh


def with_field(mapping: Mapping, name: str, value: Node, at: Node) -> Mapping:
    """The mapping with one field set; a key that was not there stands at a node."""
    # Where there is a shape, the key need not become a node.
    known = mapping.key(name) if mapping._shape is None else None
    return with_entry(mapping, known or Scalar(at.file, at.start, at.start, name), value)


def _is_plain(key: Scalar) -> bool:
    """Whether a key is read as its text, and merges nothing."""
    return effective_key(key) == key.text and key.text != "<<"


def with_pairs(mapping: Mapping, pairs: Iterable[tuple[Node, Node]]) -> Mapping:
    """The mapping with several keys set, in one pass."""
    found: dict[object, tuple[Node, Node]] = {
        key.text if isinstance(key, Scalar) else id(key): (key, value) for key, value in effective(mapping)
    }
    for key, value in pairs:
        name = key.text if isinstance(key, Scalar) else ""
        found[name] = (found[name][0] if name in found else key, value)
    return with_entries(mapping, list(found.values()))


def without(mapping: Mapping, name: str) -> Mapping:
    """The mapping without a key."""
    return with_entries(
        mapping, [(k, v) for k, v in effective(mapping) if not (isinstance(k, Scalar) and k.text == name)]
    )


def effective(mapping: Mapping) -> list[tuple[Node, Node]]:
    """Entries as Kubernetes sees them: merge keys applied, of duplicates the last; opaque keys kept."""
    pairs = list(mapping.index.values())
    if len(pairs) == len(mapping.entries):
        return pairs
    return pairs + [(k, v) for k, v in mapping.entries if not isinstance(k, Scalar)]


def with_entries(mapping: Mapping, entries: list[tuple[Node, Node]]) -> Mapping:
    fresh = Mapping(mapping.file, mapping.start, mapping.end, tuple(entries), mapping.flow)
    fresh.open = mapping.open
    return fresh


def opened(mapping: Mapping) -> Mapping:
    """The same mapping, of which further keys are unknown."""
    fresh = with_entries(mapping, effective(mapping))
    fresh.open = True
    return fresh


def sequence_with(sequence: Sequence, items: list[Node]) -> Sequence:
    fresh = Sequence(sequence.file, sequence.start, sequence.end, tuple(items), sequence.flow)
    fresh.open = sequence.open
    return fresh


def text_node(at: Node, text: str) -> Scalar:
    """A string that stands at another node's place."""
    return Scalar(at.file, at.start, at.end, text, "'")


def unknown(at: Node, text: str = "", why: str = "unknown") -> Opaque:
    """A value that cannot be known, at a node's place."""
    return Opaque(at.file, at.start, at.end, text, why)


def set_field(root: Node, path: tuple[str, ...], value: Node) -> Node:
    """The tree with a field set; missing mappings on the way are made, at the value's place."""
    if not path:
        return value
    if isinstance(root, Opaque):
        return root
    mapping = root if isinstance(root, Mapping) else Mapping(value.file, value.start, value.end)
    head = path[0]
    child = mapping.get(head) if head in mapping else None
    if child is None:
        child = Mapping(value.file, value.start, value.end)
    return with_field(mapping, head, set_field(child, path[1:], value), value)


def split_path(path: str) -> list[str]:
    """The steps of a kustomize field path (`spec/rules/a\\/b`); lists are passed through, so `[]` says nothing."""
    return [
        s.replace("\0", "/").removesuffix("[]") for s in path.replace("\\/", "\0").strip("/").split("/") if s != "[]"
    ]


def change_at(root: Node, steps: list[str], change: Change, create: Node | None = None) -> Node:
    """Apply a change wherever a field path leads, through every item of the lists on the way.

    With `create` a missing field is made at its place (`change` gets it as an empty scalar). The same tree comes back
    where nothing changed.
    """
    if isinstance(root, Opaque) or len(steps) > MAX_STEPS:
        return root
    if not steps:
        return change(root)
    if isinstance(root, Sequence):
        items = [change_at(item, steps, change, create) for item in root.items]
        return root if all(a is b for a, b in zip(items, root.items, strict=True)) else sequence_with(root, items)
    if not isinstance(root, Mapping):
        return root
    head, rest = steps[0], steps[1:]
    known = head in root
    old = root.get(head) if known else None
    if old is None or is_absent(old):
        if create is None:
            return root
        old = Mapping(create.file, create.start, create.end) if rest else text_node(create, "")
    fresh = change_at(old, rest, change, create)
    return root if fresh is old and known else with_field(root, head, fresh, create or root)


def values_of(mapping: Mapping) -> list[Node]:
    """The values of all entries."""
    return [value for _, value in mapping.entries] if mapping._shape is None else list(mapping._values)


def words_as_text(root: Node) -> Node:
    """A manifest as kustomize reads it: `yes`, `off` and their like are text there, and no booleans.

    The same tree comes back where there are none. JSON patches keep them: they are read as Kubernetes reads.
    """
    if not isinstance(root, Mapping) or _MAY_BE_WORD.search(root.file.text, root.start, root.end) is None:
        return root
    return _spelt(root, {})


def _spelt(node: Node, known: dict[int, Node]) -> Node:
    if isinstance(node, Scalar):
        word = not node.style and node.tag is None and node.text in _WORDS
        return Scalar(node.file, node.start, node.end, node.text, "'") if word else node
    # Aliases share their nodes.
    fresh = known.get(id(node))
    if fresh is not None:
        return fresh
    fresh = node
    if isinstance(node, Sequence):
        items = [_spelt(item, known) for item in node.items]
        if any(a is not b for a, b in zip(items, node.items, strict=True)):
            fresh = sequence_with(node, items)
    elif isinstance(node, Mapping):
        entries = [(_spelt(key, known), _spelt(value, known)) for key, value in node.entries]
        if any(a is not k or b is not v for (a, b), (k, v) in zip(entries, node.entries, strict=True)):
            fresh = with_entries(node, entries)
    known[id(node)] = fresh
    return fresh
