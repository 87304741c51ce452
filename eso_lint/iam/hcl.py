"""HCL as Terraform, OpenTofu and Vault write it, read into blocks and expressions.

A reader of our own: the grammar is small, offsets are those of the file's text, and nothing has to be installed for
it. Reading is linear and bounded in depth. A statement that is no HCL is left out, and its place kept.
"""

from __future__ import annotations

import re

from eso_lint.iam import hcl_template
from eso_lint.iam.hcl_ast import (
    Attribute,
    Block,
    Body,
    Call,
    Choice,
    Expr,
    For,
    Get,
    HclError,
    Index,
    Literal,
    Name,
    Object,
    Operation,
    Splat,
    Text,
    Tuple,
)
from eso_lint.source.file import SourceFile

_MAX_DEPTH = 48
_MAX_CHAIN = 100
_MAX_BROKEN = 200

_SPACES = frozenset(" \t\r\n#/")

_COMMENT = r"#[^\n]*+|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)"
_SPACE = re.compile(rf"(?:[ \t\r]|{_COMMENT})*+")
_BLANK = re.compile(rf"(?:[ \t\r\n]|{_COMMENT})*+")
_NAME = re.compile(r"[^\W\d][\w-]*+")
_NUMBER = re.compile(r"\d++(?:\.\d++)?(?:[eE][+-]?\d++)?")
_STEP = re.compile(r"\.(?:([^\W\d][\w-]*+)|(\d++)|\*)")
_SPLAT = re.compile(r"\[[ \t]*\*[ \t]*\]")
_OPERATOR = re.compile(r"\|\||&&|==|!=|<=|>=|[<>+\-*/%]")
_POWER = {"||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6}
_FOR = re.compile(r"for[ \t\r\n]++(?=[^\W\d])")
_LABEL = re.compile(r"\"((?:[^\"\\\n]|\\.)*+)\"|([^\W\d][\w.-]*+)")
# Where reading goes on behind what is no HCL: a line with something at its margin.
_RESUME = re.compile(r"^[A-Za-z_]", re.MULTILINE)


def read(file: SourceFile) -> Body:
    """The blocks and attributes of a file. Never raises."""
    return Reader(file.text).file()


class Reader:
    """Reads one text from `at` on. `flat`: inside brackets, where a new line is but space."""

    def __init__(self, text: str, at: int = 0) -> None:
        self.text = text
        self.at = at
        self.depth = 0
        self.flat = False

    def file(self) -> Body:
        attributes: list[Attribute] = []
        blocks: list[Block] = []
        broken: list[int] = []
        while True:
            self.depth, self.flat = 0, False
            self.blank()
            if self.at >= len(self.text):
                return Body(tuple(attributes), tuple(blocks), tuple(broken))
            start = self.at
            try:
                self.statement(attributes, blocks)
            except HclError:
                broken.append(self.at)
                # Never back to what was read already, or a hostile file takes time that is quadratic.
                found = _RESUME.search(self.text, max(self.at, start + 1)) if len(broken) < _MAX_BROKEN else None
                self.at = found.start() if found else len(self.text)

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def expect(self, char: str) -> None:
        if self.peek() != char:
            raise HclError
        self.at += 1

    def space(self) -> None:
        if self.text[self.at : self.at + 1] not in _SPACES:
            return
        self.at = (_BLANK if self.flat else _SPACE).match(self.text, self.at).end()  # type: ignore[union-attr]

    def blank(self) -> None:
        if self.text[self.at : self.at + 1] not in _SPACES:
            return
        self.at = _BLANK.match(self.text, self.at).end()  # type: ignore[union-attr]

    def enter(self) -> None:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise HclError

    # Statements.

    def statement(self, attributes: list[Attribute], blocks: list[Block]) -> None:
        start = self.at
        name = self.label()
        end = self.at
        self.space()
        if self.peek() == "=" and not self.text.startswith("==", self.at):
            self.at += 1
            self.space()
            attributes.append(Attribute(name.text, self.expression(), start, end))
            self.space()
            if self.peek() in (",", ";"):
                self.at += 1
            elif self.peek() not in ("\n", "}", ""):
                raise HclError
            return
        labels: list[Text] = []
        while self.peek() != "{":
            labels.append(self.label())
            end = self.at
            self.space()
        self.at += 1
        self.enter()
        inside: list[Attribute] = []
        below: list[Block] = []
        self.blank()
        while self.peek() != "}":
            if self.at >= len(self.text):
                raise HclError
            self.statement(inside, below)
            self.blank()
        self.at += 1
        self.depth -= 1
        blocks.append(Block(name.text, tuple(labels), Body(tuple(inside), tuple(below)), start, end))

    def label(self) -> Text:
        found = _LABEL.match(self.text, self.at)
        if found is None:
            raise HclError
        self.at = found.end()
        group = 1 if found[1] is not None else 2
        return Text(found[group], found.start(group), found.end(group))

    # Expressions.

    def inside(self, close: str, flat: bool = True) -> Expr:
        """An expression in brackets of which the first was read."""
        outer, self.flat = self.flat, flat
        self.blank()
        found = self.expression()
        self.blank()
        self.flat = outer
        self.expect(close)
        return found

    def expression(self) -> Expr:
        self.enter()
        found = self.operation(0)
        back = self.at
        self.space()
        if self.peek() == "?":
            self.at += 1
            self.blank()
            yes = self.expression()
            self.blank()
            self.expect(":")
            self.blank()
            no = self.expression()
            found = Choice(found, yes, no, found.start, self.at)
        else:
            self.at = back
        self.depth -= 1
        return found

    def operation(self, power: int) -> Expr:
        left = self.unary()
        for _ in range(_MAX_CHAIN):
            back = self.at
            self.space()
            found = _OPERATOR.match(self.text, self.at)
            if found is None or _POWER[found[0]] <= power:
                self.at = back
                return left
            self.at = found.end()
            self.blank()
            right = self.operation(_POWER[found[0]])
            left = Operation(found[0], left, right, left.start, right.end)
        raise HclError

    def unary(self) -> Expr:
        operator, start = self.peek(), self.at
        if operator not in ("!", "-"):
            return self.postfix()
        self.at += 1
        self.enter()
        self.space()
        inner = self.unary()
        self.depth -= 1
        return Operation(operator, None, inner, start, inner.end)

    def postfix(self) -> Expr:
        found = self.primary()
        start = found.start
        for _ in range(_MAX_CHAIN):
            if self.peek() == "[":
                splat = _SPLAT.match(self.text, self.at)
                self.at += 1
                if splat is not None:
                    self.at = splat.end()
                    found = Splat(found, start, self.at)
                else:
                    key = self.inside("]")
                    found = Index(found, key, start, self.at)
                continue
            step = _STEP.match(self.text, self.at)
            if step is None:
                return found
            self.at = step.end()
            if step[1]:
                found = Get(found, step[1], start, self.at)
            elif step[2]:
                found = Index(found, Literal(step[2], step.start(2), step.end(2)), start, self.at)
            else:
                found = Splat(found, start, self.at)
        raise HclError

    def primary(self) -> Expr:
        char, start = self.peek(), self.at
        if char == '"':
            return hcl_template.quoted(self)
        if char == "<":
            return hcl_template.heredoc(self)
        if char in ("[", "{"):
            self.at += 1
            outer, self.flat = self.flat, char == "["
            self.blank()
            made: Expr
            if _FOR.match(self.text, self.at) and not self._is_key():
                made = self.comprehension(start, "]" if char == "[" else "}")
            else:
                made = self.tuple(start) if char == "[" else self.object(start)
            self.flat = outer
            return made
        if char == "(":
            self.at += 1
            return self.inside(")")
        number = _NUMBER.match(self.text, self.at)
        if number is not None:
            self.at = number.end()
            return Literal(number[0], start, self.at)
        name = _NAME.match(self.text, self.at)
        if name is None:
            raise HclError
        self.at = name.end()
        if name[0] in ("true", "false", "null"):
            return Literal(name[0], start, self.at)
        function = name[0]
        while self.text.startswith("::", self.at) and (more := _NAME.match(self.text, self.at + 2)) is not None:
            function = f"{function}::{more[0]}"
            self.at = more.end()
        return self.call(function, start) if self.peek() == "(" else Name(name[0], start, self.at)

    def _is_key(self) -> bool:
        """Whether `for` is the name of an entry."""
        return re.compile(r"for\s*[=:]").match(self.text, self.at) is not None

    def call(self, name: str, start: int) -> Call:
        self.at += 1
        outer, self.flat = self.flat, True
        args: list[Expr] = []
        expand = False
        self.blank()
        while self.peek() != ")":
            args.append(self.expression())
            self.blank()
            if self.text.startswith("...", self.at):
                expand = True
                self.at += 3
                self.blank()
            if self.peek() == ",":
                self.at += 1
                self.blank()
            elif self.peek() != ")":
                raise HclError
        self.at += 1
        self.flat = outer
        return Call(name, tuple(args), expand, start, self.at)

    def tuple(self, start: int) -> Tuple:
        found: list[Expr] = []
        while self.peek() != "]":
            found.append(self.expression())
            self.blank()
            if self.peek() == ",":
                self.at += 1
                self.blank()
            elif self.peek() != "]":
                raise HclError
        self.at += 1
        return Tuple(tuple(found), start, self.at)

    def object(self, start: int) -> Object:
        found: list[tuple[Expr, Expr]] = []
        while self.peek() != "}":
            key = self.expression()
            self.space()
            if self.peek() not in ("=", ":"):
                raise HclError
            self.at += 1
            self.blank()
            found.append((key, self.expression()))
            self.space()
            if self.peek() not in (",", "\n", "}"):
                raise HclError
            if self.peek() == ",":
                self.at += 1
            self.blank()
        self.at += 1
        return Object(tuple(found), start, self.at)

    def comprehension(self, start: int, close: str) -> For:
        self.flat = True
        self.at = _FOR.match(self.text, self.at).end()  # type: ignore[union-attr]
        names = [self.word()]
        if self.peek() == ",":
            self.at += 1
            self.blank()
            names.append(self.word())
        if self.word() != "in":
            raise HclError
        source = self.expression()
        self.blank()
        self.expect(":")
        self.blank()
        key: Expr | None = None
        value = self.expression()
        self.blank()
        if self.text.startswith("=>", self.at):
            self.at += 2
            self.blank()
            key, value = value, self.expression()
            self.blank()
        group = self.text.startswith("...", self.at)
        if group:
            self.at += 3
            self.blank()
        test = None
        if self.peek() == "i":
            if self.word() != "if":
                raise HclError
            test = self.expression()
            self.blank()
        self.expect(close)
        return For(tuple(names), source, key, value, test, group, start, self.at)

    def word(self) -> str:
        found = _NAME.match(self.text, self.at)
        if found is None:
            raise HclError
        self.at = found.end()
        self.blank()
        return found[0]
