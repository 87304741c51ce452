"""Parser events to nodes.

Nothing is constructed, executed or expanded without bound: depth is capped, aliases share the anchored container,
merge keys are counted. This module imports PyYAML: import it late.
"""

from __future__ import annotations

import re
from sys import intern
from typing import Any

from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from eso_lint.source.node import (
    ODD_KEYS,
    ODD_STARTS,
    Mapping,
    Node,
    Opaque,
    Scalar,
    Sequence,
    SourceFile,
    effective_key,
    walk,
)
from eso_lint.source.placeholder import NONE, marks, why
from eso_lint.source.scalar import SPECIAL, refusal
from eso_lint.source.size import weigh

_PROPERTIES = re.compile(r"(?:(?:&[0-9A-Za-z_-]*+|!<[^>\s]*+>|![^\s,\[\]{}]*+)(?:\s++|#[^\r\n\x85\u2028\u2029]*+)*+)*+")
MAX_DEPTH = 128  # three times what is seen in life; readers of trees may call themselves at every level
MAX_MERGED = 100_000
# What Kubernetes' reader allows: of so many nodes, with aliases spelt out, such a share may come from aliases.
FEW_NODES, FEW_SHARE = 400_000, 0.99
MANY_NODES, MANY_SHARE = 4_000_000, 0.10


class RefusedError(Exception):
    """The document cannot become a tree: offsets in the file, message, advice. Never leaves this package."""

    def __init__(self, start: int, end: int, message: str, help: str) -> None:
        self.start = start
        self.end = max(end, start + 1)
        self.message = message
        self.help = help


def parser(text: str) -> Any:
    """An object with get_event(): libyaml's parser, or PyYAML's slower pure one where the C library is missing."""
    try:
        from yaml._yaml import CParser
    except ImportError:
        return _pure_parser(text)
    return CParser(text)


def _pure_parser(text: str) -> Any:
    from yaml.parser import Parser
    from yaml.reader import Reader
    from yaml.scanner import Scanner

    class PurePythonParser(Reader, Scanner, Parser):
        def __init__(self, stream: str) -> None:
            Reader.__init__(self, stream)
            Scanner.__init__(self)
            Parser.__init__(self)

    return PurePythonParser(text)


class Builder:
    """Collects the roots of a parser's documents.

    `duplicates` are keys written twice as (again, first); `refusals` are places that parse, but that Kubernetes
    refuses, as (node, message, advice).
    """

    def __init__(self, file: SourceFile, base: int, masked: bool = False) -> None:
        self.file = file
        self.base = base
        self.masked = masked
        self.roots: list[Node] = []
        self.duplicates: list[tuple[Node, Node]] = []
        self.refusals: list[tuple[Node, str, str]] = []
        self.merged = 0
        # Containers that aliases of the current document name, with the place of the first alias of each.
        self.aliased: dict[int, tuple[Node, int, int]] = {}

    def build(self, parser: Any, text: str) -> None:
        """Read all events. `text` is what the parser reads."""
        file, base, get_event = self.file, self.base, parser.get_event
        anchors: dict[str, Node | None] = {}
        # Where the next variable, placeholder or the like stands: scalars before it need no test.
        pending = marks(text)[::-1]
        mark = pending[-1] if pending else NONE
        # The container that is being filled (None: the stream), what it holds so far, where its last child ends, its
        # anchor; of a mapping also the keys seen, and the key that waits for its value. The stack keeps the outer ones.
        node: Node
        holder: Mapping | Sequence | None = None
        parts: list[Any] = self.roots
        last, name = base, None
        is_mapping = False
        seen: dict[str, Node] = {}
        key: Node | None = None
        stack: list[Any] = []
        while True:  # the hot loop: one turn per event, scalars first since they are most of them
            event = get_event()
            kind = event.__class__
            if kind is ScalarEvent:
                start, end = event.start_mark.index, event.end_mark.index
                value, style, tag, anchor = event.value, event.style or "", event.tag, event.anchor
                if anchor or tag:
                    start = _after_properties(text, start, end)
                if style and style in "|>":
                    end = _trim(file.text, base + start, base + end) - base
                if end > mark:
                    while pending and pending[-1] < end:
                        pending.pop()
                    mark = pending[-1] if pending else NONE
                    node = self._marked(base + start, base + end, value, style, tag)
                else:
                    node = Scalar(file, base + start, base + end, value, style, tag)
                last = end + base
                if anchor:
                    anchors[anchor] = node
                if not is_mapping:
                    parts.append(node)
                elif key is not None:
                    parts.append((key, node))
                    key = None
                else:
                    key = node
                    # The common key, without a call: new, and read as the string that it is.
                    if value in seen or value in ODD_KEYS or value[:1] in ODD_STARTS or tag or node.__class__ is Opaque:
                        self._key(holder, seen, node)
                    else:
                        node.text = value = intern(value)  # type: ignore[attr-defined]
                        seen[value] = node
                continue
            if kind is MappingStartEvent or kind is SequenceStartEvent:
                start, anchor = event.start_mark.index, event.anchor
                if anchor or event.tag:
                    start = _after_properties(text, start, len(text))
                start += base
                if len(stack) >= MAX_DEPTH:
                    message = f"nested more than {MAX_DEPTH:,} levels deep"
                    raise RefusedError(start, start, message, "check for brackets left open")
                if anchor:
                    anchors[anchor] = None
                stack.append((holder, parts, name, is_mapping, seen, key))
                is_mapping = kind is MappingStartEvent
                container = Mapping if is_mapping else Sequence
                holder = container(file, start, base + event.end_mark.index, (), event.flow_style or False)
                if is_mapping:
                    holder.simple = True  # type: ignore[union-attr]
                parts, last, name, seen, key = [], start, anchor, {}, None
                continue
            if kind is MappingEndEvent or kind is SequenceEndEvent:
                assert holder is not None
                # A block collection "ends" at the next token; its last child's end is what a reader sees.
                holder.end = last = base + event.end_mark.index if holder.flow else last
                if isinstance(holder, Mapping):
                    holder._entries = tuple(parts)
                    if "<<" in seen:
                        self._merge(holder)
                else:
                    holder.items = tuple(parts)
                if name:
                    anchors[name] = holder
                node = holder
                holder, parts, name, is_mapping, seen, key = stack.pop()
            elif kind is AliasEvent:
                start, last = base + event.start_mark.index, base + event.end_mark.index
                node = self._alias(event.anchor, anchors, start, last)
            elif kind is DocumentStartEvent:
                anchors = {}
                continue
            elif kind is DocumentEndEvent:
                if self.aliased:
                    self._bounded()
                continue
            elif event is None:
                return
            else:
                continue
            if not is_mapping:
                parts.append(node)
            elif key is not None:
                parts.append((key, node))
                key = None
            else:
                key = node
                self._key(holder, seen, node)

    def _marked(self, start: int, end: int, text: str, style: str, tag: str | None) -> Node:
        """A scalar in whose text something stands that may need care."""
        reason = why(text)
        if reason:
            return Opaque(self.file, start, end, self.file.text[start:end] if self.masked else text, reason)
        node = Scalar(self.file, start, end, text, style, tag)
        refused = refusal(tag, text)
        if refused:
            self.refusals.append((node, refused, "drop the tag, or correct the value"))
        elif text in SPECIAL and not style and tag is None:
            self.refusals.append((node, f"Kubernetes refuses the number `{text}`", "quote it if it is text"))
        return node

    def _alias(self, name: str, anchors: dict[str, Node | None], start: int, end: int) -> Node:
        """A scalar is read where it is used; a container is shared, so that no alias is ever expanded."""
        if name not in anchors:
            raise RefusedError(start, end, f"alias `*{name}` has no anchor before it", f"define `&{name}` above")
        target = anchors[name]
        if target is None:
            raise RefusedError(start, end, f"anchor `&{name}` contains itself", "break the circle")
        if isinstance(target, Scalar):
            return Scalar(self.file, start, end, target.text, target.style, target.tag)
        if isinstance(target, Opaque):
            return Opaque(self.file, start, end, target.text, target.why)
        self.aliased.setdefault(id(target), (target, start, end))
        return target

    def _bounded(self) -> None:
        """Refuse a document that aliases blow up, as Kubernetes does: nothing may walk it as a tree."""
        sizes: dict[int, int] = {}
        total = weigh(self.roots[-1], sizes)
        own = sum(1 for _ in walk(self.roots[-1]))
        between = min(max(total - FEW_NODES, 0) / (MANY_NODES - FEW_NODES), 1)
        if total > 1_000 and total - own > total * (FEW_SHARE - (FEW_SHARE - MANY_SHARE) * between):
            _, start, end = max(self.aliased.values(), key=lambda entry: sizes[id(entry[0])])
            self.roots.pop()
            message = f"aliases spell out to {total:,} nodes" if total < 10**9 else "aliases spell out without bound"
            raise RefusedError(start, end, f"{message}, which Kubernetes refuses", "write out what is needed")
        self.aliased = {}

    def _key(self, holder: Any, seen: dict[str, Node], node: Node) -> None:
        """A key that is no plain new string."""
        holder.simple = False
        if type(node) is Opaque:
            # A key that is not known may be any.
            holder.open = True
            return
        if type(node) is not Scalar:
            if self.file.text.startswith("{{", node.start - 1):
                message, help = "`{{` begins a YAML mapping here, not a template", "quote the whole value"
                raise RefusedError(node.start - 1, node.start + 1, message, help)
            message, help = "a key must be a scalar, not a mapping or a list", "quote it if it is text"
            raise RefusedError(node.start, node.end, message, help)
        name = effective_key(node)
        if name is None:
            if not self.masked:
                self.refusals.append((node, "a key must not be null", "write a key before the `:`"))
            return
        first = seen.setdefault(name, node)
        if first is not node and not self.masked:
            self.duplicates.append((node, first))

    def _merge(self, node: Mapping) -> None:
        """Resolve merge keys at once, children first, so that no chain of them recurses or grows without bound."""
        for key, value in node.entries:
            if isinstance(key, Scalar) and key.text == "<<" and not key.style:
                for source in value.items if isinstance(value, Sequence) else (value,):
                    if isinstance(source, Mapping):
                        self.merged += len(source.index)
                    elif isinstance(source, Opaque) or self.masked:
                        node.open = True
                    else:
                        raise RefusedError(
                            value.start,
                            value.end,
                            "a merge key takes a mapping or a list of mappings",
                            "merge an alias",
                        )
                    if self.merged > MAX_MERGED:
                        raise RefusedError(
                            key.start,
                            key.end,
                            f"merge keys expand to more than {MAX_MERGED:,} entries",
                            "write out what is needed",
                        )
        node.index  # noqa: B018


def _after_properties(text: str, start: int, end: int) -> int:
    """Where a node itself begins behind its anchor and tag."""
    match = _PROPERTIES.match(text, start, end)
    return match.end() if match is not None else start


def _trim(text: str, start: int, end: int) -> int:
    """A block scalar without the breaks and blanks behind it."""
    while end > start and text[end - 1] in " \t\r\n":
        end -= 1
    return end
