"""Vault and OpenBao policies: HCL (`path "…" { capabilities = […] }`) or JSON, wherever the text stands.

The text is read in one pass. What is not understood leaves the policy open: it may grant more than is seen.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

from eso_lint.iam.grant import HOLE, Piece, Value, VaultRule
from eso_lint.source.file import Span

# The old way to write capabilities.
_LEGACY = {
    "deny": ("deny",),
    "read": ("read", "list"),
    "write": ("create", "read", "update", "delete", "list"),
    "sudo": ("create", "read", "update", "delete", "list", "sudo"),
}
_TOKEN = re.compile(
    r"(?P<skip>[ \t\r\n,;]+|\#[^\n]*|//[^\n]*|/\*.*?\*/)"
    r"|(?P<string>\"(?:[^\"\\\n]|\\.)*\")"
    r"|(?P<word>[A-Za-z_][\w.-]*)|(?P<number>-?\d[\w.]*)|(?P<mark>[{}\[\]=:])",
    re.DOTALL,
)
# Terraform, Helm and Vault's own identity templates, and the placeholders of scripts and of people.
_UNKNOWN = re.compile(r"[$%]\{[^{}\"\n]*\}|\{\{[^{}\n]*\}\}|\$\w+|\$\([^()\n]*\)|<[\w -]+>|\{[A-Za-z_]\w*\}")
_ESCAPE = re.compile(r"\\(.)")
_MAX_CHARS = 2_000_000
_MAX_RULES = 5_000


class Rules(NamedTuple):
    """The paths of a policy. `open`: there may be more."""

    rules: tuple[VaultRule, ...]
    open: bool


class Places:
    """Where parts of a text stand, for a text that is read further."""

    def __init__(self, value: Value) -> None:
        self.whole = value.span
        self.pieces = value.pieces
        if not self.pieces and value.span.end - value.span.start == len(value.raw):
            self.pieces = (Piece(0, value.span.start, True),)
        self.offsets = [piece.offset for piece in self.pieces]

    def __call__(self, start: int, end: int) -> Span:
        if not self.pieces:
            return self.whole
        first = self._at(start)
        return Span(self.whole.file, first, max(self._at(end - 1) + 1, first + 1))

    def _at(self, offset: int) -> int:
        piece = self.pieces[max(bisect_right(self.offsets, offset) - 1, 0)]
        return piece.start + (offset - piece.offset if piece.exact else 0)


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


def vault_rules(text: str, place: Callable[[int, int], Span], start: int = 0, end: int | None = None) -> Rules:
    """The paths of the policy in a stretch of text; `place` gives the span of offsets."""
    end = len(text) if end is None else end
    if end - start > _MAX_CHARS:
        return Rules((), True)
    tokens, whole = _tokens(text, start, end)
    reader = _Reader(tokens, place)
    reader.body()
    return Rules(tuple(reader.rules), reader.open or not whole)


def looks_like_policy(text: str) -> bool:
    """Whether a text may hold a policy at all."""
    return "path" in text and ("capabilities" in text or "policy" in text)


def _tokens(text: str, start: int, end: int) -> tuple[list[_Token], bool]:
    found: list[_Token] = []
    whole = True
    at = start
    while at < end:
        match = _TOKEN.match(text, at, end)
        if match is None:
            whole = False  # not of this language: what follows may still be understood
            at += 1
            continue
        at = match.end()
        kind = match.lastgroup or ""
        if kind != "skip":
            found.append(_Token(kind, match[0], match.start(), at))
    return found, whole


def value_of(raw: str, span: Span) -> Value:
    """A text as written, its templates as holes."""
    return Value(_UNKNOWN.sub(HOLE, raw), span)


class _Reader:
    """A cursor over tokens. Blocks of rules lie one deep in HCL, two deep (`{"path": {…}}`) in JSON."""

    def __init__(self, tokens: list[_Token], place: Callable[[int, int], Span]) -> None:
        self.tokens = tokens
        self.place = place
        self.at = 0
        self.rules: list[VaultRule] = []
        self.open = False

    def peek(self) -> _Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def mark(self, text: str) -> bool:
        token = self.peek()
        if token is not None and token.kind == "mark" and token.text == text:
            self.at += 1
            return True
        return False

    def body(self) -> None:
        if self.tokens and self.mark("{"):
            pass  # JSON's outermost object
        while (token := self.peek()) is not None:
            self.at += 1
            if token.text.strip('"') == "path":
                self.mark("=") or self.mark(":")
                self.paths()
            elif token.text == "}" and self.at == len(self.tokens):
                return
            else:
                self.open = self.open or token.text.strip('"') not in ("name",)
                self.value()

    def paths(self) -> None:
        """After `path`: a name and its block, or (JSON) an object or list of them."""
        if self.mark("["):
            while (token := self.peek()) is not None and not self.mark("]"):
                if token.text == "[":
                    self.open = True  # no list of lists
                    return
                self.paths()
            return
        if not self.mark("{"):
            self.named()
            return
        while self.peek() is not None and not self.mark("}"):
            if not self.named():
                return

    def named(self) -> bool:
        token = self.peek()
        if token is None or token.kind != "string" or len(self.rules) >= _MAX_RULES:
            self.open = True
            self.at += 1
            return False
        self.at += 1
        self.mark("=") or self.mark(":")
        if not self.mark("{"):
            self.open = True
            return False
        capabilities = self.fields()
        path = self.text(token)
        path = path._replace(raw=path.raw.removeprefix("/"))
        self.rules.append(VaultRule(path, capabilities, path.span))
        return True

    def fields(self) -> tuple[Value, ...]:
        """The capabilities of a block whose brace is open."""
        found: list[Value] = []
        while (token := self.peek()) is not None and not self.mark("}"):
            self.at += 1
            name = token.text.strip('"')
            assigned = self.mark("=") or self.mark(":")
            if name == "capabilities" and assigned:
                found += self.texts(token)
            elif name == "policy" and assigned:
                for value in self.texts(token):
                    found += [Value(c, value.span) for c in _LEGACY.get(value.raw, (HOLE,))]
            elif assigned or self._opens():
                self.value()
        self.open = self.open or self.tokens[self.at - 1].text != "}"
        return tuple(found)

    def _opens(self) -> bool:
        token = self.peek()
        return token is not None and token.text in ("{", "[")

    def texts(self, owner: _Token) -> list[Value]:
        """A string, or a list of them; anything else is one hole."""
        token = self.peek()
        if token is not None and token.kind == "string":
            self.at += 1
            return [self.text(token)]
        if not self.mark("["):
            self.value()
            return [Value(HOLE, self.place(owner.start, owner.end))]
        found = []
        while (token := self.peek()) is not None and not self.mark("]"):
            self.at += 1
            known = token.kind == "string"
            found.append(self.text(token) if known else Value(HOLE, self.place(token.start, token.end)))
        return found

    def value(self) -> None:
        """Pass over one value, or over what a block holds."""
        depth = 0
        while (token := self.peek()) is not None:
            if token.text in ("}", "]") and depth == 0:
                return
            self.at += 1
            if token.text in ("{", "["):
                depth += 1
            elif token.text in ("}", "]"):
                depth -= 1
            if depth == 0 and (token.text in ("}", "]") or token.kind in ("string", "number", "word")):
                return

    def text(self, token: _Token) -> Value:
        raw = token.text[1:-1]
        if "\\" in raw:
            raw = _ESCAPE.sub(r"\1", raw)
        return value_of(raw, self.place(token.start + 1, token.end - 1))
