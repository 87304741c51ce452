"""Expressions to closures: each takes a Frame and gives a value, or raises one of the states of `values.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from eso_lint.schema.cel import library, macros
from eso_lint.schema.cel.operators import BINARY, UNARY
from eso_lint.schema.cel.syntax import Call, Expr, Ident, Index, ListLiteral, Literal, MapLiteral, Select
from eso_lint.schema.cel.values import (
    ABSENT,
    NONE,
    Exhausted,
    Failure,
    Optional,
    Stop,
    Unsupported,
    entry,
    is_list,
    is_map,
    item,
    key_of,
    no_overload,
)


class Frame:
    """The variables of one evaluation, and the work that it may still do."""

    __slots__ = ("left", "names")

    def __init__(self, names: dict[str, Any], left: int) -> None:
        self.names = names
        self.left = left

    def spend(self, amount: int) -> None:
        self.left -= amount
        if self.left < 0:
            raise Exhausted


Run = Callable[[Frame], Any]
Scope = frozenset[str]


def compile_expr(expr: Expr, scope: Scope) -> Run:
    """The closure of an expression in which `scope` are the variables. Raises Unsupported."""
    return _COMPILERS[type(expr)](expr, scope)


def _literal(expr: Literal, scope: Scope) -> Run:
    value = expr.value
    return lambda frame: value


def _ident(expr: Ident, scope: Scope) -> Run:
    name = expr.name
    if name in scope:
        return lambda frame: frame.names[name]
    found = library.TYPES.get(name)
    if found is None:
        raise Unsupported(f"the name `{name}`")
    return lambda frame: found


def _select(expr: Select, scope: Scope) -> Run:
    if isinstance(expr.operand, Select) and isinstance(expr.operand.operand, Ident):
        # `google.protobuf.Timestamp`
        inner = expr.operand
        full = f"{expr.operand.operand.name}.{inner.field}.{expr.field}"
        if full in library.TYPES and expr.operand.operand.name not in scope:
            return lambda frame: library.TYPES[full]
    operand, field, optional = compile_expr(expr.operand, scope), expr.field, expr.optional

    def run(frame: Frame) -> Any:
        frame.spend(1)
        return select(operand(frame), field, optional)

    return run


def select(value: Any, field: Any, optional: bool) -> Any:
    """`value.field` or `value[field]` of a map."""
    if type(value) is Optional:
        if value is NONE:
            return NONE
        return select(value.value, field, True)
    if is_map(value):
        found = entry(value, field)
    elif is_list(value) and not isinstance(field, str):
        found = item(value, field)
        if found is ABSENT and not optional:
            raise Failure(f"index out of bounds: {field}")
    else:
        raise no_overload("_._" if isinstance(field, str) else "_[_]", value)
    if optional:
        return NONE if found is ABSENT else Optional(found)
    if found is ABSENT:
        raise Failure(f"no such key: {field}")
    return found


def _index(expr: Index, scope: Scope) -> Run:
    operand, index, optional = compile_expr(expr.operand, scope), compile_expr(expr.at, scope), expr.optional

    def run(frame: Frame) -> Any:
        frame.spend(1)
        return select(operand(frame), index(frame), optional)

    return run


def _list(expr: ListLiteral, scope: Scope) -> Run:
    parts = [(compile_expr(part, scope), optional) for part, optional in expr.items]

    def run(frame: Frame) -> Any:
        frame.spend(len(parts))
        out = []
        for part, optional in parts:
            value = part(frame)
            if not optional:
                out.append(value)
            elif type(value) is not Optional:
                raise no_overload("[?_]", value)
            elif value is not NONE:
                out.append(value.value)
        return out

    return run


def _map(expr: MapLiteral, scope: Scope) -> Run:
    parts = [(compile_expr(k, scope), compile_expr(v, scope), optional) for k, v, optional in expr.entries]

    def run(frame: Frame) -> Any:
        frame.spend(len(parts))
        out: dict[Any, Any] = {}
        for key_part, value_part, optional in parts:
            key, value = key_part(frame), value_part(frame)
            if optional:
                if type(value) is not Optional:
                    raise no_overload("{?_:_}", value)
                if value is NONE:
                    continue
                value = value.value
            place = key_of(key)
            if place in out:
                raise Failure(f"Failed with repeated key: {key}")
            out[place] = (key, value)
        return out

    return run


def _call(expr: Call, scope: Scope) -> Run:
    name, args, target = expr
    if target is None:
        if name in ("&&", "||"):
            return _logic(args, scope, name == "||")
        if name == "_?_:_":
            return _choice(args, scope)
        if name in UNARY or name in BINARY:
            return _apply((UNARY if name in UNARY else BINARY)[name], args, scope)
    macro = macros.expand(expr, scope, compile_expr)
    if macro is not None:
        return macro
    if isinstance(target, Ident) and target.name in library.FAMILIES and target.name not in scope:
        found = library.function(f"{target.name}.{name}", len(args), method=False)
    else:
        if target is not None:
            args = (target, *args)
        found = library.function(name, len(args), method=target is not None)
    if found is None:
        raise Unsupported(f"the function `{name}`")
    return _apply(found, args, scope)


def _apply(function: library.Function, args: tuple[Expr, ...], scope: Scope) -> Run:
    runs = [compile_expr(arg, scope) for arg in args]
    if len(runs) == 2:
        first, second = runs

        def run_two(frame: Frame) -> Any:
            a, b = first(frame), second(frame)
            frame.spend(1 + _weight(a) + _weight(b))
            return function(a, b)

        return run_two

    def run(frame: Frame) -> Any:
        values = [each(frame) for each in runs]
        frame.spend(1 + sum(map(_weight, values)))
        return function(*values)

    return run


def _weight(value: Any) -> int:
    """What looking at a whole value costs."""
    if type(value) in (str, bytes):
        return len(value) // 64
    if type(value) in (list, dict):
        return len(value)
    node = getattr(value, "node", None)
    return len(getattr(node, "items", ())) if node is not None else 0


def _logic(args: tuple[Expr, ...], scope: Scope, decisive: bool) -> Run:
    """`&&` and `||`: one operand that decides makes errors and unknown values of the others vanish."""
    runs = [compile_expr(arg, scope) for arg in args]

    def run(frame: Frame) -> Any:
        pending: Stop | None = None
        for each in runs:
            try:
                value = each(frame)
                if value is decisive:
                    return decisive
                stop: Stop | None = None if type(value) is bool else no_overload("||" if decisive else "&&", value)
            except Stop as state:
                stop = state
            if stop is not None and (pending is None or stop.rank > pending.rank):
                pending = stop
        if pending is not None:
            raise pending
        return not decisive

    return run


def _choice(args: tuple[Expr, ...], scope: Scope) -> Run:
    condition, then, other = (compile_expr(arg, scope) for arg in args)

    def run(frame: Frame) -> Any:
        value = condition(frame)
        if type(value) is not bool:
            raise no_overload("_?_:_", value)
        return then(frame) if value else other(frame)

    return run


_COMPILERS: dict[type, Callable[[Any, Scope], Run]] = {
    Literal: _literal,
    Ident: _ident,
    Select: _select,
    Index: _index,
    ListLiteral: _list,
    MapLiteral: _map,
    Call: _call,
}
