"""A reader for plain block YAML: most manifests are nothing but `key: value` lines and lists.

It gives the same tree as libyaml's events, several times as fast and without importing PyYAML. Whatever it does not
know for certain (flow style, block scalars, anchors, tags, escapes, anything but printable ASCII, any doubt about
indentation) it refuses, and libyaml reads the document instead. Tests hold the two equal.
"""

from __future__ import annotations

import re
from sys import intern
from typing import Any

from eso_lint.source.node import ODD_KEYS, Mapping, Node, Opaque, Scalar, Sequence, SourceFile
from eso_lint.source.placeholder import marks, why
from eso_lint.source.scalar import SPECIAL

_PLAIN = r"[A-Za-z0-9_./~$<(](?:[^\n#: ]|:(?=[^\n ])| +(?=[^\n #:]))*+"
_VALUE = rf"""({_PLAIN})|"([^"\\\n]*+)"|'([^'\n]*+)'"""
_LINE = re.compile(
    rf"( *+)((?:- +)*+)(?:([A-Za-z_][A-Za-z0-9_./-]*+):(?: +(?:{_VALUE}))?|(?:{_VALUE}))(?: +#[^\n]*+)? *+(?:\n|\Z)"
)
_SKIP = re.compile(r"(?: *+(?:#[^\n]*+)?\n)*+(?: *+(?:#[^\n]*+)?\Z)?")
_HEAD = re.compile(r"(?: *+(?:#[^\n]*+)?\n)*+(?:---(?: +#[^\n]*+)? *+(?:\n|\Z))?")
_ODD = re.compile(r"[^\n -~]")
MAX_DEPTH = 100
# By the group that matched: 4 to 6 values of keys, 7 to 9 list items.
_STYLES = ("", "", "", "", "", '"', "'", "", '"', "'")


def read_flat(file: SourceFile, chunk: str, base: int) -> Node | None:
    """The document's root, or None where libyaml must read it. `base` is where the chunk begins in the file."""
    if _ODD.search(chunk):
        return None
    head = _HEAD.match(chunk)
    at = _SKIP.match(chunk, head.end() if head else 0).end()  # type: ignore[union-attr]
    size = len(chunk)
    marked = bool(marks(chunk))
    # Open containers, outermost first. The innermost is also in `top`.
    stack: list[_Frame] = []
    top = _Frame(Sequence(file, 0, 0), -1, None)
    pending: Scalar | None = None  # the key that waits for a value below it
    after = 0  # where that value would stand if it is empty
    root: Node | None = None
    match_line = _LINE.match
    while at < size:
        line = match_line(chunk, at)
        if line is None:
            skipped = _SKIP.match(chunk, at).end()  # type: ignore[union-attr]
            if skipped == at:
                return None
            at = skipped
            continue
        last = line.lastindex or 0
        column = line.end(1) - at
        dashed = line.end(2) > line.end(1)
        # A line beside the one above in a mapping needs none of this.
        if pending is not None or dashed or column != top.column or top.seen is None:
            if not dashed and last > 6:
                return None  # the continuation of something, or a document that is one scalar
            while stack and (top.column > column or (top.column == column and not dashed and top.seen is None)):
                if pending is not None:
                    _empty(file, top, pending, base + after)
                    pending = None
                top = _close(stack, top)
            opens = pending is not None and (column > top.column or (dashed and column == top.column))
            if not opens:
                if pending is not None:
                    _empty(file, top, pending, base + after)
                    pending = None
                if stack:
                    if top.column != column or (top.seen is None) != dashed:
                        return None
                elif root is not None:
                    return None
            fresh = opens or not stack
            if dashed:
                begin = line.start(2)
                for offset in range(line.end(2) - begin):
                    if chunk[begin + offset] != "-":
                        continue
                    if fresh:
                        place = base + begin + offset
                        top = _push(stack, top, Sequence(file, place, place), column + offset, None, pending)
                        pending = None
                    fresh = True  # what follows a dash on its line begins a container of its own
            if fresh and last < 7:
                place = line.start(3)
                mapping = Mapping(file, base + place, base + place)
                mapping.simple = True
                top = _push(stack, top, mapping, place - at, set(), pending)
                pending = None
            if len(stack) > MAX_DEPTH:
                return None
            root = root or stack[0].node
        elif last > 6:
            return None
        # The scalars of the line.
        value: Node | None = None
        if last != 3:
            text = line[last]
            start, end = line.span(last)
            style = _STYLES[last]
            if style:
                start, end = start - 1, end + 1
            reason = why(text) if marked else None
            if reason:
                value = Opaque(file, base + start, base + end, text, reason)
            elif not style and text[0] == "." and text in SPECIAL:
                return None
            else:
                value = Scalar(file, base + start, base + end, text, style)
            top.last = base + end
        if last > 6:
            top.parts.append(value)
        else:
            key = intern(line[3])
            seen = top.seen
            if seen is None or key in seen or key in ODD_KEYS:
                return None
            seen.add(key)
            node = Scalar(file, base + line.start(3), base + line.end(3), key)
            if value is None:
                pending, after = node, line.end(3) + 1
            else:
                top.parts.append((node, value))
        at = line.end()
    if pending is not None:
        _empty(file, top, pending, base + after)
    while stack:
        top = _close(stack, top)
    return root


class _Frame:
    """An open container: its column, the keys seen (None: a sequence), children so far, where the last one ends."""

    __slots__ = ("column", "last", "node", "parts", "seen")

    def __init__(self, node: Mapping | Sequence, column: int, seen: set[str] | None) -> None:
        self.node = node
        self.column = column
        self.seen = seen
        self.parts: list[Any] = []
        self.last = node.start


def _push(
    stack: list[_Frame], top: _Frame, node: Mapping | Sequence, column: int, seen: set[str] | None, pending: Node | None
) -> _Frame:
    """Open a container: the value of the pending key, or the next item of the sequence on top."""
    if stack:
        top.parts.append(node if pending is None else (pending, node))
    frame = _Frame(node, column, seen)
    stack.append(frame)
    return frame


def _close(stack: list[_Frame], top: _Frame) -> _Frame:
    """Finish the innermost container; the one around it is what comes next."""
    node = top.node
    node.end = top.last
    if isinstance(node, Sequence):
        node.items = tuple(top.parts)
    else:
        node.entries = tuple(top.parts)
    stack.pop()
    if stack:
        stack[-1].last = top.last
        return stack[-1]
    return top


def _empty(file: SourceFile, top: _Frame, key: Node, at: int) -> None:
    """A key without a value: null, right behind the colon."""
    top.parts.append((key, Scalar(file, at, at, "")))
    top.last = at
