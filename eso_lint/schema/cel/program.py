"""A compiled rule, and what evaluating it can come to."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from eso_lint.schema.cel.compiler import Frame, Run, compile_expr
from eso_lint.schema.cel.nodes import Context, Schema, root, value
from eso_lint.schema.cel.parser import parse
from eso_lint.schema.cel.syntax import CelSyntaxError, identifiers
from eso_lint.schema.cel.values import NONE, Exhausted, Failure, Unknowable, Unsupported
from eso_lint.source.node import Mapping, Node

MAX_WORK = 200_000  # steps of one evaluation; the API server's own limits are of that order
_SCOPE = frozenset(("self", "oldSelf"))


class Value(NamedTuple):
    """The expression has a value."""

    value: Any


class Failed(NamedTuple):
    """The API server could not evaluate it either, and says so instead of the rule's message."""

    why: str


class Unknown(NamedTuple):
    """Text that is replaced later decides."""


class Unevaluated(NamedTuple):
    """It is not understood here, or costs too much."""

    why: str


Answer = Value | Failed | Unknown | Unevaluated


class Program(NamedTuple):
    """A compiled expression. `run` is None where it cannot be evaluated here, and `why` says why."""

    text: str
    run: Run | None
    why: str
    uses_old: bool

    def evaluate(
        self, node: Node, schema: Schema, context: Context, at_root: bool = False, work: int = MAX_WORK
    ) -> Answer:
        """The answer for `self` at a node, on creation: `oldSelf` is an absent optional."""
        if self.run is None:
            return Unevaluated(self.why)
        try:
            names = {"self": _self(node, schema, context, at_root), "oldSelf": NONE}
            return Value(self.run(Frame(names, work)))
        except Failure as failure:
            return Failed(str(failure))
        except Unknowable:
            return Unknown()
        except Unsupported as state:
            return Unevaluated(str(state))
        except (Exhausted, RecursionError):
            return Unevaluated("more work than a rule may cost")


def _self(node: Node, schema: Schema, context: Context, at_root: bool) -> Any:
    return root(node, schema, context) if at_root and isinstance(node, Mapping) else value(node, schema, context)


@lru_cache(maxsize=1024)
def compile_text(text: str) -> Program:
    """The program of an expression; one that is not understood says so when it is evaluated."""
    try:
        expr = parse(text)
        uses_old = "oldSelf" in identifiers(expr)
        return Program(text, compile_expr(expr, _SCOPE), "", uses_old)
    except Unsupported as state:
        return Program(text, None, str(state), "oldSelf" in text)
    except CelSyntaxError as error:
        return Program(text, None, f"no expression of CEL: {error}", "oldSelf" in text)
    except RecursionError:
        return Program(text, None, "an expression that is nested too deeply", "oldSelf" in text)
