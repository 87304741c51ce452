"""Which function a call means: by its name, and whether it is a method of its first argument."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from eso_lint.schema.cel import operators as ops
from eso_lint.schema.cel.values import (
    ABSENT,
    NONE,
    Duration,
    Failure,
    Optional,
    Special,
    Timestamp,
    Type,
    no_overload,
    size,
)

Function = Callable[..., Any]

TYPES = {
    name: Type(name)
    for name in (
        "bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type", "optional_type",
        "google.protobuf.Timestamp", "google.protobuf.Duration",
    )
}  # fmt: skip
# Names that open a family of functions (`sets.contains`), where no variable has them.
FAMILIES = frozenset(("sets", "optional", "strings", "format", "ip", "cel"))

# Name -> least and greatest number of arguments (the target among them), and the function.
Table = dict[str, tuple[int, int, Function]]


def _timestamp(value: Any) -> Timestamp:
    from eso_lint.schema.cel import times

    if type(value) is Timestamp:
        return value
    if type(value) is int:
        return Timestamp(value * 1_000_000_000)
    if type(value) is not str:
        raise no_overload("timestamp", value)
    return times.timestamp(value)


def _duration(value: Any) -> Any:
    from eso_lint.schema.cel import times

    if type(value) is Duration:
        return value
    if type(value) is not str:
        raise no_overload("duration", value)
    return times.duration(value)


def _none() -> Optional:
    return NONE


def _non_zero(value: Any) -> Optional:
    return NONE if _is_zero(value) else Optional(value)


def _is_zero(value: Any) -> bool:
    if value is None or isinstance(value, (bool, int, float)):
        return not value
    if isinstance(value, (Duration, Timestamp)):
        return value.ns == 0
    if isinstance(value, (Type, Optional, Special)):
        return value is NONE
    return size(value) == 0


def _optional(name: str, value: Any) -> Optional:
    if type(value) is not Optional:
        raise no_overload(name, value)
    return value


def _has_value(value: Any) -> bool:
    return _optional("hasValue", value).value is not ABSENT


def _value(value: Any) -> Any:
    found = _optional("value", value).value
    if found is ABSENT:
        raise Failure("optional.none() dereference")
    return found


CORE: Table = {
    "size": (1, 1, size),
    "int": (1, 1, ops.to_int),
    "uint": (1, 1, ops.to_uint),
    "double": (1, 1, ops.to_double),
    "string": (1, 1, ops.to_string),
    "bytes": (1, 1, ops.to_bytes),
    "bool": (1, 1, ops.to_bool),
    "dyn": (1, 1, lambda value: value),
    "type": (1, 1, ops.type_of),
    "timestamp": (1, 1, _timestamp),
    "duration": (1, 1, _duration),
    "optional.of": (1, 1, Optional),
    "optional.none": (0, 0, _none),
    "optional.ofNonZeroValue": (1, 1, _non_zero),
}
METHODS: Table = {
    "size": (1, 1, size),
    "hasValue": (1, 1, _has_value),
    "value": (1, 1, _value),
}


@lru_cache(maxsize=1)
def _text() -> tuple[Table, Table]:
    """Functions and methods of strings and lists."""
    from eso_lint.schema.cel import lists, strings, times

    methods: Table = {
        "startsWith": (2, 2, strings.starts_with),
        "endsWith": (2, 2, strings.ends_with),
        "contains": (2, 2, strings.contains),
        "matches": (2, 2, strings.matches),
        "find": (2, 2, strings.find),
        "findAll": (2, 3, strings.find_all),
        "charAt": (2, 2, strings.char_at),
        "indexOf": (2, 3, strings.index_of),
        "lastIndexOf": (2, 3, strings.last_index_of),
        "join": (1, 2, strings.join),
        "lowerAscii": (1, 1, strings.lower),
        "upperAscii": (1, 1, strings.upper),
        "trim": (1, 1, strings.trim),
        "reverse": (1, 1, strings.reverse),
        "replace": (3, 4, strings.replace),
        "split": (2, 3, strings.split),
        "substring": (2, 3, strings.substring),
        "format": (2, 2, strings.form),
        "isSorted": (1, 1, lists.is_sorted),
        "sum": (1, 1, lists.total),
        "min": (1, 1, lists.lowest),
        "max": (1, 1, lists.highest),
        "flatten": (1, 1, lists.flatten),
        "distinct": (1, 1, lists.distinct),
        "slice": (3, 3, lists.slice_of),
        **{name: (1, 2, partial(times.accessor, name)) for name in times.ACCESSORS},
    }
    functions: Table = {
        "matches": (2, 2, strings.matches),
        "strings.quote": (1, 1, strings.quote),
        "sets.contains": (2, 2, lists.sets_contain),
        "sets.equivalent": (2, 2, lists.sets_equal),
        "sets.intersects": (2, 2, lists.sets_meet),
    }
    return functions, methods


@lru_cache(maxsize=1)
def _kubernetes() -> tuple[Table, Table]:
    """Functions and methods that only Kubernetes has."""
    from eso_lint.schema.cel import kubernetes as kube

    methods: Table = {
        "sign": (1, 1, kube.sign),
        "isInteger": (1, 1, kube.is_integer),
        "asInteger": (1, 1, kube.as_integer),
        "asApproximateFloat": (1, 1, kube.as_float),
        "add": (2, 2, kube.plus),
        "sub": (2, 2, kube.minus),
        "compareTo": (2, 2, kube.compare_to),
        "isGreaterThan": (2, 2, kube.is_greater),
        "isLessThan": (2, 2, kube.is_less),
        "validate": (2, 2, kube.validate),
        "ip": (1, 1, partial(kube.address, "ip")),
    }
    for name in ("getScheme", "getHost", "getHostname", "getPort", "getEscapedPath", "getQuery"):
        methods[name] = (1, 1, partial(kube.url_part, name))
    for name in (
        "family", "isUnspecified", "isLoopback", "isLinkLocalUnicast", "isLinkLocalMulticast", "isGlobalUnicast",
    ):  # fmt: skip
        methods[name] = (1, 1, partial(kube.ip_test, name))
    for name, count in (("containsIP", 2), ("containsCIDR", 2), ("masked", 1), ("prefixLength", 1)):
        methods[name] = (count, count, partial(kube.cidr_test, name))
    functions: Table = {
        "quantity": (1, 1, kube.quantity),
        "isQuantity": (1, 1, kube.is_quantity),
        "url": (1, 1, kube.url),
        "isURL": (1, 1, kube.is_url),
        "ip": (1, 1, partial(kube.address, "ip")),
        "isIP": (1, 1, partial(kube.is_address, "ip")),
        "ip.isCanonical": (1, 1, kube.is_canonical),
        "cidr": (1, 1, partial(kube.address, "cidr")),
        "isCIDR": (1, 1, partial(kube.is_address, "cidr")),
        "format.named": (1, 1, kube.named_format),
    }
    for name in kube.FORMATS:
        functions[f"format.{name}"] = (0, 0, partial(kube.format_of, name))
    return functions, methods


def function(name: str, arguments: int, method: bool) -> Function | None:
    """The function of that name that takes so many arguments; None where there is none here."""
    at = 1 if method else 0
    for table in ((CORE, METHODS), *(make() for make in (_text, _kubernetes))):
        found = table[at].get(name)
        if found is not None and found[0] <= arguments <= found[1]:
            return found[2]
    return None
