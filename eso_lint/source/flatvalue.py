"""Values that the reader for block YAML meets now and then: anchors, aliases, block scalars, flow style, escapes."""

from __future__ import annotations

import re

from eso_lint.source.flat import ANY, CONTROL, DOUBLE, END, PLAIN, SINGLE, TAIL, DoubtError, scalar, shape_of
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, SourceFile
from eso_lint.source.placeholder import why

_TAIL = re.compile(TAIL)
_NAME = re.compile(r"([0-9A-Za-z_-]++)(?: ++|(?=\n)|\Z)")
_END = re.compile(rf"(?:#{ANY}|){END}")
_PLAIN = re.compile(PLAIN)
_QUOTED = re.compile(rf"\"((?:{DOUBLE}(?:\\[^{CONTROL}])?)*+)\"|'((?:{SINGLE}(?:'')?)*+)'")
_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "/": "/"}
_HEADER = re.compile(rf"([|>])([-+]?){TAIL}")
_MARGIN = re.compile(r"((?: *+\n)*+)( *+)")
# In flow style: only what means the same to everyone. An item is a bracket, an alias, plain or quoted text.
_SPACES = re.compile(r" *+")
_FLOW_PLAIN = re.compile(
    rf"(?:[A-Za-z0-9_./$(]|-(?=[A-Za-z0-9_.]))[^{CONTROL}:,\[\]{{}}?# ]*+"
    rf"(?:(?::(?=[A-Za-z0-9/_.-])| ++(?=[^{CONTROL}:,\[\]{{}}?# ]))[^{CONTROL}:,\[\]{{}}?# ]*+)*+"
)
_FLOW_ALIAS = re.compile(r"\*([0-9A-Za-z_-]++)(?=[ ,\]}])")
_MAX_FLOW_DEPTH = 20
_CONTENT: dict[int, re.Pattern[str]] = {}


class Values:
    """Reads the values of one document, which ends at `size` of the text, and keeps its anchors.

    `anchors` are those so far, None for a container that is still open; `shared` says that a container was aliased.
    `alias_end` is where the value last read ends if it is such an alias, else 0. `busy` says that a container that
    is open may have an anchor or such a value.
    """

    __slots__ = ("alias_end", "anchors", "busy", "ends", "file", "mark", "merged", "names", "shared", "size", "text")

    def __init__(self, file: SourceFile, text: str, size: int) -> None:
        self.file = file
        self.text = text
        self.size = size
        self.anchors: dict[str, Node | None] = {}
        self.names: dict[int, str] = {}
        self.ends: dict[int, dict[int, int]] = {}
        self.busy = self.shared = False
        self.merged = 0
        self.mark = 0
        self.alias_end = 0

    def open(self, name: str, node: Node) -> None:
        """A container with an anchor begins."""
        self.anchors[name] = None
        self.names[id(node)] = name
        self.busy = True

    def alias(self, node: Node, place: int) -> None:
        """What was read last is an alias of a container, and becomes the value of `node` at that place."""
        self.ends.setdefault(id(node), {})[place] = self.alias_end
        self.busy = True

    def close(self, node: Node) -> dict[int, int]:
        """A container ends. Where its values end that are aliases of containers."""
        name = self.names.pop(id(node), None)
        if name is not None:
            self.anchors[name] = node
        ends = self.ends.pop(id(node), {})
        self.busy = bool(self.names or self.ends)
        return ends

    def read(self, at: int, column: int, mark: int) -> tuple[Node | None, int, str | None]:
        """The value at an offset, and where the next line begins.

        `column` is that of the container around it, `mark` the next place that needs care. Of an anchored container,
        which begins on a later line, there is only the anchor yet: the third of what is returned.
        """
        self.mark, self.alias_end = mark, 0
        first = self.text[at]
        if first == "*":
            match = _NAME.match(self.text, at + 1, self.size)
            if match is None:
                raise DoubtError
            end = match.end(1)
            return self._alias(match[1], at, end), self._tail(end), None
        if first != "&":
            return *self._value(at, column), None
        match = _NAME.match(self.text, at + 1, self.size)
        if match is None:
            raise DoubtError
        ends = _END.match(self.text, match.end(), self.size)
        if ends is not None:
            return None, ends.end(), match[1]
        if self.text[match.end()] in "&*":
            raise DoubtError
        value, stop = self._value(match.end(), column)
        self.anchors[match[1]] = value
        return value, stop, None

    def _tail(self, at: int) -> int:
        """Where the next line begins, if nothing but a comment follows."""
        match = _TAIL.match(self.text, at, self.size)
        if match is None:
            raise DoubtError
        return match.end()

    def _value(self, at: int, column: int) -> tuple[Node, int]:
        first = self.text[at]
        if first in "|>":
            return self._block(at, column)
        if first in "[{":
            value, end = self._flow(at, 0)
        elif first in "\"'":
            value, end = self._quoted(at)
        else:
            match = _PLAIN.match(self.text, at, self.size)
            if match is None:
                raise DoubtError
            value, end = self._scalar(at, match.end(), match[0], ""), match.end()
        return value, self._tail(end)

    def _scalar(self, start: int, end: int, text: str, style: str) -> Node:
        return scalar(self.file, start, end, text, style, end > self.mark)

    def _alias(self, name: str, start: int, end: int) -> Node:
        """A scalar is read where it is used; a container is shared."""
        target = self.anchors.get(name)
        start, end = start, end
        if isinstance(target, Scalar):
            return Scalar(self.file, start, end, target.text, target.style)
        if isinstance(target, Opaque):
            return Opaque(self.file, start, end, target.text, target.why)
        if target is None:
            raise DoubtError
        self.shared, self.alias_end = True, end
        return target

    def _quoted(self, at: int) -> tuple[Node, int]:
        match = _QUOTED.match(self.text, at, self.size)
        if match is None:
            raise DoubtError
        style, end = self.text[at], match.end()
        raw = match[match.lastindex or 0]
        text = raw.replace("''", "'") if style == "'" else _ESCAPE.sub(_unescape, raw)
        if text != raw and why(text) != why(raw):
            raise DoubtError
        return self._scalar(at, end, text, style), end

    def _block(self, at: int, column: int) -> tuple[Node, int]:
        """A literal or folded scalar without an indentation indicator."""
        header = _HEADER.match(self.text, at, self.size)
        if header is None:
            raise DoubtError
        start = header.end()
        before = _MARGIN.match(self.text, start, self.size)
        width = len(before[2]) if before is not None else 0
        if before is None or width <= column or max(map(len, before[1].split("\n"))) > width:
            raise DoubtError
        body = _content(width).match(self.text, start, self.size)
        if body is None or self.text.startswith("\t", before.end()) or not body[0].strip(" \t\n"):
            raise DoubtError
        lines = [line[width:] for line in body[0].split("\n")]
        text = "\n".join(lines) if header[1] == "|" else _fold(lines)
        if header[2] != "+":
            kept = text.rstrip("\n")
            text = kept if header[2] or kept == text else kept + "\n"
        # Of a template, the file's text: where actions end it they belong to it.
        end = start + len(self.file.text[start : body.end()].rstrip(" \t\r\n"))
        return self._scalar(at, end, text, header[1]), body.end()

    def _flow(self, at: int, depth: int) -> tuple[Node, int]:
        """A list or a mapping in brackets, on one line."""
        text, start = self.text, at
        is_mapping = text[at] == "{"
        close = "}" if is_mapping else "]"
        if depth > _MAX_FLOW_DEPTH:
            raise DoubtError
        values: list[Node] = []
        keys: list[Scalar] = []
        raws: list[str] = []
        at = self._skip(at + 1)
        if text[at : at + 1] != close:
            while True:
                if is_mapping:
                    key, at = self._item(at, depth)
                    quoted = type(key) is Scalar and key.style
                    behind = text[at : at + 2]
                    if type(key) is not Scalar or behind[:1] != ":" or not (quoted or behind == ": "):
                        raise DoubtError
                    keys.append(key)
                    raws.append(text[key.start : key.end])
                    at = self._skip(at + 1)
                value, at = self._item(at, depth)
                values.append(value)
                at = self._skip(at)
                behind = text[at : at + 1]
                if behind == close:
                    break
                if behind != ",":
                    raise DoubtError
                at = self._skip(at + 1)
        at += 1
        self.alias_end = 0
        if not is_mapping:
            return Sequence(self.file, start, at, tuple(values), True), at
        shape = shape_of(tuple(raws), self.file)
        if shape.merges or any(key.text != raw.strip(key.style or " ") for key, raw in zip(keys, raws, strict=True)):
            raise DoubtError
        made = Mapping(self.file, start, at, tuple(zip(keys, values, strict=True)), True)
        made.simple = shape.simple
        return made, at

    def _skip(self, at: int) -> int:
        return _SPACES.match(self.text, at, self.size).end()  # type: ignore[union-attr]

    def _item(self, at: int, depth: int) -> tuple[Node, int]:
        first = self.text[at : at + 1]
        if first in ("[", "{"):
            return self._flow(at, depth + 1)
        if first in ('"', "'"):
            return self._quoted(at)
        match = _FLOW_PLAIN.match(self.text, at, self.size)
        if match is not None:
            return self._scalar(at, match.end(), match[0], ""), match.end()
        match = _FLOW_ALIAS.match(self.text, at, self.size)
        if match is None:
            raise DoubtError
        return self._alias(match[1], at, match.end()), match.end()


def _unescape(match: re.Match[str]) -> str:
    if match[1] not in _ESCAPES:
        raise DoubtError
    return _ESCAPES[match[1]]


def _content(width: int) -> re.Pattern[str]:
    """The lines of a block scalar indented by so many spaces."""
    if width not in _CONTENT:
        _CONTENT[width] = re.compile(rf"(?:(?: {{{width}}}{ANY}| *+)\n)*+(?:(?: {{{width}}}{ANY}| *+)\Z)?")
    return _CONTENT[width]


def _fold(lines: list[str]) -> str:
    """The text of a folded scalar: a single break between lines that begin with no blank is a space."""
    pieces: list[str] = []
    breaks = 0  # since the last line that holds something
    blank = True  # whether that line begins with a blank (or there is none)
    for line in lines:
        if not line:
            breaks += 1
            continue
        starts_blank = line[0] in " \t"
        if not pieces:
            pieces.append("\n" * breaks)
        elif blank or starts_blank:
            pieces.append("\n" * (breaks + 1))
        else:
            pieces.append("\n" * breaks or " ")
        pieces.append(line)
        blank, breaks = starts_blank, 0
    # The last break ends the last line (a text that ends in the middle of it has no break there).
    return "".join(pieces) + "\n" * breaks
