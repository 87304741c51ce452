"""Text of strangers made safe to print: no terminal codes, no workflow commands, known width."""

from __future__ import annotations

import re

from eso_lint.regex import pattern
from eso_lint.report.secret import without_passwords

# C0 and C1 controls, line and paragraph separators, bidirectional controls, byte order mark, lone surrogates;
# and the bracket of `##[`, which a CI runner takes for a command anywhere in a line.
_HIDDEN = pattern("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]|(?<=##)\\[")
_COMMAND = pattern(r"\A(\s*):(?=:)")
_TAB = 4


def visible(text: str) -> str:
    """One line of text in which control characters are shown as escapes (`\\x1b`, `\\n`)."""
    return _COMMAND.sub(r"\1\\x3a", _HIDDEN.sub(_escape, without_passwords(text)))


def _escape(match: re.Match[str]) -> str:
    return escape(match[0])


def escape(character: str) -> str:
    """The visible form of one character."""
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is no UTF-8
        return f"\\x{code - 0xDC00:02x}"
    short = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    return short or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def cells(text: str) -> list[tuple[str, int]]:
    """Each character of a source line as shown, and its width in terminal cells. Tabs reach the next stop of four."""
    if text.isascii() and text.isprintable() and "##[" not in text:
        return [(c, 1) for c in text]
    import unicodedata

    shown: list[tuple[str, int]] = []
    at = 0
    for i, character in enumerate(text):
        if character == "\t":
            width = _TAB - at % _TAB
            cell = (" " * width, width)
        elif _HIDDEN.match(text, i):
            form = escape(character)
            cell = (form, len(form))
        elif unicodedata.east_asian_width(character) in "WF":
            cell = (character, 2)
        else:
            cell = (character, 0 if unicodedata.category(character) in ("Mn", "Me", "Cf") else 1)
        shown.append(cell)
        at += cell[1]
    return shown


def whole(text: str) -> str:
    """Text for JSON: lone surrogates, which strict readers refuse, become U+FFFD."""
    text = without_passwords(text)
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
