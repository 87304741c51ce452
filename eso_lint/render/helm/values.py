"""Values of a release: layers, single settings and a chart's own defaults, put together as Helm does."""

from __future__ import annotations

import re

from eso_lint.render.gotemplate.funcs import truth_or_none
from eso_lint.render.gotemplate.values import UNKNOWN, Limit, Map, Unknown, from_node
from eso_lint.source.node import Mapping, Node, Scalar, is_absent

_HEAD = re.compile(r"(?:\s|#[^\n]*(?:\n|\Z)|---[^\n]*(?:\n|\Z))*")
_TYPED = re.compile(r"true|false|null|0|[+-]?[1-9]\d{0,17}")
_STEP = re.compile(r"((?:[^\\.\[\]]|\\.)*)((?:\[\d{1,4}\])*)(?:\.|\Z)")


def layer(node: Node, limit: Limit) -> Map:
    """One layer of values; an open map without entries where it cannot be known."""
    if is_absent(node):
        return Map()
    if not isinstance(node, Mapping):
        return Map(open=True)
    made = from_node(node, is_file(node), limit)
    return made if isinstance(made, Map) else Map(open=True)


def is_file(root: Node) -> bool:
    """Whether a tree is all of its file: helm takes such values as they are, others may be filled in before."""
    return _HEAD.fullmatch(root.file.text, 0, root.start) is not None


def overlay(upper: Map, lower: Map, limit: Limit, delete: bool) -> Map:
    """Both maps together. With `delete` the upper one's nulls take away what the lower one has."""
    made = Map(upper.open or lower.open)
    for key, value in lower.items():
        limit.spend()
        if key not in upper:
            made[key] = UNKNOWN if upper.open else value
        elif isinstance(value, Map) and isinstance(over := upper[key], Map):
            made[key] = overlay(over, value, limit, delete)
        else:
            made[key] = upper[key]
        place = upper.places.get(key) or lower.places.get(key)
        if place is not None:
            made.places[key] = place
    for key, value in upper.items():
        if key not in lower:
            made[key] = opened(value) if lower.open and isinstance(value, Map) else value
            if key in upper.places:
                made.places[key] = upper.places[key]
    return _without_nulls(made, limit) if delete else made


def _without_nulls(values: Map, limit: Limit) -> Map:
    """Nulls mean that a key is not there, in a chart's defaults too; those in lists stay."""
    for key, value in list(values.items()):
        limit.spend()
        if is_nil(value):
            del values[key]
        elif isinstance(value, Map):
            _without_nulls(value, limit)
    return values


def opened(values: Map) -> Map:
    """The same map, of which further keys are unknown at every depth."""
    made = values.clone()
    made.open = True
    for key, value in made.items():
        if isinstance(value, Map):
            made[key] = opened(value)
    return made


def is_nil(value: object) -> bool:
    return value is None or (isinstance(value, Scalar) and value.value is None)


def apply(values: Map, name: Node, value: Node, text: bool) -> None:
    """`--set name=value`; with `text` as `--set-string` does."""
    path = steps(name.text) if isinstance(name, Scalar) else None
    if path is None:
        values.hide()
        return
    made: object = UNKNOWN
    if isinstance(value, Scalar):
        if value.text.startswith("{") and value.text.endswith("}"):
            parts = value.text[1:-1].split(",") if len(value.text) > 2 else []
            made = [_typed(value, part.strip(), text) for part in parts]
        else:
            made = _typed(value, value.text.replace("\\,", ","), text)
    _put(values, path, made)


def _typed(at: Scalar, text: str, as_text: bool) -> Scalar:
    plain = not as_text and _TYPED.fullmatch(text) is not None
    return Scalar(at.file, at.start, at.end, text, "" if plain else "'")


def steps(text: str) -> list[str | int] | None:
    """`a.b[0].c` as its steps; None where it is no such path."""
    found: list[str | int] = []
    at = 0
    while at < len(text):
        match = _STEP.match(text, at)
        if match is None or match.end() == at:
            return None
        if match[1]:
            found.append(re.sub(r"\\(.)", r"\1", match[1]))
        found += (int(index) for index in re.findall(r"\d+", match[2]))
        at = match.end()
    return found or None


def _put(holder: Map | list[object], path: list[str | int], value: object) -> None:
    head, rest = path[0], path[1:]
    if isinstance(holder, list) and isinstance(head, int):
        holder.extend([None] * (head + 1 - len(holder)))
        old = holder[head]
    elif isinstance(holder, Map) and isinstance(head, str):
        old = holder.get(head)
    else:
        if isinstance(holder, Map):
            holder.hide()
        return
    if rest:
        wanted = list if isinstance(rest[0], int) else Map
        inner = old if isinstance(old, wanted) else wanted()
        if not isinstance(old, Unknown):
            _put(inner, rest, value)
            value = inner
        else:
            value = UNKNOWN
    holder[head] = value  # type: ignore[index]


def agreed(alternatives: list[Map], limit: Limit) -> Map:
    """What all alternatives say; the rest is unknown."""
    first, *others = alternatives
    made = Map(first.open or any(other.open for other in others))
    for key in dict.fromkeys(key for values in alternatives for key in values):
        limit.spend()
        found = [values[key] for values in alternatives if key in values]
        if len(found) < len(alternatives):
            made[key] = UNKNOWN
        elif all(isinstance(value, Map) for value in found):
            made[key] = agreed([value for value in found if isinstance(value, Map)], limit)
        else:
            made[key] = found[0] if all(_same(found[0], value, limit) for value in found[1:]) else UNKNOWN
        place = first.places.get(key)
        if place is not None:
            made.places[key] = place
    return made


def may_be_set(values: Map, limit: Limit) -> Map:
    """Defaults as far as a release is likely to keep them: what is absent, off or empty waits to be set."""
    made = Map(True)
    for key, value in values.items():
        limit.spend()
        if isinstance(value, Map) and value:
            made[key] = may_be_set(value, limit)
        else:
            number = isinstance(value, Scalar) and type(value.value) in (int, float)
            made[key] = value if number or truth_or_none(value) else UNKNOWN
        place = values.places.get(key)
        if place is not None:
            made.places[key] = place
    return made


def _same(one: object, two: object, limit: Limit) -> bool:
    limit.spend()
    if one is two:
        return True
    if isinstance(one, Scalar) and isinstance(two, Scalar):
        return bool(one.value == two.value)
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(_same(a, b, limit) for a, b in zip(one, two, strict=True))
    if isinstance(one, Map) and isinstance(two, Map):
        return (
            (one.open or two.open) is False
            and one.keys() == two.keys()
            and all(_same(one[k], two[k], limit) for k in one)
        )
    return False
