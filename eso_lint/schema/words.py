"""Faults in words: what is wrong, what stands there, what to write."""

from __future__ import annotations

import re
from typing import Any

from eso_lint.model.resource import Resource
from eso_lint.model.versions import Version
from eso_lint.regex import pattern
from eso_lint.schema.fields import unknown_field
from eso_lint.schema.pack import Shape, shape_at
from eso_lint.schema.store import Chosen
from eso_lint.schema.verdict import Verdict
from eso_lint.schema.walk import Fault
from eso_lint.source.node import Mapping, Node, Scalar, Sequence, Supplied
from eso_lint.suggest import closest

_KINDS = {
    "type": "scalar-type", "number": "scalar-type", "format": "scalar-type", "enum": "enum-value",
    "long": "name-or-key-pattern", "short": "name-or-key-pattern", "pattern": "name-or-key-pattern",
    "name": "name-or-key-pattern", "too-many": "one-of-fields", "too-few": "one-of-fields", "missing": "missing-field",
    "minimum": "value-out-of-range", "maximum": "value-out-of-range", "items-many": "value-out-of-range",
    "items-few": "value-out-of-range", "repeated": "value-out-of-range",
}  # fmt: skip
# Behind these the API server does not ask the CRD's own rules.
_BLOCKS = frozenset(("type", "number", "format", "enum", "missing", "long", "too-many", "items-many"))
_TYPES = {
    "string": "a string", "integer": "a whole number", "number": "a number", "boolean": "true or false",
    "object": "a mapping", "array": "a list",
}  # fmt: skip
_PLAIN = pattern(r"[A-Za-z_][\w-]*\Z")
_PATTERNS = {
    r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$": "subdomain",
    r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$": "label",
    r"^[-._a-zA-Z0-9]+$": "key",
    r"^[a-z0-9-]+$": "lower",
    r"^.*@.*\.iam\.gserviceaccount\.com$": "account",
}
_RULES = {
    "subdomain": "a name has lower-case letters, digits, `-` and `.`, and begins and ends with a letter or digit",
    "label": "it has lower-case letters, digits and `-`, and begins and ends with a letter or digit",
    "key": "a key has letters, digits, `-`, `_` and `.`",
    "lower": "it has lower-case letters, digits and `-`",
    "account": "it is the e-mail address of a service account: `name@project.iam.gserviceaccount.com`",
    "cron": "a schedule has five fields, or is `@daily`, `@every 1h` and the like",
}
_LONG = 60
_DURATIONS = ("interval", "time", "timeout", "duration")


def path_text(steps: tuple[str | int, ...]) -> str:
    """`spec.data[2].remoteRef.key`"""
    text = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN.match(step):
            text += f".{step}" if text else step
        else:
            text += f'["{step}"]'
    return text


def verdict_of(fault: Fault, resource: Resource, chosen: Chosen) -> Verdict:
    """A fault as a verdict."""
    steps = fault.frame.steps
    path = path_text(steps)
    if fault.what == "unknown":
        return unknown_field(fault, resource.kind, chosen, path)
    made = Verdict(_KINDS[fault.what], fault.at, path, "", steps=steps, blocks=fault.what in _BLOCKS)
    if fault.what in ("type", "number"):
        return _type(made, fault, resource)
    if fault.what == "enum":
        return _enum(made, fault, chosen)
    if fault.what == "missing":
        return _missing(made, fault)
    if fault.what in ("too-many", "too-few"):
        return _union(made, fault)
    return _TELL[fault.what](made, fault)


def shown(text: str) -> str:
    """A user's text in backticks, shortened; line breaks are seen."""
    text = text if len(text) <= _LONG else text[: _LONG - 1] + "…"
    return "`" + text.replace("\n", "\\n").replace("\r", "\\r").replace("`", "'") + "`"


def _got(node: Node) -> str:
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    if not isinstance(node, Scalar):
        return "a template"
    value = node.value
    if value is None:
        return "nothing (null)"
    if isinstance(value, str):
        return f"the text {shown(value)}" if value else "an empty text"
    if isinstance(value, bool):
        return f"the boolean {shown(node.text)}"
    return f"the number {shown(node.text)}"


def _type(made: Verdict, fault: Fault, resource: Resource) -> Verdict:
    node, shape = fault.more, fault.frame.shape
    if fault.what == "number":
        return made._replace(
            message=f"{made.path}: {shown(node.text)} is no number that JSON knows", label="neither text nor a number",
            help="quote it, if it is a text",
        )  # fmt: skip
    wanted = (
        "a whole number or a string" if shape and shape.int_or_string else _TYPES.get(shape.type if shape else "", "")
    )
    made = made._replace(message=f"{made.path}: expected {wanted}, got {_got(node)}", label=f"must be {wanted}")
    supplied = isinstance(node, Supplied) or node.span in resource.placement.origins
    if supplied and isinstance(node, Scalar) and shape and shape.type == "string":
        help = "quote it where it is used: `| quote` in a chart's template, quotes around a variable"
        return made._replace(help=help)
    return made._replace(**_type_help(made, node, shape))


def _type_help(made: Verdict, node: Node, shape: Shape | None) -> dict[str, Any]:
    kind = shape.type if shape is not None else ""
    if isinstance(node, Scalar):
        value = node.value
        name = str(made.steps[-1]).lower() if made.steps else ""
        if value is None:
            return {"help": "remove the empty item, or write its content"}
        if kind == "string" and not isinstance(value, str):
            if name.endswith(_DURATIONS):
                return {"help": 'write a duration with its unit, such as `"1h"`'}
            quoted = f'"{node.text}"'
            if _as_written(node):
                return {"help": f"quote it: `{quoted}`", "replacement": quoted, "safe": True}
            return {"help": f"quote it: `{quoted}`"}
        if isinstance(value, str):
            bare = _unquoted(value, kind)
            if bare is not None:
                change = {"replacement": bare, "safe": True} if _quoted_as_written(node) else {}
                return {"help": f"write it without quotes: `{bare}`", **change}
        if kind == "array":
            return {"help": f"write a list: `[{node.text}]`"}
        if kind == "object":
            known = _some(sorted(shape.names)) if shape is not None and shape.names else ""
            return {"help": f"write a mapping with {known}" if known else "write a mapping of names to values"}
    elif kind == "array":
        return {"help": "begin each item with `- `"}
    elif kind == "object" and isinstance(node, Sequence):
        return {"help": "write its fields without the `- `: this is no list"}
    elif kind == "string":
        return {"help": "write one text; quote it if it begins with a bracket"}
    return {"help": f"write {_TYPES.get(kind, 'another value')}"}


def _unquoted(text: str, kind: str) -> str | None:
    if kind == "boolean" and text.lower() in ("true", "false"):
        return text.lower()
    if kind == "boolean" and text.lower() in ("yes", "on", "no", "off"):
        return "true" if text.lower() in ("yes", "on") else "false"
    if kind in ("integer", "number") and re.fullmatch(r"-?(0|[1-9][0-9]{0,17})", text):
        return text
    return None


def _as_written(node: Scalar) -> bool:
    """Whether the scalar is the text at its place, so that it can be replaced there."""
    return node.style == "" and node.tag is None and not isinstance(node, Supplied) and node.span.text == node.text


def _quoted_as_written(node: Scalar) -> bool:
    quotes = ('"', "'")
    return node.style in quotes and not isinstance(node, Supplied) and node.span.text[1:-1] == node.text


def _enum(made: Verdict, fault: Fault, chosen: Chosen) -> Verdict:
    node, shape = fault.more, fault.frame.shape
    choices = [str(choice) for choice in shape.choices or ()] if shape is not None else []
    value = node.value
    text = value if isinstance(value, str) else node.text
    made = made._replace(
        message=f"{made.path}: {shown(text)} is not a known value" if text else f"{made.path}: must not be empty",
        label=f"one of {len(choices)} values is expected",
        help=f"write {_either(choices)}",
    )
    since = _later(chosen, made.steps, text)
    if since is not None:
        return made._replace(
            kind="needs-newer-eso",
            since=since,
            message=f"{made.path}: {shown(text)} is known from release {since} on, and {chosen.wanted} is in play",
            label=f"needs release {since}",
            help=f"upgrade to {since} or later, or write {_either(choices)}",
        )
    near = closest(text.strip(), choices)
    if near is None:
        return made
    help = f"did you mean `{near}`?" if len(choices) < 2 else f"did you mean `{near}`? {_either(choices)} are known"
    if _as_written(node):
        return made._replace(help=help, replacement=near, safe=near.lower() == text.lower())
    if _quoted_as_written(node):
        quote = node.style
        return made._replace(help=help, replacement=f"{quote}{near}{quote}", safe=near.lower() == text.lower())
    return made._replace(help=help)


def _later(chosen: Chosen, steps: tuple[str | int, ...], text: str) -> Version | None:
    """The first release after the one in play that takes a value."""
    for point in chosen.points:
        if point.release > chosen.wanted:
            shape = shape_at(chosen.bundled_shape(point), steps)
            if shape is not None and text in (shape.choices or (text,)):
                return point.release
    return None


def _missing(made: Verdict, fault: Fault) -> Verdict:
    name, shape, above = fault.frame.step, fault.frame.shape, fault.frame.above
    wanted = _TYPES.get(shape.type, "a value") if shape is not None else "a string"
    if shape is not None and shape.type == "object" and shape.required:
        wanted = f"a mapping with {_some(list(shape.required))}"
    if fault.more:
        return made._replace(
            message=f"{made.path}: a value is required, and there is none",
            label="empty",
            help=f"write {wanted}, or remove what needs it",
        )
    where = path_text(above.steps) if above is not None else ""
    return made._replace(
        message=f"{made.path} is missing",
        label=f"`{name}` is missing here",
        help=f"add `{name}`, {wanted}, to `{where}`" if where else f"add `{name}`, {wanted}",
    )


def _union(made: Verdict, fault: Fault) -> Verdict:
    shape, there = fault.frame.shape, fault.more
    most, least = (shape.max_properties, shape.min_properties) if shape is not None else (None, 0)
    number = (
        "exactly one" if most == least == 1 else f"at least {least}" if fault.what == "too-few" else f"at most {most}"
    )
    known = list(shape.names) if shape is not None else []
    if fault.what == "too-few":
        return made._replace(
            message=f"{made.path}: {number} field is needed, and there is {'none' if not there else 'too little'}",
            label="nothing is chosen" if not there else "too few fields",
            help=f"add {_either(known)}" if known else "add an entry",
        )
    node = fault.frame.node
    first = node.key(there[0]) if isinstance(node, Mapping) else None
    return made._replace(
        message=f"{made.path}: {number} field is allowed, and there are {len(there)}: {_some(there)}",
        label="one too many",
        help="keep one of them, and remove the others" if most == 1 else "remove what is too much",
        related=((first.span, "the first one"),) if first is not None and first is not made.at else (),
    )


def _text_fault(made: Verdict, fault: Fault) -> Verdict:
    node, shape = fault.more, fault.frame.shape
    text = node.string or ""
    if fault.what == "long":
        most = shape.max_length if shape is not None else 0
        message = f"{made.path}: the text has {len(text)} characters, and {most} are allowed"
        return made._replace(message=message, label="too long", help="shorten it")
    if fault.what == "short":
        least = shape.min_length if shape is not None else 1
        message = (
            f"{made.path}: must not be empty" if not text else f"{made.path}: at least {least} characters are needed"
        )
        return made._replace(message=message, label="too short", help="write a value, or remove the field")
    pattern = (shape.pattern if shape is not None else None) or ""
    name = _PATTERNS.get(pattern) or ("cron" if "@every" in pattern else "")
    return _not_allowed(made, node, text, name, f"it must match `{pattern}`")


def _not_allowed(made: Verdict, node: Scalar, text: str, rule: str, otherwise: str) -> Verdict:
    said = _RULES.get(rule, otherwise)
    made = made._replace(message=f"{made.path}: {shown(text)} is not allowed", label="not allowed here", help=said)
    if text.endswith("\n"):
        style = {"|": "`|-`", ">": "`>-`"}.get(node.style, "a text on one line")
        return made._replace(
            message=f"{made.path}: {shown(text)} ends with a line break",
            label="ends with a line break",
            help=f"write {style} instead of `{node.style or 'it'}`: the line break is part of the text",
        )
    if rule in ("subdomain", "label", "lower"):
        better = re.sub(r"[^a-z0-9.-]" if rule == "subdomain" else r"[^a-z0-9-]", "-", text.strip().lower()).strip("-.")
        if better and better != text and len(better) <= _LONG:
            return made._replace(help=f"{said}, such as `{better}`")
    return made


def _name(made: Verdict, fault: Fault) -> Verdict:
    """Names, labels and annotations of the object's own metadata."""
    node, why = fault.at, fault.more
    text = (node.string or "") if isinstance(node, Scalar) else ""
    if why in _RULES and isinstance(node, Scalar):
        return _not_allowed(made, node, text, why, "")
    if text.endswith("\n") and isinstance(node, Scalar):
        return _not_allowed(made, node, text, "", "")
    return made._replace(message=f"{made.path}: {shown(text)} is not allowed", label="not allowed here", help=why)


def _format(made: Verdict, fault: Fault) -> Verdict:
    node, shape = fault.more, fault.frame.shape
    if shape is not None and shape.format == "byte":
        text = node.string or ""
        pem = text.lstrip().startswith("-----BEGIN")
        return made._replace(
            message=f"{made.path}: expected base64, got {'PEM as it is' if pem else 'something else'}",
            label="not base64",
            help="encode it: `base64 -w0 ca.pem`" if pem else "write it as base64 on one line, without spaces",
        )
    wanted = "a date and time such as `2026-01-31T12:00:00Z`" if shape and shape.format != "date" else "a date"
    return made._replace(
        message=f"{made.path}: expected {wanted}, got {_got(node)}", label="not a date", help=f"write {wanted}"
    )


def _range(made: Verdict, fault: Fault) -> Verdict:
    node, shape, what = fault.more, fault.frame.shape, fault.what
    if shape is None:
        return made
    if what == "repeated":
        return made._replace(
            message=f"{made.path}: the list has this item already",
            label="written twice",
            help="remove one of them",
            related=((node.span, "the first one"),),
        )
    if what in ("items-many", "items-few"):
        many = what == "items-many"
        words = f"at most {shape.max_items} are allowed" if many else f"at least {shape.min_items} is needed"
        return made._replace(
            message=f"{made.path}: the list has {node or 'no'} items, and {words}",
            label="too many items" if what == "items-many" else "too few items",
            help="remove items" if what == "items-many" else "add an item, or remove the field",
        )
    limits = shape.minimum if what == "minimum" else shape.maximum
    limit = f"{limits[0]:g}" if limits is not None else ""
    words = "at least" if what == "minimum" else "at most"
    if limits is not None and limits[1]:
        words = "more than" if what == "minimum" else "less than"
    return made._replace(
        message=f"{made.path}: must be {words} {limit}, and is {shown(node.text)}",
        label=f"{words} {limit}",
        help=f"write a number of {words} {limit}",
    )


_TELL = {
    "long": _text_fault, "short": _text_fault, "pattern": _text_fault, "name": _name, "format": _format,
    "minimum": _range, "maximum": _range, "items-many": _range, "items-few": _range, "repeated": _range,
}  # fmt: skip


def _some(names: list[str], most: int = 6) -> str:
    """`a`, `b` and 3 more"""
    quoted = [f"`{name}`" for name in names[:most]]
    if len(names) > most:
        return ", ".join(quoted) + f" and {len(names) - most} more"
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " and " + quoted[-1] if quoted else ""


def _either(names: list[str], most: int = 18) -> str:
    """`a`, `b` or `c`"""
    quoted = [f"`{name}`" for name in names[:most]]
    if len(names) > most:
        return ", ".join(quoted) + f" or one of {len(names) - most} more"
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " or " + quoted[-1] if quoted else ""
