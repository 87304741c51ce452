"""Tables for people: rich's on a terminal with colours, else plain columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from eso_lint.report.visible import visible


def write_table(head: Sequence[str], rows: Sequence[Sequence[str]], stream: TextIO, color: bool) -> None:
    """A head and rows of as many cells; control characters are shown as escapes."""
    shown = [[visible(cell) for cell in row] for row in rows]
    if color:
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(*head, box=None, header_style="bold", pad_edge=False)
        for row in shown:
            table.add_row(*(Text(cell, overflow="fold") for cell in row))
        Console(file=stream).print(table)
        return
    lines = [list(head), *shown]
    widths = [max(len(row[i]) for row in lines) for i in range(len(head) - 1)]
    for row in lines:
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=True)]
        stream.write("  ".join((*cells, row[-1])).rstrip() + "\n")
