"""Values of the Common Expression Language (CEL): what is no Python value by itself, equality, order, and errors.

int, float, str, bytes, bool, None, list and dict stand for themselves (a dict's keys are made by `key_of`, its values
are pairs of key and value). A value that comes from a manifest may be a container of `nodes.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan
from typing import Any, Protocol

INT_MIN, INT_MAX = -(2**63), 2**63 - 1
UINT_MAX = 2**64 - 1
ABSENT: Any = object()  # a field that is not set


class Stop(Exception):  # noqa: N818 - a state, not a fault
    """An evaluation that has no value. `&&` and `||` go on without it where the other side decides."""

    rank = 0


class Failure(Stop):
    """An error that the API server reports as a failed rule: no such key, index out of bounds, overflow."""


class Unknowable(Stop):
    """The value hangs on text that something else replaces before the cluster reads it."""

    rank = 1


class Unsupported(Stop):
    """The expression asks for what is not built here, or what Python may answer differently."""

    rank = 2


class Exhausted(Exception):  # noqa: N818 - a state, not a fault
    """More work than a rule may cost."""


class Container(Protocol):
    """A list or map that comes from a manifest."""

    is_list: bool

    def size(self) -> int: ...

    def keys(self) -> list[Any]: ...

    def find(self, key: Any) -> Any:
        """The value, or ABSENT."""

    def items(self) -> list[Any]: ...

    def at(self, index: int) -> Any: ...


class UInt(int):
    """An unsigned integer, which CEL keeps apart from int."""

    __slots__ = ()


class Duration:
    __slots__ = ("ns",)

    def __init__(self, ns: int) -> None:
        if not INT_MIN <= ns <= INT_MAX:
            raise Failure("duration overflow")
        self.ns = ns


class Timestamp:
    """Nanoseconds since 1970 in UTC; years 1 to 9999."""

    __slots__ = ("ns",)

    def __init__(self, ns: int) -> None:
        if not -62135596800 <= ns // 1_000_000_000 <= 253402300799:
            raise Failure("timestamp overflow")
        self.ns = ns


class Optional:
    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


NONE = Optional(ABSENT)


class Type:
    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Special:
    """A value of a Kubernetes type. `kind` is quantity, url, ip, cidr or format; `value` compares as the type does."""

    __slots__ = ("kind", "value")

    def __init__(self, kind: str, value: Any) -> None:
        self.kind = kind
        self.value = value


_NAMES: dict[type, str] = {
    bool: "bool", int: "int", UInt: "uint", float: "double", str: "string", bytes: "bytes", type(None): "null_type",
    list: "list", dict: "map", Duration: "google.protobuf.Duration", Timestamp: "google.protobuf.Timestamp",
    Type: "type", Optional: "optional_type",
}  # fmt: skip
NUMBERS = (int, UInt, float)


def type_name(value: Any) -> str:
    name = _NAMES.get(type(value))
    if name is not None:
        return name
    if isinstance(value, Special):
        return f"kubernetes.{value.kind}"
    return "list" if value.is_list else "map"


def no_overload(function: str, *values: Any) -> Failure:
    return Failure(f"no such overload: {function}({', '.join(map(type_name, values))})")


def is_list(value: Any) -> bool:
    return type(value) is list or getattr(value, "is_list", None) is True


def is_map(value: Any) -> bool:
    return type(value) is dict or getattr(value, "is_list", None) is False


def elements(value: Any) -> list[Any]:
    """The items of a list, the keys of a map."""
    if type(value) is list:
        return value
    if type(value) is dict:
        return [key for key, _ in value.values()]
    if isinstance(value, (str, bytes, int, float, type(None), Special, Type, Optional, Duration, Timestamp)):
        raise no_overload("@iterator", value)
    return value.items() if value.is_list else value.keys()  # type: ignore[no-any-return]


def size(value: Any) -> int:
    if isinstance(value, (str, bytes, list, dict)):
        return len(value)
    if is_list(value) or is_map(value):
        return value.size()  # type: ignore[no-any-return]
    raise no_overload("size", value)


def key_of(key: Any) -> tuple[str, Any]:
    """A map's key by what CEL compares: 1, 1u and 1.0 are one key, `true` is another."""
    if type(key) in NUMBERS:
        return "n", key
    if type(key) in (str, bool):
        return type(key).__name__, key
    raise no_overload("@index", key)


def entry(container: Any, key: Any) -> Any:
    """The value under a key of a map; ABSENT where there is none."""
    if type(container) is dict:
        found = container.get(key_of(key))
        return ABSENT if found is None else found[1]
    return container.find(key) if isinstance(key, str) else ABSENT


def item(container: Any, index: Any) -> Any:
    """An item of a list, ABSENT beyond its ends."""
    if type(index) is float and index.is_integer():
        index = int(index)
    if type(index) not in (int, UInt):
        raise no_overload("_[_]", container, index)
    if not 0 <= index < size(container):
        return ABSENT
    return container[index] if type(container) is list else container.at(index)


def rounds(value: Any) -> Iterator[Any]:
    """As `elements`, one at a time: an item that is not reached is not looked at."""
    if getattr(value, "is_list", None) is True:
        return (value.at(i) for i in range(value.size()))
    return iter(elements(value))


def pairs(value: Any) -> Iterator[tuple[Any, Any]]:
    """Keys and values of a map, indices and items of a list."""
    if is_list(value):
        yield from enumerate(rounds(value))
    elif is_map(value):
        for key in elements(value):
            yield key, entry(value, key)
    else:
        raise no_overload("@iterator", value)


def equal(a: Any, b: Any) -> bool:
    """`==`: values of different types are unequal, numbers compare across their types."""
    kind = type(a)
    if kind is type(b) and kind in (str, bool, int, bytes):
        return a == b  # type: ignore[no-any-return]
    if kind in NUMBERS:
        return type(b) in NUMBERS and a == b
    if kind in (Duration, Timestamp):
        return type(b) is kind and a.ns == b.ns
    if kind is Special:
        return type(b) is Special and a.kind == b.kind and a.value == b.value
    if kind is Type:
        return type(b) is Type and a.name == b.name
    if kind is Optional:
        if type(b) is not Optional or (a is NONE) != (b is NONE):
            return False
        return a is NONE or equal(a.value, b.value)
    if is_list(a):
        return is_list(b) and _equal_lists(a, b)
    if is_map(a):
        return is_map(b) and _equal_maps(a, b)
    return a is None and b is None


def _equal_lists(a: Any, b: Any) -> bool:
    one, two = elements(a), elements(b)
    if len(one) != len(two):
        return False
    keys = getattr(a, "merge_keys", None)
    if keys is None:
        return all(equal(x, y) for x, y in zip(one, two, strict=True))
    # Lists of type set and map compare without order.
    return all(any(equal(x, y) for y in two) for x in one)


def _equal_maps(a: Any, b: Any) -> bool:
    if size(a) != size(b):
        return False
    for key, value in pairs(a):
        other = entry(b, key)
        if other is ABSENT or not equal(value, other):
            return False
    return True


def compare(function: str, a: Any, b: Any) -> int | None:
    """-1, 0 or 1; None where a NaN makes every comparison false."""
    kind = type(a)
    if kind in NUMBERS and type(b) in NUMBERS:
        if isnan(a) or isnan(b):
            return None
    elif kind is not type(b) or kind not in (str, bytes, bool, Duration, Timestamp):
        raise no_overload(function, a, b)
    elif kind in (Duration, Timestamp):
        a, b = a.ns, b.ns
    # Strings compare by code points, in CEL as in Python.
    return int(a > b) - int(a < b)
