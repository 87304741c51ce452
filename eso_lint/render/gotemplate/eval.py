"""Evaluates Go templates as Helm does. What cannot be known stays standing in the text as an action, or unknown."""

from __future__ import annotations

from typing import NamedTuple

from eso_lint.render.gotemplate.frame import Frame, Leaving
from eso_lint.render.gotemplate.funcs import call
from eso_lint.render.gotemplate.syntax import (
    Item,
    TemplateError,
)
from eso_lint.render.gotemplate.template import read
from eso_lint.render.gotemplate.text import LOOSE, MADE, RESIDUAL, VALUE, Piece, Text, source_of
from eso_lint.render.gotemplate.values import (
    Limit,
    Map,
    TooMuch,
    Unresolved,
    from_node,
    plain,
    string_of,
    text_of,
)
from eso_lint.source.node import Scalar, SourceFile, Span

_MAX_DEPTH = 40


class Define(NamedTuple):
    """A named template and the file that it stands in."""

    file: SourceFile
    body: tuple[Item, ...]


class Refused(Exception):  # noqa: N818 - a state, not a fault
    """The chart stops with `fail`."""

    def __init__(self, at: Span, message: str) -> None:
        super().__init__(message)
        self.at = at
        self.message = message


class Evaluator:
    """Renders templates of one chart and its subcharts."""

    def __init__(self, defines: dict[str, Define], limit: Limit) -> None:
        self._defines = defines
        self._limit = limit
        self._unsure = 0
        self._depth = 0

    def run(self, file: SourceFile, body: tuple[Item, ...], dot: object) -> Text:
        """What a template prints. Raises Refused, TooMuch and TemplateError."""
        if self._depth >= _MAX_DEPTH:
            raise TooMuch
        self._depth += 1
        made: list[Piece] = []
        try:
            Frame(self, file, made, [{"$": dot}]).walk(body, dot)
        except Leaving:
            raise TemplateError from None
        finally:
            self._depth -= 1
        return Text(tuple(made), True)

    def include(self, args: list[object]) -> Text:
        name, dot = (*args, None)[:2]
        found = self._defines.get(string_of(name))
        if found is None:
            raise Unresolved
        return self.run(found.file, found.body, dot)

    def tpl(self, args: list[object]) -> object:
        """A value that is a template itself; what it prints stands where the value does."""
        value, dot = args
        text = string_of(value)
        if "{{" not in text:
            return text_of(value)
        file = SourceFile("", b"")
        file._text = text
        try:
            body = read(text).body
        except TemplateError:
            raise Unresolved from None
        place = value.span if isinstance(value, Scalar) else source_of(value) if isinstance(value, Text) else None
        made = [
            piece if piece.kind == VALUE else Piece(piece.text, RESIDUAL if piece.kind == RESIDUAL else LOOSE)
            for piece in self.run(file, body, dot).pieces
        ]
        if place is not None and not any(piece.kind == VALUE for piece in made):
            made = [piece._replace(kind=VALUE, place=place) if piece.kind == LOOSE else piece for piece in made]
        return Text(tuple(piece._replace(action=None) for piece in made), any("\n" in piece.text for piece in made))

    def apply(self, name: str, args: list[object], at: Span) -> object:
        self._limit.spend()
        if name in ("include", "tpl"):
            return self.include(args) if name == "include" else self.tpl(args)
        if name == "fail":
            if not self._unsure:
                raise Refused(at, string_of(args[0]) if args else "")
            raise Unresolved
        if name in ("fromYaml", "fromJson"):
            return self._parsed(args, at)
        return call(name, args, self._limit, not self._unsure)

    def _parsed(self, args: list[object], at: Span) -> object:
        """`fromYaml`: a map; what no place is known for stands at the action."""
        from eso_lint.render.gotemplate.places import documents

        text = text_of(args[0])
        plain(text)
        pieces = [p if p.place is not None else p._replace(kind=MADE, place=at) for p in text.pieces]
        found = documents(Text(tuple(pieces)), at.file)
        if found is None or len(found) > 1:
            raise Unresolved
        return from_node(found[0].root, True, self._limit) if found else Map()

    @property
    def unsure(self) -> bool:
        return self._unsure > 0

    def doubt(self, change: int) -> None:
        self._unsure += change

    def spend(self, steps: int = 1) -> None:
        self._limit.spend(steps)
