#!/usr/bin/env python3
"""Turn the operator's version matrix into the project's own tables of kinds, providers and chart values.

    tools/import_versions.py FACTS_DIR

FACTS_DIR holds version-matrix.json and crd-schemas.jsonl. Writes eso_lint/model/served.py, schemas/chart-values.json
and schemas/fingerprints.json; run it again when a release is added.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HEAD = '''"""Which release serves which kind and provider (generated: tools/import_versions.py)."""

from __future__ import annotations

from eso_lint.model.versions import Version

'''


def _tuple(tag: str) -> str:
    return tag.removeprefix("v")


def served(matrix: dict[str, Any]) -> str:
    """Kind and provider -> version of the API -> first and last release, "" where it goes on."""
    newest = matrix["releases"][-1]["tag"]
    major, minor, patch = _tuple(newest).split(".")
    text = HEAD + f"NEWEST = Version({major}, {minor}, {patch})\n\n"
    text += '# Kind -> API version -> (first release that serves it, last one; "" where the newest does).\n'
    text += "KINDS: dict[str, dict[str, tuple[str, str]]] = {\n"
    for kind in sorted(matrix["kinds"]):
        rows = []
        for version, facts in matrix["kinds"][kind]["versions"].items():
            first, last = facts["served"]
            rows.append(f'"{version}": ("{_tuple(first)}", "{"" if last == newest else _tuple(last)}")')
        text += f'    "{kind}": {{{", ".join(rows)}}},\n'
    text += "}\n\n# Provider -> API version of stores -> (first release that has it, last one).\n"
    text += "PROVIDERS: dict[str, dict[str, tuple[str, str]]] = {\n"
    for name in sorted(matrix["providers"]):
        rows = []
        for version, facts in matrix["providers"][name].items():
            last = facts["last"]
            rows.append(f'"{version}": ("{_tuple(facts["first"])}", "{"" if last == newest else _tuple(last)}")')
        text += f'    "{name}": {{{", ".join(rows)}}},\n'
    text += "}\n\n# Releases of the operator that no chart carries.\n"
    missing = ", ".join(f'"{_tuple(tag)}"' for tag in matrix["operator_tags_without_chart"])
    return text + f"WITHOUT_CHART = frozenset(({missing}))\n"


def main(facts: Path) -> None:
    matrix = json.loads((facts / "version-matrix.json").read_text())
    (ROOT / "eso_lint/model/served.py").write_text(served(matrix))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
