"""Files of YAML and JSON that are read for identities alone, and texts in their scalars with places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from eso_lint.iam.grant import HOLE, Piece, Unread, Value
from eso_lint.model.workspace import Workspace
from eso_lint.source.node import Mapping, Node, Opaque, Scalar

_ENDS = (".yaml", ".yml", ".json", ".template")
_MAX_BYTES = 2_000_000
_PLACEHOLDER = re.compile(r"\$\{[^{}\n]*\}|\{\{[^{}\n]*\}\}|\$\([^()\n]*\)|<[^<>\n]*>|\$[A-Z_]{2,}")


def roots(ws: Workspace, *needles: str) -> Iterator[Mapping]:
    """The documents of all files that hold one of these texts."""
    from eso_lint.source.parse import parse

    def wanted(text: str) -> bool:
        return any(needle in text for needle in needles)

    sought = [needle.encode() for needle in needles]

    # Of a file that was parsed for the rules, documents may be left out that count here.
    for path, file in ws.sources.items():
        if path.endswith(_ENDS) and file.size <= _MAX_BYTES and any(file.holds(needle) for needle in sought):
            for document in parse(file, wanted).documents:
                if isinstance(document.root, Mapping):
                    yield document.root


def too_large(ws: Workspace, *needles: str) -> Iterator[Unread]:
    """The files that `roots` leaves out for their size."""
    sought = [needle.encode() for needle in needles]
    for path, file in ws.sources.items():
        if path.endswith(_ENDS) and file.size > _MAX_BYTES and any(file.holds(needle) for needle in sought):
            yield Unread(path, "larger than 2 MB")


def value_of(node: Node | None) -> Value | None:
    """The text of a scalar with the places of its parts; None for what is no scalar. What a template puts is a hole."""
    if isinstance(node, Scalar):
        return _placed(node)
    if isinstance(node, Opaque):
        if not _PLACEHOLDER.search(node.text):
            return Value(HOLE, node.span)
        return replaced(_placed(written(node)), _PLACEHOLDER, lambda _: HOLE)
    return Value(HOLE, node.span) if node is not None else None


def written(node: Opaque) -> Scalar:
    """Text with variables or templates in it, as if it had none."""
    first = node.file.text[node.start : node.start + 1]
    return Scalar(node.file, node.start, node.end, node.text, first if first and first in "'\"|>" else "")


def _placed(node: Scalar) -> Value:
    span = node.span
    if node.style in ("'", '"'):
        inner = span._replace(start=span.start + 1, end=span.end - 1)
        return Value(node.text, inner if inner.text == node.text else span)
    if node.style != "|":
        return Value(node.text, span)
    text = span.file.text
    pieces: list[Piece] = []
    offset = 0
    at = text.find("\n", span.start) + 1
    for line in node.text.split("\n"):
        end = text.find("\n", at)
        raw = text[at : end if end >= 0 else len(text)].rstrip("\r")
        if not raw.endswith(line):
            return Value(node.text, span)
        pieces.append(Piece(offset, at + len(raw) - len(line), True))
        offset += len(line) + 1
        at = end + 1
    return Value(node.text, span, tuple(pieces))


def replaced(value: Value, pattern: re.Pattern[str], put: Callable[[re.Match[str]], str]) -> Value:
    """A text with parts replaced, and the places of those that stay."""
    pieces = value.pieces
    if not pieces and value.span.end - value.span.start == len(value.raw):
        pieces = (Piece(0, value.span.start, True),)
    out: list[str] = []
    made: list[Piece] = []
    size = at = 0

    def keep(start: int, end: int) -> None:
        for place, piece in enumerate(pieces):
            until = pieces[place + 1].offset if place + 1 < len(pieces) else len(value.raw)
            first = max(start, piece.offset)
            if first < min(end, until):
                moved = piece.start + (first - piece.offset if piece.exact else 0)
                made.append(Piece(size + first - start, moved, piece.exact))

    for match in pattern.finditer(value.raw):
        keep(at, match.start())
        out.append(value.raw[at : match.start()])
        size += match.start() - at
        text = put(match)
        where = next((p for p in reversed(pieces) if p.offset <= match.start()), None)
        if where is not None:
            start = where.start + (match.start() - where.offset if where.exact else 0)
            made.append(Piece(size, start, text == match[0]))
        out.append(text)
        size += len(text)
        at = match.end()
    keep(at, len(value.raw))
    return Value("".join([*out, value.raw[at:]]), value.span, tuple(made))
