"""Functions on maps and lists, and those that change a map in place."""

from __future__ import annotations

from collections.abc import Callable

from eso_lint.render.gotemplate.values import (
    UNKNOWN,
    Limit,
    Map,
    Unknown,
    Unresolved,
    field,
    number_of,
    pairs,
    plain,
    string_of,
    text_of,
)
from eso_lint.source.node import Scalar

_MAX_LENGTH = 1000


def _items(value: object) -> list[object]:
    known = plain(value)
    if known is None:
        return []
    if isinstance(known, list):
        return known
    raise Unresolved


def _map(value: object) -> Map:
    if isinstance(value, Map):
        return value
    raise Unresolved


def _index(value: object, *keys: object) -> object:
    for key in keys:
        step = plain(key)
        if isinstance(step, str):
            value = field(value, step)
        elif isinstance(step, int) and not isinstance(step, bool) and step >= 0:
            value = _items(value)[step]
        else:
            raise Unresolved
    return value


def _get(value: object, key: object) -> object:
    found = field(_map(value), string_of(key))
    return "" if found is None else found


def _dig(*args: object) -> object:
    *keys, fallback, value = args
    for key in keys:
        known = _map(value)
        name = string_of(key)
        if name not in known:
            if known.open:
                raise Unresolved
            return fallback
        value = known[name]
    return value


def _dict(*args: object) -> Map:
    made = Map()
    if len(args) % 2:
        raise Unresolved
    for key, value in zip(args[::2], args[1::2], strict=True):
        made[string_of(key)] = value
    return made


def _has_key(value: object, key: object) -> bool:
    known, name = _map(value), string_of(key)
    if name not in known and known.open:
        raise Unresolved
    return name in known


def _simple(value: object) -> object:
    known = plain(value)
    if isinstance(known, Map | list):
        raise Unresolved
    return known


def _has(needle: object, values: object) -> bool:
    wanted = _simple(needle)
    found = [item for item in _items(values) if not isinstance(item, Unknown)]
    if any(_simple(item) == wanted for item in found):
        return True
    if len(found) < len(_items(values)):
        raise Unresolved
    return False


def _chosen(value: object, keys: tuple[object, ...], keep: bool) -> Map:
    known, names = _map(value), {string_of(key) for key in keys}
    made = Map(known.open and not keep)
    for name in known:
        if (name in names) is keep:
            made[name] = known[name]
            if name in known.places:
                made.places[name] = known.places[name]
    if keep and known.open:
        made.update((name, UNKNOWN) for name in names if name not in known)
    return made


def _unique(values: object) -> list[object]:
    seen: set[object] = set()
    made = []
    for item in _items(values):
        if _simple(item) not in seen:
            seen.add(_simple(item))
            made.append(item)
    return made


def _without(values: object, *gone: object) -> list[object]:
    out = {_simple(item) for item in gone}
    return [item for item in _items(values) if _simple(item) not in out]


def _split(separator: object, value: object) -> list[object]:
    between, text = string_of(separator), string_of(value)
    found = text.split(between) if between else list(text)
    if len(found) > _MAX_LENGTH:
        raise Unresolved
    span = value.span if isinstance(value, Scalar) else None
    if span is None:
        return list(found)
    return [Scalar(span.file, span.start, span.end, part, "'") for part in found]


def _until(count: object) -> list[object]:
    length = number_of(count)
    if not 0 <= length <= _MAX_LENGTH:
        raise Unresolved
    return list(range(length))


def _concat(*lists: object) -> list[object]:
    made = [item for values in lists for item in _items(values)]
    if len(made) > 100 * _MAX_LENGTH:
        raise Unresolved
    return made


def deep_copy(value: object, limit: Limit) -> object:
    """The same value; changes to its maps do not reach the original."""
    limit.spend()
    if isinstance(value, Map):
        made = value.clone()
        for key in made:
            made[key] = deep_copy(made[key], limit)
        return made
    return [deep_copy(item, limit) for item in value] if isinstance(value, list) else value


def _keys(*maps: object) -> list[object]:
    return [key for value in maps for key, _ in pairs(_map(value))]


MAPS: dict[str, Callable[..., object]] = {
    "index": _index,
    "get": _get,
    "dig": _dig,
    "dict": _dict,
    "list": lambda *values: list(values),
    "tuple": lambda *values: list(values),
    "append": lambda values, value: [*_items(values), value],
    "prepend": lambda values, value: [value, *_items(values)],
    "concat": _concat,
    "first": lambda values: next(iter(_items(values)), None),
    "last": lambda values: next(iter(_items(values)[-1:]), None),
    "rest": lambda values: _items(values)[1:],
    "initial": lambda values: _items(values)[:-1],
    "reverse": lambda values: _items(values)[::-1],
    "uniq": _unique,
    "compact": lambda values: [item for item in _items(values) if plain(item)],
    "without": _without,
    "has": _has,
    "hasKey": _has_key,
    "keys": _keys,
    "values": lambda value: [v for _, v in pairs(_map(value))],
    "pick": lambda value, *keys: _chosen(value, keys, True),
    "omit": lambda value, *keys: _chosen(value, keys, False),
    "sortAlpha": lambda values: sorted(_items(values), key=lambda v: text_of(v).plain),
    "splitList": _split,
    "until": _until,
}


def _set(limit: Limit, sure: bool, target: object, key: object, value: object) -> object:
    known = _map(target)
    try:
        name = string_of(key)
    except Unresolved:
        known.hide()
        raise
    known[name] = value if sure else UNKNOWN
    known.places.pop(name, None)
    return known


def _unset(limit: Limit, sure: bool, target: object, key: object) -> object:
    known = _map(target)
    try:
        name = string_of(key)
    except Unresolved:
        known.hide()
        raise
    if not sure:
        known[name] = UNKNOWN
    else:
        known.pop(name, None)
    return known


def _merging(over: bool) -> Callable[..., object]:
    def merge(limit: Limit, sure: bool, target: object, *others: object) -> object:
        known = _map(target)
        for other in others:
            if not sure or not isinstance(other, Map) or other.open:
                known.hide()
                continue
            _merge(known, other, over, limit)
        return known

    return merge


def _merge(target: Map, other: Map, over: bool, limit: Limit) -> None:
    """As mergo does: what is empty counts as not there."""
    limit.spend(1 + len(target))
    for key, value in other.items():
        mine = target.get(key, UNKNOWN if target.open else None)
        if isinstance(mine, Map) and isinstance(value, Map):
            inner = mine.clone()
            _merge(inner, value, over, limit)
            target[key] = inner
        elif isinstance(value, Unknown):
            target[key] = UNKNOWN if over or not mine else mine
        elif isinstance(mine, Unknown):
            target[key] = value if over and _filled(value) else UNKNOWN
        elif _filled(value) and (over or not _filled(mine)):
            target[key] = value
            if key in other.places:
                target.places[key] = other.places[key]
        elif key not in target:
            target[key] = value


def _filled(value: object) -> bool:
    known = plain(value)
    return bool(known)


CHANGING: dict[str, Callable[..., object]] = {
    "set": _set,
    "unset": _unset,
    "merge": _merging(False),
    "mustMerge": _merging(False),
    "mergeOverwrite": _merging(True),
    "mustMergeOverwrite": _merging(True),
}
