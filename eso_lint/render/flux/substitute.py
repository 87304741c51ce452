"""Post-build substitution of Flux on position trees.

Flux replaces in the text that kustomize printed, where quotes are gone unless the value needs them: `"${N}"` with 5
is a number. A replaced scalar keeps its place in the manifest; the places of the values go to `Item.via`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from eso_lint.render.flux.envsubst import BadSubstitutionError, UnknownVariableError, expand
from eso_lint.render.tree import values_of
from eso_lint.render.unit import Item, Note
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, Supplied, lookup, string

_SWITCH = "kustomize.toolkit.fluxcd.io/substitute"
_FOREIGN = ("{{", "{%", "<%", "ENC[", "$(")
_NAME = re.compile(r"\$\{(\w+)")
_MAX_DEPTH = 200


class Variable(NamedTuple):
    """A value (None: it exists, but what it is cannot be known) and where it is written."""

    text: str | None
    at: Node


class Variables:
    """What a Flux Kustomization substitutes. `open` says that there may be further variables."""

    __slots__ = ("known", "open")

    def __init__(self) -> None:
        self.known: dict[str, Variable] = {}
        self.open = False

    def hide(self) -> None:
        """A source that cannot be read follows: it may add variables and replace those before it."""
        self.known = {name: Variable(None, variable.at) for name, variable in self.known.items()}
        self.open = True


def substitute(item: Item, variables: Variables) -> list[Note]:
    """Replace variables in an object, unless it opts out. Notes tell of text that Flux refuses."""
    if item.document.dialect != "plain" or _opts_out(item):
        return []
    notes: list[Note] = []
    used: dict[int, Node] = {}

    def value(name: str) -> str:
        variable = variables.known.get(name)
        if variable is None:
            if variables.open:
                raise UnknownVariableError
            return ""
        if variable.text is None:
            raise UnknownVariableError
        used.setdefault(id(variable.at), variable.at)
        return variable.text

    def change(node: Node, text: str) -> Node:
        try:
            fresh = expand(text, value)
        except UnknownVariableError:
            return node if isinstance(node, Opaque) else _opaque(node, text)
        except BadSubstitutionError as error:
            notes.append(Note("substitution", node, str(error)))
            return node if isinstance(node, Opaque) else _opaque(node, text)
        if fresh == text and isinstance(node, Scalar):
            return node
        placed = _placed(node, text, fresh)
        name = _NAME.match(text) if text.endswith("}") and type(placed) is Scalar else None
        variable = variables.known.get(name[1]) if name else None
        if variable is not None and variable.text == fresh:
            # All of it is one variable's value: whoever wants another changes it there.
            return Supplied(variable.at, node.span, fresh, placed.style)  # type: ignore[attr-defined]
        return placed

    before = item.root
    root = _Walk(change).node(before, 0)
    if root is not before and isinstance(root, Mapping):
        first, *more = used.values() or [before]
        item.change(root, first)
        item.via = (*item.via, *(node.span for node in more)) if used else item.via[:-1]
    return notes


def take_literally(item: Item) -> None:
    """What looks like a variable, where nothing replaces it: the text is what the cluster reads."""
    if item.document.dialect != "plain":
        return

    def change(node: Node, text: str) -> Node:
        if isinstance(node, Scalar) or node.why != "variable" or _foreign(text):  # type: ignore[attr-defined]
            return node
        return Scalar(node.file, node.start, node.end, text, _written(node))

    root = _Walk(change).node(item.root, 0)
    if root is not item.root and isinstance(root, Mapping):
        via = item.via
        item.change(root, root)
        item.via = via


def _opts_out(item: Item) -> bool:
    metadata = item.root.get("metadata")
    return any(string(lookup(metadata, field, _SWITCH)) == "disabled" for field in ("labels", "annotations"))


class _Walk:
    """Rebuilds a tree around the scalars that change; what is shared by aliases stays shared."""

    def __init__(self, change: Callable[[Node, str], Node]) -> None:
        self.change = change
        self.seen: dict[int, Node] = {}

    def node(self, node: Node, depth: int) -> Node:
        if isinstance(node, Scalar):
            return self.change(node, node.text) if "$" in node.text else node
        if isinstance(node, Opaque):
            return self.change(node, node.text) if "${" in node.text or "$$" in node.text else node
        if not isinstance(node, (Mapping, Sequence)) or depth > _MAX_DEPTH:
            return node
        known = self.seen.get(id(node))
        if known is None:
            known = self._mapping(node, depth) if isinstance(node, Mapping) else self._sequence(node, depth)
            self.seen[id(node)] = known
        return known

    def _mapping(self, node: Mapping, depth: int) -> Node:
        before = values_of(node)
        after = [self.node(value, depth + 1) for value in before]
        same = all(a is b for a, b in zip(after, before, strict=True))
        if same and node.simple and not any("$" in name for name, _ in node.named()):
            return node
        entries = tuple((self._key(k, depth), value) for (k, _), value in zip(node.entries, after, strict=True))
        if all(a is c and b is d for (a, b), (c, d) in zip(entries, node.entries, strict=True)):
            return node
        fresh = Mapping(node.file, node.start, node.end, entries, node.flow)
        was_unsure = any(isinstance(k, Opaque) for k, _ in node.entries)
        fresh.open = node.open and not (was_unsure and not any(isinstance(k, Opaque) for k, _ in entries))
        return fresh

    def _key(self, node: Node, depth: int) -> Node:
        """Keys stay where they are written: by them a mapping is read."""
        fresh = self.node(node, depth)
        if isinstance(fresh, Supplied):
            return Scalar(node.file, node.start, node.end, fresh.text, fresh.style)
        return fresh

    def _sequence(self, node: Sequence, depth: int) -> Node:
        parts = tuple(self.node(part, depth + 1) for part in node.items)
        if all(a is b for a, b in zip(parts, node.items, strict=True)):
            return node
        fresh = Sequence(node.file, node.start, node.end, parts, node.flow)
        fresh.open = node.open
        return fresh


def _placed(node: Node, before: str, after: str) -> Node:
    """The scalar that is read from the printed text once its variables are replaced."""
    if isinstance(node, Opaque) and _foreign(after):
        return Opaque(node.file, node.start, node.end, after, node.why if node.why != "variable" else "template")
    if "\n" in before:
        # Not `|`: the text is no longer that of the file, which readers of literal blocks rely on.
        return Scalar(node.file, node.start, node.end, after, '"')
    if not _prints_plain(before):
        return _opaque(node, after) if "'" in after else Scalar(node.file, node.start, node.end, after, "'")
    after = after.strip(" ")
    if not after or _prints_plain(after):
        return Scalar(node.file, node.start, node.end, after)
    quote = after[0]
    if quote in "'\"" and len(after) > 1 and after[-1] == quote and not any(c in after[1:-1] for c in (quote, "\\")):
        return Scalar(node.file, node.start, node.end, after[1:-1], quote)
    return _opaque(node, after)


def _prints_plain(text: str) -> bool:
    """Whether a one-line string is printed without quotes."""
    if not text or text[0] in "#,[]{}&*!|>'\"%@` " or text[-1] in ": " or ": " in text or " #" in text:
        return False
    if text[0] in "-?:" and text[1:2] in ("", " "):
        return False
    return text.isprintable() and not text.startswith(("---", "..."))


def _foreign(text: str) -> bool:
    """Whether other tools would replace something in the text."""
    return any(mark in text for mark in _FOREIGN)


def _written(node: Node) -> str:
    head = node.file.text[node.start : node.start + 1]
    return head if head and head in "'\"|>" else ""


def _opaque(node: Node, text: str) -> Opaque:
    return Opaque(node.file, node.start, node.end, text, "variable")
