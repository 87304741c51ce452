"""Steps into values that HCL expressions give: attributes, indexes, what a loop goes over."""

from __future__ import annotations

from collections.abc import Iterator

from eso_lint.iam.glob import equal
from eso_lint.iam.grant import HOLE, Value
from eso_lint.iam.tree import Fields, Items, Ref, Tree, unknown
from eso_lint.source.file import Span

_MOST_PARTS = 20_000

# `null` is None: an attribute that is null is absent.
Result = Tree | None


def is_known(tree: Result) -> bool:
    """Whether a value is known as a whole: no hole, nothing open, down to its leaves.

    Values share parts, so a small file may make one that has no end: beyond a bound nothing is known.
    """
    ahead = [tree]
    for _ in range(_MOST_PARTS):
        if not ahead:
            return True
        part = ahead.pop()
        if isinstance(part, (Items, Fields)):
            if part.open:
                return False
            ahead += part.items if isinstance(part, Items) else [value for _, value in part.entries]
        elif part is not None and HOLE in (part.known.raw if isinstance(part, Ref) else part.raw):
            return False
    return False


def truth(tree: Result) -> bool | None:
    """A condition's value; None where it is not known."""
    raw = tree.known.raw if isinstance(tree, Ref) else tree.raw if isinstance(tree, Value) else ""
    return {"true": True, "false": False}.get(raw)


def plain(tree: Result) -> object:
    """A value that is known, without places, for comparison."""
    if isinstance(tree, Items):
        return tuple(map(plain, tree.items))
    if isinstance(tree, Fields):
        return tuple(sorted((key.raw, repr(plain(value))) for key, value in tree.entries))
    if isinstance(tree, Ref):
        return tree.known.raw
    return None if tree is None else tree.raw


def alike(left: Result, right: Result) -> bool | None:
    """Whether two values are the same; None where holes decide."""
    if is_known(left) and is_known(right):
        return plain(left) == plain(right)
    a, b = (v.known if isinstance(v, Ref) else v for v in (left, right))
    if isinstance(a, Value) and isinstance(b, Value):
        return False if equal(a.raw, b.raw) is False else None
    return False if None in (a, b) and (isinstance(a, (Items, Fields)) or isinstance(b, (Items, Fields))) else None


def step(tree: Result, key: str, span: Span) -> Result:
    """`tree.key` or `tree[key]`; unknown where it cannot be told."""
    if isinstance(tree, Fields):
        found = tree.get(key)
        if found is not None and not (tree.open and HOLE in key):
            return found
        return unknown(span) if tree.open or HOLE in key else None
    if isinstance(tree, Items):
        if key.isdigit() and len(key) < 6:
            place = int(key)
            if place < len(tree.items):
                return tree.items[place]
        return unknown(span)
    if isinstance(tree, Ref):
        return Ref(tree.home, (*tree.path, key), span, unknown(span))
    return unknown(span)


def loop(tree: Result) -> Iterator[tuple[Value, Tree]]:
    """Keys and values that a loop over a value comes by."""
    if isinstance(tree, Items):
        for place, item in enumerate(tree.items):
            yield Value(str(place), item.span), item
    elif isinstance(tree, Fields):
        yield from tree.entries
