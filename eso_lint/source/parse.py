"""Text of a file to documents of our own tree, from libyaml's events.

Each document is parsed alone: a broken one does not take its neighbours with it, and one that cannot matter is
never parsed. Nothing is constructed, executed or expanded without bound: depth is capped, aliases share the anchored
container, merge keys are counted. What Kubernetes refuses (complex keys, `%YAML` above 1.1) becomes a fault here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from eso_lint.source.node import Document, Mapping, Node, Opaque, Scalar, Sequence, SourceFile, Span

MAX_DEPTH = 1_000
MAX_MERGED = 100_000

_SEPARATOR = re.compile(r"(?:\n|\r\n?)---(?=[ \t\r\n]|\Z)")
_DIRECTIVES = re.compile(r"\A(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n?|\n))*%")
_YAML_DIRECTIVE = re.compile(r"^%YAML[ \t]+(\d+)\.(\d+)", re.MULTILINE)


class Fault(NamedTuple):
    """Something in the text that is wrong before any meaning. `kind` is "syntax" or "duplicate-key"."""

    kind: str
    span: Span
    message: str
    related: tuple[tuple[Span, str], ...] = ()
    document: int = 0


class Parsed(NamedTuple):
    """What reading one file gave. `skipped` says why text was left unread: (offset, reason)."""

    file: SourceFile
    documents: tuple[Document, ...]
    faults: tuple[Fault, ...]
    skipped: tuple[tuple[int, str], ...] = ()


class _RefusedError(Exception):
    """Internal: the document cannot become a tree. Never leaves this module."""

    def __init__(self, offset: int, end: int, message: str) -> None:
        self.offset = offset
        self.end = end
        self.message = message


def chunks(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each document's text. Directives stay with the document they head."""
    start = 0
    for match in _SEPARATOR.finditer(text):
        piece_end = match.start() + (2 if text.startswith("\r\n", match.start()) else 1)
        if _DIRECTIVES.match(text, start, piece_end):
            continue
        yield start, piece_end
        start = piece_end
    yield start, len(text)


def parse(file: SourceFile, wanted: Callable[[str], bool] | None = None, in_chart: bool = False) -> Parsed:
    """Parse the documents of a file that `wanted` (given the document's text) accepts; all where it is None.

    `in_chart` says that the file is a Helm template. Never raises on any input.
    """
    from eso_lint.source.template import is_templated, mask, unmask

    text = file.text
    documents: list[Document] = []
    faults: list[Fault] = []
    skipped: list[tuple[int, str]] = []
    index = 0
    for start, end in chunks(text):
        chunk = text[start:end]
        if not chunk.strip():
            continue
        if wanted is not None and not wanted(chunk):
            index += 1
            continue
        templated = is_templated(chunk)
        if not (in_chart and templated):
            roots, found, refused = _parse_chunk(file, chunk, start, index)
            if refused is None or not templated:
                for root in roots:
                    documents.append(Document(file, index, root, "plain", start, end))
                    index += 1
                faults += found
                if refused is not None:
                    faults.append(refused)
                    index += 0 if roots else 1
                elif not roots:
                    index += 1
                continue
        masked = mask(chunk, start)
        roots, _, refused = _parse_chunk(file, masked.text, start, index)
        if refused is not None:
            skipped.append((refused.span.start, "template that is no YAML before it is rendered"))
        for root in roots:
            documents.append(Document(file, index, unmask(root, masked), masked.dialect, start, end))
            index += 1
        index += 0 if roots else 1
    return Parsed(file, tuple(documents), tuple(faults), tuple(skipped))


def _parse_chunk(file: SourceFile, chunk: str, base: int, index: int) -> tuple[list[Node], list[Fault], Fault | None]:
    """Roots of the documents in one chunk, duplicate-key faults, and the fault that ended reading, if any."""
    import yaml

    builder = _Builder(file, base, index)
    directive = _YAML_DIRECTIVE.search(chunk) if "%YAML" in chunk else None
    if directive is not None and (int(directive[1]), int(directive[2])) != (1, 1) and _DIRECTIVES.match(chunk):
        span = Span(file, base + directive.start(), base + directive.end())
        return [], [], Fault("syntax", span, f"Kubernetes reads YAML 1.1 and refuses `{directive[0]}`", (), index)
    try:
        builder.build(_parser(chunk))
    except _RefusedError as refused:
        fault = Fault("syntax", Span(file, refused.offset, refused.end), refused.message, (), index)
        return builder.roots, builder.faults, fault
    except yaml.YAMLError as error:
        offset = base + _error_index(error, len(chunk))
        message = " ".join(p for p in (getattr(error, "context", None), getattr(error, "problem", None)) if p)
        fault = Fault(
            "syntax", Span(file, offset, min(offset + 1, base + len(chunk))), message or str(error), (), index
        )
        return builder.roots, builder.faults, fault
    return builder.roots, builder.faults, None


def _error_index(error: Any, length: int) -> int:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    position = mark.index if mark is not None else getattr(error, "position", 0)
    return max(0, min(int(position or 0), length))


def _parser(text: str) -> Any:
    """An object with get_event(): libyaml's parser, or PyYAML's slower pure one where the C library is missing."""
    try:
        from yaml._yaml import CParser
    except ImportError:
        from yaml.parser import Parser
        from yaml.reader import Reader
        from yaml.scanner import Scanner

        class PurePythonParser(Reader, Scanner, Parser):
            def __init__(self, stream: str) -> None:
                Reader.__init__(self, stream)
                Scanner.__init__(self)
                Parser.__init__(self)

        return PurePythonParser(text)
    return CParser(text)


class _Frame:
    """A container that is being filled."""

    __slots__ = ("anchor", "end", "key", "merged", "node", "parts", "seen")

    def __init__(self, node: Mapping | Sequence, anchor: str | None) -> None:
        self.node = node
        self.anchor = anchor
        self.parts: list[Any] = []
        self.key: Node | None = None
        self.seen: dict[str, Node] = {}
        self.end = node.start
        self.merged = False


class _Builder:
    """Turns parser events into nodes."""

    def __init__(self, file: SourceFile, base: int, index: int) -> None:
        self.file = file
        self.base = base
        self.index = index
        self.roots: list[Node] = []
        self.faults: list[Fault] = []
        self.merged = 0

    def build(self, parser: Any) -> None:
        file, base = self.file, self.base
        stack: list[_Frame] = []
        anchors: dict[str, Node | None] = {}
        while True:
            event = parser.get_event()
            if event is None:
                return
            name = type(event).__name__
            if name == "ScalarEvent":
                start, end = base + event.start_mark.index, base + event.end_mark.index
                style = event.style or ""
                if style in "|>" and style:
                    end = self._trim(start, end)
                node: Node = Scalar(file, start, end, event.value, style, event.tag)
                if event.anchor:
                    anchors[event.anchor] = node
            elif name == "MappingStartEvent" or name == "SequenceStartEvent":
                if len(stack) >= MAX_DEPTH:
                    at = base + event.start_mark.index
                    raise _RefusedError(at, at + 1, f"nested more than {MAX_DEPTH:,} levels deep")
                start = base + event.start_mark.index
                flow = bool(event.flow_style)
                container: Mapping | Sequence
                if name == "MappingStartEvent":
                    container = Mapping(file, start, base + event.end_mark.index, (), flow)
                else:
                    container = Sequence(file, start, base + event.end_mark.index, (), flow)
                if event.anchor:
                    anchors[event.anchor] = None
                stack.append(_Frame(container, event.anchor))
                continue
            elif name == "MappingEndEvent" or name == "SequenceEndEvent":
                frame = stack.pop()
                node = self._close(frame, base + event.end_mark.index)
                if frame.anchor:
                    anchors[frame.anchor] = node
            elif name == "AliasEvent":
                start, end = base + event.start_mark.index, base + event.end_mark.index
                if event.anchor not in anchors:
                    raise _RefusedError(start, end, f"alias `*{event.anchor}` has no anchor before it")
                target = anchors[event.anchor]
                if target is None:
                    raise _RefusedError(start, end, f"anchor `&{event.anchor}` contains itself")
                # A scalar is read where it is used; a container is shared, so that no alias is ever expanded.
                node = (
                    Scalar(file, start, end, target.text, target.style, target.tag)
                    if isinstance(target, Scalar)
                    else target
                )
                self._add(stack, node, end)
                continue
            elif name == "DocumentStartEvent":
                anchors = {}
                continue
            else:
                continue
            self._add(stack, node, node.end)

    def _add(self, stack: list[_Frame], node: Node, end: int) -> None:
        if not stack:
            self.roots.append(node)
            return
        frame = stack[-1]
        frame.end = max(frame.end, end)
        if isinstance(frame.node, Sequence):
            frame.parts.append(node)
        elif frame.key is None:
            if not isinstance(node, Scalar):
                raise _RefusedError(
                    node.start, max(node.end, node.start + 1), "a key must be a scalar, not a mapping or a list"
                )
            frame.key = node
            if node.text == "<<" and not node.style:
                frame.merged = True
            else:
                first = frame.seen.setdefault(node.text, node)
                if first is not node:
                    related = ((first.span, "first written here"),)
                    message = f"key `{node.text}` is written twice"
                    self.faults.append(Fault("duplicate-key", node.span, message, related, self.index))
        else:
            frame.parts.append((frame.key, node))
            frame.key = None

    def _close(self, frame: _Frame, event_end: int) -> Node:
        node = frame.node
        # A block collection "ends" at the next token; its last child's end is what a reader sees.
        node.end = event_end if node.flow else frame.end
        if isinstance(node, Sequence):
            node.items = tuple(frame.parts)
        else:
            node.entries = tuple(frame.parts)
            if frame.merged:
                self._merge(node)
        return node

    def _merge(self, node: Mapping) -> None:
        """Resolve merge keys at once, children first, so that no chain of them recurses or grows without bound."""
        for key, value in node.entries:
            if isinstance(key, Scalar) and key.text == "<<" and not key.style:
                for source in value.items if isinstance(value, Sequence) else (value,):
                    if not isinstance(source, Mapping):
                        raise _RefusedError(
                            value.start,
                            max(value.end, value.start + 1),
                            "a merge key takes a mapping or a list of mappings",
                        )
                    self.merged += len(source.index)
                    if self.merged > MAX_MERGED:
                        raise _RefusedError(key.start, key.end, "merge keys expand to more than 100,000 entries")
        node.index  # noqa: B018

    def _trim(self, start: int, end: int) -> int:
        text = self.file.text
        while end > start and text[end - 1 : end] in (" ", "\t", "\r", "\n"):
            end -= 1
        return end


def opaque_of(node: Node, why: str) -> Opaque:
    """The same place as Opaque."""
    return Opaque(node.file, node.start, node.end, node.span.text, why)
