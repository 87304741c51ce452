"""The configuration file: read with positions, refused with a suggestion where something is not known."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from eso_lint import HOMEPAGE
from eso_lint.config import Cluster, Config, ExternalObject, Override, PathConvention
from eso_lint.configkeys import ROOT, Count, Flag, Key, ListOf, MapOf, Object, Seconds, Text, Version
from eso_lint.errors import ConfigError
from eso_lint.source.node import Mapping, Node, Scalar, Sequence, SourceFile, Span
from eso_lint.source.parse import parse
from eso_lint.suggest import closest

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_VERSION = re.compile(r"v?\d+(?:\.\d+){0,2}(?:[-+].*)?\Z")

Place = tuple[str | int, ...]


class Loaded(NamedTuple):
    """A configuration with the place of all that is written: `("select", 0)` -> span. `path` is "" without a file."""

    config: Config
    places: dict[Place, Span]
    path: str = ""


def parse_config(file: SourceFile) -> Config:
    """The settings of a configuration file; ConfigError with `path:line:column` for what is wrong."""
    return read_config(file).config


def read_config(file: SourceFile) -> Loaded:
    """As `parse_config`, with the places of what is written."""
    toml = file.path.endswith(".toml")
    root = _toml_tree(file) if toml else _yaml_tree(file)
    if root is None:
        return Loaded(Config(), {}, file.path)
    places: dict[Place, Span] = {}
    values = _read(root, ROOT, (), places, "the configuration")
    config = _build(values)
    _check_version(config, file, places)
    return Loaded(config, places, file.path)


def error(message: str, span: Span, hint: str = "") -> ConfigError:
    """A ConfigError that names its place."""
    line, column = span.file.position(span.start)
    hint = hint or f"every key is described at {HOMEPAGE}/blob/main/docs/configuration.md"
    return ConfigError(f"{span.file.path}:{line}:{column}: {message}", hint)


def _yaml_tree(file: SourceFile) -> Node | None:
    parsed = parse(file)
    for fault in parsed.faults:
        raise error(fault.message, fault.span, fault.help or "correct the YAML there")
    if len(parsed.documents) > 1:
        raise error("one document is expected, here begins a second", parsed.documents[1].root.span)
    for offset, reason in parsed.skipped:
        raise error(reason, Span(file, offset, offset))
    root = parsed.documents[0].root if parsed.documents else None
    return None if isinstance(root, Scalar) and root.value is None else root


def _toml_tree(file: SourceFile) -> Node | None:
    """The `[tool.eso-lint]` table as nodes. TOML readers give no positions: the table's header stands for all."""
    import tomllib

    try:
        tool = tomllib.loads(file.text).get("tool")
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"{file.path}: {problem}") from None
    except RecursionError:
        raise ConfigError(f"{file.path}: nested too deeply to be read") from None
    table = tool.get("eso-lint") if isinstance(tool, dict) else None
    header = re.search(r"^\s*\[+tool\.eso-lint", file.text, re.MULTILINE)
    at = file.text.index("[", header.start()) if header else 0

    def node(value: Any) -> Node:
        if isinstance(value, dict):
            return Mapping(
                file, at, at, tuple((Scalar(file, at, at, key, '"'), node(item)) for key, item in value.items())
            )
        if isinstance(value, list):
            return Sequence(file, at, at, tuple(node(item) for item in value))
        if isinstance(value, str):
            return Scalar(file, at, at, value, '"')
        return Scalar(file, at, at, str(value).lower() if isinstance(value, bool) else str(value))

    return None if table is None else node(table)


def _read(node: Node, shape: Any, place: Place, places: dict[Place, Span], what: str) -> Any:
    """The plain value of a node that must have a shape."""
    places[place] = node.span
    if isinstance(shape, Object):
        return _object(node, shape, place, places, what)
    if isinstance(shape, MapOf):
        return _names(node, shape, place, places, what)
    if isinstance(shape, ListOf):
        if not isinstance(node, Sequence):
            hint = f"write `[{node.text}]`" if isinstance(node, Scalar) and node.text else ""
            raise error(f"{what} must be a list, not {_kind(node)}", node.span, hint)
        return tuple(
            _read(item, shape.item, (*place, i), places, f"an item of {what}") for i, item in enumerate(node.items)
        )
    if not isinstance(node, Scalar):
        raise error(f"{what} must be {_words(shape)}, not {_kind(node)}", node.span)
    value = node.value
    if isinstance(shape, Text) and isinstance(value, str) and value:
        if shape.choices and value not in shape.choices:
            near = closest(value, shape.choices)
            hint = f"did you mean `{near}`?" if near else ""
            raise error(f"{what} knows no `{value}`: one of {', '.join(shape.choices)}", node.span, hint)
        return value
    if isinstance(shape, Version):
        # TOML readers give the number, not its text.
        number = type(value) in (int, float) and not node.file.path.endswith(".toml")
        text = node.text if number else value
        if isinstance(text, str) and _VERSION.match(text):
            return text
    if isinstance(shape, Flag) and isinstance(value, bool):
        return value
    if isinstance(shape, Count) and type(value) is int and value >= shape.least:
        return value
    if isinstance(shape, Seconds):
        seconds = value if type(value) is int else _seconds(value) if isinstance(value, str) else None
        if seconds is not None and seconds >= 0:
            return seconds
    hint = "quote it: as a number it may lose zeros" if isinstance(shape, Version) and type(value) is float else ""
    raise error(f"{what} must be {_words(shape)}, not {_kind(node)}", node.span, hint)


def _object(node: Node, shape: Object, place: Place, places: dict[Place, Span], what: str) -> dict[str, Any]:
    if not isinstance(node, Mapping):
        raise error(f"{what} must be a mapping, not {_kind(node)}", node.span)
    keys: dict[str, Key] = {key.name: key for key in shape.keys}
    values: dict[str, Any] = {}
    for key_node, value in node.index.values():
        name = key_node.text if isinstance(key_node, Scalar) else ""
        if name not in keys:
            near = closest(name, keys)
            hint = f"did you mean `{near}`?" if near else f"known keys: {', '.join(keys)}"
            raise error(f"unknown key `{name}`", key_node.span, hint)
        values[name] = _read(value, keys[name].shape, (*place, name), places, f"`{name}`")
        places[(*place, name)] = key_node.span
    for name in (key.name for key in shape.keys if key.required):
        if name not in values:
            raise error(f"{what} lacks the key `{name}`", _start(node))
    if shape.any_of and not any(name in values for name in shape.any_of):
        raise error(f"{what} needs {' or '.join(f'`{name}`' for name in shape.any_of)}", _start(node))
    return values


def _names(node: Node, shape: MapOf, place: Place, places: dict[Place, Span], what: str) -> dict[str, Any]:
    if not isinstance(node, Mapping):
        raise error(f"{what} must be a mapping, not {_kind(node)}", node.span)
    values: dict[str, Any] = {}
    for key, value in node.index.values():
        name = key.text if isinstance(key, Scalar) else ""
        values[name] = _read(value, shape.item, (*place, name), places, f"`{name}` of {what}")
    return values


def _start(node: Node) -> Span:
    return Span(node.file, node.start, node.start)


def _words(shape: Any) -> str:
    if isinstance(shape, Text):
        return f"one of {', '.join(shape.choices)}" if shape.choices else "a text"
    if isinstance(shape, Flag):
        return "true or false"
    if isinstance(shape, Count):
        return f"a whole number of at least {shape.least}"
    return 'a version such as "0.14.0"' if isinstance(shape, Version) else "a duration such as 30s, or whole seconds"


def _kind(node: Node) -> str:
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    if isinstance(node, Scalar):
        value = node.value
        if value is None:
            return "empty"
        return f"the text `{value}`" if isinstance(value, str) else f"`{node.text}`"
    return "a template"


def _seconds(text: str) -> int | None:
    if not re.fullmatch(f"(?:{_DURATION.pattern})+", text):
        return None
    return round(sum(float(number) * _UNITS[unit] for number, unit in _DURATION.findall(text)))


def _build(values: dict[str, Any]) -> Config:
    external = values.pop("external", {})
    objects = [ExternalObject(e["kind"], e["name"], e.get("namespace")) for e in external.get("stores", ())]
    objects += [ExternalObject("Namespace", name) for name in external.get("namespaces", ())]
    for key, kind in (("secrets", "Secret"), ("service-accounts", "ServiceAccount")):
        objects += [ExternalObject(kind, e["name"], e.get("namespace")) for e in external.get(key, ())]
    overrides = tuple(Override(**entry) for entry in values.pop("overrides", ()))
    clusters = tuple(
        Cluster(name, entry["root"].strip("/").removeprefix("./"), entry.get("eso-version"))
        for name, entry in values.pop("clusters", {}).items()
    )
    paths = tuple(PathConvention(e["pattern"], e.get("store"), e.get("namespace")) for e in values.pop("paths", ()))
    rest = {key.replace("-", "_"): value for key, value in values.items()}
    return Config(external=tuple(objects), overrides=overrides, paths=paths, clusters=clusters, **rest)


def _check_version(config: Config, file: SourceFile, places: dict[Place, Span]) -> None:
    if config.required_version is None:
        return
    from eso_lint import __version__

    at = places["required-version",]
    for part in config.required_version.split(","):
        match = re.fullmatch(r"\s*(>=|<=|==|!=|>|<|~=)?\s*(\d+(?:\.\d+)*)\s*", part)
        if match is None:
            raise error("`required-version` must be such as `>=0.1,<1`", at)
        have, want = _release(__version__), _release(match[2])
        width = max(len(have), len(want))
        have, want = (*have, *(0,) * (width - len(have))), (*want, *(0,) * (width - len(want)))
        operator = match[1] or "=="
        fits = {
            ">=": have >= want,
            "<=": have <= want,
            "==": have == want,
            "!=": have != want,
            ">": have > want,
            "<": have < want,
        }
        fits["~="] = have >= want and have[: match[2].count(".") or 1] == want[: match[2].count(".") or 1]
        if not fits[operator]:
            hint = f"install a version that fits: pip install 'eso-lint{config.required_version}'"
            raise error(f"this file requires eso-lint {config.required_version}, and this is {__version__}", at, hint)


def _release(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text.split("-")[0].split("+")[0]))
