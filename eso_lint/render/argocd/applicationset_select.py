"""Label selectors of Kubernetes (`matchLabels`, `matchExpressions`) over values that may be unknown."""

from __future__ import annotations

from collections.abc import Callable

from eso_lint.render.argocd.template import known_text
from eso_lint.render.gotemplate.values import Unknown
from eso_lint.render.kustomize.select import both
from eso_lint.source.node import Mapping, Node, Opaque, Sequence, items, lookup, string


def selected(selector: Node | None, value_of: Callable[[str], object]) -> bool | None:
    """Whether values satisfy a selector; None where that cannot be known."""
    if not isinstance(selector, Mapping):
        return None if isinstance(selector, Opaque) else True
    answers: list[bool | None] = [None] if selector.open else []
    labels = selector.get("matchLabels")
    if isinstance(labels, Mapping):
        answers += [_is_in(value_of(name), [value]) for name, (_, value) in labels.index.items()]
    elif isinstance(labels, Opaque):
        answers.append(None)
    answers += [_expression(entry, value_of) for entry in items(selector.get("matchExpressions"))]
    return both(answers)


def _expression(entry: Node, value_of: Callable[[str], object]) -> bool | None:
    key, operator, values = string(lookup(entry, "key")), string(lookup(entry, "operator")), lookup(entry, "values")
    if key is None or operator is None:
        return None
    value = value_of(key)
    if operator in ("Exists", "DoesNotExist"):
        there = None if isinstance(value, Opaque | Unknown) else value is not None
        return there if there is None or operator == "Exists" else not there
    if not isinstance(values, Sequence):
        return None
    inside = _is_in(value, list(values.items))
    if operator == "In":
        return inside
    return (not inside) if operator == "NotIn" and inside is not None else None


def _is_in(value: object, wanted: list[Node]) -> bool | None:
    if value is None:
        return False
    known = known_text(value)
    texts = [known_text(node) for node in wanted]
    if known is not None and known in texts:
        return True
    return None if known is None or None in texts else False
