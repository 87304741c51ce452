"""What an ApplicationSet puts into its template: `{{key}}`, or Go templates where it asks for them.

What cannot be known stays Opaque, at the place where it is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingABC

from eso_lint.render.goeval import Evaluator, Refused
from eso_lint.render.gosyntax import TemplateError
from eso_lint.render.gotemplate import read
from eso_lint.render.gotext import source_of
from eso_lint.render.govalues import Limit, Map, TooMuch, Unresolved, text_of
from eso_lint.render.tree import sequence_with, with_entries
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, SourceFile, Span
from eso_lint.source.placeholder import why

# Parameters by name: nodes, or (for Go templates) maps and lists of them.
Values = MappingABC[str, object]
_TAG = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_KEPT = re.compile(r"\{\{-?\s*`([^`]*)`\s*-?\}\}")
_STEPS = 20_000
_NOT_IN_NAMES = re.compile(r"[^-a-z0-9.]")


def fill(node: Node, values: Values, go: bool) -> Node:
    """The tree with all that is known put in. The same tree comes back where nothing was."""
    if isinstance(node, Mapping):
        entries = [(key, fill(value, values, go)) for key, value in node.entries]
        if all(a[1] is b[1] for a, b in zip(entries, node.entries, strict=True)):
            return node
        return with_entries(node, list(entries))
    if isinstance(node, Sequence):
        made = [fill(item, values, go) for item in node.items]
        return node if all(a is b for a, b in zip(made, node.items, strict=True)) else sequence_with(node, made)
    if isinstance(node, Opaque) and "{{" in node.text:
        return _filled(node, values, go)
    return node


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
    found: list[object] = []

    def put(match: re.Match[str]) -> str:
        found.append(values.get(match[1].strip()))
        return known_text(found[-1]) or ""

    made = _TAG.sub(put, text)
    if any(known_text(value) is None for value in found):
        return None, None
    whole = found[0] if _TAG.fullmatch(text) and len(found) == 1 else None
    return made, whole.span if isinstance(whole, Scalar) else None


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
    try:
        return text_of(value).plain
    except Unresolved:
        return None


def normalized(name: str) -> str:
    """A name as Argo CD makes it fit for Kubernetes."""
    return _NOT_IN_NAMES.sub("-", name.lower())[:253].strip("-.")
