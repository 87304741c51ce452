"""Schemas as a table of distinct nodes: what releases and kinds have in common is kept, read and compiled once.

A row is a node of an OpenAPI schema whose children are row numbers. Rows are compiled to `Shape` when a walk first
comes to them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

# What only documents a field.
_DROPPED = frozenset(("description", "example", "externalDocs", "title"))
_MAX_DEPTH = 100


class Packer:
    """Makes the rows of a pack out of OpenAPI schemas."""

    def __init__(self) -> None:
        self.rows: list[str] = []
        self._known: dict[str, int] = {}

    def add(self, schema: dict[str, Any], depth: int = 0) -> int:
        """The row number of a schema; ValueError where it is nested deeper than any CRD."""
        if depth > _MAX_DEPTH:
            raise ValueError("the schema is nested too deeply")
        row: dict[str, Any] = {}
        for key, value in schema.items():
            if key in _DROPPED:
                continue
            if key == "properties" and isinstance(value, dict):
                row[key] = {name: self.add(child, depth + 1) for name, child in value.items()}
            elif key in ("items", "additionalProperties") and isinstance(value, dict):
                row[key] = self.add(value, depth + 1)
            else:
                row[key] = value
        text = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        number = self._known.get(text)
        if number is None:
            number = self._known[text] = len(self.rows)
            self.rows.append(text)
        return number

    def text(self, head: dict[str, Any]) -> str:
        """A pack file: what `head` says of kinds and versions, and the rows, one a line."""
        start = json.dumps(head, indent=1, ensure_ascii=False).removesuffix("\n}")
        return start + ',\n "rows": [\n' + ",\n".join(self.rows) + "\n]\n}\n"


class Shape:
    """One compiled node of a schema. `names` are its properties, by row number; `child` compiles one.

    `needed` are required properties that no default fills in; `filled` those that a default does. `unions` says that
    only so many of its properties may be there.
    """

    __slots__ = (
        "additional", "cel", "choices", "default", "filled", "format", "free", "int_or_string", "items_row", "keys",
        "list_type", "max_items", "max_length", "max_properties", "maximum", "min_items", "min_length",
        "min_properties", "minimum", "names", "needed", "nullable", "pack", "pattern", "plain", "preserve", "required",
        "row",
        "type",
    )  # fmt: skip

    def __init__(self, pack: Pack, row: int) -> None:
        raw: dict[str, Any] = pack.rows[row]
        get = raw.get
        self.pack = pack
        self.row = row
        self.type: str = get("type", "")
        self.names: dict[str, int] = get("properties", _NONE)
        more = get("additionalProperties")
        self.additional: int | None = more if type(more) is int else None
        # additionalProperties: true
        self.free = more is True
        self.items_row: int | None = get("items")
        self.required: tuple[str, ...] = tuple(get("required", ()))
        self.filled = frozenset(name for name, child in self.names.items() if "default" in pack.rows[child])
        self.needed = tuple(name for name in self.required if name not in self.filled)
        self.choices: list[Any] | None = get("enum")
        self.pattern: str | None = get("pattern")
        self.format: str = get("format", "")
        self.min_length: int = get("minLength", 0)
        self.max_length: int | None = get("maxLength")
        self.min_items: int = get("minItems", 0)
        self.max_items: int | None = get("maxItems")
        self.min_properties: int = get("minProperties", 0)
        self.max_properties: int | None = get("maxProperties")
        self.minimum: tuple[float, bool] | None = _bound(raw, "minimum", "exclusiveMinimum")
        self.maximum: tuple[float, bool] | None = _bound(raw, "maximum", "exclusiveMaximum")
        self.nullable: bool = get("nullable", False)
        self.default: Any = get("default", _NO_DEFAULT)
        self.preserve: bool = get("x-kubernetes-preserve-unknown-fields", False)
        self.int_or_string: bool = get("x-kubernetes-int-or-string", False)
        self.list_type: str = get("x-kubernetes-list-type", "")
        self.keys: tuple[str, ...] = tuple(get("x-kubernetes-list-map-keys", ()))
        self.cel: tuple[dict[str, Any], ...] = tuple(get("x-kubernetes-validations", ()))
        # Any text will do.
        self.plain = self.type == "string" and not _ASKED.intersection(raw)

    @property
    def has_default(self) -> bool:
        return self.default is not _NO_DEFAULT

    def child(self, name: str) -> Shape | None:
        """The shape of a property: a named one, else that of all further ones; None where the name is not known."""
        row = self.names.get(name, self.additional)
        return None if row is None else self.pack.shape(row)

    @property
    def items(self) -> Shape | None:
        return None if self.items_row is None else self.pack.shape(self.items_row)


def shape_at(shape: Shape | None, steps: tuple[str | int, ...]) -> Shape | None:
    """The shape at the end of a path; None where the schema knows no such field."""
    for step in steps:
        if shape is None:
            return None
        shape = shape.items if isinstance(step, int) else shape.child(step)
    return shape


_ASKED = frozenset((
    "enum", "format", "maxLength", "minLength", "pattern", "x-kubernetes-int-or-string", "x-kubernetes-validations",
))  # fmt: skip
_NONE: dict[str, int] = {}
_NO_DEFAULT = object()


def _bound(raw: dict[str, Any], key: str, exclusive: str) -> tuple[float, bool] | None:
    value = raw.get(key)
    return None if value is None else (value, raw.get(exclusive) is True)


class Pack:
    """The rows of a file, compiled on demand, and what it says of kinds."""

    __slots__ = ("_shapes", "kinds", "release", "rows")

    def __init__(self, content: dict[str, Any]) -> None:
        self.rows: list[dict[str, Any]] = content["rows"]
        self.kinds: dict[str, Any] = content["kinds"]
        self.release: str = content.get("release", "")
        self._shapes: dict[int, Shape] = {}

    def shape(self, row: int) -> Shape:
        found = self._shapes.get(row)
        if found is None:
            found = self._shapes[row] = Shape(self, row)
        return found


def pack_crds(crds: Iterable[dict[str, Any]], release: str) -> str:
    """The pack file of one release from its CustomResourceDefinitions, as plain data.

    ValueError (or another of the usual complaints about data of the wrong shape) for what is no CRD.
    """
    packer = Packer()
    kinds: dict[str, Any] = {}
    for crd in crds:
        spec = crd["spec"]
        versions: dict[str, Any] = {}
        for version in spec["versions"]:
            schema = version.get("schema", {}).get("openAPIV3Schema")
            if isinstance(schema, dict):
                row = packer.add(schema)
                versions[version["name"]] = [[release, row, bool(version.get("served"))]]
        apart = any("status" in (v.get("subresources") or {}) for v in spec["versions"])
        kinds[spec["names"]["kind"]] = {
            "group": spec["group"], "scope": spec["scope"], "status": apart, "versions": versions,
        }  # fmt: skip
    return packer.text({"release": release, "kinds": dict(sorted(kinds.items()))})


# What the keywords of a row must hold, where they are there.
_HOLDS: dict[str, type | tuple[type, ...]] = {
    "type": str, "pattern": str, "format": str, "enum": list, "required": list, "nullable": bool,
    "minLength": int, "maxLength": int, "minItems": int, "maxItems": int, "minProperties": int, "maxProperties": int,
    "minimum": (int, float), "maximum": (int, float), "x-kubernetes-list-type": str,
    "x-kubernetes-list-map-keys": list, "x-kubernetes-validations": list,
    "x-kubernetes-preserve-unknown-fields": bool, "x-kubernetes-int-or-string": bool,
}  # fmt: skip


def read_pack(text: str) -> Pack | None:
    """A pack from text of whatever origin; None where it is none."""
    try:
        content: Any = json.loads(text)
    except (RecursionError, ValueError):
        return None
    if not isinstance(content, dict) or not isinstance(content.get("release"), str):
        return None
    rows, kinds = content.get("rows"), content.get("kinds")
    if not isinstance(rows, list) or not isinstance(kinds, dict):
        return None
    depths: list[int] = []
    for row in rows:
        depth = _depth(row, depths)
        if depth is None or depth > _MAX_DEPTH:
            return None
        depths.append(depth)
    return Pack(content) if all(_is_kind(kind, len(rows)) for kind in kinds.values()) else None


def _depth(row: Any, depths: list[int]) -> int | None:
    """How deep a row reaches; None where it is no row, or its children do not stand before it."""
    if not isinstance(row, dict):
        return None
    if any(key in row and not isinstance(row[key], types) for key, types in _HOLDS.items()):
        return None
    texts = [*row.get("required", ()), *row.get("x-kubernetes-list-map-keys", ())]
    if not all(isinstance(text, str) for text in texts):
        return None
    if not all(isinstance(rule, dict) for rule in row.get("x-kubernetes-validations", ())):
        return None
    properties, more = row.get("properties", {}), row.get("additionalProperties", True)
    if not isinstance(properties, dict):
        return None
    children = [*properties.values(), *([row["items"]] if "items" in row else ())]
    children += [] if isinstance(more, bool) else [more]
    if not all(type(child) is int and 0 <= child < len(depths) for child in children):
        return None
    return 1 + max((depths[child] for child in children), default=0)


def _is_kind(kind: Any, rows: int) -> bool:
    if not isinstance(kind, dict) or not isinstance(kind.get("group"), str):
        return False
    versions = kind.get("versions")
    return isinstance(versions, dict) and all(
        isinstance(points, list)
        and bool(points)
        and all(isinstance(p, list) and len(p) == 3 and type(p[1]) is int and 0 <= p[1] < rows for p in points)
        for points in versions.values()
    )
