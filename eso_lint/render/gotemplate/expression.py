"""What stands between the braces of a Go template: tokens, and pipelines of commands."""

from __future__ import annotations

import re
from typing import NamedTuple

from eso_lint.render.gotemplate.syntax import Call, Literal, Operand, Path, Pipeline, TemplateError

_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|(?P<char>'(?:[^'\\\n]|\\.)+')
    |(?P<number>[+-]?(?:0[xX][0-9a-fA-F_]+|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.]))
    |(?P<path>\$\w*(?:\.\w+)*|\.\w+(?:\.\w+)*|\.)|(?P<name>\w+)|(?P<mark>:=|[=|(),])""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))")
_PLAIN_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_CONSTANTS: dict[str, object] = {"true": True, "false": False, "nil": None}
_MAX_DEPTH = 60


class Token(NamedTuple):
    kind: str
    text: str


def tokens(text: str, at: int) -> tuple[list[Token], int, bool]:
    """The tokens of an action whose content begins at an offset, where it ends, and whether it trims behind it."""
    found: list[Token] = []
    while True:
        if text.startswith("}}", at):
            return found, at + 2, False
        if text.startswith("-}}", at) and text[at - 1] in " \t\r\n":
            return found, at + 3, True
        match = _TOKEN.match(text, at)
        if match is None:
            raise TemplateError
        found.append(Token(match.lastgroup or "", match[0]))
        at = match.end()


def pipeline(found: list[Token]) -> Pipeline:
    """All tokens as one pipeline."""
    expression = _Expression(found)
    made = expression.pipeline()
    if expression.peek().kind != "end":
        raise TemplateError
    return made


def inclusion(found: list[Token]) -> Pipeline:
    """`template "x" .`, `define "x"`, `block "x" .` as a call of `include`."""
    expression = _Expression(found[1:])
    name = expression.operand()
    if not isinstance(name, Literal):
        raise TemplateError
    if expression.peek().kind == "end":
        return Pipeline((Call("include", (name, Literal(None))),))
    inner = expression.pipeline()
    return Pipeline((Call("include", (name, Path(inner, ()))),))


class _Expression:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0
        self._depth = 0

    def peek(self) -> Token:
        while self._at < len(self._tokens) and self._tokens[self._at].kind == "space":
            self._at += 1
        return self._tokens[self._at] if self._at < len(self._tokens) else Token("end", "")

    def pipeline(self) -> Pipeline:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise TemplateError
        declares, assigns = self._declared()
        commands = [self._command()]
        while self.peek().text == "|":
            self._at += 1
            commands.append(self._command())
        self._depth -= 1
        return Pipeline(tuple(commands), declares, assigns)

    def _declared(self) -> tuple[tuple[str, ...], bool]:
        start, names = self._at, []
        while True:
            token = self.peek()
            if token.kind != "path" or not token.text.startswith("$") or "." in token.text:
                break
            names.append(token.text)
            self._at += 1
            mark = self.peek().text
            self._at += 1
            if mark in (":=", "="):
                return tuple(names), mark == "="
            if mark != ",":
                break
        self._at = start
        return (), False

    def _command(self) -> Operand:
        token = self.peek()
        name = ""
        if token.kind == "name" and token.text not in _CONSTANTS:
            name = token.text
            self._at += 1
        operands: list[Operand] = []
        while True:
            token = self.peek()
            if token.kind == "end" or token.text in ("|", ")"):
                break
            operands.append(self.operand())
        if name:
            return Call(name, tuple(operands))
        if not operands:
            raise TemplateError
        return operands[0] if len(operands) == 1 else Call("", tuple(operands))

    def operand(self) -> Operand:
        token = self.peek()
        self._at += 1
        if token.text == "(" and token.kind == "mark":
            inner = self.pipeline()
            if self.peek().text != ")":
                raise TemplateError
            self._at += 1
            after = self._tokens[self._at] if self._at < len(self._tokens) else Token("end", "")
            if after.kind == "path" and after.text.startswith(".") and len(after.text) > 1:
                self._at += 1
                return Path(inner, tuple(after.text[1:].split(".")))
            return Path(inner, ())
        if token.kind == "path":
            base, *fields = token.text.split(".")
            return Path(base, tuple(field for field in fields if field))
        if token.kind == "name":
            return Literal(_CONSTANTS[token.text]) if token.text in _CONSTANTS else Call(token.text, ())
        return Literal(_constant(token))


def _constant(token: Token) -> object:
    text = token.text
    if token.kind == "string":
        return text[1:-1] if text[0] == "`" else _ESCAPE.sub(_unescape, text[1:-1])
    if token.kind == "char":
        return ord(_ESCAPE.sub(_unescape, text[1:-1])[0])
    if token.kind != "number":
        raise TemplateError
    digits = text.replace("_", "")
    try:
        if "x" in text or "X" in text:
            return int(digits, 16)
        return float(digits) if re.search(r"[.eE]", text) else int(digits)
    except ValueError:
        raise TemplateError from None


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code:
        return chr(min(int(code, 16), 0x10FFFF))
    if match[4]:
        return chr(int(match[4], 8))
    return _PLAIN_ESCAPES.get(match[5], match[5])
