"""The `${VAR}` grammar of Flux's post-build substitution, by the letter of its parser.

It is not the shell's: `${VAR-x}` and `${VAR+x}` are refused, and `${VAR:+x}` and `${VAR:?x}` give a default like
`${VAR:-x}` does.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_DEFAULTS = ("=", "-", "?", "+")


class UnknownVariableError(Exception):
    """The value of a variable is not in the repository."""


class BadSubstitutionError(Exception):
    """Text that Flux refuses: the whole Kustomization fails to build."""


def expand(text: str, value: Callable[[str], str]) -> str:
    """The text with its variables replaced. `value` gives a variable's value ("" where it is not set).

    Raises BadSubstitutionError, and lets through what `value` raises.
    """
    return _Reader(text, value).text()


class _Reader:
    def __init__(self, source: str, value: Callable[[str], str]) -> None:
        self.source = source
        self.value = value
        self.at = 0

    def text(self) -> str:
        source, out = self.source, []
        while True:
            dollar = source.find("$", self.at)
            if dollar < 0:
                out.append(source[self.at :])
                return "".join(out)
            out.append(source[self.at : dollar])
            self.at = dollar + 1
            following = source[self.at : self.at + 1]
            if following == "{":
                self.at += 1
                out.append(self.expression())
            else:
                out.append("$")
                self.at += following == "$"

    def expression(self) -> str:
        """What stands behind `${`, up to its brace."""
        if self._peek() == "#":
            self.at += 1
            text = self._ascii(self.value(self._name()))
            self._close()
            return str(len(text))
        name = self._name()
        head = self._peek()
        if head == "}":
            self.at += 1
            return self.value(name)
        if head == "=" or (head == ":" and self.source[self.at + 1 : self.at + 2] in _DEFAULTS):
            self.at += 1 if head == "=" else 2
            return self._default(name)
        if head == ":":
            return self._slice(name)
        if head in (",", "^"):
            operator = self._operator(",^")
            self._close()
            return _case(operator, self.value(name))
        if head == "/":
            return self._replace(name)
        if head in ("#", "%"):
            operator = self._operator(head)
            pattern = self._part("}")
            self._close()
            return _trim(operator, self.value(name), pattern)
        raise BadSubstitutionError(f"`${{{name}` is not closed by a brace")

    def _default(self, name: str) -> str:
        parts = []
        while self._peek() != "}":
            parts.append(self._part("}"))
        self.at += 1
        return self.value(name) or "".join(parts)

    def _slice(self, name: str) -> str:
        self.at += 1
        numbers = [self._part(":}")]
        if self._peek() == ":":
            while self._peek() == ":":
                self.at += 1
            numbers.append(self._part("}"))
        self._close()
        text = self.value(name)
        if not all(re.fullmatch(r"[-+]?\d{1,9}", n) for n in numbers):
            return text
        text, start = self._ascii(text), int(numbers[0])
        start = max(0, len(text) + start) if start < 0 else start
        if len(numbers) == 1:
            return text[start:]
        length = int(numbers[1])
        return text[start : start + length] if length >= 0 else text[start : max(start, len(text) + length)]

    def _replace(self, name: str) -> str:
        self.at += 1
        operator = self._peek()
        if operator in ("/", "#", "%"):
            self.at += 1
        old = "" if self._peek() == "/" else self._part("/", escapes=True)
        if self._peek() != "/":
            raise BadSubstitutionError(f"`${{{name}/` has no second `/`")
        while self._peek() == "/":
            self.at += 1
        blank = self._peek() == "}"
        new = "" if blank else self._part("}", escapes=True)
        self._close()
        text = self.value(name)
        if operator in ("#", "%") and blank:
            return text
        if operator == "#":
            return new + text[len(old) :] if text.startswith(old) else text
        if operator == "%":
            return text[: len(text) - len(old)] + new if text.endswith(old) else text
        return text.replace(old, new) if operator == "/" else text.replace(old, new, 1)

    def _part(self, stop: str, escapes: bool = False) -> str:
        """One argument: a nested expression, or text up to a stop or the next expression."""
        source, out = self.source, []
        if source.startswith("${", self.at):
            self.at += 2
            return self.expression()
        start = self.at
        while self.at < len(source) and not source.startswith("${", self.at):
            pair = source[self.at : self.at + 2]
            if escapes and pair in ("$$", "\\/", "\\\\"):
                out.append(pair[1])
                self.at += 2
            elif source[self.at] in stop:
                break
            else:
                out.append(source[self.at])
                self.at += 1
        if self.at == start:
            raise BadSubstitutionError("an argument is missing")
        return "".join(out)

    def _operator(self, characters: str) -> str:
        start = self.at
        while self.at < start + 2 and self._peek() in characters and self._peek():
            self.at += 1
        return self.source[start : self.at]

    def _name(self) -> str:
        start = self.at
        while self.at < len(self.source) and (self.source[self.at].isalnum() or self.source[self.at] == "_"):
            self.at += 1
        if self.at == start:
            raise BadSubstitutionError("`${` is followed by no variable name")
        return self.source[start : self.at]

    def _peek(self) -> str:
        return self.source[self.at : self.at + 1]

    def _close(self) -> None:
        if self._peek() != "}":
            raise BadSubstitutionError("a closing brace is missing")
        self.at += 1

    @staticmethod
    def _ascii(text: str) -> str:
        """Flux counts bytes."""
        if not text.isascii():
            raise UnknownVariableError
        return text


def _case(operator: str, text: str) -> str:
    if operator in (",,", "^^"):
        return text.lower() if operator == ",," else text.upper()
    if operator in (",", "^"):
        return (text[:1].lower() if operator == "," else text[:1].upper()) + text[1:]
    return text


def _trim(operator: str, text: str, pattern: str) -> str:
    """`#`, `##`, `%`, `%%`: the shortest or longest start or end that matches a glob is cut off."""
    if any(c in pattern for c in "[]\\"):
        raise UnknownVariableError
    glob = re.compile("".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern), re.DOTALL)
    lengths = range(1, len(text) + 1)
    if len(operator) == 2:
        lengths = lengths[::-1]
    for length in lengths:
        piece = text[:length] if operator[0] == "#" else text[len(text) - length :]
        if glob.fullmatch(piece):
            return text[length:] if operator[0] == "#" else text[: len(text) - length]
    return text
