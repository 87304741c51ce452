"""What a rule sees of a manifest: nodes as the CEL values that the API server makes of them, by the schema.

Defaults are there, fields that are null count as not set, unknown fields are not seen, and text that something else
replaces has no value.
"""

from __future__ import annotations

import re
from typing import Any, Protocol

from eso_lint.schema.cel.parser import RESERVED
from eso_lint.schema.cel.values import ABSENT, Failure, Unknowable, Unsupported, equal, no_overload
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, is_absent

_ESCAPED = re.compile(r"__(underscores|dot|dash|slash)__")
_PLAIN = {"underscores": "__", "dot": ".", "dash": "-", "slash": "/"}
_WORDS = {f"__{word}__": word for word in (*RESERVED, "true", "false", "null")}


class Schema(Protocol):
    """What is asked of a schema's node; `pack.Shape` is one. `names` are its properties, `additional` says that all
    further keys have a schema, too."""

    type: str
    format: str
    names: dict[str, int]
    additional: int | None
    nullable: bool
    default: Any
    preserve: bool
    int_or_string: bool
    list_type: str
    keys: tuple[str, ...]
    cel: tuple[dict[str, Any], ...]

    @property
    def has_default(self) -> bool: ...

    @property
    def items(self) -> Schema | None: ...

    def child(self, name: str) -> Schema | None: ...


class _Fixed:
    """The schema of what every object has, whatever its own schema says."""

    format = list_type = ""
    additional: int | None = None
    default: Any = None
    items: Schema | None = None
    nullable = preserve = int_or_string = has_default = False
    keys: tuple[str, ...] = ()
    cel: tuple[dict[str, Any], ...] = ()

    def __init__(self, type: str, **children: Schema) -> None:
        self.type = type
        self.names = dict.fromkeys(children, 0)
        self._children = children

    def child(self, name: str) -> Schema | None:
        return self._children.get(name)


_STRING = _Fixed("string")
# What rules at the root see beside the schema's own fields.
_ROOT = _Fixed(
    "object",
    apiVersion=_STRING,
    kind=_STRING,
    metadata=_Fixed("object", name=_STRING, generateName=_STRING),
)


class Context:
    """One evaluation: what it looked at, and what it is to see otherwise.

    `reads` maps a field (its mapping by identity, and its key) to the mapping and key, in the order of first look.
    `hidden` fields seem not to be set, `shown` ones seem to be.
    """

    __slots__ = ("hidden", "reads", "shown", "values")

    def __init__(
        self, hidden: frozenset[tuple[int, str]] = frozenset(), shown: frozenset[tuple[int, str]] = frozenset()
    ) -> None:
        self.hidden = hidden
        self.shown = shown
        self.reads: dict[tuple[int, str], tuple[Mapping, str]] = {}
        self.values: dict[int, Scalar] = {}


def field(mapping: Mapping, key: str, schema: Schema) -> Node | None:
    """A field as it is after defaulting; None where it is not set, Opaque where that cannot be known."""
    node = mapping.get(key)
    if is_absent(node) and (node is None or not schema.nullable):
        return made(schema.default, node or mapping) if schema.has_default and schema.default is not None else None
    return None if is_absent(node) else node


def made(value: Any, at: Node) -> Node:
    """A node for a value that nobody wrote, at the place where it would stand."""
    place = (at.file, at.start, at.start)
    if isinstance(value, dict):
        return Mapping(*place, tuple((Scalar(*place, k, '"'), made(v, at)) for k, v in value.items()))
    if isinstance(value, list):
        return Sequence(*place, tuple(made(item, at) for item in value))
    if isinstance(value, str):
        return Scalar(*place, value, '"')
    return Scalar(*place, {True: "true", False: "false", None: "null"}[value] if _is_word(value) else repr(value))


def _is_word(value: Any) -> bool:
    return value is None or isinstance(value, bool)


def value(node: Node, schema: Schema, context: Context) -> Any:
    """A node's value. Raises Unknowable where it hangs on text that is replaced later."""
    if isinstance(node, Opaque):
        raise Unknowable
    if isinstance(node, Mapping):
        if schema.type == "object":
            return _object(node, schema, context)
    elif isinstance(node, Sequence):
        if schema.type == "array" and schema.items is not None:
            return ListValue(node, schema, context)
    elif isinstance(node, Scalar):
        context.values.pop(id(node), None)  # the last look counts
        context.values[id(node)] = node
        return _scalar(node, schema)
    if schema.preserve:
        raise Unsupported("a value that no schema describes")
    raise Unknowable  # of another type than the schema has it: that is a verdict of its own


def _scalar(node: Scalar, schema: Schema) -> Any:
    found = node.value
    if found is None and schema.nullable:
        return None
    kind = type(found)
    if schema.int_or_string:
        if kind in (int, str):
            return found
    elif kind is str and schema.type == "string":
        return _formatted(found, schema.format)
    elif (kind is bool and schema.type == "boolean") or (kind is int and schema.type == "integer"):
        return found
    elif kind in (int, float) and schema.type == "number":
        return float(found)
    elif schema.preserve:
        raise Unsupported("a value that no schema describes")
    raise Unknowable


def _formatted(text: str, form: str) -> Any:
    """Some formats of strings have types of their own in CEL."""
    if form not in ("byte", "date", "date-time", "datetime", "duration"):
        return text
    from eso_lint.schema.cel import times

    if form == "byte":
        from base64 import b64decode

        try:
            return b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
        except ValueError:
            raise Failure(f"failed to decode base64 {text!r}") from None
    try:
        if form == "duration":
            return times.duration(text)
        return times.timestamp(f"{text}T00:00:00Z" if form == "date" else text)
    except Failure:
        # These formats take spellings that the functions of CEL do not.
        raise Unsupported(f"a {form} in a spelling of its own") from None


def _object(node: Mapping, schema: Schema, context: Context) -> Any:
    if not schema.names and schema.additional is None and not schema.preserve:
        raise Unsupported("a value that no schema describes")
    return MapValue(node, schema, context)


def root(node: Mapping, schema: Schema, context: Context) -> MapValue:
    """A whole object: rules see its type and name, too."""
    return MapValue(node, schema, context, _ROOT)


def unescaped(name: str) -> str:
    """The field that a name in an expression means: `__namespace__`, `a__dash__b`."""
    if "__" not in name:
        return name
    return _WORDS.get(name) or _ESCAPED.sub(lambda m: _PLAIN[m[1]], name)


def escaped(name: str) -> str:
    """The name by which an expression calls a field."""
    if name in RESERVED or name in ("true", "false", "null"):
        return f"__{name}__"
    for word, char in _PLAIN.items():
        name = name.replace(char, f"__{word}__")
    return name


class MapValue:
    """An object with the fields of its schema, or a map. `further` has fields that go before those of the schema."""

    __slots__ = ("context", "further", "is_object", "node", "schema")
    is_list = False

    def __init__(self, node: Mapping, schema: Schema, context: Context, further: Schema | None = None) -> None:
        self.node = node
        self.schema = schema
        self.context = context
        self.further = further
        self.is_object = schema.additional is None

    def _schema(self, key: str) -> Schema:
        found = (self.further and self.further.child(key)) or self.schema.child(key)
        if found is None:
            raise Unsupported(f"the field `{key}`, which the schema does not have")
        return found

    def _node(self, name: str) -> tuple[Node | None, Schema]:
        key = unescaped(name) if self.is_object else name
        schema = self._schema(key)
        context, place = self.context, (id(self.node), key)
        context.reads.setdefault(place, (self.node, key))
        if place in context.hidden:
            return None, schema
        if place in context.shown:
            raise Unknowable
        node = field(self.node, key, schema)
        if node is None and not self.is_object and self.open:
            raise Unknowable
        return node, schema

    @property
    def open(self) -> bool:
        """Whether keys may be there that are not seen."""
        return self.node.open or any(not isinstance(key, Scalar) for key, _ in self.node.entries)

    def has(self, name: str) -> bool:
        key = unescaped(name) if self.is_object else name
        if (id(self.node), key) in self.context.shown:
            return True
        node, _ = self._node(name)
        if isinstance(node, Opaque):
            raise Unknowable
        return node is not None

    def find(self, key: Any) -> Any:
        node, schema = self._node(key)
        return ABSENT if node is None else value(node, schema, self.context)

    def keys(self) -> list[Any]:
        if self.open:
            raise Unknowable
        if not self.is_object:
            return [key for key in self.node.index if self._node(key)[0] is not None]
        names = [*self.schema.names, *(self.further.names if self.further else ())]
        return [name for name in map(escaped, dict.fromkeys(names)) if self.has(name)]

    def size(self) -> int:
        return len(self.keys())


class ListValue:
    """A list. `merge_keys` are those of a list of type map, () of one of type set, None of a plain one."""

    is_list = True

    def __init__(self, node: Sequence, schema: Schema, context: Context) -> None:
        self.node = node
        self.schema = schema
        self.context = context

    @property
    def merge_keys(self) -> tuple[str, ...] | None:
        kind = self.schema.list_type
        return self.schema.keys if kind == "map" else () if kind == "set" else None

    def size(self) -> int:
        if self.node.open:
            raise Unknowable
        return len(self.node.items)

    def at(self, index: int) -> Any:
        """An item; what is not asked for is not looked at."""
        schema = self.schema.items
        if schema is None:
            raise Unsupported("a value that no schema describes")
        return value(self.node.items[index], schema, self.context)

    def items(self) -> list[Any]:
        return [self.at(i) for i in range(self.size())]

    def keys(self) -> list[Any]:
        raise no_overload("keys", self)

    def find(self, key: Any) -> Any:
        raise no_overload("_._", self)

    def plus(self, others: list[Any]) -> list[Any]:
        """`+`: a set takes only what it lacks, a map replaces what has the same keys."""
        keys, own = self.merge_keys, list(self.items())
        if keys is None:
            return own + others
        for other in others:
            place = next((i for i, mine in enumerate(own) if _same(mine, other, keys)), None)
            if place is None:
                own.append(other)
            else:
                own[place] = other
        return own


def _same(a: Any, b: Any, keys: tuple[str, ...]) -> bool:
    if not keys:
        return equal(a, b)
    if not isinstance(a, MapValue) or not isinstance(b, MapValue):
        return False
    return all(equal(a.find(escaped(key)), b.find(escaped(key))) for key in keys)
