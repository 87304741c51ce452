"""Text that a template makes, each piece with the place it came from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from eso_lint.source.node import Span

# What a piece is: the file's own characters, the value of a scalar elsewhere, text that an action made, an action that
# could not be evaluated and is left standing, text that a function made and no place is known for yet.
LITERAL, VALUE, MADE, RESIDUAL, LOOSE = range(5)
# Stands where something unknown is printed; any text that a mask takes for an action does.
HOLE = "{{ ? }}"


class Piece(NamedTuple):
    """A run of text. `place` is where it stands; `action` the action that printed it, for values of other files.

    The characters of a LITERAL piece are those of its place, one by one; of others the whole stands for the whole.
    """

    text: str
    kind: int = LOOSE
    place: Span | None = None
    action: Span | None = None


class Text(NamedTuple):
    """Pieces in order. `block` says that they are lines of YAML, not the text of a single value."""

    pieces: tuple[Piece, ...]
    block: bool = False

    @property
    def plain(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    @property
    def length(self) -> int:
        return sum(len(piece.text) for piece in self.pieces)

    @property
    def residual(self) -> bool:
        """Whether something in it could not be evaluated."""
        return any(piece.kind == RESIDUAL for piece in self.pieces)


_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_WIDTH = re.compile(r"\b(n?indent[ \t]+)(\d+)")


def indented(text: Text, width: int, newline: bool) -> Text:
    """Sprig's `indent` (and `nindent`): every line, empty ones too."""
    pad = Piece(" " * width)
    made: list[Piece] = [Piece("\n"), pad] if newline else [pad]
    for piece in text.pieces:
        if piece.kind == RESIDUAL:
            # What it will print, it prints deeper.
            deeper = _WIDTH.sub(lambda m: f"{m[1]}{int(m[2][:4]) + width}", piece.text)
            made.append(piece._replace(text=deeper.replace("\n", "\n" + pad.text)))
            continue
        for match in _LINE.finditer(piece.text):
            made.append(_part(piece, match.start(), match.end()))
            if match[0].endswith("\n"):
                made.append(pad)
    return Text(tuple(made), True)


def _part(piece: Piece, low: int, high: int) -> Piece:
    """A run of a piece, by offsets in its text."""
    if low == 0 and high == len(piece.text):
        return piece
    text = piece.text[low:high]
    if piece.kind == LITERAL and piece.place is not None:
        place = Span(piece.place.file, piece.place.start + low, piece.place.start + high)
        return piece._replace(text=text, place=place)
    return piece._replace(text=text)


def cut(text: Text, low: int, high: int) -> Text:
    """The text between two offsets."""
    made: list[Piece] = []
    at = 0
    for piece in text.pieces:
        end = at + len(piece.text)
        if at < high and end > low:
            made.append(_part(piece, max(low - at, 0), min(high, end) - at))
        at = end
    return Text(tuple(made), text.block)


def joined(parts: Iterable[Text | str]) -> Text:
    """Texts one after the other."""
    made: list[Piece] = []
    block = False
    for text in parts:
        if isinstance(text, str):
            made.append(Piece(text))
        else:
            made += text.pieces
            block = block or text.block
    return Text(tuple(made), block)


def hole() -> Text:
    """Something unknown within a line."""
    return Text((Piece(HOLE, RESIDUAL),))


def source_of(text: Text) -> Span | None:
    """The place of the one scalar that a text is made from; None where it is made from none or several."""
    places = {piece.place for piece in text.pieces if piece.kind in (VALUE, MADE) and piece.text}
    if len(places) != 1 or any(piece.kind == MADE for piece in text.pieces):
        return None
    return places.pop()
