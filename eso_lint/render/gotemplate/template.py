"""Go's text/template, read into a tree; nothing is evaluated here."""

from __future__ import annotations

import re

from eso_lint.render.gotemplate.expression import Token, inclusion, pipeline, tokens
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
    Template,
    TemplateError,
)

_COMMENT = re.compile(r"\{\{(?:-\s+)?/\*.*?\*/(?:\s+-)?\}\}", re.DOTALL)
_BLANKS = " \t\r\n"
_MAX_DEPTH = 60


def read(text: str) -> Template:
    """Read a template. Raises TemplateError."""
    return _Reader(_scan(text)).template()


def _scan(text: str) -> list[Plain | tuple[Head, list[Token]]]:
    """Text and actions in order, blanks trimmed as the actions say."""
    parts: list[Plain | tuple[Head, list[Token]]] = []
    done, trim = 0, False
    while True:
        start = text.find("{{", done)
        stop = len(text) if start < 0 else start
        low = done
        if trim:
            while low < stop and text[low] in _BLANKS:
                low += 1
            last = parts[-1]
            assert not isinstance(last, Plain)  # only an action trims
            parts[-1] = (last[0]._replace(high=low), last[1])
        if start < 0:
            if low < stop:
                parts.append(Plain(low, stop))
            return parts
        left = text.startswith("-", start + 2) and text[start + 3 : start + 4] in tuple(_BLANKS)
        high = stop
        while left and high > low and text[high - 1] in _BLANKS:
            high -= 1
        if low < high:
            parts.append(Plain(low, high))
        comment = _COMMENT.match(text, start)
        found: list[Token] = []
        if comment:
            end, trim = comment.end(), text.endswith("-}}", start, comment.end())
        else:
            found, end, trim = tokens(text, start + (3 if left else 2))
        parts.append((Head(start, end, high, end), found))
        done = end


class _Reader:
    def __init__(self, parts: list[Plain | tuple[Head, list[Token]]]) -> None:
        self.parts = parts
        self.defines: dict[str, tuple[Item, ...]] = {}
        self.at = 0

    def template(self) -> Template:
        body = self._body(0)
        if self.at < len(self.parts):
            raise TemplateError
        return Template(body, self.defines)

    def _body(self, depth: int) -> tuple[Item, ...]:
        """Parts up to an `else` or `end`, which is left to the caller."""
        if depth > _MAX_DEPTH:
            raise TemplateError
        made: list[Item] = []
        while self.at < len(self.parts):
            piece = self.parts[self.at]
            if isinstance(piece, Plain):
                made.append(piece)
                self.at += 1
                continue
            head, found = piece[0], _without_blanks(piece[1])
            word = found[0].text if found and found[0].kind == "name" else ""
            if word in ("else", "end"):
                break
            self.at += 1
            if not found:
                continue
            if word in ("break", "continue"):
                made.append(Leave(head, word))
            elif word in ("if", "with", "range"):
                made.append(self._control(head, word, found[1:], depth))
            elif word in ("define", "block"):
                self._define(head, word, found, made, depth)
            elif word == "template":
                made.append(Emit(head, inclusion(found)))
            else:
                made.append(Emit(head, pipeline(found)))
        return tuple(made)

    def _define(self, head: Head, word: str, found: list[Token], made: list[Item], depth: int) -> None:
        call = inclusion(found)
        body = self._body(depth + 1)
        self._end()
        self.defines[_name(call)] = body
        if word == "block":
            made.append(Emit(head, call))

    def _control(self, head: Head, word: str, found: list[Token], depth: int) -> Control:
        branches: list[Branch] = []
        condition: Pipeline | None = pipeline(found)
        while True:
            branches.append(Branch(head, word, condition, self._body(depth + 1)))
            piece = self.parts[self.at] if self.at < len(self.parts) else None
            if piece is None or isinstance(piece, Plain):
                raise TemplateError
            words = [token for token in piece[1] if token.kind != "space"]
            if words[0].text == "end":
                return Control(tuple(branches), self._end())
            self.at += 1
            head, word = piece[0], words[1].text if len(words) > 1 else "else"
            if word not in ("else", "if", "with"):
                raise TemplateError
            condition = pipeline(_after(piece[1], words[1])) if word != "else" else None

    def _end(self) -> Head:
        piece = self.parts[self.at] if self.at < len(self.parts) else None
        if piece is None or isinstance(piece, Plain):
            raise TemplateError
        self.at += 1
        return piece[0]


def _without_blanks(found: list[Token]) -> list[Token]:
    return found[1:] if found and found[0].kind == "space" else found


def _after(found: list[Token], word: Token) -> list[Token]:
    return found[next(i for i, token in enumerate(found) if token is word) + 1 :]


def _name(call: Pipeline) -> str:
    include = call.commands[0]
    assert isinstance(include, Call) and isinstance(include.args[0], Literal)  # `inclusion` made it
    return str(include.args[0].value)


__all__ = [
    "Call", "Control", "Emit", "Item", "Literal", "Operand", "Path", "Pipeline", "Plain", "TemplateError", "read",
]  # fmt: skip
