"""`.gitignore` patterns: the last match decides, deeper files before shallower ones.

Every pattern becomes a regular expression without nested repetition, so that no pattern is slow on any path.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_CLASS = re.compile(r"\[[!^]?\]?(?:\[:\w+:\]|\\.|[^\]\\])*\]")
_POSIX = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "digit": "0-9", "lower": "a-z", "upper": "A-Z", "space": r"\s",
    "xdigit": "0-9A-Fa-f", "punct": r"!-/:-@\[-`{-~", "word": r"\w",
}  # fmt: skip


class Patterns:
    """The patterns of one file (or of the configuration), relative to the directory that holds it."""

    __slots__ = ("base", "runs")

    def __init__(self, lines: Iterable[str], base: str = "") -> None:
        """`base` is the directory's path with a final slash, "" for the root."""
        self.base = base
        # Neighbouring patterns of one sign share a pair of expressions: for the name, for the path below `base`.
        self.runs: list[tuple[bool, re.Pattern[str] | None, re.Pattern[str] | None]] = []
        run: list[tuple[bool, str]] = []
        sign = True
        for line in lines:
            negated, anchored, expression = translate(line)
            if expression is None:
                continue
            if run and sign is negated:
                self._close(run, sign)
                run = []
            sign = not negated
            run.append((anchored, expression))
        if run:
            self._close(run, sign)
        self.runs.reverse()

    def _close(self, run: list[tuple[bool, str]], sign: bool) -> None:
        names = [e for anchored, e in run if not anchored]
        paths = [e for anchored, e in run if anchored]
        self.runs.append((sign, _any_of(names), _any_of(paths)))

    def decide(self, path: str, name: str) -> bool | None:
        """True: ignored; False: taken back by `!`; None: no pattern matches. Directories end in a slash."""
        for sign, names, paths in self.runs:
            if (names is not None and names.match(name)) or (
                paths is not None and paths.match(path, len(self.base)) is not None
            ):
                return sign
        return None


def _any_of(expressions: list[str]) -> re.Pattern[str] | None:
    if not expressions:
        return None
    try:
        return re.compile(rf"(?:{'|'.join(expressions)})\Z", re.DOTALL)
    except re.error:
        good = [e for e in expressions if _compiles(e)]
        return re.compile(rf"(?:{'|'.join(good)})\Z", re.DOTALL) if good else None


def _compiles(expression: str) -> bool:
    try:
        re.compile(expression)
    except re.error:
        return False
    return True


def translate(line: str) -> tuple[bool, bool, str | None]:
    """(negated, anchored, expression) of one line; the expression is None for blanks and comments."""
    text = line.rstrip("\r\n")
    while text.endswith((" ", "\t")) and not text.endswith(("\\ ", "\\\t")):
        text = text[:-1]
    if not text or text.startswith("#"):
        return False, False, None
    negated = text.startswith("!")
    text = text[negated:]
    directory = text.endswith("/")
    text = text.rstrip("/") if directory else text
    anchored = "/" in text
    end = "/" if directory else "/?"
    text = text.removeprefix("/")
    if not text:
        return negated, False, None
    if not anchored:
        return negated, False, _segment(text) + end
    return negated, True, _path(text.split("/"), end)


def _path(parts: list[str], end: str) -> str:
    """Fixed runs of segments between `**`. A run matches at its first place: later ones can add nothing."""
    runs: list[list[str]] = [[]]
    for part in parts:
        if part == "**":
            if runs[-1] or len(runs) == 1:
                runs.append([])
        else:
            runs[-1].append(part)
    pieces: list[str] = []
    for i, run in enumerate(runs):
        text = "/".join(_segment(part) for part in run)
        anywhere = "(?:[^/]*/)*?" if i else ""
        if i == len(runs) - 1:
            pieces.append(f"{anywhere}{text}{end}" if run else f".+{'/' if end == '/' else ''}")
        elif run:
            pieces.append(f"(?>{anywhere}{text}/)")
    return "".join(pieces)


def _segment(text: str) -> str:
    """One path segment. Every `*` but the last takes as little as it can."""
    chunks: list[str] = [""]
    at = 0
    while at < len(text):
        char = text[at]
        at += 1
        if char == "*":
            if chunks[-1] or len(chunks) == 1:
                chunks.append("")
        elif char == "?":
            chunks[-1] += "[^/]"
        elif char == "[":
            match = _CLASS.match(text, at - 1) if text.find("]", at) > 0 else None
            chunks[-1] += _class(match[0]) if match else r"\["
            at = match.end() if match else at
        elif char == "\\" and at < len(text):
            chunks[-1] += re.escape(text[at])
            at += 1
        else:
            chunks[-1] += re.escape(char)
    if len(chunks) == 1:
        return chunks[0]
    middle = "".join(f"(?>[^/]*?{chunk})" for chunk in chunks[1:-1])
    return f"{chunks[0]}{middle}[^/]*{chunks[-1]}"


def _class(text: str) -> str:
    body = text[1:-1]
    negated = body[:1] in ("!", "^")
    body = body[negated:]
    body = re.sub(r"\[:(\w+):\]", lambda m: _POSIX.get(m[1], ""), body.replace("[", "\\[").replace("\\[:", "[:"))
    if body.startswith("]"):
        body = "\\" + body
    return f"(?!/)[{'^' if negated else ''}{body}]"
