"""Objects drawn from a schema: valid ones, and valid ones with one change and what must be said of it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from eso_lint.config import Config
from eso_lint.model.build import resources
from eso_lint.model.resource import Resource
from eso_lint.model.workspace import Workspace
from eso_lint.schema.pack import Shape
from eso_lint.schema.store import PACKS, Chosen, Point, bundled, history, schema_of
from eso_lint.schema.verdict import Verdict, verdicts
from eso_lint.source.node import SourceFile
from eso_lint.source.parse import parse

TEXTS = (
    "x",
    "44754",
    "yes",
    "0o17",
    "null",
    "1e3",
    "a b",
    "Vault",
    "ä",
    "- x",
    "a: b",
    "#",
    "line\nline\n",
    "~",
    ".inf",
    "",
)
SAMPLES = {
    r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$": ("a", "vault.team-a", "0"),
    r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$": ("a", "team-a"),
    r"^[-._a-zA-Z0-9]+$": ("key", "_", "A.b-c"),
    r"^[a-z0-9-]+$": ("role-1",),
    r"^.*@.*\.iam\.gserviceaccount\.com$": ("reader@project.iam.gserviceaccount.com",),
}
CRON = ("0 2 * * *", "@daily", "@every 1h")
OTHER = {
    "string": (7, True, ["x"], {"x": 1}, 1.5), "integer": ("7", "x", True, [1], {"x": 1}, 1.5),
    "boolean": ("true", 1, [True], {"x": 1}), "object": ("x", 7, True, ["x"]), "array": ("x", 7, True, {"x": 1}),
}  # fmt: skip


def every_version() -> list[tuple[str, str, str]]:
    """(group, kind, API version) of all that any release had."""
    from eso_lint.resources import data_dir

    kinds = sorted({path.stem for path in Path(data_dir(), "crds").glob("*.json")} | PACKS.keys())
    found = []
    for kind in kinds:
        pack = bundled(kind)
        assert pack is not None
        known = pack.kinds[kind]
        found += [(known["group"], kind, version) for version in known["versions"]]
    return found


def points(version: tuple[str, str, str]) -> list[Point]:
    return [point for point in history(*version) if point.row is not None]


def value(shape: Shape, random: Random, depth: int = 0) -> Any:
    """A value that the schema takes."""
    if shape.int_or_string:
        return random.choice((7, "1h"))
    if shape.choices:
        return random.choice(shape.choices)
    if shape.type == "object" or shape.names:
        return _object(shape, random, depth)
    if shape.type == "array":
        count = max(shape.min_items, random.choice((0, 1, 1, 2)))
        return [value(shape.items, random, depth + 1) for _ in range(count)] if shape.items else []
    if shape.type == "string":
        return _text(shape, random)
    if shape.type == "integer":
        low = shape.minimum[0] if shape.minimum else -3
        return random.choice(
            [n for n in (0, 1, 30, 600, 4096) if n >= low and n <= (shape.maximum or (9999,))[0]] or [int(low)]
        )
    if shape.type == "boolean":
        return random.choice((True, False))
    return random.choice(("x", 7, {"any": {"thing": [1, None]}}, [], True))


def _text(shape: Shape, random: Random) -> str:
    if shape.pattern:
        return random.choice(SAMPLES.get(shape.pattern) or CRON)
    if shape.format:
        return {"byte": "TUlJQg==", "date-time": "2026-01-31T12:00:00Z"}[shape.format]
    return random.choice([text for text in TEXTS if len(text) >= shape.min_length])


def _object(shape: Shape, random: Random, depth: int) -> Any:
    made: dict[str, Any] = {}
    names = list(shape.names)
    if shape.max_properties is not None and names:
        chosen = [random.choice(names)]
    else:
        chosen = [n for n in names if n in shape.needed or random.random() < (0.5 if depth < 4 else 0.15)]
        while len(chosen) < shape.min_properties and names:
            chosen = sorted({*chosen, random.choice(names)})
    for name in chosen:
        child = shape.child(name)
        assert child is not None
        made[name] = value(child, random, depth + 1)
    if shape.additional is not None:
        child = shape.pack.shape(shape.additional)
        for name in random.sample(("a", "on", "1", "x.y/z"), random.choice((0, 1, 2))):
            made[name] = value(child, random, depth + 1)
    return made


def document(version: tuple[str, str, str], shape: Shape, random: Random) -> dict[str, Any]:
    """A valid object of a kind, without a status."""
    group, kind, name = version
    made = {"apiVersion": f"{group}/{name}", "kind": kind, "metadata": {"name": "drawn"}}
    for field in shape.names:
        if field not in ("apiVersion", "kind", "metadata", "status") and (
            field in shape.needed or random.random() < 0.9
        ):
            child = shape.child(field)
            assert child is not None
            made[field] = value(child, random, 1)
    return made


def judged(data: dict[str, Any], release: str) -> tuple[Resource, Chosen, tuple[Verdict, ...]]:
    """The object read from JSON (which is YAML), the schema that judges it, and what is said of its structure."""
    file = SourceFile("drawn.yaml", json.dumps(data, indent=1, ensure_ascii=False).encode())
    parsed = parse(file)
    assert not parsed.faults
    (resource,) = resources(parsed.documents[0])
    ws = Workspace((resource,), Config(eso_version=release))
    chosen = schema_of(resource, ws)
    assert chosen is not None
    return resource, chosen, tuple(v for v in verdicts(resource, ws) if v.kind != "cel-violation")


class Change(NamedTuple):
    """A changed object: what was done, the kinds of verdict that may answer it, and the path that they must name."""

    data: dict[str, Any]
    what: str
    kinds: tuple[str, ...]
    steps: tuple[str | int, ...]


def changes(data: dict[str, Any], root: Shape, random: Random) -> list[Change]:
    """Every single change that breaks the object, one of each sort."""
    found: dict[str, list[Change]] = {}

    def add(what: str, steps: tuple[str | int, ...], kinds: tuple[str, ...], act: Any) -> None:
        copied = copy.deepcopy(data)
        target: Any = copied
        for step in steps[:-1]:
            target = target[step]
        act(target, steps[-1])
        found.setdefault(what, []).append(Change(copied, what, kinds, steps))

    def visit(item: Any, shape: Shape, steps: tuple[str | int, ...]) -> None:
        if shape.type in OTHER and not shape.int_or_string:
            wrong = random.choice(OTHER[shape.type])
            add("wrong type", steps, ("scalar-type",), lambda t, s: t.__setitem__(s, wrong))
        if isinstance(item, dict) and shape.type == "object" and shape.additional is None:
            _object_changes(item, shape, steps)
        elif isinstance(item, dict) and shape.additional is not None:
            for name, part in item.items():
                visit(part, shape.pack.shape(shape.additional), (*steps, name))
        elif isinstance(item, list) and shape.items is not None:
            for i, part in enumerate(item):
                visit(part, shape.items, (*steps, i))
        elif isinstance(item, str):
            _text_changes(shape, steps)

    def _text_changes(shape: Shape, steps: tuple[str | int, ...]) -> None:
        if shape.choices:
            add("bad enum", steps, ("enum-value", "needs-newer-eso"), lambda t, s: t.__setitem__(s, "no-such-value"))
        if shape.max_length is not None:
            long = "a" * (shape.max_length + 1)
            add("over-long", steps, ("name-or-key-pattern",), lambda t, s: t.__setitem__(s, long))
        if shape.min_length:
            add("empty", steps, ("name-or-key-pattern",), lambda t, s: t.__setitem__(s, ""))
        if shape.pattern is not None:
            add("pattern break", steps, ("name-or-key-pattern",), lambda t, s: t.__setitem__(s, "A b!"))
            if not shape.choices and "@every" not in shape.pattern:
                add("line break", steps, ("name-or-key-pattern",), lambda t, s: t.__setitem__(s, t[s] + "\n"))

    def _object_changes(item: dict[str, Any], shape: Shape, steps: tuple[str | int, ...]) -> None:
        for name in shape.needed:
            if shape.max_properties is None and name in item:
                add("drop required", (*steps, name), ("missing-field",), lambda t, s: t.__delitem__(s))
                add("empty required", (*steps, name), ("missing-field",), lambda t, s: t.__setitem__(s, None))
        if not shape.preserve and shape.additional is None and not shape.free:
            add("unknown field", (*steps, "zzUnknown"), ("unknown-field",), lambda t, s: t.__setitem__(s, 1))
        if steps and shape.max_properties == 1 and len(shape.names) > 1 and item:
            other = next(name for name in shape.names if name not in item)
            child = shape.child(other)
            assert child is not None
            second = value(child, random)
            add("one-of break", steps, ("one-of-fields",), lambda t, s: t[s].__setitem__(other, second))
        if steps and shape.min_properties == 1 and not shape.filled and not shape.needed:
            add("none of", steps, ("one-of-fields",), lambda t, s: t.__setitem__(s, {}))
        for name, part in item.items():
            child = shape.child(name)
            if child is not None:
                visit(part, child, (*steps, name))

    for field, part in data.items():
        child = root.child(field)
        if field not in ("apiVersion", "kind", "metadata") and child is not None:
            visit(part, child, (field,))
    return [random.choice(some) for some in found.values()]
