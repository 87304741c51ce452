"""The tree of a Go text/template. Positions are offsets in the file."""

from __future__ import annotations

from typing import NamedTuple


class TemplateError(Exception):
    """The text is no template that is understood here."""


class Literal(NamedTuple):
    """A constant: str, int, float, bool or None."""

    value: object


class Path(NamedTuple):
    """`base.a.b`. The base is "" for dot, a variable's name with its `$`, or a pipeline in parentheses."""

    base: str | Pipeline
    fields: tuple[str, ...]


class Call(NamedTuple):
    """A function with its arguments, or (no name) an operand that is called."""

    name: str
    args: tuple[Operand, ...]


class Pipeline(NamedTuple):
    """Commands in order. `declares` are the variables that get the value, `assigns` says that they exist already."""

    commands: tuple[Operand, ...]
    declares: tuple[str, ...] = ()
    assigns: bool = False


Operand = Literal | Path | Call


class Head(NamedTuple):
    """The action itself: `start` and `end` of its braces, `low` and `high` with the blanks that it trims."""

    start: int
    end: int
    low: int
    high: int


class Plain(NamedTuple):
    """Text between actions, after trimming."""

    start: int
    end: int


class Emit(NamedTuple):
    """`{{ pipeline }}`; also `{{ template "x" . }}`, read as an include."""

    head: Head
    pipeline: Pipeline


class Leave(NamedTuple):
    """`break` or `continue`."""

    head: Head
    word: str


class Branch(NamedTuple):
    """`if`, `else if`, `with`... and what it holds; no pipeline for a bare `else`."""

    head: Head
    word: str
    pipeline: Pipeline | None
    body: tuple[Item, ...]


class Control(NamedTuple):
    """A control structure from its first action to its `end`."""

    branches: tuple[Branch, ...]
    end: Head


Item = Plain | Emit | Leave | Control


class Template(NamedTuple):
    """A file: what it prints, and the templates that it defines by name."""

    body: tuple[Item, ...]
    defines: dict[str, tuple[Item, ...]]


def assigned(body: tuple[Item, ...]) -> frozenset[str]:
    """The variables that are given a new value (`=`) somewhere in a body."""
    found: set[str] = set()
    stack = list(body)
    while stack:
        part = stack.pop()
        if isinstance(part, Emit) and part.pipeline.assigns:
            found.update(part.pipeline.declares)
        elif isinstance(part, Control):
            for branch in part.branches:
                stack += branch.body
                if branch.pipeline is not None and branch.pipeline.assigns:
                    found.update(branch.pipeline.declares)
    return frozenset(found)
