"""What a CEL expression is once it is read."""

from __future__ import annotations

from typing import Any, NamedTuple


class CelSyntaxError(Exception):
    """Text that is no expression; the API server does not take a CRD that holds it."""


class Literal(NamedTuple):
    value: Any


class Ident(NamedTuple):
    name: str


class Select(NamedTuple):
    """`operand.field`; `optional` for `operand.?field`."""

    operand: Expr
    field: str
    optional: bool = False


class Index(NamedTuple):
    """`operand[at]`; `optional` for `operand[?at]`."""

    operand: Expr
    at: Expr
    optional: bool = False


class Call(NamedTuple):
    """A function, an operator (named `_+_`, `!_`, `_?_:_` as CEL names them), or a method where there is a target."""

    name: str
    args: tuple[Expr, ...]
    target: Expr | None = None


class ListLiteral(NamedTuple):
    """Items, each with whether it is optional (`[?x]`)."""

    items: tuple[tuple[Expr, bool], ...]


class MapLiteral(NamedTuple):
    """Key, value, and whether the entry is optional (`{?k: v}`)."""

    entries: tuple[tuple[Expr, Expr, bool], ...]


Expr = Literal | Ident | Select | Index | Call | ListLiteral | MapLiteral


def parts(expr: Expr) -> tuple[Expr, ...]:
    """The expressions directly inside of one."""
    if isinstance(expr, Select):
        return (expr.operand,)
    if isinstance(expr, Index):
        return expr.operand, expr.at
    if isinstance(expr, Call):
        return expr.args if expr.target is None else (expr.target, *expr.args)
    if isinstance(expr, ListLiteral):
        return tuple(item for item, _ in expr.items)
    if isinstance(expr, MapLiteral):
        return tuple(part for key, value, _ in expr.entries for part in (key, value))
    return ()


def identifiers(expr: Expr) -> frozenset[str]:
    """All names that an expression uses as variables."""
    found: set[str] = set()
    todo = [expr]
    while todo:
        current = todo.pop()
        if isinstance(current, Ident):
            found.add(current.name)
        todo.extend(parts(current))
    return frozenset(found)
