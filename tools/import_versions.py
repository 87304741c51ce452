#!/usr/bin/env python3
"""Turn the operator's version matrix into the project's own tables of kinds, providers and chart values.

    tools/import_versions.py FACTS_DIR

FACTS_DIR holds version-matrix.json, crd-schemas.jsonl and crd-releases.json. Writes eso_lint/model/served.py,
schemas/chart-values.json and schemas/fingerprints.json; run it again when a release is added.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HEAD = '''"""Which release serves which kind and provider (generated: tools/import_versions.py)."""

from __future__ import annotations

from eso_lint.model.versions import Version

'''


# Values that the templates read and the timeline leaves out: names that change with every release, and commented ones.
MORE = {
    "image.repository": "0.1.1",
    "image.tag": "0.1.1",
    "webhook.image.repository": "0.5.0",
    "webhook.image.tag": "0.5.0",
    "certController.image.repository": "0.5.0",
    "certController.image.tag": "0.5.0",
    "webhook.certDir": "0.5.0",
    **{
        f"{part}metrics.listen.secure.{name}": "0.20.1"
        for part in ("", "webhook.", "certController.")
        for name in ("certDir", "certFile", "keyFile")
    },
    **{f"{part}podDisruptionBudget.maxUnavailable": "0.5.4" for part in ("", "webhook.", "certController.")},
}
# Maps that the templates print whole, whatever they hold.
WHOLE = re.compile(
    r"(?:.*\.)?(?:securityContext|podSecurityContext|image|issuerRef|spec)|(?:webhook|certController)\.[a-z]+Probe"
)


def _plain(tag: str) -> str:
    return tag.removeprefix("v").split("-")[0]


def _row(facts: tuple[str, str], newest: str) -> str:
    first, last = facts
    return f'("{_plain(first)}", "{"" if last == newest else _plain(last)}")'


def _table(rows: dict[str, dict[str, str]]) -> str:
    text = ""
    for name in sorted(rows):
        inner = ", ".join(f'"{version}": {row}' for version, row in rows[name].items())
        line = f'    "{name}": {{{inner}}},\n'
        if len(line) > 121:
            line = f'    "{name}": {{\n' + "".join(f'        "{v}": {r},\n' for v, r in rows[name].items()) + "    },\n"
        text += line
    return text + "}\n"


def served(matrix: dict[str, Any]) -> str:
    """Kind and provider -> version of the API -> first and last release, "" where it goes on."""
    newest = matrix["releases"][-1]["tag"]
    text = HEAD + f"NEWEST = Version({_plain(newest).replace('.', ', ')})\n\n"
    text += '# Kind -> API version -> (first release that serves it, last one; "" where the newest does).\n'
    text += "KINDS: dict[str, dict[str, tuple[str, str]]] = {\n"
    text += _table(
        {
            kind: {version: _row(entry["served"], newest) for version, entry in facts["versions"].items()}
            for kind, facts in matrix["kinds"].items()
        }
    )
    text += "\n# Provider -> API version of stores -> (first release that has it, last one).\n"
    text += "PROVIDERS: dict[str, dict[str, tuple[str, str]]] = {\n"
    text += _table(
        {
            name: {version: _row((entry["first"], entry["last"]), newest) for version, entry in facts.items()}
            for name, facts in matrix["providers"].items()
        }
    )
    missing = sorted(tuple(map(int, _plain(tag).split("."))) for tag in matrix["operator_tags_without_chart"])
    text += "\n# Releases of the operator that no chart carries.\nWITHOUT_CHART = frozenset(\n    (\n"
    text += "".join(f'        "{".".join(map(str, version))}",\n' for version in missing)
    return text + "    )\n)\n"


def chart_values(matrix: dict[str, Any]) -> dict[str, Any]:
    """Since when, and until when, the chart has each value; which are free maps; defaults that changed."""
    values: dict[str, list[str]] = {}
    whole: set[str] = set()
    changed: dict[str, list[list[Any]]] = {}
    for path, facts in sorted(matrix["chart_values"].items()):
        spans: list[str] = []
        defaults: list[list[Any]] = []
        for fact in facts:
            if "removed_in" in fact:
                spans[-1] += f"..{_plain(fact['removed_in'])}"
                continue
            if not spans or ".." in spans[-1]:
                spans.append(_plain(fact["from"]))
            if fact["default"] == {}:
                whole.add(path)
            defaults.append([_plain(fact["from"]), fact["default"]])
        values[path] = spans
        if len(defaults) > 1 and all(not isinstance(default, (dict, list)) for _, default in defaults):
            changed[path] = defaults
        steps = path.split(".")
        whole.update(p for p in (".".join(steps[:n]) for n in range(1, len(steps) + 1)) if WHOLE.fullmatch(p))
    for path, first in MORE.items():
        values[path] = [first]
    return {
        "about": "Values of the operator's chart: since..until which chart, maps that hold anything, changed defaults.",
        "values": {path: spans[0] if len(spans) == 1 else spans for path, spans in sorted(values.items())},
        "whole": sorted(whole),
        "changed": changed,
    }


def _bare(schema: Any) -> Any:
    """A schema without its descriptions; properties of that name stay."""
    if isinstance(schema, list):
        return [_bare(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    bare = {}
    for key, value in schema.items():
        if key == "properties" and isinstance(value, dict):
            bare[key] = {name: _bare(child) for name, child in value.items()}
        elif key in ("default", "enum", "required"):
            bare[key] = value
        elif key != "description":
            bare[key] = _bare(value)
    return bare


def fingerprints(facts: Path) -> dict[str, Any]:
    """Kind -> API version -> fingerprint of the schema -> spans of releases that carry it."""
    prints: dict[str, str] = {}
    for line in (facts / "crd-schemas.jsonl").open():
        row = json.loads(line)
        text = json.dumps(_bare(row["openAPIV3Schema"]), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        prints[row["id"]] = hashlib.sha256(text.encode()).hexdigest()[:12]
    found: dict[str, dict[str, dict[str, list[list[str]]]]] = {}
    before = ""
    for release in json.loads((facts / "crd-releases.json").read_text()):
        number = release["release"]
        for kind, entry in release["kinds"].items():
            for version, api in entry["versions"].items():
                spans = found.setdefault(kind, {}).setdefault(version, {}).setdefault(prints[api["schema"]], [])
                if spans and spans[-1][1] == before:
                    spans[-1][1] = number
                else:
                    spans.append([number, number])
        before = number
    return {
        "about": "Fingerprints of the operator's CRD schemas (without descriptions), and the releases that carry them.",
        "kinds": {
            kind: {
                version: {key: " ".join("..".join(span) for span in spans) for key, spans in sorted(keys.items())}
                for version, keys in sorted(versions.items())
            }
            for kind, versions in sorted(found.items())
        },
    }


def _write(name: str, content: dict[str, Any]) -> None:
    (ROOT / "schemas" / name).write_text(json.dumps(content, indent=0, separators=(",", ":"), sort_keys=True) + "\n")


def main(facts: Path) -> None:
    matrix = json.loads((facts / "version-matrix.json").read_text())
    (ROOT / "eso_lint/model/served.py").write_text(served(matrix))
    _write("chart-values.json", chart_values(matrix))
    _write("fingerprints.json", fingerprints(facts))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
