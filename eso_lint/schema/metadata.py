"""The object's own metadata: names, labels and the like, which every kind has and no CRD describes."""

from __future__ import annotations

from typing import Any

from eso_lint.model.resource import Resource, first_scalar
from eso_lint.schema.formats import DNS_LABEL, SUBDOMAIN, label_value_fault, qualified_name_fault
from eso_lint.schema.pack import Pack, Shape
from eso_lint.schema.walk import Frame, Walk
from eso_lint.source.node import Mapping, Node, Scalar, Sequence

_TEXT: dict[str, Any] = {"type": "string"}
_TEXTS = {"type": "object", "additionalProperties": _TEXT}
_WHOLE = {"type": "integer"}
_TIME = {"type": "string", "format": "rfc3339"}
_OWNER = {
    "type": "object",
    "required": ["apiVersion", "kind", "name", "uid"],
    "properties": {
        "apiVersion": _TEXT, "kind": _TEXT, "name": _TEXT, "uid": _TEXT,
        "controller": {"type": "boolean"}, "blockOwnerDeletion": {"type": "boolean"},
    },
}  # fmt: skip
_SCHEMA = {
    "type": "object",
    "properties": {
        "name": _TEXT, "generateName": _TEXT, "namespace": _TEXT, "selfLink": _TEXT, "uid": _TEXT,
        "resourceVersion": _TEXT, "generation": _WHOLE, "creationTimestamp": _TIME, "deletionTimestamp": _TIME,
        "deletionGracePeriodSeconds": _WHOLE, "labels": _TEXTS, "annotations": _TEXTS,
        "ownerReferences": {"type": "array", "items": _OWNER},
        "finalizers": {"type": "array", "items": _TEXT},
        "managedFields": {
            "type": "array", "items": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        },
    },
}  # fmt: skip


def _rows(schema: dict[str, Any], rows: list[dict[str, Any]]) -> int:
    """Put a schema to the rows of a pack, children first."""
    row = dict(schema)
    if "properties" in row:
        row["properties"] = {name: _rows(child, rows) for name, child in row["properties"].items()}
    for key in ("items", "additionalProperties"):
        if key in row:
            row[key] = _rows(row[key], rows)
    rows.append(row)
    return len(rows) - 1


def _shape() -> Shape:
    rows: list[dict[str, Any]] = []
    top = _rows(_SCHEMA, rows)
    return Pack({"rows": rows, "kinds": {}}).shape(top)


SHAPE = _shape()


def judge_metadata(resource: Resource, walk: Walk, top: Frame, scope: str) -> None:
    """Put the faults of `metadata` to those of a walk."""
    node = resource.root.get("metadata")
    at: Node = resource.key_at("metadata") or resource.kind_node
    if isinstance(node, Scalar) and node.value is None:
        node = None
    if node is None:
        if not resource.root.open:
            walk.fault(
                "missing", at, Frame(Frame(top, "metadata", SHAPE, resource.root), "name", None, resource.root), False
            )
        return
    frame = Frame(top, "metadata", SHAPE, node)
    walk.visit(node, SHAPE, top, "metadata")
    if not isinstance(node, Mapping):
        return
    _names(node, frame, walk, at, scope)
    for field in ("labels", "annotations"):
        _keys(node, field, frame, walk)
    finalizers = node.get("finalizers")
    if isinstance(finalizers, Sequence):
        for i, item in enumerate(finalizers.items):
            why = qualified_name_fault(item.string) if isinstance(item, Scalar) and item.string is not None else None
            if why:
                walk.fault("name", item, Frame(Frame(frame, "finalizers", None, finalizers), i, None, item), why)


def _names(node: Mapping, frame: Frame, walk: Walk, at: Node, scope: str) -> None:
    name, prefix = node.get("name"), node.get("generateName")
    if name is None or (isinstance(name, Scalar) and name.value in (None, "")):
        if prefix is None or (isinstance(prefix, Scalar) and prefix.value in (None, "")):
            place = node.key("name") or at
            walk.fault("missing", place, Frame(frame, "name", None, node), name is not None)
        # The server puts five letters and digits behind it.
        elif isinstance(prefix, Scalar) and prefix.string and SUBDOMAIN.match(prefix.string + "a") is None:
            walk.fault("name", prefix, Frame(frame, "generateName", None, prefix), "subdomain")
    elif isinstance(name, Scalar) and name.string is not None:
        text = name.string
        if len(text) > 253:
            walk.fault(
                "name", name, Frame(frame, "name", None, name), f"it has {len(text)} characters, and 253 are allowed"
            )
        elif SUBDOMAIN.match(text) is None:
            walk.fault("name", name, Frame(frame, "name", None, name), "subdomain")
    namespace = node.get("namespace")
    # On a kind that belongs to the cluster the server drops it.
    if scope == "Namespaced" and isinstance(namespace, Scalar) and namespace.string:
        text = namespace.string
        if len(text) > 63:
            walk.fault(
                "name",
                namespace,
                Frame(frame, "namespace", None, namespace),
                f"it has {len(text)} characters, and 63 are allowed",
            )
        elif DNS_LABEL.match(text) is None:
            walk.fault("name", namespace, Frame(frame, "namespace", None, namespace), "label")


def _keys(node: Mapping, field: str, frame: Frame, walk: Walk) -> None:
    below = node.get(field)
    if not isinstance(below, Mapping):
        return
    here = Frame(frame, field, None, below)
    size = 0
    for name, (key, value) in below.index.items():
        # Annotations are read without regard to case.
        why = qualified_name_fault(name if field == "labels" else name.lower())
        if why:
            walk.fault("name", key, Frame(here, name, None, value), why)
        if not isinstance(value, Scalar) or value.string is None:
            continue
        size += len(name.encode()) + len(value.string.encode("utf-8", "replace"))
        why = label_value_fault(value.string) if field == "labels" else None
        if why:
            place = value if value.end > value.start else key
            walk.fault("name", place, Frame(here, name, None, value), why)
    if field == "annotations" and size > 262_144:
        place = node.key(field) or first_scalar(below) or below
        walk.fault("name", place, here, f"all keys and values have {size} bytes, and 262144 are allowed")
