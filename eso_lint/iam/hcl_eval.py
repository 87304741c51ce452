"""Expressions of HCL to values. What is not known is a hole; nothing raises, nothing runs without bound."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from eso_lint.iam.grant import HOLE, Piece, Value
from eso_lint.iam.hcl_ast import (
    Body,
    Call,
    Choice,
    Expr,
    For,
    Get,
    Index,
    Literal,
    Name,
    Object,
    Operation,
    Splat,
    Template,
    Text,
    Tuple,
)
from eso_lint.iam.hcl_functions import FUNCTIONS, Args
from eso_lint.iam.hcl_values import Result, alike, is_known, loop, step, truth
from eso_lint.iam.tree import Fields, Items, Ref, Tree, is_open, text_of, unknown
from eso_lint.source.file import SourceFile, Span

_MAX_DEPTH = 100
_MAX_STEPS = 400_000
_MAX_TEXT = 1_000_000
_MAX_ITEMS = 2_000
# A step of a traversal: a name, or a key in brackets.
Step = tuple[str, bool]
Resolve = Callable[[Ref], Result]


class Budget:
    """What all evaluation of one repository may cost.

    `assumed` is set where a value hangs on the default of a variable that a run may be given another value for.
    """

    def __init__(self) -> None:
        self.steps = 0
        self.depth = 0
        self.assumed = False

    @property
    def spent(self) -> bool:
        return self.steps > _MAX_STEPS


class Scope(NamedTuple):
    """Where an expression is evaluated: its file, the names of loops around it, and who knows the other names.

    `ask(root, steps, span)` gives what `root.steps…` is, `resolve` what a reference to an attribute of a block is.
    """

    file: SourceFile
    ask: Callable[[str, tuple[Step, ...], Span], Result]
    call: Callable[[str, Args, Span], Result | None]
    resolve: Resolve
    budget: Budget
    names: dict[str, Result]

    def bound(self, **names: Result) -> Scope:
        return self._replace(names={**self.names, **names})


def evaluate(expr: Expr, scope: Scope) -> Result:
    """The value of an expression; None is null."""
    budget = scope.budget
    budget.steps += 1
    span = Span(scope.file, expr.start, expr.end)
    if budget.depth > _MAX_DEPTH or budget.steps > _MAX_STEPS:
        return unknown(span)
    budget.depth += 1
    try:
        return _BY_TYPE[type(expr)](expr, scope, span)
    finally:
        budget.depth -= 1


def _literal(expr: Literal, scope: Scope, span: Span) -> Result:
    return None if expr.text == "null" else Value(expr.text, span)


def _template(expr: Template, scope: Scope, span: Span) -> Result:
    parts = expr.parts
    if len(parts) == 1 and parts[0] is not None and not isinstance(parts[0], Text) and not expr.heredoc:
        return evaluate(parts[0], scope)  # "${x}" is x
    out: list[str] = []
    pieces: list[Piece] = []
    size = 0
    for part in parts:
        if isinstance(part, Text):
            raw = part.text
            exact = part.end - part.start == len(raw)
            # A line goes on where the one before ends: most heredocs are a few pieces.
            last = pieces[-1] if pieces else None
            if not (last and last.exact and exact and last.start + size - last.offset == part.start):
                pieces.append(Piece(size, part.start, exact))
        elif part is None:
            return unknown(span)  # what stands between directives may be there or not
        else:
            found = evaluate(part, scope)
            own = text_of(found)
            raw = own.raw if own is not None else "" if found is None else HOLE
            pieces.append(Piece(size, part.start, False))
        out.append(raw)
        size += len(raw)
        if size > _MAX_TEXT:
            return unknown(span)
    return Value("".join(out), span, tuple(pieces))


def _tuple(expr: Tuple, scope: Scope, span: Span) -> Result:
    found = [evaluate(item, scope) for item in expr.items]
    return Items(tuple(item for item in found if item is not None), span)


def _object(expr: Object, scope: Scope, span: Span) -> Result:
    entries: list[tuple[Value, Tree]] = []
    open_ = False
    for written, value in expr.entries:
        place = Span(scope.file, written.start, written.end)
        if isinstance(written, (Name, Get)) and not isinstance(written, Get):
            key: Value | None = Value(written.text, place)
        else:
            key = text_of(evaluate(written, scope))
        found = evaluate(value, scope)
        if key is None:
            open_ = True
        elif found is not None:
            open_ = open_ or key.raw == HOLE
            entries.append((key._replace(span=place), found))
    return Fields(tuple(entries), span, open_)


def _traversal(expr: Get | Index | Name, scope: Scope, span: Span) -> Result:
    steps: list[Step] = []
    base: Expr = expr
    while isinstance(base, (Get, Index)):
        if isinstance(base, Get):
            steps.append((base.name, False))
        else:
            key = text_of(evaluate(base.key, scope))
            steps.append((key.raw if key is not None else HOLE, True))
        base = base.base
    steps.reverse()
    if isinstance(base, Splat):
        return _splat(base, scope, span, tuple(steps))
    if isinstance(base, Name) and base.text not in scope.names:
        return scope.ask(base.text, tuple(steps), span)
    found = scope.names[base.text] if isinstance(base, Name) else evaluate(base, scope)
    return follow(found, tuple(steps), span, scope.resolve)


def follow(found: Result, steps: tuple[Step, ...], span: Span, resolve: Resolve) -> Result:
    """What lies below a value. An attribute of a whole block (an item of `x[*]`) is asked of that block."""
    for key, bracketed in steps:
        if found is None:
            return None
        block = isinstance(found, Ref) and found.whole
        found = step(found, f"[{key}]" if bracketed and isinstance(found, Ref) else key, span)
        if block and isinstance(found, Ref):
            found = resolve(found)
    return found


def _splat(expr: Splat, scope: Scope, span: Span, steps: tuple[Step, ...] = ()) -> Result:
    found = evaluate(expr.base, scope)
    if isinstance(found, Items):
        made = [follow(item, steps, span, scope.resolve) for item in found.items]
        return Items(tuple(item for item in made if item is not None), span, found.open)
    if found is None:
        return Items((), span)
    if isinstance(found, Value) and HOLE in found.raw:
        return unknown(span)
    own = follow(found, steps, span, scope.resolve)
    return Items((own,) if own is not None else (), span)


def _call(expr: Call, scope: Scope, span: Span) -> Result:
    if expr.name in ("try", "can"):
        return _try(expr, scope, span)
    args = [evaluate(arg, scope) for arg in expr.args]
    if expr.expand and args:
        last = args.pop()
        if not isinstance(last, Items) or last.open:
            return unknown(span)
        args += last.items
    own = scope.call(expr.name, tuple(args), span)
    if own is not None:
        return own
    function = FUNCTIONS.get(expr.name)
    return function(tuple(args), span) if function is not None else unknown(span)


def _try(expr: Call, scope: Scope, span: Span) -> Result:
    """The first argument that does not fail. What fails is not told from what is null or unknown: both go on."""
    for place, arg in enumerate(expr.args):
        found = evaluate(arg, scope)
        if expr.name == "can":
            return Value("true", span) if is_known(found) and found is not None else unknown(span)
        if found is not None and (is_known(found) or place == len(expr.args) - 1):
            return found
        if found is not None:
            return unknown(span) if isinstance(found, Value) and found.raw == HOLE else found
    return None


def _choice(expr: Choice, scope: Scope, span: Span) -> Result:
    test = truth(evaluate(expr.test, scope))
    if test is not None:
        return evaluate(expr.yes if test else expr.no, scope)
    yes, no = evaluate(expr.yes, scope), evaluate(expr.no, scope)
    if alike(yes, no):
        return yes
    return unknown(span)


def _operation(expr: Operation, scope: Scope, span: Span) -> Result:
    right = evaluate(expr.right, scope)
    if expr.left is None:
        return _unary(expr.operator, right, span)
    left = evaluate(expr.left, scope)
    if expr.operator in ("==", "!="):
        same = alike(left, right)
        return unknown(span) if same is None else _truth(same == (expr.operator == "=="), span)
    if expr.operator in ("&&", "||"):
        stops = expr.operator == "||"
        sides = (truth(left), truth(right))
        if stops in sides:
            return _truth(stops, span)
        return unknown(span) if None in sides else _truth(not stops, span)
    return _arithmetic(expr.operator, left, right, span)


def _unary(operator: str, inner: Result, span: Span) -> Result:
    if operator == "!":
        known = truth(inner)
        return unknown(span) if known is None else _truth(not known, span)
    number = _number(inner)
    return unknown(span) if number is None else Value(str(-number), span)


def _arithmetic(operator: str, left: Result, right: Result, span: Span) -> Result:
    a, b = _number(left), _number(right)
    if a is None or b is None or max(abs(a), abs(b)) > 10**12:
        return unknown(span)
    if operator in ("<", ">", "<=", ">="):
        return _truth({"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[operator], span)
    if operator in ("/", "%"):
        return (
            unknown(span)
            if b == 0 or (a % b and operator == "/")
            else Value(str(a // b if operator == "/" else a % b), span)
        )
    return Value(str({"+": a + b, "-": a - b, "*": a * b}[operator]), span)


def _number(tree: Result) -> int | None:
    own = text_of(tree)
    digits = own.raw.removeprefix("-") if own is not None else ""
    return int(own.raw) if own is not None and digits.isdecimal() and digits.isascii() and len(digits) < 16 else None


def _truth(value: bool, span: Span) -> Value:
    return Value("true" if value else "false", span)


def _for(expr: For, scope: Scope, span: Span) -> Result:
    source = evaluate(expr.source, scope)
    if not isinstance(source, (Items, Fields)):
        if source is not None:
            return unknown(span)
        return Items((), span) if expr.key is None else Fields((), span)
    open_ = is_open(source)
    entries: list[tuple[Value, Tree]] = []
    for key, item in loop(source):
        if len(entries) >= _MAX_ITEMS:
            open_ = True
            break
        names = {expr.names[-1]: item}
        if len(expr.names) == 2:
            names = {expr.names[0]: key, expr.names[1]: item}
        inner = scope._replace(names={**scope.names, **names})
        keep = True if expr.test is None else truth(evaluate(expr.test, inner))
        if keep is None:
            open_ = True
        if not keep:
            continue
        value = evaluate(expr.value, inner)
        own = text_of(evaluate(expr.key, inner)) if expr.key is not None else key
        if own is None or (expr.key is not None and own.raw == HOLE):
            open_ = True
        elif value is not None:
            entries.append((own, value))
    if expr.key is None:
        return Items(tuple(value for _, value in entries), span, open_)
    if expr.group:
        grouped: dict[str, list[tuple[Value, Tree]]] = {}
        for own, value in entries:
            grouped.setdefault(own.raw, []).append((own, value))
        entries = [(found[0][0], Items(tuple(v for _, v in found), span)) for found in grouped.values()]
    return Fields(tuple(entries), span, open_)


_BY_TYPE: dict[type, Callable[..., Result]] = {
    Literal: _literal,
    Template: _template,
    Tuple: _tuple,
    Object: _object,
    Name: _traversal,
    Get: _traversal,
    Index: _traversal,
    Splat: _splat,
    Call: _call,
    Choice: _choice,
    Operation: _operation,
    For: _for,
}


def fields_of(body: Body, scope: Scope, span: Span) -> Fields:
    """A block's attributes, and the blocks below as lists of objects. `dynamic` blocks are unrolled.

    A dynamic block over something unknown gives one object that is open: whether it is there is not known.
    """
    entries: list[tuple[Value, Tree]] = []
    for attribute in body.attributes:
        found = evaluate(attribute.value, scope)
        if found is not None:
            entries.append((Value(attribute.name, Span(scope.file, attribute.start, attribute.end)), found))
    below: dict[str, list[Tree]] = {}
    places: dict[str, Span] = {}
    for block in body.blocks:
        head = Span(scope.file, block.start, block.end)
        if block.type == "dynamic" and len(block.labels) == 1:
            name = block.labels[0].text
            below.setdefault(name, []).extend(_dynamic(name, block.body, scope, head))
        else:
            name = block.type
            below.setdefault(name, []).append(fields_of(block.body, scope, head))
        places.setdefault(name, head)
    entries += [(Value(name, places[name]), Items(tuple(made), places[name])) for name, made in below.items()]
    return Fields(tuple(entries), span)


def _dynamic(name: str, body: Body, scope: Scope, span: Span) -> list[Tree]:
    over = body.get("for_each")
    content = next((block.body for block in body.blocks if block.type == "content"), None)
    chosen = body.get("iterator")
    iterator = chosen.text if isinstance(chosen, Name) else name
    if over is None or content is None:
        return []
    source = evaluate(over, scope)
    made: list[Tree] = []
    if isinstance(source, (Items, Fields)):
        each = list(loop(source))
        source = source._replace(open=source.open or len(each) > _MAX_ITEMS)
        for key, item in each[:_MAX_ITEMS]:
            pair = Fields(((Value("key", key.span), key), (Value("value", key.span), item)), key.span)
            made.append(fields_of(content, scope.bound(**{iterator: pair}), span))
    if source is not None and (not isinstance(source, (Items, Fields)) or source.open):
        hole = unknown(span)
        pair = Fields(((Value("key", span), hole), (Value("value", span), hole)), span)
        made.append(fields_of(content, scope.bound(**{iterator: pair}), span)._replace(open=True))
    return made
