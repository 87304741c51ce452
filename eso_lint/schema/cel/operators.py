"""Arithmetic, comparison and conversion."""

from __future__ import annotations

import re
from math import inf, isnan, nan
from typing import Any

from eso_lint.schema.cel.values import (
    ABSENT,
    INT_MAX,
    INT_MIN,
    NUMBERS,
    UINT_MAX,
    Duration,
    Failure,
    Special,
    Timestamp,
    Type,
    UInt,
    Unsupported,
    compare,
    elements,
    entry,
    equal,
    is_list,
    is_map,
    no_overload,
    rounds,
    type_name,
)

_LONGEST = 1_000_000  # characters or items that one value may have
_TRUE, _FALSE = ("1", "t", "true", "TRUE", "True"), ("0", "f", "false", "FALSE", "False")
_INT = re.compile(r"[+-]?[0-9]+", re.ASCII)
_FLOAT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_INFINITE = {"inf": inf, "+inf": inf, "-inf": -inf, "infinity": inf, "+infinity": inf, "-infinity": -inf, "nan": nan}


def _ranged(value: int, like: Any) -> int:
    if type(like) is UInt:
        if not 0 <= value <= UINT_MAX:
            raise Failure("unsigned integer overflow")
        return UInt(value)
    if not INT_MIN <= value <= INT_MAX:
        raise Failure("integer overflow")
    return value


def add(a: Any, b: Any) -> Any:
    kind = type(a)
    if kind is type(b):
        if kind in (int, UInt):
            return _ranged(int(a) + int(b), a)
        if kind in (str, bytes, list):
            if len(a) + len(b) > _LONGEST:
                raise Unsupported("a value of that size")
            return a + b
        if kind is float:
            return a + b
        if kind is Duration:
            return Duration(a.ns + b.ns)
    if kind is Timestamp and type(b) is Duration:
        return Timestamp(a.ns + b.ns)
    if kind is Duration and type(b) is Timestamp:
        return Timestamp(a.ns + b.ns)
    if is_list(a) and is_list(b):
        return elements(a) + elements(b) if kind is list else a.plus(elements(b))
    raise no_overload("_+_", a, b)


def subtract(a: Any, b: Any) -> Any:
    kind = type(a)
    if kind is type(b):
        if kind in (int, UInt):
            return _ranged(int(a) - int(b), a)
        if kind is float:
            return a - b
        if kind in (Duration, Timestamp):
            return Duration(a.ns - b.ns)
    if kind is Timestamp and type(b) is Duration:
        return Timestamp(a.ns - b.ns)
    raise no_overload("_-_", a, b)


def multiply(a: Any, b: Any) -> Any:
    if type(a) is type(b):
        if type(a) in (int, UInt):
            return _ranged(int(a) * int(b), a)
        if type(a) is float:
            return a * b
    raise no_overload("_*_", a, b)


def divide(a: Any, b: Any) -> Any:
    if type(a) is type(b):
        if type(a) in (int, UInt):
            if b == 0:
                raise Failure("division by zero")
            # Towards zero, as Go divides.
            quotient = abs(int(a)) // abs(int(b))
            return _ranged(quotient if (a < 0) == (b < 0) else -quotient, a)
        if type(a) is float:
            if b == 0:
                return nan if a == 0 or isnan(a) else inf if (a > 0) == (str(b)[0] != "-") else -inf
            return a / b
    raise no_overload("_/_", a, b)


def modulo(a: Any, b: Any) -> Any:
    if type(a) is type(b) and type(a) in (int, UInt):
        if b == 0:
            raise Failure("modulus by zero")
        rest = abs(int(a)) % abs(int(b))
        return _ranged(-rest if a < 0 else rest, a)
    raise no_overload("_%_", a, b)


def negate(a: Any) -> Any:
    if type(a) is int:
        return _ranged(-a, a)
    if type(a) is float:
        return -a
    raise no_overload("-_", a)


def invert(a: Any) -> bool:
    if type(a) is not bool:
        raise no_overload("!_", a)
    return not a


def contains(a: Any, container: Any) -> bool:
    """`a in container`."""
    if is_list(container):
        return any(equal(a, item) for item in rounds(container))
    if is_map(container):
        if type(container) is dict:
            return entry(container, a) is not ABSENT
        return isinstance(a, str) and container.has(a)
    raise no_overload("@in", a, container)


def _order(name: str, wanted: tuple[int, ...]) -> Any:
    return lambda a, b: compare(name, a, b) in wanted


BINARY = {
    "_+_": add,
    "_-_": subtract,
    "_*_": multiply,
    "_/_": divide,
    "_%_": modulo,
    "_==_": equal,
    "_!=_": lambda a, b: not equal(a, b),
    "_<_": _order("_<_", (-1,)),
    "_<=_": _order("_<=_", (-1, 0)),
    "_>_": _order("_>_", (1,)),
    "_>=_": _order("_>=_", (0, 1)),
    "_in_": contains,
}
UNARY = {"-_": negate, "!_": invert}


def to_int(a: Any) -> int:
    if type(a) in (int, UInt):
        return _ranged(int(a), 0)
    if type(a) is float:
        # The largest double below 2**63 is far below the largest int.
        if isnan(a) or not INT_MIN < a < INT_MAX:
            raise Failure("integer overflow")
        return int(a)
    if type(a) is str:
        if not _INT.fullmatch(a) or len(a) > 20 or not INT_MIN <= int(a) <= INT_MAX:
            raise Failure(f'strconv.ParseInt: parsing "{a}": invalid syntax')
        return int(a)
    if type(a) is Timestamp:
        return a.ns // 1_000_000_000
    if type(a) is Duration:
        return a.ns
    raise no_overload("int", a)


def to_uint(a: Any) -> UInt:
    if type(a) in (int, UInt):
        return UInt(_ranged(int(a), UInt(0)))
    if type(a) is float:
        if isnan(a) or not 0 <= a < UINT_MAX:
            raise Failure("unsigned integer overflow")
        return UInt(int(a))
    if type(a) is str:
        if not re.fullmatch("[0-9]{1,20}", a, re.ASCII) or int(a) > UINT_MAX:
            raise Failure(f'strconv.ParseUint: parsing "{a}": invalid syntax')
        return UInt(int(a))
    raise no_overload("uint", a)


def to_double(a: Any) -> float:
    if type(a) in NUMBERS:
        return float(a)
    if type(a) is str:
        if a.lower() in _INFINITE:
            return _INFINITE[a.lower()]
        if not _FLOAT.fullmatch(a):
            if "_" in a or "x" in a.lower():
                raise Unsupported("a number in a spelling of Go's own")
            raise Failure(f'strconv.ParseFloat: parsing "{a}": invalid syntax')
        return float(a)
    raise no_overload("double", a)


def to_string(a: Any) -> str:
    kind = type(a)
    if kind is str:
        return a  # type: ignore[no-any-return]
    if kind is bool:
        return "true" if a else "false"
    if kind in (int, UInt):
        return str(int(a))
    if kind is float:
        return double_text(a)
    if kind is bytes:
        try:
            return a.decode()  # type: ignore[no-any-return]
        except UnicodeDecodeError:
            raise Failure("invalid UTF-8 in bytes, cannot convert to string") from None
    if kind is Special and a.kind in ("ip", "cidr"):
        return str(a.value)
    if kind in (Duration, Timestamp):
        from eso_lint.schema.cel import times

        return times.duration_text(a) if kind is Duration else times.timestamp_text(a)
    raise no_overload("string", a)


def double_text(a: float) -> str:
    """As Go's `%g` in its shortest form."""
    if isnan(a):
        return "NaN"
    if a in (inf, -inf):
        return "+Inf" if a > 0 else "-Inf"
    text = repr(a)
    mantissa, _, exponent = text.partition("e")
    if exponent or not 1e-4 <= abs(a) < 1e21:
        from decimal import Decimal

        sign, digits, power = Decimal(text).as_tuple()
        body = "".join(map(str, digits)).rstrip("0") or "0"
        scale = int(power) + len(digits) - 1
        if a != 0 and not -4 <= scale < 21:
            return f"{'-' if sign else ''}{body[0]}{'.' + body[1:] if body[1:] else ''}e{scale:+03d}"
        return f"{Decimal(text):f}".removesuffix(".0")
    return mantissa.removesuffix(".0")


def to_bytes(a: Any) -> bytes:
    if type(a) is str:
        return a.encode("utf-8", "surrogatepass")
    if type(a) is bytes:
        return a
    raise no_overload("bytes", a)


def to_bool(a: Any) -> bool:
    if type(a) is bool:
        return a
    if type(a) is str:
        if a in _TRUE:
            return True
        if a in _FALSE:
            return False
        raise Failure(f"type conversion error from 'string' to 'bool': {a}")
    raise no_overload("bool", a)


def type_of(a: Any) -> Type:
    return Type(type_name(a))
