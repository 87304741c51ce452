"""Functions of Helm's templates, as far as they are known. Each takes its arguments in Go's order."""

from __future__ import annotations

import re
from collections.abc import Callable

from eso_lint.render.gotemplate.maps import CHANGING, MAPS, deep_copy
from eso_lint.render.gotemplate.strings import MAX_TEXT, STRINGS
from eso_lint.render.gotemplate.text import VALUE, Piece, Text, joined, source_of
from eso_lint.render.gotemplate.values import (
    TRUE_UNKNOWN,
    Limit,
    Map,
    Unknown,
    Unresolved,
    number_of,
    pairs,
    plain,
    string_of,
    text_of,
    truth,
)
from eso_lint.render.gotemplate.yaml import to_json, to_yaml
from eso_lint.source.node import Scalar

Function = Callable[..., object]


def _required(message: object, value: object) -> object:
    if plain(value) is None or plain(value) == "":
        raise Unresolved  # Helm stops here
    return value


def _ternary(yes: object, no: object, condition: object) -> object:
    return yes if truth(condition) else no


def _coalesce(*values: object) -> object:
    for value in values:
        if truth(value):
            return value
    return None


def _basic(value: object) -> object:
    known = plain(value)
    if isinstance(known, int) and not isinstance(known, bool) and isinstance(value, Scalar):
        return float(known)
    if known is None or isinstance(known, str | int | float):
        return known
    raise Unresolved


def _equal(first: object, *others: object) -> bool:
    one = _basic(first)
    unknown = False
    for other in others:
        if isinstance(other, Unknown):
            unknown = True
            continue
        two = _basic(other)
        if one is not None and two is not None and type(one) is not type(two):
            raise Unresolved  # Go compares no string with a number
        if one == two:
            return True
    if unknown:
        raise Unresolved
    return False


def _ordered(test: Callable[[float, float], bool]) -> Function:
    def compare(first: object, second: object) -> bool:
        one, two = _basic(first), _basic(second)
        if isinstance(one, bool) or isinstance(two, bool) or type(one) is not type(two):
            raise Unresolved
        if not isinstance(one, int | float) or not isinstance(two, int | float):
            raise Unresolved
        return test(one, two)

    return compare


def _int(value: object) -> int:
    known = plain(value)
    if isinstance(known, bool) or known is None:
        return int(bool(known))
    if isinstance(known, str):
        return int(known) if re.fullmatch(r"[+-]?[1-9]\d{0,17}|0", known) else 0
    return number_of(value)


def _int_division(one: object, two: object) -> int:
    top, bottom = _int(one), _int(two)
    quotient = abs(top) // abs(bottom)
    return quotient if (top < 0) == (bottom < 0) else -quotient


def _kind(value: object) -> str:
    known = plain(value)
    if isinstance(known, bool):
        return "bool"
    if isinstance(known, int):
        return "float64" if isinstance(value, Scalar) else "int"
    for kind, name in ((str, "string"), (float, "float64"), (Map, "map"), (list, "slice")):
        if isinstance(known, kind):
            return name
    return "invalid"


def _length(value: object) -> int:
    known = plain(value)
    return len(known.encode()) if isinstance(known, str) else len(pairs(known))


def _of_numbers(function: Callable[..., object]) -> Function:
    return lambda *values: function(*(_int(v) for v in values))


FUNCTIONS: dict[str, Function] = {
    **MAPS,
    **STRINGS,
    "default": lambda fallback, value=None: value if truth(value) else fallback,
    "required": _required,
    "ternary": _ternary,
    "coalesce": _coalesce,
    "empty": lambda value: not truth(value),
    "not": lambda value: not truth(value),
    "eq": _equal,
    "ne": lambda one, two: not _equal(one, two),
    "lt": _ordered(lambda a, b: a < b),
    "le": _ordered(lambda a, b: a <= b),
    "gt": _ordered(lambda a, b: a > b),
    "ge": _ordered(lambda a, b: a >= b),
    "kindIs": lambda kind, value: string_of(kind) == _kind(value),
    "kindOf": _kind,
    "typeOf": lambda value: {"map": "map[string]interface {}", "slice": "[]interface {}"}.get(
        _kind(value), _kind(value)
    ),
    "int": _int,
    "int64": _int,
    "atoi": _int,
    "add": _of_numbers(lambda *numbers: sum(numbers)),
    "add1": _of_numbers(lambda number: number + 1),
    "sub": _of_numbers(lambda one, two: one - two),
    "mul": _of_numbers(lambda one, two: one * two),
    "div": _int_division,
    "max": _of_numbers(max),
    "min": _of_numbers(min),
    "len": _length,
}
# These pass on values that they do not look at, so an unknown one among them does no harm by itself.
_LENIENT = frozenset(MAPS) | {"ternary", "default", "coalesce", "required", "empty", "not", "eq", "ne"}
# Text that holds an unknown part stays what it is through these.
_LINES = frozenset(("indent", "nindent", "trim"))


def call(name: str, args: list[object], limit: Limit | None = None, sure: bool = True) -> object:
    """Apply a function. Raises Unresolved where it is not known here, or looks at what is not known.

    `limit` is the work that a whole evaluation may still cost. `sure` is False where the call may or may not happen:
    what it changes is unknown afterwards.
    """
    limit = limit or Limit(10_000)
    limit.spend(1 + sum(map(_cost, args)))
    function = FUNCTIONS.get(name)
    try:
        if name in ("toYaml", "toJson", "mustToYaml", "mustToJson"):
            (value,) = args
            return to_yaml(value, limit) if name.endswith("Yaml") else to_json(value, limit)
        if name in CHANGING:
            return CHANGING[name](limit, sure, *args)
        if name in ("deepCopy", "mustDeepCopy"):
            (value,) = args
            return deep_copy(value, limit)
        if function is None:
            raise Unresolved
        if name in _LINES and isinstance(args[-1], Text) and args[-1].residual:
            return function(*args) if name != "trim" else args[-1]
        if name not in _LENIENT and any(isinstance(a, Unknown) or (isinstance(a, Text) and a.residual) for a in args):
            raise Unresolved
        return _placed(function(*args), args, limit)
    except Unresolved:
        if name == "default" and len(args) == 2 and truth_or_none(args[0]):
            return TRUE_UNKNOWN
        raise
    except (TypeError, ValueError, IndexError, AttributeError, ArithmeticError):
        raise Unresolved from None


def truth_or_none(value: object) -> bool | None:
    """Go's truth; None where it cannot be known."""
    try:
        return truth(value)
    except Unresolved:
        return None


def _cost(value: object) -> int:
    """What looking at all of a value, or copying it, counts for."""
    if isinstance(value, Text):
        return len(value.pieces) // 4 + value.length // 500
    if isinstance(value, str):
        return len(value) // 500
    return len(value) // 50 if isinstance(value, list | Map) else 0


def _placed(made: object, args: list[object], limit: Limit) -> object:
    """Text that is made from one scalar stands where that one does."""
    if (made.length if isinstance(made, Text) else len(made) if isinstance(made, str) else 0) > MAX_TEXT:
        raise Unresolved
    limit.spend(_cost(made))
    if isinstance(made, str):
        place = source_of(joined(text_of(arg) for arg in args if isinstance(arg, Scalar | Text)))
        if place is not None:
            return Text((Piece(made, VALUE, place),))
    return made
