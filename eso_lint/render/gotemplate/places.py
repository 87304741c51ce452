"""What templates print, read as YAML: every node at the place where a person would edit it."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from eso_lint.render.gotemplate.text import LITERAL, RESIDUAL, VALUE, Piece, Text
from eso_lint.source.node import Document, Mapping, Node, Opaque, Scalar, Sequence, SourceFile, Span, walk
from eso_lint.source.parse import chunks, read_chunk
from eso_lint.source.placeholder import why
from eso_lint.source.template import mask
from eso_lint.source.unmask import unmask

# Printed text that looks like an action is none: it is hidden from the mask, and given back afterwards.
_LOOKS = re.compile(r"(?<=[{#%])[{%#@|]")
_HIDDEN = {ord(char): 0xE001 + i for i, char in enumerate("{%#@|")}
_SHOWN = {hidden: char for char, hidden in _HIDDEN.items()}
_EDGES = " \t\r\n'\""


class Printed(NamedTuple):
    """One document. `start` and `end` are where its template prints it.

    `maybe` says that it is printed only under a condition that cannot be known, `whole` that no action is left standing
    in it. `origins` maps the place of a value to the action that prints it.
    """

    root: Node
    start: int
    end: int
    maybe: bool
    whole: bool
    origins: dict[Span, Span]


def documents(text: Text, file: SourceFile, read: tuple[Document, ...] = ()) -> list[Printed] | None:
    """The documents of what the template in `file` prints. None where it is no YAML.

    `read` are those that were read from the template as it stands.
    """
    pieces = [piece for piece in text.pieces if piece.text or piece.kind == VALUE]
    places = _Places(pieces, file)
    shown = "".join(piece.text for piece in pieces)
    printed = SourceFile(file.path, b"")
    printed._text = shown
    hidden: str | None = None
    found: list[Printed] = []
    for start, end in chunks(shown):
        chunk = shown[start:end]
        if not chunk.strip() or chunk.strip() == "---":
            continue
        literal = places.literal(start, end)
        if literal is not None:
            # The file's own text, as a whole: it is read where it stands.
            roots = _known(literal, read)
            if not roots:
                result = read_chunk(literal.file, chunk, literal.start, 0)
                if result.refused is not None:
                    return None
                roots = result.roots
            found += [places.literal_document(root, start, literal) for root in roots]
            continue
        residual = places.residual(start, end)
        if residual:
            if hidden is None:
                hidden = "".join(p.text if p.kind == RESIDUAL else _LOOKS.sub(_hide, p.text) for p in pieces)
            masked = mask(hidden[start:end], start)
            result = read_chunk(printed, masked.text, start, 0, masked=True)
            roots = [unmask(root, masked) for root in result.roots]
        else:
            result = read_chunk(printed, chunk, start, 0)
            roots = result.roots
        if result.refused is not None:
            return None
        found += [places.document(root, residual) for root in roots]
    return found


def _known(place: Span, read: tuple[Document, ...]) -> list[Node]:
    """The tree that was already read of a stretch of text, if it was read by itself."""
    found = [
        document.root
        for document in read
        if document.file is place.file and place.start <= document.root.start and document.root.end <= place.end
    ]
    return found if len(found) == 1 and isinstance(found[0], Mapping) and not found[0].open else []


def _hide(match: re.Match[str]) -> str:
    return match[0].translate(_HIDDEN)


class _Places:
    """From offsets in the printed text to places in files."""

    def __init__(self, pieces: list[Piece], file: SourceFile) -> None:
        self.pieces = pieces
        self.file = file
        self.starts: list[int] = []
        self.unsure: list[tuple[int, int]] = []
        self.residuals: list[int] = []
        opened: list[int] = []
        at = 0
        for piece in pieces:
            self.starts.append(at)
            if piece.kind == RESIDUAL:
                self.residuals.append(at)
                word = piece.text.strip()
                if word in ("{{ if ? }}", "{{ range ? }}"):
                    opened.append(at)
                elif word == "{{ end }}":
                    self.unsure.append((opened.pop(), at))
            at += len(piece.text)

    def residual(self, start: int, end: int) -> bool:
        i = bisect_right(self.residuals, start - 1)
        return i < len(self.residuals) and self.residuals[i] < end

    def literal(self, start: int, end: int) -> Span | None:
        """The place of text that one piece of a file has all of."""
        i = bisect_right(self.starts, start) - 1
        piece = self.pieces[i]
        offset = start - self.starts[i]
        if piece.kind != LITERAL or piece.place is None or end - self.starts[i] > len(piece.text):
            return None
        return Span(piece.place.file, piece.place.start + offset, piece.place.start + offset + end - start)

    def literal_document(self, root: Node, start: int, place: Span) -> Printed:
        maybe = any(low <= start + root.start - place.start <= high for low, high in self.unsure)
        inside = place.file is self.file
        return Printed(root, root.start if inside else 0, root.end if inside else 0, maybe, True, {})

    def document(self, root: Node, residual: bool) -> Printed:
        maybe = any(low <= root.start <= high for low, high in self.unsure)
        low, high = self._extent(root.start, root.end)
        origins: dict[Span, Span] = {}
        nodes = list(walk(root))
        where = [self._place(node) for node in nodes]
        for node, (place, action, exact) in zip(nodes, where, strict=True):
            node.file, node.start, node.end = place
            if action is not None:
                origins[place] = action
            if isinstance(node, Scalar):
                if not exact and node.style in ("|", ">"):
                    # What the file has there is not the text: nobody must look for places inside of it.
                    node.style = "'"
                node.text = node.text.translate(_SHOWN)
            elif isinstance(node, Opaque) and residual:
                node.text = place.text
        for node in nodes:
            self._give_back(node)
        return Printed(root, low, high, maybe, not residual, origins)

    def _extent(self, start: int, end: int) -> tuple[int, int]:
        """From where to where the template itself prints this."""
        found: list[Span] = []
        for i in range(*self._range(start, end)):
            piece, at = self.pieces[i], self.starts[i]
            place = self._own(i)
            if place is None or place.file is not self.file:
                continue
            if piece.kind == LITERAL:
                first, last = max(start - at, 0), min(end - at, len(piece.text))
                place = Span(place.file, place.start + first, place.start + last)
            found.append(place)
        return min((p.start for p in found), default=0), max((p.end for p in found), default=0)

    def _give_back(self, node: Node) -> None:
        """Printed text that another tool reads as a template is Opaque, as it is in a file."""
        if isinstance(node, Mapping):
            node.entries = tuple((key, _marked(value)) for key, value in node.entries)
            node._index = None
        elif isinstance(node, Sequence):
            node.items = tuple(_marked(item) for item in node.items)

    def _range(self, start: int, end: int) -> tuple[int, int]:
        low = max(bisect_right(self.starts, start) - 1, 0)
        return low, max(bisect_right(self.starts, max(end - 1, start)), low + 1)

    def _own(self, i: int) -> Span | None:
        """Where a piece stands in the template that prints it."""
        piece = self.pieces[i]
        return piece.action if piece.kind == VALUE else piece.place

    def _place(self, node: Node) -> tuple[Span, Span | None, bool]:
        """The place of a node, the action if it is a value of elsewhere, and whether the file has its very text."""
        low, high = self._range(node.start, node.end)
        if isinstance(node, (Mapping, Sequence)):
            return self._container(node, low, high), None, False
        values: list[Piece] = []
        spans: list[Span] = []
        literal = True
        for i in range(low, high):
            piece, at = self.pieces[i], self.starts[i]
            first, last = max(node.start - at, 0), min(node.end - at, len(piece.text))
            if piece.kind == VALUE:
                values.append(piece)
                literal = False
            elif piece.kind != LITERAL:
                literal = False
                if piece.place is not None and piece.text[first:last].strip(_EDGES):
                    spans.append(piece.place)
            elif piece.place is not None and (text := piece.text[first:last]):
                start = piece.place.start + first
                if text.strip(_EDGES) or (literal and high - low == 1):
                    spans.append(Span(piece.place.file, start, start + len(text)))
        places = {piece.place for piece in values}
        if len(places) == 1 and not spans and values[0].place is not None:
            return values[0].place, values[0].action, False
        spans += [piece.action for piece in values if piece.action is not None]
        if not spans:
            return self._nearest(low), None, False
        place = _together(spans)
        return place, None, literal and place.end - place.start == node.end - node.start

    def _container(self, node: Node, low: int, high: int) -> Span:
        first, last = self.pieces[low], self.pieces[high - 1]
        start = self._edge(first, node.start - self.starts[low]) or self._nearest(low)
        end = self._edge(last, node.end - self.starts[high - 1])
        if end is None or end.file is not start.file or end.start < start.start:
            return start
        return Span(start.file, start.start, end.start)

    def _edge(self, piece: Piece, offset: int) -> Span | None:
        if piece.place is None:
            return None
        if piece.kind == LITERAL:
            at = piece.place.start + offset
            return Span(piece.place.file, at, at)
        return piece.place

    def _nearest(self, i: int) -> Span:
        for j in (*range(i, -1, -1), *range(i, len(self.pieces))):
            place = self._own(j)
            if place is not None:
                return place
        return Span(self.file, 0, 0)


def _together(spans: list[Span]) -> Span:
    first = spans[0]
    same = [span for span in spans if span.file is first.file]
    return Span(first.file, min(span.start for span in same), max(span.end for span in same))


def _marked(node: Node) -> Node:
    if isinstance(node, Scalar) and ("{" in node.text or "<" in node.text or "$" in node.text):
        reason = why(node.text)
        if reason is not None:
            return Opaque(node.file, node.start, node.end, node.text, reason)
    return node
