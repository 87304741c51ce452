"""Sets of parameters as generators make them: from data, from paths, from registered clusters."""

from __future__ import annotations

import binascii
import posixpath
from collections.abc import Callable, Iterable
from typing import NamedTuple

from eso_lint.render.argocd.glob import file_pattern, path_pattern
from eso_lint.render.argocd.template import Values, known_text, normalized
from eso_lint.render.gotemplate.values import UNKNOWN, Limit, Map, from_node
from eso_lint.render.tree import text_node
from eso_lint.source.node import Mapping, Node, Scalar, Sequence, lookup, string

_STEPS = 20_000


class Params(NamedTuple):
    """One set of parameters.

    `sure` says that it certainly exists, `open` that it has further parameters which are not known.
    """

    values: dict[str, object]
    sure: bool = True
    open: bool = False


UNKNOWN_SET = Params({}, False, True)


def value_of(params: Params) -> Callable[[str], object]:
    """Parameters by name: an unknown node for one that there may be."""

    def find(name: str) -> object:
        value = params.values.get(name)
        return UNKNOWN if value is None and params.open else value

    return find


def key(params: Params, keys: Iterable[str]) -> tuple[str | None, ...]:
    return tuple(known_text(_at(params.values, key)) for key in keys)


def _at(values: Values, name: str) -> object:
    """A parameter by its flat name."""
    if name in values:
        return values[name]
    head, _, rest = name.partition(".")
    inner = values.get(head)
    return _at(inner, rest) if rest and isinstance(inner, dict) else None


def element(node: Node, go: bool) -> Params:
    """Parameters in data: nested for Go templates, else by flat names."""
    if not isinstance(node, Mapping) or node.open:
        return UNKNOWN_SET
    if go:
        made = nested(node)
        return Params(made if isinstance(made, Map) else {})
    flat: dict[str, object] = {}
    _flatten(node, "", flat)
    return Params(flat)


def nested(node: Node) -> object:
    """Data as Go templates see it."""
    return from_node(node, False, Limit(_STEPS))


def map_of(values: Values) -> Map:
    """Parameters that hold more of them."""
    made = Map()
    made.update(values)
    return made


def _flatten(node: Node, prefix: str, flat: dict[str, object]) -> None:
    if isinstance(node, Mapping):
        for name, value in node.named():
            _flatten(value, f"{prefix}{name}.", flat)
    elif isinstance(node, Sequence):
        for number, value in enumerate(node.items):
            _flatten(value, f"{prefix}{number}.", flat)
    else:
        flat[prefix[:-1]] = node


def path_values(path: str, at: Node, go: bool, prefix: str, filename: str | None = None) -> dict[str, object]:
    """The parameters that tell a path, at the pattern that found it."""
    base = posixpath.basename(path)
    texts = {"path": path, "basename": base, "basenameNormalized": normalized(base)}
    if filename is not None:
        texts.update(filename=filename, filenameNormalized=normalized(filename))
    nodes: dict[str, object] = {name: text_node(at, text) for name, text in texts.items()}
    segments = [text_node(at, text) for text in path.split("/")]
    if go:
        inner = {"path": map_of({**nodes, "segments": segments})}
        return {prefix: map_of(inner)} if prefix else dict(inner)
    head = f"{prefix}.path" if prefix else "path"
    flat: dict[str, object] = {head if name == "path" else f"{head}.{name}": node for name, node in nodes.items()}
    return {**flat, **{f"{head}[{number}]": node for number, node in enumerate(segments)}}


def chosen(entries: tuple[Node, ...], paths: list[str], directories: bool) -> list[tuple[str, Node]] | None:
    """The paths that patterns choose, each with the pattern's node; None where a pattern is not known."""
    wanted: dict[str, Node] = {}
    dropped: set[str] = set()
    for entry in entries:
        node = lookup(entry, "path")
        text = string(node)
        pattern = (path_pattern if directories else file_pattern)(text) if text is not None else None
        if pattern is None or node is None:
            return None
        excluded = lookup(entry, "exclude")
        out = isinstance(excluded, Scalar) and excluded.value is True
        for path in paths:
            if pattern.match(path):
                if out:
                    dropped.add(path)
                else:
                    wanted.setdefault(path, node)
    return [(path, wanted[path]) for path in sorted(wanted) if path not in dropped]


def cluster_values(secret: Mapping, go: bool) -> dict[str, object]:
    """The parameters of a registered cluster."""
    made: dict[str, object] = {}
    for field in ("name", "server"):
        value = cluster_field(secret, field)
        made[field] = value if isinstance(value, Scalar) else UNKNOWN
    name = made["name"]
    made["nameNormalized"] = text_node(name, normalized(name.text)) if isinstance(name, Scalar) else name
    metadata = {field: lookup(secret, "metadata", field) for field in ("labels", "annotations")}
    if go:
        made["metadata"] = map_of({field: nested(node) for field, node in metadata.items() if node is not None})
        return made
    for field, node in metadata.items():
        for key, value in node.index.values() if isinstance(node, Mapping) else ():
            if isinstance(key, Scalar):
                made[f"metadata.{field}.{key.text}"] = value
    return made


def cluster_field(secret: Mapping, field: str) -> Node | None:
    """`name` or `server` of a registered cluster."""
    written = lookup(secret, "stringData", field)
    if written is not None:
        return written
    encoded = lookup(secret, "data", field)
    if not isinstance(encoded, Scalar):
        return encoded
    try:
        return text_node(encoded, binascii.a2b_base64(encoded.text.encode(), strict_mode=True).decode())
    except (ValueError, UnicodeDecodeError):
        return None


def overlaid(base: dict[str, object], over: dict[str, object], go: bool) -> dict[str, object]:
    """A set with another one's values on top; for Go templates level by level."""
    made = base.clone() if isinstance(base, Map) else dict(base)
    for name, value in over.items():
        old = made.get(name)
        deep = go and isinstance(old, Map) and isinstance(value, Map)
        made[name] = overlaid(old, value, go) if deep else value  # type: ignore[arg-type]
    return made
