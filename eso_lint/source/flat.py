"""A reader for block YAML as people write it: `key: value` lines, lists, block scalars, short flow values.

It gives the same tree as libyaml's events, several times as fast and without importing PyYAML. Whatever it does not
know for certain (tags, complex keys, scalars over several lines, any doubt about indentation) it refuses, and libyaml
reads the document instead. Tests hold the two equal.
"""

from __future__ import annotations

import re
from sys import intern
from typing import Any

from eso_lint.source.node import (
    ODD_KEYS,
    ODD_STARTS,
    Mapping,
    Node,
    Opaque,
    Scalar,
    Sequence,
    Shape,
    SourceFile,
    effective_key,
    walk,
)
from eso_lint.source.placeholder import NONE, marks, why
from eso_lint.source.scalar import SPECIAL
from eso_lint.source.size import weigh

# Patterns are possessive, so that none is slow on any text, and an alternative is known by its first character.
CONTROL = r"\x00-\x1f\x7f"
ANY = r"[^\x00-\x08\n-\x1f\x7f]*+"  # what may stand in a comment or a block scalar
WORD = rf"[^{CONTROL}: ]"
FIRST = rf"[^-?:,\[\]{{}}#&*!|>'\"%@`{CONTROL} ]"
REST = rf"{WORD}*+(?:(?::(?=[^{CONTROL} ])| (?: *+)(?=[^{CONTROL} #:])){WORD}*+)*+"
PLAIN = rf"(?:{FIRST}|-(?={WORD})){REST}"
DOUBLE, SINGLE = rf"[^\"\\{CONTROL}]*+", rf"[^'{CONTROL}]*+"
END = r"(?:\n|\Z)"
TAIL = rf"(?:\n| *+(?:#(?<= #){ANY}|){END})"
_KEY = rf"{FIRST}{WORD}*+(?=:[ \n])|{FIRST}{REST}|\"{DOUBLE}\"|'{SINGLE}'"
_DASH = r"-(?: ++|(?=\n)|\Z)"
# Indentation, dashes, key; then a plain value, a quoted one, or anything else, of which it is only the beginning.
# Empty lines and comments below a line without a value are taken with it.
_LINE = re.compile(
    rf"( *+)({_DASH}(?:{_DASH})*+|)(?:({_KEY}):(?: (?: *+)|(?=\n)|\Z)|)"
    rf"(?:(?:({PLAIN})|\"({DOUBLE})\"|'({SINGLE})'){TAIL}|([\[{{&*|>\"']{ANY}){END}|"
    rf"(?:#{ANY}|){END}(?: *+(?:#{ANY}|)\n)*+)"
)
_NOTHING, _PLAIN, _DOUBLE, _SINGLE, _OTHER = 2, 4, 5, 6, 7
_HEAD = re.compile(rf"(?: *+(?:#{ANY}|)\n)*+(?:---{TAIL}|)")
# Beyond ASCII: line breaks of libyaml alone, and what it refuses.
_ODD = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
MAX_DEPTH = 100
MAX_MERGED = 1_000
MAX_BEFORE = 20_000  # what is copied for a template that does not begin its file
FEW_NODES = 1_000  # so many nodes, with aliases spelt out, are few enough for any share of aliases
_NO_ENDS: dict[int, int] = {}
_SHAPES: dict[tuple[str, ...], Shape | None] = {}


class DoubtError(Exception):
    """libyaml must read this document. Never leaves this package."""


def read_flat(file: SourceFile, chunk: str, base: int, masked: bool = False) -> Node | None:
    """The document's root, or None where libyaml must read it.

    The chunk is the file's text from `base` on, or (`masked`) that text with template actions hidden.
    """
    if "\n..." in chunk or chunk.startswith("...") or (masked and base > MAX_BEFORE):
        return None
    if not chunk.isascii() and _ODD.search(chunk):
        return None
    found = [base + mark for mark in marks(chunk)]
    try:
        if not masked:
            return _read(file, file.text, found, base, base + len(chunk), False)
        # The same length as the file's text, so that offsets need no translation.
        return _read(file, file.text[:base] + chunk, found, base, base + len(chunk), True)
    except DoubtError:
        return None


def _read(file: SourceFile, text: str, pending: list[int], at: int, size: int, masked: bool) -> Node | None:
    """Read the text from `at` to `size`. `pending` are the places whose scalars need a look."""
    at = _HEAD.match(text, at, size).end()  # type: ignore[union-attr]
    if text.startswith("---", at):
        return None  # something stands behind it
    hidden = text if masked else None
    pending.reverse()
    marked = bool(pending)
    mark = pending[-1] if pending else NONE
    special: Any = None  # the reader of values that are no plain or quoted text; made where there is one
    # The innermost open container (at first, what holds the root): node, column, keys (None: a sequence), values. The
    # stack keeps those around it.
    node: Any = None
    width = -1
    names: list[str] | None = None
    values: list[Node] = []
    stack: list[Any] = []
    level = -1  # the column at which a line goes on with the innermost mapping, and needs no thought
    after = -1  # where the value that is still missing would stand if it is empty; -1 where none is
    anchor: str | None = None  # the anchor of that value
    match_line = _LINE.match
    while at < size:
        line = match_line(text, at, size)
        if line is None:
            return None
        indent, dashes, key, plain, double, single, other = line.groups()
        column = len(indent)
        stop = line.end()
        if dashes or column != level:
            if not dashes and key is None:
                if line.lastindex != _NOTHING:
                    return None  # the continuation of something, or a document that is one scalar
                at = stop
                continue
            fresh = after >= 0 and (column > width or (column == width and names is not None and dashes != ""))
            if not fresh:
                if after >= 0:
                    if anchor is not None:
                        return None
                    values.append(Scalar(file, after, after, ""))
                while column < width or (column == width and names is None and not dashes):
                    _close(node, names, values, special, hidden)
                    node, width, names, values = stack.pop()
                if column != width or (names is None) != (dashes != ""):
                    if stack or values:
                        return None
                    fresh = True  # the root
            place = at + column
            offset = 0 if dashes else -1
            while offset >= 0 and len(stack) <= MAX_DEPTH:
                if fresh:
                    stack.append((node, width, names, values))
                    node = Sequence(file, place + offset, place + offset)
                    values.append(node)
                    if anchor is not None:
                        special.open(anchor, node)
                        anchor = None
                    width, names, values = column + offset, None, []
                fresh = True  # what follows a dash on its line begins a container of its own
                offset = dashes.find("-", offset + 1)
            if key is not None and fresh:
                place += len(dashes)
                stack.append((node, width, names, values))
                node = Mapping(file, place, place)
                values.append(node)
                if anchor is not None:
                    special.open(anchor, node)
                    anchor = None
                width, names, values = column + len(dashes), [], []
            if len(stack) > MAX_DEPTH:
                return None
            level = -1 if names is None else width
            after = -1
        elif key is None:
            if line.lastindex != _NOTHING:
                return None
            at = stop
            continue
        # The scalars of the line.
        if key is not None:
            if names is None:
                return None
            names.append(key)
            if stop > mark and why(key):
                return None
        if plain is not None:
            start, end = line.span(_PLAIN)
            values.append(Scalar(file, start, end, intern(plain)) if stop <= mark else scalar(file, start, end, plain))
        elif double is not None:
            start, end = line.span(_DOUBLE)
            values.append(scalar(file, start - 1, end + 1, double, '"', stop > mark))
        elif single is not None:
            start, end = line.span(_SINGLE)
            values.append(scalar(file, start - 1, end + 1, single, "'", stop > mark))
        elif other is not None:
            if special is None:
                from eso_lint.source.flatvalue import Values

                special = Values(file, text, size)
            made, stop, anchor = special.read(line.start(_OTHER), width, mark)
            if made is None:
                after, level = at, -1
            else:
                if special.alias_end:
                    special.alias(node, len(values))
                values.append(made)
        else:
            after = at + column + (len(dashes.rstrip()) if key is None else len(dashes) + len(key) + 1)
            level = -1
        if stop > mark:
            while pending and pending[-1] < stop:
                pending.pop()
            mark = pending[-1] if pending else NONE
        at = stop
    if after >= 0:
        if anchor is not None:
            return None
        values.append(Scalar(file, after, after, ""))
    while stack:
        _close(node, names, values, special, hidden)
        node, width, names, values = stack.pop()
    root = values[0] if values else None
    if root is not None and special is not None and special.shared and weigh(root) > FEW_NODES:
        return None
    if root is not None and marked and masked:
        _show(root, special)
    return root


def _close(node: Any, names: list[str] | None, values: list[Node], special: Any, hidden: str | None) -> None:
    """Finish a container. `hidden` is the text that was read if it is not the file's."""
    ends = special.close(node) if special is not None and special.busy else _NO_ENDS
    place = len(values) - 1
    node.end = ends[place] if place in ends else values[place].end
    if names is None:
        node.items = tuple(values)
        return
    shape = shape_of(tuple(names), node.file)
    if shape.simple and hidden is None:
        node.shaped(shape, tuple(values), ends)
        return
    node.entries = shape.entries(node, hidden or node.file.text, tuple(values), ends)
    node.simple = shape.simple
    if shape.merges:
        _merge(node, special)


def _show(root: Node, special: Any) -> None:
    """What is opaque keeps the text that the file has."""
    if special is not None and special.anchors:
        raise DoubtError
    for node in walk(root):
        if isinstance(node, Opaque):
            node.text = node.span.text


def _merge(node: Mapping, special: Any) -> None:
    """Resolve merge keys at once, children first, as long as they stay small."""
    for key, value in node.entries:
        if isinstance(key, Scalar) and key.text == "<<" and not key.style:
            for source in value.items if isinstance(value, Sequence) else (value,):
                if special is None or not isinstance(source, Mapping):
                    raise DoubtError
                special.merged += len(source.index)
    if special.merged > MAX_MERGED:
        raise DoubtError
    node.index  # noqa: B018


def scalar(file: SourceFile, start: int, end: int, text: str, style: str = "", marked: bool = True) -> Node:
    """A scalar. `marked` says that something may stand in its text that needs care."""
    if marked:
        reason = why(text)
        if reason:
            return Opaque(file, start, end, text, reason)
        if text in SPECIAL and not style:
            raise DoubtError
    return Scalar(file, start, end, text, style)


def shape_of(names: tuple[str, ...], file: SourceFile) -> Shape:
    """What the keys as written mean; worked out once for all mappings with the same keys."""
    if names not in _SHAPES:
        _SHAPES[names] = _shape(names, file)
    shape = _SHAPES[names]
    if shape is None:
        raise DoubtError
    return shape


def _shape(names: tuple[str, ...], file: SourceFile) -> Shape | None:
    places: dict[str, int] = {}
    simple = True
    for place, raw in enumerate(names):
        text = raw[1:-1] if raw[0] in "\"'" else raw
        name: str | None = text
        if text in ODD_KEYS or text[:1] in ODD_STARTS:
            simple = False
            name = effective_key(Scalar(file, 0, 0, text, "" if raw is text else raw[0]))
        if name is None or name in places or text in SPECIAL or len(raw) > 1_000:
            return None
        places[intern(name)] = place
    return Shape(tuple(map(intern, names)), places, simple, "<<" in names)
