"""Strings of HCL: quoted ones and heredocs, with what is interpolated into them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from eso_lint.iam.hcl_ast import Expr, HclError, Template, Text

if TYPE_CHECKING:
    from eso_lint.iam.hcl import Reader

_QUOTED = re.compile(r"[^\"\\$%\n]++|\\(?:[nrt\"\\]|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})|\$\$\{|%%\{|[$%](?!\{)")
_SIMPLE = re.compile(r"\"([^\"\\$%\n]*+)\"")
_RAW = re.compile(r"[^$%\n]++|\n|\$\$\{|%%\{|[$%](?!\{)")
_HEREDOC = re.compile(r"<<(-?)([^\W\d][\w-]*+)[ \t]*\r?\n")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_DIRECTIVE = re.compile(r"%\{[^}\n]*+\}?")
_INDENT = re.compile(r"[ \t]*+")


def quoted(reader: Reader) -> Template:
    """A quoted string; the reader stands on its quote."""
    start = reader.at
    simple = _SIMPLE.match(reader.text, start)
    if simple is not None:
        reader.at = simple.end()
        return Template((Text(simple[1], start + 1, reader.at - 1),) if simple[1] else (), start, reader.at)
    reader.at += 1
    parts: list[Text | Expr | None] = []
    text = reader.text
    while True:
        if text.startswith('"', reader.at):
            reader.at += 1
            return Template(tuple(parts), start, reader.at)
        if not _interpolated(reader, parts):
            found = _QUOTED.match(text, reader.at)
            if found is None:
                raise HclError
            reader.at = found.end()
            parts.append(Text(_plain(found[0]), found.start(), found.end()))


def whole(text: str) -> Template | None:
    """A text that is a template from beginning to end, as `templatefile` reads it; None where it is none."""
    from eso_lint.iam.hcl import Reader

    reader = Reader(text)
    try:
        return Template(_lines(reader, len(text)), 0, len(text), heredoc=True)
    except HclError:
        return None


def heredoc(reader: Reader) -> Template:
    """A heredoc; the reader stands on its `<<`. One that never ends takes the rest of the file, and is no HCL."""
    start = reader.at
    found = _HEREDOC.match(reader.text, start)
    if found is None:
        raise HclError
    closing = re.compile(rf"^[ \t]*+{re.escape(found[2])}[ \t\r]*+$", re.MULTILINE).search(reader.text, found.end())
    if closing is None:
        reader.at = len(reader.text)
        raise HclError
    reader.at = found.end()
    parts = _lines(reader, closing.start())
    reader.at = closing.end()
    return Template(_stripped(parts) if found[1] else parts, start, closing.end(), heredoc=True)


def _lines(reader: Reader, end: int) -> tuple[Text | Expr | None, ...]:
    """What stands up to `end`, line by line."""
    parts: list[Text | Expr | None] = []
    while reader.at < end:
        if not _interpolated(reader, parts):
            piece = _RAW.match(reader.text, reader.at, end)
            if piece is None:
                raise HclError
            reader.at = piece.end()
            parts.append(Text(_plain(piece[0], raw=True), piece.start(), piece.end()))
    return tuple(parts)


def _interpolated(reader: Reader, parts: list[Text | Expr | None]) -> bool:
    """Reads `${ … }` or `%{ … }` where one begins here."""
    text = reader.text
    if text.startswith("${", reader.at):
        reader.at += 3 if text.startswith("~", reader.at + 2) else 2
        outer, reader.flat = reader.flat, True
        reader.blank()
        parts.append(reader.expression())
        reader.blank()
        reader.flat = outer
        if reader.peek() == "~":
            reader.at += 1
        reader.expect("}")
        return True
    if text.startswith("%{", reader.at):
        reader.at = _DIRECTIVE.match(text, reader.at).end()  # type: ignore[union-attr]
        parts.append(None)
        return True
    return False


def _plain(written: str, raw: bool = False) -> str:
    if written in ("$${", "%%{"):
        return written[1:]
    if raw or written[0] != "\\":
        return written
    return _ESCAPES[written[1]] if written[1] in _ESCAPES else _letter(written[2:])


def _letter(code: str) -> str:
    number = int(code, 16)
    return chr(number) if number <= 0x10FFFF else "\ufffd"


def _stripped(parts: tuple[Text | Expr | None, ...]) -> tuple[Text | Expr | None, ...]:
    """Without the indentation that all lines of a `<<-` heredoc have."""
    widths: list[int] = []
    fresh = True
    for place, part in enumerate(parts):
        if not isinstance(part, Text):
            widths += [0] if fresh else []
            fresh = False
        elif part.text == "\n":
            fresh = True
        elif fresh:
            width = _INDENT.match(part.text).end()  # type: ignore[union-attr]
            blank = width == len(part.text.rstrip("\r"))
            ends = place + 1 == len(parts) or parts[place + 1] == Text("\n", part.end, part.end + 1)
            widths += [] if blank and ends else [width]
            fresh = False
    margin = min(widths, default=0)
    if not margin:
        return parts
    out: list[Text | Expr | None] = []
    fresh = True
    for part in parts:
        if isinstance(part, Text) and fresh and part.text != "\n":
            cut = min(margin, _INDENT.match(part.text).end())  # type: ignore[union-attr]
            part = Text(part.text[cut:], part.start + cut, part.end)
        fresh = isinstance(part, Text) and part.text == "\n"
        out.append(part)
    return tuple(out)
