"""What does not evaluate all its arguments first: `has`, comprehensions, `cel.bind`, functions of optional values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from eso_lint.schema.cel.syntax import Call, CelSyntaxError, Expr, Ident, Select
from eso_lint.schema.cel.values import (
    ABSENT,
    NONE,
    Failure,
    Optional,
    Stop,
    entry,
    is_map,
    key_of,
    no_overload,
    pairs,
    rounds,
)

Frame = Any  # compiler.Frame
Run = Callable[[Frame], Any]
Scope = frozenset[str]
Compile = Callable[[Expr, Scope], Run]


def expand(call: Call, scope: Scope, compile_expr: Compile) -> Run | None:
    """What a call does if it is one of these, else None. Raises CelSyntaxError for one that is written wrongly."""
    name, args, target = call
    if target is None:
        return _has(args[0], scope, compile_expr) if name == "has" and len(args) == 1 else None
    if name == "bind" and isinstance(target, Ident) and target.name == "cel" and len(args) == 3:
        variable = _variable(args[0])
        value, body = compile_expr(args[1], scope), compile_expr(args[2], scope | {variable})
        return lambda frame: _bound(frame, variable, value(frame), body)
    if name in ("optMap", "optFlatMap") and len(args) == 2:
        return _opt_map(name, target, args, scope, compile_expr)
    if name in ("or", "orValue") and len(args) == 1:
        return _or(name, compile_expr(target, scope), compile_expr(args[0], scope))
    make = _COMPREHENSIONS.get((name, len(args)))
    if make is None:
        return None
    # Comprehensions over two variables have one argument more than those over one.
    two = name in _TWO and len(args) >= 3
    variables = tuple(_variable(arg) for arg in args[: 2 if two else 1])
    if len(set(variables)) < len(variables):
        raise CelSyntaxError("the two variables of a comprehension have one name")
    source = compile_expr(target, scope)
    bodies = [compile_expr(arg, scope | {*variables}) for arg in args[len(variables) :]]
    return make(_Loop(variables, source, name), bodies)


def _variable(expr: Expr) -> str:
    if not isinstance(expr, Ident) or expr.name == "__result__":
        raise CelSyntaxError("a macro needs a variable here")
    return expr.name


def _bound(frame: Frame, name: str, value: Any, body: Run) -> Any:
    before = frame.names.get(name, ABSENT)
    frame.names[name] = value
    try:
        return body(frame)
    finally:
        _restore(frame, name, before)


def _restore(frame: Frame, name: str, before: Any) -> None:
    if before is ABSENT:
        frame.names.pop(name, None)
    else:
        frame.names[name] = before


def _has(expr: Expr, scope: Scope, compile_expr: Compile) -> Run:
    if not isinstance(expr, Select):
        raise CelSyntaxError("`has()` takes a field")
    operand, field = compile_expr(expr.operand, scope), expr.field

    def run(frame: Frame) -> bool:
        frame.spend(1)
        value = operand(frame)
        if type(value) is Optional:
            if value is NONE:
                return False
            value = value.value
        if not is_map(value):
            raise no_overload("has", value)
        if type(value) is dict:
            return entry(value, field) is not ABSENT
        return value.has(field)  # type: ignore[no-any-return]

    return run


def _opt_map(name: str, target: Expr, args: tuple[Expr, ...], scope: Scope, compile_expr: Compile) -> Run:
    variable = _variable(args[0])
    source, body = compile_expr(target, scope), compile_expr(args[1], scope | {variable})

    def run(frame: Frame) -> Any:
        value = source(frame)
        if type(value) is not Optional:
            raise no_overload(name, value)
        if value is NONE:
            return NONE
        result = _bound(frame, variable, value.value, body)
        return Optional(result) if name == "optMap" else result

    return run


def _or(name: str, first: Run, second: Run) -> Run:
    """The other side is evaluated only where this one is empty."""

    def run(frame: Frame) -> Any:
        value = first(frame)
        if type(value) is not Optional:
            raise no_overload(name, value)
        if value is NONE:
            return second(frame)
        return value if name == "or" else value.value

    return run


class _Loop:
    """What a comprehension runs over: with one variable items or keys, with two also indices or values."""

    def __init__(self, names: tuple[str, ...], source: Run, macro: str) -> None:
        self.names = names
        self.source = source
        self.macro = macro

    def each(self, frame: Frame, visit: Callable[[Any], bool | None]) -> None:
        """Set the variables to each item in turn, and visit the first of them, until a visit says that it is enough."""
        value = self.source(frame)
        found = pairs(value) if len(self.names) == 2 else ((item,) for item in rounds(value))
        before = [(name, frame.names.get(name, ABSENT)) for name in self.names]
        try:
            for values in found:
                frame.spend(2)
                frame.names.update(zip(self.names, values, strict=True))
                if visit(values[0]):
                    return
        finally:
            for name, hidden in before:
                _restore(frame, name, hidden)

    def truth(self, value: Any) -> bool:
        if type(value) is not bool:
            raise no_overload(f"@{self.macro}", value)
        return value


def _until(loop: _Loop, bodies: list[Run], decisive: bool) -> Run:
    """all and exists: as `&&` and `||` over the items."""
    body = bodies[0]

    def run(frame: Frame) -> bool:
        decided = False
        pending: Stop | None = None

        def visit(_: Any) -> bool:
            nonlocal decided, pending
            try:
                decided = loop.truth(body(frame)) is decisive
            except Stop as stop:
                if pending is None or stop.rank > pending.rank:
                    pending = stop
            return decided

        loop.each(frame, visit)
        if pending is not None and not decided:
            raise pending
        return decisive if decided else not decisive

    return run


def _all(loop: _Loop, bodies: list[Run]) -> Run:
    return _until(loop, bodies, False)


def _exists(loop: _Loop, bodies: list[Run]) -> Run:
    return _until(loop, bodies, True)


def _exists_one(loop: _Loop, bodies: list[Run]) -> Run:
    chosen = _filter(loop, bodies)
    return lambda frame: len(chosen(frame)) == 1


def _filter(loop: _Loop, bodies: list[Run]) -> Run:
    def run(frame: Frame) -> list[Any]:
        out: list[Any] = []

        def visit(item: Any) -> None:
            if loop.truth(bodies[0](frame)):
                out.append(item)

        loop.each(frame, visit)
        return out

    return run


def _results(loop: _Loop, bodies: list[Run], take: Callable[[Any, Any, Any], None], new: type) -> Run:
    """`take(made so far, key or item, result)` for what meets the condition; the condition comes before the result."""
    *conditions, result = bodies

    def run(frame: Frame) -> Any:
        out = new()

        def visit(first: Any) -> None:
            if all(loop.truth(condition(frame)) for condition in conditions):
                take(out, first, result(frame))

        loop.each(frame, visit)
        return out

    return run


def _map(loop: _Loop, bodies: list[Run]) -> Run:
    return _results(loop, bodies, lambda out, _, made: out.append(made), list)


def _transform_map(loop: _Loop, bodies: list[Run]) -> Run:
    return _results(loop, bodies, lambda out, key, made: out.update({key_of(key): (key, made)}), dict)


def _transform_entries(loop: _Loop, bodies: list[Run]) -> Run:
    return _results(loop, bodies, _take_entries, dict)


def _take_entries(out: dict[Any, Any], _: Any, made: Any) -> None:
    if not is_map(made):
        raise no_overload("transformMapEntry", made)
    for key, value in pairs(made):
        if key_of(key) in out:
            raise Failure(f"insert failed: key {key} already exists")
        out[key_of(key)] = (key, value)


_TWO = frozenset(
    ("all", "exists", "existsOne", "exists_one", "transformList", "transformMap", "transformMapEntry")
)  # `map` and `filter` have one variable always
_COMPREHENSIONS: dict[tuple[str, int], Callable[[_Loop, list[Run]], Run]] = {
    ("all", 2): _all,
    ("all", 3): _all,
    ("exists", 2): _exists,
    ("exists", 3): _exists,
    ("exists_one", 2): _exists_one,
    ("existsOne", 2): _exists_one,
    ("exists_one", 3): _exists_one,
    ("existsOne", 3): _exists_one,
    ("filter", 2): _filter,
    ("map", 2): _map,
    ("map", 3): _map,
    ("transformList", 3): _map,
    ("transformList", 4): _map,
    ("transformMap", 3): _transform_map,
    ("transformMap", 4): _transform_map,
    ("transformMapEntry", 3): _transform_entries,
    ("transformMapEntry", 4): _transform_entries,
}
