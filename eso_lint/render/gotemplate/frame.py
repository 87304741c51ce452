"""One Go template on its way: its variables, what it has printed, and what its actions give."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from eso_lint.render.gotemplate.funcs import truth_or_none
from eso_lint.render.gotemplate.syntax import (
    Branch,
    Call,
    Control,
    Emit,
    Head,
    Item,
    Leave,
    Literal,
    Operand,
    Path,
    Pipeline,
    Plain,
    TemplateError,
    assigned,
)
from eso_lint.render.gotemplate.text import LITERAL, LOOSE, MADE, RESIDUAL, VALUE, Piece, Text, source_of
from eso_lint.render.gotemplate.values import (
    FALSE_UNKNOWN,
    TRUE_UNKNOWN,
    UNKNOWN,
    Methods,
    Unresolved,
    field,
    pairs,
    plain,
    text_of,
)
from eso_lint.source.node import SourceFile, Span

if TYPE_CHECKING:
    from eso_lint.render.gotemplate.eval import Evaluator
# So much text costs a step: what is printed will be parsed.
_CHARACTERS = 50


class Leaving(Exception):  # noqa: N818 - control flow of a loop
    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class Frame:
    """One template on its way: its variables, and what it has printed."""

    def __init__(self, owner: Evaluator, file: SourceFile, made: list[Piece], scopes: list[dict[str, object]]) -> None:
        self.owner = owner
        self.file = file
        self.made = made
        self.scopes = scopes

    def walk(self, body: tuple[Item, ...], dot: object) -> None:
        for part in body:
            self.owner.spend()
            if isinstance(part, Plain):
                span = Span(self.file, part.start, part.end)
                self.owner.spend((part.end - part.start) // _CHARACTERS)
                self.made.append(Piece(span.text, LITERAL, span))
            elif isinstance(part, Emit):
                self._emit(part, dot)
            elif isinstance(part, Leave):
                if self.owner.unsure:
                    raise TemplateError  # whether the loop goes on cannot be known
                raise Leaving(part.word)
            else:
                self._control(part, dot)

    def _scope(self, body: tuple[Item, ...], dot: object, **variables: object) -> None:
        self.scopes.append({f"${name}": value for name, value in variables.items()})
        try:
            self.walk(body, dot)
        finally:
            self.scopes.pop()

    def _emit(self, part: Emit, dot: object) -> None:
        head, pipeline = part
        at = Span(self.file, head.start, head.end)
        try:
            value = self._pipeline(pipeline, dot, at)
            text = text_of(value) if not pipeline.declares else None
        except Unresolved:
            if pipeline.declares:
                self._declare(pipeline, UNKNOWN)
                return
            self.made.append(self._residual(head, self.file.text[head.start : head.end]))
            return
        if text is not None:
            self.owner.spend(text.length // _CHARACTERS)
            self.made += _placed(text, at)

    def _residual(self, head: Head, text: str) -> Piece:
        """An action left standing, with the blanks that it would trim."""
        source = self.file.text
        shown = source[head.low : head.start] + text + source[head.end : head.high]
        return Piece(shown, RESIDUAL, Span(self.file, head.start, head.end))

    def _control(self, part: Control, dot: object) -> None:
        depth = len(self.scopes)
        self.scopes.append({})
        try:
            if part.branches[0].word == "range":
                self._range(part, dot)
            else:
                self._choose(part, dot)
        finally:
            del self.scopes[depth:]

    def _choose(self, part: Control, dot: object) -> None:
        doubtful = False
        for branch in part.branches:
            value: object = True
            if branch.pipeline is not None:
                try:
                    value = self._pipeline(branch.pipeline, dot, Span(self.file, branch.head.start, branch.head.end))
                except Unresolved:
                    value = UNKNOWN
                    self._declare(branch.pipeline, UNKNOWN)
            decided = truth_or_none(value)
            if decided is False:
                continue
            inner = value if branch.word == "with" else dot
            if decided and not doubtful:
                self._scope(branch.body, inner)
                return
            word = "{{ else if ? }}" if doubtful and decided is None else "{{ else }}" if doubtful else "{{ if ? }}"
            doubtful = True
            self._doubtful(branch, inner, word)
            if decided:
                break
        if doubtful:
            self.made.append(self._residual(part.end, "{{ end }}"))

    def _doubtful(self, branch: Branch, dot: object, word: str) -> None:
        """A body that may be printed or not: what it does to variables and maps is unknown afterwards."""
        self.made.append(self._residual(branch.head, word))
        names = assigned(branch.body)
        if branch.word == "range":
            self._forget(names)
        self.owner.doubt(1)
        try:
            self._scope(branch.body, dot)
        finally:
            self.owner.doubt(-1)
        self._forget(names)

    def _forget(self, names: Iterable[str]) -> None:
        for name in names:
            self._scope_of(name)[name] = UNKNOWN

    def _range(self, part: Control, dot: object) -> None:
        branch, *rest = part.branches
        assert branch.pipeline is not None  # only `else` has none
        names = branch.pipeline.declares
        try:
            value = self._value(branch.pipeline, dot, Span(self.file, branch.head.start, branch.head.end))
            known = plain(value)
            turns = [(i, i) for i in range(known)] if type(known) is int and known <= 1000 else pairs(value)
        except Unresolved:
            for name in names:
                self.scopes[-1][name] = UNKNOWN
            self._doubtful(branch, UNKNOWN, "{{ range ? }}")
            for other in rest:
                self._doubtful(other, dot, "{{ else }}")
            self.made.append(self._residual(part.end, "{{ end }}"))
            return
        for key, item in turns:
            self.owner.spend()
            if names:
                self.scopes[-1].update(zip(names, (key, item) if len(names) == 2 else (item,), strict=True))
            try:
                self._scope(branch.body, item)
            except Leaving as leaving:
                if leaving.word == "break":
                    break
        if not turns and rest:
            self._scope(rest[0].body, dot)

    def _declare(self, pipeline: Pipeline, value: object) -> None:
        for name in pipeline.declares:
            (self._scope_of(name) if pipeline.assigns else self.scopes[-1])[name] = value

    def _scope_of(self, name: str) -> dict[str, object]:
        return next((scope for scope in reversed(self.scopes) if name in scope), self.scopes[-1])

    def _pipeline(self, pipeline: Pipeline, dot: object, at: Span) -> object:
        value = self._value(pipeline, dot, at)
        self._declare(pipeline, value)
        return value

    def _value(self, pipeline: Pipeline, dot: object, at: Span) -> object:
        first, *others = pipeline.commands
        value = self._operand(first, dot, at, [])
        for command in others:
            if not isinstance(command, Call):
                raise Unresolved
            value = self._operand(command, dot, at, [value])
        return value

    def _operand(self, operand: Operand, dot: object, at: Span, last: list[object]) -> object:
        self.owner.spend()
        if isinstance(operand, Literal):
            return operand.value
        if isinstance(operand, Path):
            return self._path(operand, dot, at)
        if not operand.name:
            return self._method(operand, dot, at, last)
        if operand.name in ("and", "or"):
            return self._logic(operand, dot, at, last)
        args = [self._argument(arg, dot, at) for arg in operand.args] + last
        return self.owner.apply(operand.name, args, at)

    def _method(self, operand: Call, dot: object, at: Span, last: list[object]) -> object:
        callee, *rest = operand.args
        if not isinstance(callee, Path) or not callee.fields:
            raise Unresolved
        owner = self._path(Path(callee.base, callee.fields[:-1]), dot, at)
        if not isinstance(owner, Methods):
            raise Unresolved  # of capabilities and the like
        args = [self._argument(arg, dot, at) for arg in rest] + last
        return owner.call(callee.fields[-1], args)

    def _argument(self, operand: Operand, dot: object, at: Span) -> object:
        """An argument; what cannot be known is passed on, for functions that do not look at it."""
        try:
            return self._operand(operand, dot, at, [])
        except Unresolved:
            return UNKNOWN

    def _logic(self, operand: Call, dot: object, at: Span, last: list[object]) -> object:
        stop = operand.name == "or"
        value: object = None
        doubtful = False
        for argument in (*operand.args, *last):
            known = isinstance(argument, Literal | Path | Call)
            value = self._argument(argument, dot, at) if known else argument  # type: ignore[arg-type]
            decided = truth_or_none(value)
            if decided is stop:
                return value if not doubtful else TRUE_UNKNOWN if stop else FALSE_UNKNOWN
            doubtful = doubtful or decided is None
        return value if not doubtful else UNKNOWN

    def _path(self, path: Path, dot: object, at: Span) -> object:
        if isinstance(path.base, Pipeline):
            value = self._pipeline(path.base, dot, at)
        elif path.base:
            if path.base not in (scope := self._scope_of(path.base)):
                raise TemplateError
            value = scope[path.base]
        else:
            value = dot
        for name in path.fields:
            value = field(value, name)
        return value


def _placed(text: Text, at: Span) -> list[Piece]:
    """What an action printed, with places. The text of a single value stands at that value's place."""
    pieces = [piece for piece in text.pieces if piece.text or piece.kind == VALUE]
    if any(p.kind == RESIDUAL for p in pieces) or "\n" in text.plain.strip() or (text.block and ": " in text.plain):
        made = []
        for piece in pieces:
            if piece.place is None:
                piece = piece._replace(kind=MADE if piece.kind == LOOSE else piece.kind, place=at)
            made.append(piece if piece.action is not None else piece._replace(action=at))
        return made
    place = source_of(Text(tuple(pieces)))
    if place is not None:
        return [Piece(text.plain, VALUE, place, at)]
    return [Piece(text.plain, MADE, at, at)]
