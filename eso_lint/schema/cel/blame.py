"""Where a broken rule is to be mended: found by asking what would satisfy it.

A field whose absence satisfies the rule is one too many; a field whose presence would is missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from eso_lint.schema.cel.nodes import Context, Schema
from eso_lint.schema.cel.program import MAX_WORK, Program, Unknown, Value
from eso_lint.source.node import Mapping, Node, Scalar, Span

_Place = tuple[int, str]
_MOST = 20  # fields that are tried


class Blame(NamedTuple):
    """`at` is the place to mend, `missing` the fields of which one (or all) would do."""

    at: Node
    label: str = ""
    help: str = ""
    related: tuple[tuple[Span, str], ...] = ()
    missing: tuple[str, ...] = ()


class _Case:
    """The broken rule, asked again and again with fields hidden or shown."""

    def __init__(self, program: Program, node: Node, schema: Schema, at_root: bool) -> None:
        self.program = program
        self.node = node
        self.schema = schema
        self.at_root = at_root

    def mended(self, hidden: Iterable[_Place] = (), shown: Iterable[_Place] = ()) -> bool | None:
        """Whether the rule holds then; None where that hangs on more."""
        context = Context(frozenset(hidden), frozenset(shown))
        answer = self.program.evaluate(self.node, self.schema, context, self.at_root, MAX_WORK // _MOST)
        if isinstance(answer, Unknown):
            return None
        return isinstance(answer, Value) and answer.value is True

    def look_further(self, looked_at: Context) -> None:
        """Add what the evaluation would have seen without the fields that stopped it."""
        for _ in range(_MOST):
            context = Context(frozenset(looked_at.reads))
            self.program.evaluate(self.node, self.schema, context, self.at_root, MAX_WORK // _MOST)
            before = len(looked_at.reads)
            for place, field in context.reads.items():
                looked_at.reads.setdefault(place, field)
            if len(looked_at.reads) in (before, _MOST):
                return


def blame(program: Program, node: Node, schema: Schema, at_root: bool, at: Node, looked_at: Context) -> Blame:
    """Where the fault lies. `looked_at` is what the evaluation that failed saw, `at` stands for the whole node."""
    case = _Case(program, node, schema, at_root)
    case.look_further(looked_at)
    there: list[tuple[_Place, Scalar, Node]] = []
    absent: list[tuple[_Place, Mapping, str]] = []
    for place, (mapping, key) in list(looked_at.reads.items())[:_MOST]:
        name, value = mapping.key(key), mapping.get(key)
        if name is not None and value is not None and name.end > name.start:
            there.append((place, name, value))
        elif name is None and not mapping.open:
            absent.append((place, mapping, key))
    there.sort(key=lambda entry: (entry[1].file.path, entry[1].start))
    return _surplus(case, there, looked_at) or _lack(case, there, absent, at) or _wrong(looked_at, at)


def _surplus(case: _Case, there: list[tuple[_Place, Scalar, Node]], looked_at: Context) -> Blame | None:
    """One field, or all but one, or all, that must not be there."""
    singles = [entry for entry in there if case.mended([entry[0]])]
    if singles:
        *others, (_, key, value) = singles
        if isinstance(value, Scalar) and id(value) in looked_at.values and value.end > value.start:
            return Blame(value, related=_related(others))
        return Blame(key, _too_many(others), _remove(singles), _related(others))
    if len(there) > 2:
        for kept in there:
            rest = [entry for entry in there if entry is not kept]
            if case.mended([place for place, _, _ in rest]):
                others = [entry for entry in there if entry is not rest[-1]]
                return Blame(rest[-1][1], "one too many", _remove(there), _related(others))
    if len(there) > 1 and case.mended([place for place, _, _ in there]):
        return Blame(there[0][1], "must not be set", _remove(there[:1]), _related(there[1:]))
    return None


def _too_many(others: list[tuple[_Place, Scalar, Node]]) -> str:
    return f"beside `{others[-1][1].text}`" if others else "must not be set"


def _remove(entries: list[tuple[_Place, Scalar, Node]]) -> str:
    names = [key.text for _, key, _ in entries]
    return f"remove `{names[0]}`" if len(names) == 1 else f"keep one of {_listed(names, 'and')}"


def _related(entries: list[tuple[_Place, Scalar, Node]]) -> tuple[tuple[Span, str], ...]:
    return tuple((key.span, f"`{key.text}` is set here") for _, key, _ in entries)


def _lack(
    case: _Case, there: list[tuple[_Place, Scalar, Node]], absent: list[tuple[_Place, Mapping, str]], at: Node
) -> Blame | None:
    """Fields of which one would do."""
    answers = [(entry, case.mended(shown=[entry[0]])) for entry in absent]
    fitting = [entry for entry, answer in answers if answer] or [entry for entry, answer in answers if answer is None]
    if not fitting:
        return None
    mappings = {id(mapping) for _, mapping, _ in fitting}
    if len(mappings) == 1:
        # The key above the mapping that lacks them is nearer than that of the whole.
        at = next((key for _, key, value in there if id(value) in mappings), at)
    names = tuple(key for _, _, key in fitting)
    return Blame(at, f"{_listed(names, 'or')} is missing here", f"add {_listed(names, 'or')}", missing=names)


def _wrong(looked_at: Context, at: Node) -> Blame:
    """A value that does not do: the last that was looked at."""
    values = [value for value in looked_at.values.values() if value.end > value.start]
    if not values:
        return Blame(at)
    *others, last = values
    related = tuple((value.span, "compared with this") for value in others if value is not last)
    return Blame(last, related=related[-1:])


def _listed(names: Iterable[str], word: str) -> str:
    *first, last = [f"`{name}`" for name in names]
    return f"{', '.join(first)} {word} {last}" if first else last
