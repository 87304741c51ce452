"""Where answers come from: lines of any stream, or the keys of a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TextIO

from eso_lint.setup.prompt import BACK, Ended, chosen
from eso_lint.setup.question import Choice


class Lines:
    """A stream of lines. A terminal's end of input (Ctrl-D) is an interruption, a pipe's is the end of the answers."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def line(self) -> str:
        text = self._stream.readline()
        if not text:
            if self._stream.isatty():
                raise KeyboardInterrupt
            raise Ended
        return text.strip()

    def pick(self, choices: tuple[Choice, ...], at: int, draw: Callable[[int, str], None]) -> str:
        return self.line()


class Keys(Lines):
    """A terminal whose keys are read one by one while a menu is shown."""

    def pick(self, choices: tuple[Choice, ...], at: int, draw: Callable[[int, str], None]) -> str:
        import termios
        import tty

        if sys.platform == "win32":
            return self.line()
        handle = self._stream.fileno()
        before = termios.tcgetattr(handle)
        try:
            # Ctrl-C stays what it is; what was typed ahead is not lost.
            tty.setcbreak(handle, termios.TCSADRAIN)
            return self._pick(handle, choices, at, draw)
        finally:
            termios.tcsetattr(handle, termios.TCSADRAIN, before)

    def _pick(self, handle: int, choices: tuple[Choice, ...], at: int, draw: Callable[[int, str], None]) -> str:
        typed = ""
        while True:
            key = _key(handle)
            if key in ("enter", ""):
                if not key:
                    raise KeyboardInterrupt
                return typed or choices[at].value
            if key in (BACK, "left", "escape"):
                return BACK
            if key in ("up", "down"):
                at, typed = (at + (1 if key == "down" else -1)) % len(choices), ""
            elif key == "delete":
                typed = typed[:-1]
            elif len(key) == 1 and key.isprintable():
                typed += key
            names = [choice.value for choice in choices]
            meant = chosen(typed, choices)
            if meant in names:
                at = names.index(meant)
            # What is typed and is no choice is what Enter gives: nothing is marked then.
            draw(at if not typed or meant in names else -1, typed)


_ESCAPES = {b"A": "up", b"B": "down", b"C": "right", b"D": "left"}
_SINGLE = {b"\r": "enter", b"\n": "enter", b"\x7f": "delete", b"\b": "delete", b"\x04": ""}


def _key(handle: int) -> str:
    """One key: a character, or the name of one that has none; "" where there is no more input."""
    import select

    byte = os.read(handle, 1)
    if not byte:
        return ""
    if byte == b"\x1b":
        # A terminal sends an arrow key as several bytes at once; the Escape key comes alone.
        if not select.select([handle], [], [], 0.05)[0]:
            return "escape"
        if os.read(handle, 1) not in (b"[", b"O"):
            return "other"
        last = os.read(handle, 1)
        while last and not (last.isalpha() or last == b"~"):
            last = os.read(handle, 1)
        return _ESCAPES.get(last, "other")
    if byte in _SINGLE:
        return _SINGLE[byte]
    more = 0 if byte[0] < 0xC0 else 1 if byte[0] < 0xE0 else 2 if byte[0] < 0xF0 else 3
    for _ in range(more):
        byte += os.read(handle, 1)
    return byte.decode("utf-8", "replace")
