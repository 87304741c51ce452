"""Lines of source as they may be shown: secrets masked, long lines cut, columns known."""

from __future__ import annotations

from typing import NamedTuple

from eso_lint.report.secret import MASK, Masks, masks
from eso_lint.report.visible import cells
from eso_lint.source.node import SourceFile, Span

CUT = "…"


class Marked(NamedTuple):
    """A line ready to print, and where its marks go: `lead` cells in, `marks` cells wide."""

    text: str
    lead: int
    marks: int


class Excerpts:
    """Source lines of the files of one report."""

    def __init__(self) -> None:
        self._masks: dict[tuple[SourceFile, bool], Masks] = {}

    def cut(self, file: SourceFile, number: int, secret: bool, beside: bool = False) -> int | None:
        """The 0-based column from which a line is hidden; None where all may be shown.

        `beside` says that no finding stands there.
        """
        key = (file, secret)
        if key not in self._masks:
            self._masks[key] = masks(file, secret)
        always, more = self._masks[key]
        cuts = [found[number] for found in ((always, more) if beside else (always,)) if number in found]
        return min(cuts, default=None)

    def line(self, file: SourceFile, number: int, secret: bool = False, beside: bool = False) -> str:
        """A 1-based line with secrets masked."""
        text = file.line(number)
        cut = self.cut(file, number, secret, beside)
        return text if cut is None else _masked(text, cut)

    def span(self, span: Span, secret: bool = False) -> str:
        """The text of a one-line span with secrets masked."""
        number, column = span.file.position(span.start)
        cut = self.cut(span.file, number, secret)
        if cut is None or column - 1 + span.end - span.start <= cut:
            return span.text
        return span.file.line(number)[column - 1 : max(cut, column - 1)] + MASK

    def marked(self, span: Span, room: int, secret: bool = False) -> Marked:
        """The first line of a span, cut to `room` cells around it. At least one cell is marked."""
        number, column = span.file.position(span.start)
        one = span.one_line()
        start, end = column - 1, column - 1 + one.end - one.start
        cut = self.cut(span.file, number, secret)
        line = span.file.line(number)
        if cut is not None:
            line = _masked(line, cut)
            end = len(line) if end > cut else end
            start = min(start, len(line) - len(MASK)) if start > cut else start
        return fit(line, start, end, room)


def _masked(line: str, cut: int) -> str:
    rest = line[cut:]
    return line[:cut] + rest[: len(rest) - len(rest.lstrip())] + MASK


def fit(line: str, start: int, end: int, room: int) -> Marked:
    """Cut a line to `room` cells so that the span (0-based columns) stays in sight."""
    room = max(room, 20)
    left = 0
    if len(line) > 4 * room or _width(line) > room:
        after = _width(line[start : start + room])
        if start > room or _width(line[:start]) + min(after, room // 2) > room - 1:
            # As much before the span as what follows it leaves, at least a third.
            budget = max(room // 3, room - 1 - after)
            left = start
            while left > 0 and (budget := budget - cells(line[left - 1])[0][1]) >= 0:
                left -= 1
    lead_text = CUT if left else ""
    used = lead = len(lead_text)
    marks = 0
    shown = [lead_text]
    # Every character takes a cell or joins one that does; four times the room is beyond any line that fits.
    window = cells(line[left : left + 4 * room])
    more = len(line) > left + 4 * room
    total = sum(width for _, width in window)
    limit = room if used + total <= room and not more else room - 1
    for i, (text, width) in enumerate(window, left):
        if used + width > limit:
            shown.append(CUT)
            break
        shown.append(text)
        used += width
        if i < start:
            lead += width
        elif i < end:
            marks += width
    else:
        if more:
            shown.append(CUT)
    if start > left + len(window):
        lead = used
    return Marked("".join(shown).rstrip(), lead, max(marks, 1))


def _width(text: str) -> int:
    return sum(width for _, width in cells(text))
