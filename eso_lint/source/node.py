"""Source files, spans and the position tree that every later step reads.

Offsets are code points into `SourceFile.text` (a byte order mark is not part of the text). Line and column are
computed from offsets only when something is shown. Nodes are plain slotted classes without parent pointers: a run
creates many of them, and a tree without cycles needs no garbage collector.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from eso_lint.record import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

# Plain keys that Kubernetes may not read as strings are among these, or begin so.
ODD_KEYS = frozenset(
    (
        "y", "Y", "n", "N", "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF",
        "true", "True", "TRUE", "false", "False", "FALSE", "null", "Null", "NULL",
    )
)  # fmt: skip
ODD_STARTS = frozenset(("", "~", "+", "-", ".", "<", *"0123456789"))
_BREAK = re.compile(r"\r\n|\n|\r")
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


class SourceFile:
    """One file: its repository-relative POSIX path and its bytes, read once."""

    __slots__ = ("_lines", "_text", "data", "path")

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data
        self._text: str | None = None
        self._lines: list[int] | None = None

    @property
    def text(self) -> str:
        """The decoded text, without a byte order mark; undecodable bytes become U+FFFD."""
        if self._text is None:
            self._text = decode(self.data)
        return self._text

    @property
    def line_starts(self) -> list[int]:
        """Offsets at which lines begin. CRLF is one break; NEL, U+2028 and U+2029 are none, as in editors."""
        if self._lines is None:
            self._lines = [0, *(m.end() for m in _BREAK.finditer(self.text))]
        return self._lines

    def position(self, offset: int) -> tuple[int, int]:
        """1-based line and column, in code points, of an offset."""
        from bisect import bisect_right

        starts = self.line_starts
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a 1-based line, without its break; empty past the end."""
        starts = self.line_starts
        if not 0 < number <= len(starts):
            return ""
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def __repr__(self) -> str:
        return f"SourceFile({self.path!r})"


def decode(data: bytes) -> str:
    """Text of a file: UTF-8, or UTF-16 where a byte order mark says so. Never raises."""
    skip, encoding = encoding_of(data)
    return (data[skip:] if skip else data).decode(encoding, "replace")


def encoding_of(data: bytes) -> tuple[int, str]:
    """Length of the byte order mark, and the encoding."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return len(bom), encoding
    return 0, "utf-8"


class Span(NamedTuple):
    """A half-open range of offsets in one file."""

    file: SourceFile
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.file.text[self.start : self.end]

    def one_line(self) -> Span:
        """The part of this span on its first line (at least one column where the line has one)."""
        number = self.file.position(self.start)[0]
        starts = self.file.line_starts
        line_end = starts[number - 1] + len(self.file.line(number))
        return Span(self.file, self.start, max(self.start, min(self.end, line_end)))


class Node:
    """A place in a YAML or JSON document."""

    __slots__ = ("end", "file", "start")

    def __init__(self, file: SourceFile, start: int, end: int) -> None:
        self.file = file
        self.start = start
        self.end = end

    @property
    def span(self) -> Span:
        return Span(self.file, self.start, self.end)

    def get(self, key: str) -> Node | None:
        """The value under a key; None where this is no mapping or has no such key."""
        return None


class Scalar(Node):
    """A scalar as written. `style` is "" for plain, else one of ' " | >. `tag` is the explicit tag or None."""

    __slots__ = ("style", "tag", "text")

    def __init__(
        self, file: SourceFile, start: int, end: int, text: str, style: str = "", tag: str | None = None
    ) -> None:
        self.file = file
        self.start = start
        self.end = end
        self.text = text
        self.style = style
        self.tag = tag

    @property
    def value(self) -> Any:
        """What Kubernetes reads: str, int, float, bool or None (YAML 1.1 as sigs.k8s.io/yaml resolves it)."""
        from eso_lint.source.scalar import resolve

        return resolve(self)

    @property
    def string(self) -> str | None:
        """The value where Kubernetes reads a string, else None."""
        if self.tag is None:
            text = self.text
            # Most scalars are seen to be strings without resolving them.
            if self.style or (text not in ODD_KEYS and text[:1] not in ODD_STARTS):
                return text
        value = self.value
        return value if isinstance(value, str) else None

    def __repr__(self) -> str:
        return f"Scalar({self.text!r})"


class Supplied(Scalar):
    """A scalar that is put in from elsewhere: a substitution, a values file. Its place is there, where it is changed.

    `used` is the place that asks for it.
    """

    __slots__ = ("used",)

    def __init__(self, at: Node, used: Span, text: str, style: str = "") -> None:
        super().__init__(at.file, at.start, at.end, text, style)
        self.used = used


class Opaque(Node):
    """Text that something else will replace before the cluster reads it (a template, a variable, a cipher).

    It equals nothing and matches anything. `text` is what is written; `why` names the dialect
    ("template", "variable", "placeholder", "encrypted", "unknown").
    """

    __slots__ = ("text", "why")

    def __init__(self, file: SourceFile, start: int, end: int, text: str, why: str) -> None:
        self.file = file
        self.start = start
        self.end = end
        self.text = text
        self.why = why

    def get(self, key: str) -> Node | None:
        return self

    def __repr__(self) -> str:
        return f"Opaque({self.text!r})"


_FEW = 12  # so many entries are searched faster than an index of them is made


class Mapping(Node):
    """A mapping. `entries` keeps every pair as written, duplicates and merge keys (`<<`) included.

    `open` says that a template inserts further keys here, so an absent key is unknown, not absent.
    """

    __slots__ = ("_index", "entries", "flow", "open", "simple")

    def __init__(
        self, file: SourceFile, start: int, end: int, entries: tuple[tuple[Node, Node], ...] = (), flow: bool = False
    ) -> None:
        self.file = file
        self.start = start
        self.end = end
        self.entries = entries
        self.flow = flow
        self.open = False
        # No merge key, no duplicate, no key that is read as anything but its text: looked up without an index.
        self.simple = False
        self._index: dict[str, tuple[Node, Node]] | None = None

    @property
    def index(self) -> dict[str, tuple[Node, Node]]:
        """Effective entries by key: merge keys applied, of duplicates the last wins, as in Kubernetes.

        Where a template may insert keys (`open`), a key written twice is one branch or the other: Opaque. So is one
        that a merge key below it merges again: kubectl takes the merged value there, kustomize the written one.
        """
        if self._index is None:
            own: dict[str, tuple[Node, Node]] = {}
            merged: dict[str, tuple[Node, Node]] = {}
            for key, value in self.entries:
                if type(key) is not Scalar:
                    continue
                text = key.text
                if key.style == "":
                    if text == "<<":
                        for source in value.items if isinstance(value, Sequence) else (value,):
                            if isinstance(source, Mapping):
                                for name, pair in source.index.items():
                                    merged.setdefault(name, pair)
                                    if name in own:
                                        key, value = own[name]
                                        unknown = Opaque(value.file, value.start, value.end, "", "unknown")
                                        own[name] = (key, unknown)
                        continue
                    text = effective_key(key) or text
                if text in own and self.open:
                    value = Opaque(value.file, value.start, value.end, "", "template")
                own[text] = (key, value)
            self._index = {**merged, **own} if merged else own
        return self._index

    def _pair(self, key: object) -> tuple[Node, Node] | None:
        if not self.simple or len(self.entries) > _FEW:
            return self.index.get(key)  # type: ignore[call-overload, no-any-return]
        for pair in self.entries:
            if type(pair[0]) is Scalar and pair[0].text == key:
                return pair
        return None

    def get(self, key: str) -> Node | None:
        pair = self._pair(key)
        if pair is not None:
            return pair[1]
        return Opaque(self.file, self.start, self.end, "", "unknown") if self.open else None

    def key(self, key: str) -> Scalar | None:
        """The key node itself, for findings that stand on a key."""
        pair = self._pair(key)
        return pair[0] if pair is not None and isinstance(pair[0], Scalar) else None

    def __contains__(self, key: object) -> bool:
        return self._pair(key) is not None

    def __repr__(self) -> str:
        return f"Mapping({', '.join(self.index)})"


class Sequence(Node):
    """A sequence. `open` says that a template inserts further items."""

    __slots__ = ("flow", "items", "open")

    def __init__(
        self, file: SourceFile, start: int, end: int, items: tuple[Node, ...] = (), flow: bool = False
    ) -> None:
        self.file = file
        self.start = start
        self.end = end
        self.items = items
        self.flow = flow
        self.open = False

    def __repr__(self) -> str:
        return f"Sequence({len(self.items)} items)"


class Document(NamedTuple):
    """One YAML document of a file.

    `number` counts the documents of the file from 0; `dialect` is "plain", or the template language that had to be
    seen through to read it; `start` and `end` bound the document in the file's text.
    """

    file: SourceFile
    number: int
    root: Node
    dialect: str
    start: int
    end: int


def effective_key(key: Scalar) -> str | None:
    """A mapping key as Kubernetes reads it: numbers and booleans become strings; None for null, which it refuses."""
    text = key.text
    if key.tag is None and (key.style or (text not in ODD_KEYS and text[:1] not in ODD_STARTS)):
        return text
    value = key.value
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "g") if isinstance(value, float) else str(value)


def lookup(node: Node | None, *path: str | int) -> Node | None:
    """Follow keys and list positions; Opaque where a step cannot be known, None where it is absent."""
    for step in path:
        if node is None:
            return None
        if isinstance(step, str):
            node = node.get(step)
        elif isinstance(node, Sequence):
            node = node.items[step] if step < len(node.items) else None
        elif not isinstance(node, Opaque):
            return None
    return node


def string(node: Node | None) -> str | None:
    """The text of a known string scalar, else None (absent, opaque, a number, a container)."""
    return node.string if isinstance(node, Scalar) else None


def items(node: Node | None) -> tuple[Node, ...]:
    """The items of a sequence; empty for anything else."""
    return node.items if isinstance(node, Sequence) else ()


def is_absent(node: Node | None) -> bool:
    """True where a field is certainly not set: no key, or null. False for Opaque."""
    return node is None or (isinstance(node, Scalar) and node.value is None)


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, keys included, in document order; shared (aliased) containers once."""
    seen: set[int] = set()
    stack: list[Node] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, (Mapping, Sequence)):
            if id(current) in seen:
                continue
            seen.add(id(current))
        yield current
        if isinstance(current, Mapping):
            for key, value in reversed(current.entries):
                stack.append(value)
                stack.append(key)
        elif isinstance(current, Sequence):
            stack.extend(reversed(current.items))
