"""Functions of lists and sets."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from eso_lint.schema.cel.operators import add
from eso_lint.schema.cel.values import Failure, compare, elements, equal, is_list, no_overload


def is_sorted(values: Any) -> bool:
    found = _items("isSorted", values)
    return all((compare("isSorted", a, b) or 0) <= 0 for a, b in pairwise(found))


def total(values: Any) -> Any:
    found = _items("sum", values)
    if not found:
        # The type of an empty list of numbers is not seen here; the sum of int and double are equal.
        return 0
    result = found[0]
    for value in found[1:]:
        result = add(result, value)
    return result


def extreme(name: str, sign: int, values: Any) -> Any:
    found = _items(name, values)
    if not found:
        raise Failure(f"{name} called on empty list")
    best = found[0]
    for value in found[1:]:
        if compare(name, value, best) == sign:
            best = value
    return best


def lowest(values: Any) -> Any:
    return extreme("min", -1, values)


def highest(values: Any) -> Any:
    return extreme("max", 1, values)


def index_of(values: Any, wanted: Any) -> int:
    return next((i for i, value in enumerate(_items("indexOf", values)) if equal(value, wanted)), -1)


def last_index_of(values: Any, wanted: Any) -> int:
    found = _items("lastIndexOf", values)
    return next((i for i in range(len(found) - 1, -1, -1) if equal(found[i], wanted)), -1)


def flatten(values: Any) -> list[Any]:
    out: list[Any] = []
    for value in _items("flatten", values):
        out += elements(value) if is_list(value) else [value]
    return out


def distinct(values: Any) -> list[Any]:
    out: list[Any] = []
    for value in _items("distinct", values):
        if not any(equal(value, other) for other in out):
            out.append(value)
    return out


def slice_of(values: Any, start: Any, end: Any) -> list[Any]:
    found = _items("slice", values)
    if type(start) is not int or type(end) is not int:
        raise no_overload("slice", values, start, end)
    if not 0 <= start <= end <= len(found):
        raise Failure(f"cannot slice({start}, {end}), list is length {len(found)}")
    return found[start:end]


def sets_contain(values: Any, wanted: Any) -> bool:
    own = _items("sets.contains", values)
    return all(any(equal(a, b) for a in own) for b in _items("sets.contains", wanted))


def sets_equal(one: Any, other: Any) -> bool:
    return sets_contain(one, other) and sets_contain(other, one)


def sets_meet(one: Any, other: Any) -> bool:
    own = _items("sets.intersects", one)
    return any(any(equal(a, b) for a in own) for b in _items("sets.intersects", other))


def _items(name: str, values: Any) -> list[Any]:
    if not is_list(values):
        raise no_overload(name, values)
    return elements(values)
