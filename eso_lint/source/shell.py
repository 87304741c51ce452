"""Shell text to commands: words with positions, pipelines and redirections. Nothing is ever expanded or run.

A reader for the shapes people write in scripts, recipes and guides, not a full grammar: what it does not understand
becomes a word that holds `UNKNOWN`, and no caller may draw a conclusion from that.
"""

from __future__ import annotations

import re
from typing import NamedTuple

UNKNOWN = "\0"  # stands for text that only running the script would give
_MAX_NESTING = 10
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_SHELLS = frozenset({"bash", "sh", "zsh", "dash", "ash", "ksh"})
_STOP = frozenset(" \t\r\n|&;()<>")
_HEREDOC = re.compile(r"<<(-?)[ \t]*(?:'([^'\n]*)'|\"([^\"\n]*)\"|\\?([^\s<>|&;()'\"]+))")


class Word(NamedTuple):
    """One word without its quotes; variables stay as written. `start` and `end` are offsets into the text.

    `inner` are the offsets between the quotes where the whole word is one quoted string; `source` holds the commands
    of a process substitution.
    """

    text: str
    start: int
    end: int
    inner: tuple[int, int] | None = None
    source: tuple[Command, ...] = ()


class Command(NamedTuple):
    """One simple command. `upstream` feeds its standard input through a pipe; `stdin` is a file redirected into it."""

    words: tuple[Word, ...]
    upstream: Command | None = None
    stdin: Word | None = None


def commands(text: str, make: bool = False) -> tuple[Command, ...]:
    """All simple commands of a text, nested ones included. `make` reads `$(X)` as a variable and `$$` as `$`."""
    found: list[Command] = []
    _Reader(text, make, found).read(0, len(text), 0)
    return tuple(sorted(found, key=lambda command: command.words[0].start))


class _Reader:
    def __init__(self, text: str, make: bool, found: list[Command]) -> None:
        self.text = text
        self.make = make
        self.found = found
        # Once a bracket has no partner, later ones are taken literally: no text is searched over and over.
        self.unbalanced = False
        self.without: dict[str, int] = {}  # closing mark -> offset up to which there is none

    def read(self, at: int, end: int, depth: int) -> list[Command]:
        """Commands of text[at:end], in order; also added to `found`."""
        text = self.text
        made: list[Command] = []
        words: list[Word] = []
        upstream: Command | None = None
        group: Command | None = None  # the last command of the group that has just been closed
        stdin: Word | None = None
        heredocs: list[tuple[str, bool]] = []
        drop = ""  # what the next word is, when it is no argument: "out", "in" or "text"

        def finish(piped: bool) -> None:
            nonlocal words, upstream, group, stdin, drop
            if words:
                command = Command(tuple(words), upstream, stdin)
                made.append(command)
                self.found.append(command)
                self._script(command, depth)
                upstream = command if piped else None
            else:
                upstream = group if piped else None
            words, group, stdin, drop = [], None, None, ""

        while at < end:
            c = text[at]
            if c in " \t\r":
                at += 1
            elif c == "\\" and (skip := self._continuation(at)):
                at += skip
            elif c == "\n":
                reader = words[0].text.rsplit("/", 1)[-1] if words else ""
                waiting = not words and upstream is not None
                held = upstream
                finish(False)
                if waiting:  # a line that ends with `|` goes on in the next one
                    upstream = held
                at += 1
                for mark, indented in heredocs:
                    body, after = self._heredoc(at, end, mark, indented)
                    if (reader in _SHELLS or reader == "ssh") and depth < _MAX_NESTING:
                        self.read(at, body, depth + 1)
                    at = after
                heredocs = []
            elif c == "#":
                stop = text.find("\n", at, end)
                at = end if stop < 0 else stop
            elif c == "|":
                if text.startswith("||", at):
                    finish(False)
                    at += 2
                else:
                    finish(True)
                    at += 2 if text.startswith("|&", at) else 1
            elif c == "&" and text.startswith("&>", at):
                drop = "out"
                at += 3 if text.startswith("&>>", at) else 2
            elif c in "&;()":
                finish(False)
                group = made[-1] if c == ")" and made else None
                at += 1
            elif c == "<" and text.startswith("<(", at) and (close := self._close(at + 1, end)) > 0:
                inner = self.read(at + 2, close, depth + 1) if depth < _MAX_NESTING else []
                words.append(Word(UNKNOWN, at, close + 1, None, tuple(inner)))
                at = close + 1
            elif c == "<" and text.startswith("<<<", at):
                drop = "text"
                at += 3
            elif c == "<" and (match := _HEREDOC.match(text, at, end)):
                heredocs.append((match[2] or match[3] or match[4] or "", bool(match[1])))
                at = match.end()
            elif c == "<":
                drop = "in"
                at += 1
            elif c == ">":
                drop = "out"
                at += 1
                while at < end and text[at] in ">&|":
                    at += 1
            else:
                word, at = self._word(at, end, depth)
                if drop:
                    stdin = word if drop == "in" else stdin
                    drop = ""
                elif word.text.isdigit() and at < end and text[at] in "<>":
                    continue  # a file descriptor
                else:
                    words.append(word)
        finish(False)
        return made

    def _script(self, command: Command, depth: int) -> None:
        """Commands in the quoted argument of `bash -c` and `eval`."""
        if depth >= _MAX_NESTING:
            return
        name = command.words[0].text.rsplit("/", 1)[-1]
        for i, word in enumerate(command.words[1:], 1):
            before = command.words[i - 1].text
            runs = name == "eval" or (before.startswith("-") and before.endswith("c") and name in _SHELLS)
            if runs and word.inner is not None:
                self.read(word.inner[0], word.inner[1], depth + 1)
                return

    def _continuation(self, at: int) -> int:
        """Length of a backslash and line break at that place, or 0."""
        if self.text.startswith("\\\n", at):
            return 2
        return 3 if self.text.startswith("\\\r\n", at) else 0

    def _heredoc(self, at: int, end: int, mark: str, indented: bool) -> tuple[int, int]:
        """End of a here-document's body, and where the text goes on after its closing mark."""
        text = self.text
        while at < end:
            stop = text.find("\n", at, end)
            stop = end if stop < 0 else stop
            line = text[at:stop].rstrip("\r")
            if (line.lstrip() if indented else line) == mark:
                return at, min(stop + 1, end)
            at = stop + 1
        return end, end

    def _close(self, at: int, end: int) -> int:
        """Offset of the bracket that closes the one at `at`, or -1."""
        if self.unbalanced:
            return -1
        text, depth = self.text, 0
        while at < end:
            c = text[at]
            if c == "\\":
                at += 1
            elif c == "'" or c == '"':
                stop = text.find(c, at + 1, end)
                at = stop if stop > 0 else at
            elif c == "(":
                depth += 1
            elif c == ")":
                depth -= 1
                if depth == 0:
                    return at
            at += 1
        self.unbalanced = True
        return -1

    def _word(self, at: int, end: int, depth: int) -> tuple[Word, int]:
        text, start = self.text, at
        parts: list[str] = []
        inner: tuple[int, int] | None = None
        while at < end:
            c = text[at]
            if c in _STOP:
                break
            if c == "\\":
                skip = self._continuation(at)
                if not skip:
                    parts.append(text[at + 1 : at + 2])
                at += skip or 2
            elif c == "'":
                stop = text.find("'", at + 1, end)
                if stop < 0:  # an apostrophe in prose
                    parts.append(c)
                    at += 1
                    continue
                parts.append(text[at + 1 : stop].replace("$", UNKNOWN))
                inner = (at + 1, stop) if at == start else None
                at = stop + 1
            elif c == '"':
                stop = self._quoted(at + 1, end, parts, depth)
                inner = (at + 1, stop) if at == start else None
                at = stop + 1
            elif c == "$" or c == "`" or text.startswith("{{", at):
                at = self._dollar(at, end, parts, depth)
            else:
                parts.append(c)
                at += 1
        at = min(at, end)
        if inner is not None and inner[1] + 1 != at:
            inner = None
        return Word("".join(parts), start, at, inner), at

    def _quoted(self, at: int, end: int, parts: list[str], depth: int) -> int:
        """Read a double-quoted string's content; the offset of its closing quote."""
        text = self.text
        while at < end:
            c = text[at]
            if c == '"':
                return at
            if c == "\\":
                skip = self._continuation(at)
                if not skip:
                    following = text[at + 1 : at + 2]
                    parts.append(following if following in '"\\$`' else "\\" + following)
                at += skip or 2
            elif c == "$" or c == "`" or text.startswith("{{", at):
                at = self._dollar(at, end, parts, depth)
            else:
                parts.append(c)
                at += 1
        return end

    def _dollar(self, at: int, end: int, parts: list[str], depth: int) -> int:
        """Read a variable (kept as written), a substitution (unknown) or a template action (kept); its end."""
        text = self.text
        if text[at] == "`":
            stop = text.find("`", at + 1, end)
            if stop < 0:
                parts.append("`")
                return at + 1
            self._nested(at + 1, stop, depth)
            parts.append(UNKNOWN)
            return stop + 1
        if self.make and text.startswith("$$", at):
            parts.append("$")
            if text.startswith("$$(", at) and (close := self._close(at + 2, end)) > 0:
                self._nested(at + 3, close, depth)
                parts[-1] = UNKNOWN
                return close + 1
            return at + 2
        for opening, closing in (("${{", "}}"), ("{{", "}}"), ("${", "}")):
            if text.startswith(opening, at):
                stop = self._on_line(closing, at, end)
                if stop > 0:
                    parts.append(text[at : stop + len(closing)])
                    return stop + len(closing)
                parts.append(UNKNOWN)
                return at + len(opening)
        if text.startswith("$(", at):
            close = self._close(at + 1, end)
            if close > 0:
                name = text[at + 2 : close]
                if self.make and _NAME.match(name):
                    parts.append("${" + name + "}")
                else:
                    if not self.make and not text.startswith("$((", at):
                        self._nested(at + 2, close, depth)
                    parts.append(UNKNOWN)
                return close + 1
            parts.append(UNKNOWN)
            return at + 2
        parts.append(text[at])
        return at + 1

    def _on_line(self, mark: str, at: int, end: int) -> int:
        """Offset of a mark on the rest of the line, or -1."""
        if at < self.without.get(mark, 0):
            return -1
        line = self.text.find("\n", at, end)
        line = end if line < 0 else line
        stop = self.text.find(mark, at, line)
        if stop < 0:
            self.without[mark] = line
        return stop

    def _nested(self, at: int, end: int, depth: int) -> None:
        if depth < _MAX_NESTING:
            self.read(at, end, depth + 1)
