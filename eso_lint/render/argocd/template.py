"""What an ApplicationSet puts into its template: `{{key}}`, or Go templates where it asks for them.

What cannot be known stays Opaque, at the place where it is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingABC
from functools import lru_cache

from eso_lint.render.gotemplate.eval import Evaluator, Refused
from eso_lint.render.gotemplate.syntax import TemplateError
from eso_lint.render.gotemplate.template import read
from eso_lint.render.gotemplate.text import source_of
from eso_lint.render.gotemplate.values import Limit, Map, TooMuch, Unresolved, text_of
from eso_lint.render.tree import sequence_with, values_of, with_entries
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, SourceFile, Span
from eso_lint.source.placeholder import why

# Parameters by name: nodes, or (for Go templates) maps and lists of them.
Values = MappingABC[str, object]
_TAG = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_KEPT = re.compile(r"\{\{-?\s*`([^`]*)`\s*-?\}\}")
_STEPS = 20_000
_NOT_IN_NAMES = re.compile(r"[^-a-z0-9.]")


class Filler:
    """Puts parameters into trees. What holds nothing to fill in is found once, and passed over."""

    def __init__(self, go: bool) -> None:
        self.go = go
        self._bare: dict[int, tuple[Node, bool]] = {}

    def fill(self, node: Node, values: Values) -> Node:
        """The tree with all that is known put in. The same tree comes back where nothing was."""
        if isinstance(node, Opaque):
            return _filled(node, values, self.go) if "{{" in node.text else node
        if self._is_bare(node):
            return node
        if isinstance(node, Mapping):
            entries = [(key, self.fill(value, values)) for key, value in node.entries]
            if all(a[1] is b[1] for a, b in zip(entries, node.entries, strict=True)):
                return node
            return with_entries(node, list(entries))
        if isinstance(node, Sequence):
            made = [self.fill(item, values) for item in node.items]
            return node if all(a is b for a, b in zip(made, node.items, strict=True)) else sequence_with(node, made)
        return node

    def _is_bare(self, node: Node) -> bool:
        if isinstance(node, Opaque):
            return "{{" not in node.text
        if not isinstance(node, (Mapping, Sequence)):
            return True
        known = self._bare.get(id(node))
        if known is None:
            children = node.items if isinstance(node, Sequence) else values_of(node)
            known = self._bare[id(node)] = (node, all(self._is_bare(child) for child in children))
        return known[1]


def released(node: Node) -> Node:
    """A tree that a chart printed: what it kept from Helm in quotes is the text of a template now."""
    if isinstance(node, Mapping):
        return with_entries(node, [(key, released(value)) for key, value in node.entries])
    if isinstance(node, Sequence):
        return sequence_with(node, [released(item) for item in node.items])
    if isinstance(node, Opaque) and "`" in node.text:
        text = _KEPT.sub(r"\1", node.text)
        return node if text == node.text else Opaque(node.file, node.start, node.end, text, "template")
    return node


def _filled(node: Opaque, values: Values, go: bool) -> Node:
    """A value that is all of the text stands where it is given, any other text where the template has it."""
    text = _unquoted(node.text)
    made, place = _by_go(text, values) if go else _by_tags(text, values)
    if made is None:
        return node
    file, start, end = place or node.span
    reason = why(made)
    return Opaque(file, start, end, made, reason) if reason else Scalar(file, start, end, made, "'")


def _unquoted(text: str) -> str:
    """The text of a scalar that was read through a mask stands with its quotes, or the first of them alone."""
    quote = text[:1]
    if quote not in ("'", '"'):
        return text
    if len(text) > 1 and text.endswith(quote):
        return text[1:-1]
    return text[1:] if text.count(quote) == 1 else text


def _by_tags(text: str, values: Values) -> tuple[str | None, Span | None]:
    """The text, and its place where it is one value as a whole; None where something in it is not known."""
    parts = list(_parts(text))
    for number in range(1, len(parts), 2):
        value = values.get(parts[number])
        known = known_text(value)
        if known is None:
            return None, None
        parts[number] = known
    whole = values.get(_parts(text)[1]) if len(parts) == 3 and not parts[0] and not parts[2] else None
    return "".join(parts), whole.span if isinstance(whole, Scalar) else None


@lru_cache(maxsize=1024)
def _parts(text: str) -> tuple[str, ...]:
    """Text and the names of parameters, in turn."""
    parts = _TAG.split(text)
    return tuple(part.strip() if number % 2 else part for number, part in enumerate(parts))


def _by_go(text: str, values: Values) -> tuple[str | None, Span | None]:
    # A parameter that is not there is a fault of some kind, not nothing.
    root = Map(True)
    root.update(values)
    file = SourceFile("", text.encode())
    try:
        made = Evaluator({}, Limit(_STEPS)).run(file, read(text).body, root)
    except (TemplateError, Unresolved, Refused, TooMuch):
        return None, None
    if made.residual:
        return None, None
    return made.plain, source_of(made)


def known_text(value: object) -> str | None:
    """What a parameter prints; None where that cannot be known."""
    if value is None:
        return None
    if isinstance(value, Scalar) and (text := value.string) is not None:
        return text
    try:
        return text_of(value).plain
    except Unresolved:
        return None


def normalized(name: str) -> str:
    """A name as Argo CD makes it fit for Kubernetes."""
    return _NOT_IN_NAMES.sub("-", name.lower())[:253].strip("-.")
