#!/usr/bin/env python3
"""Turn schema facts of the operator's releases into the project's own data files.

    tools/import_facts.py FACTS_DIR

FACTS_DIR holds crd-schemas.jsonl (one structural schema a line) and version-matrix.json (sizes, chart versions).
Writes eso_lint/model/reference_paths.py and schemas/releases.json; run it again when a release is added.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HEAD = '''\
"""Where stores and generators name Secrets, ServiceAccounts and CA sources (generated: tools/import_facts.py).

Kind or provider -> ((path, role), ...); `[]` in a path stands for every list item, `*` for every key of a free map.
"""

'''


def role_of(properties: set[str], name: str) -> str | None:
    """The role of a selector, told from the fields that its schema offers."""
    if properties in ({"key", "name", "namespace"}, {"key", "name"}):
        return "secret"
    if properties == {"audiences", "name", "namespace"}:
        return "service-account"
    if {"name", "type", "key"} <= properties <= {"key", "name", "namespace", "type"}:
        return "ca"
    if properties in ({"name", "namespace"}, {"name"}) and name.lower().endswith("secretref"):
        return "secret"
    return None


def selectors(schema: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    properties = schema.get("properties") or {}
    role = role_of(set(properties), path[-1] if path else "")
    if role:
        yield path, role
        return
    for key, child in properties.items():
        yield from selectors(child, (*path, key))
    if isinstance(schema.get("items"), dict):
        yield from selectors(schema["items"], (*path, "[]"))
    if isinstance(schema.get("additionalProperties"), dict):
        yield from selectors(schema["additionalProperties"], (*path, "*"))


def reference_paths(facts: Path) -> str:
    providers: dict[str, set[tuple[str, str]]] = defaultdict(set)
    generators: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for line in (facts / "crd-schemas.jsonl").open():
        row = json.loads(line)
        spec = row["openAPIV3Schema"].get("properties", {}).get("spec", {})
        if row["kind"] == "SecretStore":
            for name, schema in spec["properties"]["provider"]["properties"].items():
                providers[name].update((".".join(path), role) for path, role in selectors(schema))
        elif row["group"].startswith("generators."):
            generators[row["kind"]].update((".".join(path), role) for path, role in selectors(spec))
    text = HEAD
    for title, table in (("PROVIDERS", providers), ("GENERATORS", generators)):
        text += f"{title}: dict[str, tuple[tuple[str, str], ...]] = {{\n"
        for name in sorted(table):
            rows = sorted(table[name])
            if not rows:
                text += f'    "{name}": (),\n'
                continue
            text += (
                f'    "{name}": (\n' + "".join(f'        ("{path}", "{role}"),\n' for path, role in rows) + "    ),\n"
            )
        text += "}\n"
    return text


def releases(facts: Path) -> dict[str, Any]:
    matrix = json.loads((facts / "version-matrix.json").read_text())
    rows = [
        {
            "version": row["tag"].lstrip("v"),
            "chart": row["chart"],
            "bytes": row.get("last_applied_bytes", {}),
        }
        for row in matrix["releases"]
        if "anomaly" not in row
    ]
    return {
        "about": "Operator releases: version, chart version, and the client-side-apply annotation bytes of the two "
        "largest CRDs (the API server allows limit bytes).",
        "limit": matrix["limits"]["total_annotations_bytes"],
        "releases": rows,
    }


def main(argv: list[str]) -> int:
    if len(argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    facts = Path(argv[1])
    (ROOT / "eso_lint/model/reference_paths.py").write_text(reference_paths(facts))
    (ROOT / "schemas/releases.json").write_text(json.dumps(releases(facts), separators=(",", ":")) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
