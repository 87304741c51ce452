"""How large and how deep a tree is, with everything that aliases name spelt out."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from eso_lint.source.node import Mapping, Node, Sequence


def weigh(node: Node, sizes: dict[int, int] | None = None) -> int:
    """The number of nodes of a tree with every alias spelt out. `sizes` takes those of its containers, by identity."""
    return _fold(node, sum, {} if sizes is None else sizes)


def height(node: Node) -> int:
    """How many levels deep a tree is."""
    return _fold(node, lambda below: max(below, default=0), {})


def _fold(node: Node, combine: Callable[[Iterable[int]], int], known: dict[int, int]) -> int:
    """One more than what the children together give, which is 1 for a scalar; shared containers once."""
    stack: list[Node] = [node]
    while stack:
        current = stack[-1]
        if isinstance(current, Mapping):
            children = [child for pair in current.entries for child in pair]
        elif isinstance(current, Sequence):
            children = list(current.items)
        else:
            stack.pop()
            continue
        todo = [c for c in children if isinstance(c, (Mapping, Sequence)) and id(c) not in known]
        if todo and id(current) not in known:
            stack += todo
        else:
            known[id(current)] = 1 + combine([known.get(id(child), 1) for child in children])
            stack.pop()
    return known.get(id(node), 1)
