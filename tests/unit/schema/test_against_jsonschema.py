"""The walk says of any object what jsonschema says, once nulls and defaults are settled as the API server does.

What feeds jsonschema is made of the bundled rows by code of its own.
"""

from __future__ import annotations

import base64
import binascii
import copy
import re
from datetime import datetime
from random import Random
from typing import Any

import jsonschema
import pytest

from eso_lint.schema.pack import Pack, Shape
from tests.unit.schema.drawn import changes, document, every_version, judged, points

VERSIONS = every_version()
DRAWS = 25
JUNK: tuple[Any, ...] = (
    None,
    "",
    "x",
    "Vault_1",
    7,
    -1,
    1.5,
    True,
    [],
    [None],
    {},
    {"x": None},
    "TUlJQg==",
    "a\n",
    "1h",
)

FORMATS = jsonschema.FormatChecker(formats=())


@FORMATS.checks("byte")
def _byte(text: object) -> bool:
    if not isinstance(text, str):
        return True
    try:
        # The API server's own expression wants something there.
        return bool(text) and base64.b64encode(base64.b64decode(text, validate=True)).decode()[:-4] == text[:-4]
    except (binascii.Error, ValueError):
        return False


@FORMATS.checks("date-time")
def _time(text: object) -> bool:
    if not isinstance(text, str):
        return True
    try:
        return "T" in text and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def unpacked(pack: Pack, row: int) -> dict[str, Any]:
    """A row with its children as JSON Schema, in the words of draft 2020-12."""
    raw = copy.deepcopy(pack.rows[row])
    made: dict[str, Any] = {k: raw[k] for k in _KEPT & raw.keys()}
    if "pattern" in raw:
        made["pattern"] = re.sub(r"\$\Z", r"\\Z", raw["pattern"])
    if "properties" in raw:
        made["properties"] = {name: unpacked(pack, child) for name, child in raw["properties"].items()}
    if isinstance(raw.get("items"), int):
        made["items"] = unpacked(pack, raw["items"])
    if isinstance(raw.get("additionalProperties"), int):
        made["additionalProperties"] = unpacked(pack, raw["additionalProperties"])
    elif raw.get("type") == "object" and not raw.get("x-kubernetes-preserve-unknown-fields"):
        made["additionalProperties"] = False
    if raw.get("x-kubernetes-int-or-string"):
        made["type"] = ["integer", "string"]
    if raw.get("nullable"):
        made["type"] = [made["type"], "null"]
    if "default" in raw:
        made["default"] = raw["default"]
    return made


_KEPT = {
    "type", "required", "enum", "format", "minLength", "maxLength", "minItems", "maxItems", "minProperties",
    "maxProperties", "minimum", "maximum",
}  # fmt: skip


def settled(data: Any, schema: dict[str, Any]) -> Any:
    """Nulls that may not stand are dropped, and defaults filled in."""
    if isinstance(data, list):
        return [settled(item, schema.get("items", {})) for item in data]
    if not isinstance(data, dict):
        return data
    known, more = schema.get("properties", {}), schema.get("additionalProperties")
    made = {}
    for name, part in data.items():
        below = known.get(name, more if isinstance(more, dict) else None)
        if part is None and below is not None and "null" not in below.get("type", ""):
            continue
        made[name] = settled(part, below or {})
    for name, below in known.items():
        if "default" in below and name not in made:
            made[name] = copy.deepcopy(below["default"])
    return made


def validator(shape: Shape) -> jsonschema.Draft202012Validator:
    schema = unpacked(shape.pack, shape.row)
    for name in ("apiVersion", "kind", "metadata"):
        schema["properties"][name] = {}
    schema["properties"].pop("status", None)
    return jsonschema.Draft202012Validator(schema, format_checker=FORMATS)


def places(item: Any, steps: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [steps]
    pairs = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
    for step, part in pairs:
        found += places(part, (*steps, step))
    return found


def spoilt(data: dict[str, Any], random: Random) -> dict[str, Any]:
    """The object with up to four places changed to anything."""
    made = copy.deepcopy(data)
    for _ in range(random.choice((1, 1, 2, 4))):
        inside = [steps for steps in places(made) if len(steps) > 1 and steps[0] not in ("metadata", "status")]
        if not inside:
            return made
        *above, last = random.choice(inside)
        target: Any = made
        for step in above:
            target = target[step]
        if random.random() < 0.2:
            del target[last]
        elif isinstance(target, dict) and random.random() < 0.2:
            target["zz"] = random.choice(JUNK)
        else:
            target[last] = copy.deepcopy(random.choice(JUNK))
    return made


@pytest.mark.parametrize("version", VERSIONS, ids="/".join)
def test_same_verdict(version: tuple[str, str, str]) -> None:
    random = Random("junk" + "/".join(version))
    point = points(version)[-1]
    release = str(point.release)
    bare = {"apiVersion": f"{version[0]}/{version[2]}", "kind": version[1]}
    _, chosen, _ = judged(bare, release)
    oracle = validator(chosen.shape)
    schema: Any = oracle.schema
    drawn = []
    for _ in range(DRAWS):
        data = document(version, chosen.shape, random)
        drawn += [data, spoilt(data, random), spoilt(data, random)]
        drawn += [change.data for change in changes(data, chosen.shape, random)]
    refused = 0
    for data in drawn:
        theirs = [error.message for error in oracle.iter_errors(settled(data, schema))]
        _, _, ours = judged(data, release)
        assert bool(ours) == bool(theirs), (release, data, theirs, ours)
        refused += bool(ours)
    assert 0 < refused < len(drawn)
