"""Template actions given back to a masked document's tree: scalars become Opaque, containers open."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence
from eso_lint.source.template import FAR, FILLER, Insertion, Masked

LOOPS = frozenset(("range", "for"))


def unmask(root: Node, masked: Masked) -> Node:
    """Give the actions back: scalars that touch one become Opaque, containers that a template fills become open."""
    if not masked.starts:
        return root
    view = _Unmasker(masked, _inside_scalars(root, masked))
    if type(root) is Scalar:
        return view.scalar(root)
    stack: list[tuple[Node, int, int]] = [(root, masked.starts[0], 1 << 62)]
    seen: set[int] = set()
    merging: list[Mapping] = []
    while stack:
        node, low, high = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Mapping):
            stack += view.mapping(node, low, high)
            if node._index is not None:
                node._index = None
                merging.append(node)
        elif isinstance(node, Sequence):
            stack += view.sequence(node, low, high)
    # Sources of merge keys close before their users: in this order no chain of them recurses.
    for node in sorted(merging, key=lambda n: (n.end, -n.start)):
        node.index  # noqa: B018
    return root


def _inside_scalars(root: Node, masked: Masked) -> set[int]:
    """Offsets of the insertions that are text of a block or quoted scalar, so that they add no keys."""
    places = [i.at for i in masked.insertions]
    found: set[int] = set()
    if not places:
        return found
    stack: list[Node] = [root]
    seen: set[int] = set()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        children: Iterable[Node] = ()
        if isinstance(node, Mapping):
            children = [value for _, value in node.entries]
        elif isinstance(node, Sequence):
            children = node.items
        column = -1
        for child in children:
            if type(child) is not Scalar:
                stack.append(child)
            elif child.style:
                low, high = bisect_left(places, child.start), bisect_left(places, child.end)
                if low < high and column < 0 and child.style in "|>":
                    column = _column(node)
                found.update(i.at for i in masked.insertions[low:high] if child.style in "\"'" or i.own > column)
    return found


class _Unmasker:
    def __init__(self, masked: Masked, ignored: set[int]) -> None:
        self.starts = masked.starts
        self.ends = masked.ends
        self.insertions = tuple(i for i in masked.insertions if i.at not in ignored)
        self.places = [i.at for i in self.insertions]
        self.blocks = sorted(masked.blocks)
        self.block_starts = [b.start for b in self.blocks]

    def scalar(self, node: Scalar) -> Node:
        """The scalar, or Opaque where an action touches it."""
        i = bisect_right(self.ends, node.start)
        touched = i < len(self.starts) and self.starts[i] < node.end
        if touched or FILLER in node.text:
            return _opaque(node)
        return node

    def mapping(self, node: Mapping, low: int, high: int) -> Iterator[tuple[Node, int, int]]:
        column = _column(node)
        entries = node.entries
        bounds = [key.start for key, _ in entries]
        inserted = self._inserted(low, high)
        keys: set[str] = set()
        changed: list[tuple[Node, Node]] = []
        children: list[tuple[Node, int, int]] = []
        opened = node.flow and bool(self._inserted(node.start, node.end))
        for i, (key, value) in enumerate(entries):
            end = bounds[i + 1] if i + 1 < len(bounds) else high
            if type(key) is Scalar:
                key = self.scalar(key)
            if type(key) is Scalar and key.text not in keys:
                keys.add(key.text)
            else:
                opened = True
            if type(value) is Scalar:
                fresh = self.scalar(value)
                if fresh is value and any(n.first > column for n in self._inserted(key.end, end)):
                    fresh = _opaque(value)
                value = fresh
            else:
                children.append((value, key.end, end))
                inner = _column(value)
                opened = opened or any(column < n.column < inner for n in self._inserted(key.end, end))
            changed.append((key, value))
        opened = opened or any(n.column in (column, -1) for n in inserted)
        opened = opened or (not entries and bool(inserted))
        node.open = node.open or opened or self._branches(bounds, low, high)
        node.entries = tuple(changed)
        yield from children

    def sequence(self, node: Sequence, low: int, high: int) -> Iterator[tuple[Node, int, int]]:
        column = _column(node)
        bounds = [item.start for item in node.items]
        changed: list[Node] = []
        children: list[tuple[Node, int, int]] = []
        opened = any(n.column in (column, -1) for n in self._inserted(low, high))
        opened = opened or (node.flow and bool(self._inserted(node.start, node.end)))
        for i, item in enumerate(node.items):
            end = bounds[i + 1] if i + 1 < len(bounds) else high
            if type(item) is Scalar:
                fresh = self.scalar(item)
                if fresh is item and any(n.first > column for n in self._inserted(item.start, end)):
                    fresh = _opaque(item)
                changed.append(fresh)
            else:
                changed.append(item)
                children.append((item, self._dash(node, i, column) if i else low, end))
                opened = opened or any(column < n.column < _column(item) for n in self._inserted(item.start, end))
        node.open = node.open or opened or self._branches(bounds, low, high, True)
        node.items = tuple(changed)
        yield from children

    def _dash(self, node: Sequence, i: int, column: int) -> int:
        """Where an item's region begins: at its dash, else behind the item before."""
        before = node.items[i - 1].end
        dash = -1
        if column < FAR:
            dash = node.file.text.rfind("\n" + " " * column + "-", before, node.items[i].start)
        return max(dash, before)

    def _inserted(self, low: int, high: int) -> tuple[Insertion, ...]:
        return self.insertions[bisect_left(self.places, low) : bisect_left(self.places, high)]

    def _branches(self, bounds: list[int], low: int, high: int, any_block: bool = False) -> bool:
        """Whether a control block divides the parts that begin at `bounds`: some, not all, are in it."""
        first = bisect_left(self.block_starts, low)
        for block in self.blocks[first : bisect_left(self.block_starts, high)]:
            if any_block or block.alternatives or block.word in LOOPS:
                inside = bisect_left(bounds, block.end) - bisect_left(bounds, block.start)
                if inside and (inside < len(bounds) or block.alternatives or (any_block and block.word in LOOPS)):
                    return True
        return False


def _column(node: Node) -> int:
    """0-based column of a block container; of others a column that no insertion has."""
    if isinstance(node, (Mapping, Sequence)) and not node.flow:
        return node.start - (node.file.text.rfind("\n", 0, node.start) + 1)
    return FAR


def _opaque(node: Node) -> Opaque:
    return Opaque(node.file, node.start, node.end, node.file.text[node.start : node.end], "template")
