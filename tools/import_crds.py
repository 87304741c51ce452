#!/usr/bin/env python3
"""Pack the schemas of the operator's CRDs, of every release, into schemas/crds/.

    tools/import_crds.py FACTS_DIR

FACTS_DIR holds crd-schemas.jsonl (one structural schema a line) and crd-releases.json (which release serves which).
A pack holds one kind (both stores share one); its `versions` say from which release on which row is the schema, and
whether it is served; a row of null says that the version is gone.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from eso_lint.model.versions import parse_version  # noqa: E402
from eso_lint.schema.pack import Packer  # noqa: E402
from eso_lint.schema.store import PACKS  # noqa: E402

# The status is not written by a manifest, except where a kind keeps it in the object itself.
NO_STATUS_SUBRESOURCE = {"GeneratorState"}


def history(releases: list[dict[str, Any]], kind: str, version: str) -> list[tuple[str, str | None, bool]]:
    """Change points of one kind's API version: (release, schema id or None, served)."""
    points: list[tuple[str, str | None, bool]] = []
    for release in releases:
        known = release["kinds"].get(kind, {}).get("versions", {}).get(version)
        state = (known["schema"], known["served"]) if known else (None, False)
        if state != (points[-1][1:] if points else (None, False)):
            points.append((release["release"], *state))
    return points


def main(argv: list[str]) -> int:
    if len(argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    facts = Path(argv[1])
    rows = [json.loads(line) for line in (facts / "crd-schemas.jsonl").open()]
    schemas = {row["id"]: row["openAPIV3Schema"] for row in rows}
    releases = json.loads((facts / "crd-releases.json").read_text())
    releases.sort(key=lambda release: parse_version(release["release"]) or ())
    packs: dict[str, tuple[Packer, dict[str, Any]]] = {}
    for kind in sorted({row["kind"] for row in rows}):
        packer, kinds = packs.setdefault(PACKS.get(kind, kind), (Packer(), {}))
        known = next(release["kinds"][kind] for release in releases if kind in release["kinds"])
        versions = {}
        status = False
        for version in sorted({row["version"] for row in rows if row["kind"] == kind}):
            points = history(releases, kind, version)
            versions[version] = [
                [release, None if schema is None else packer.add(schemas[schema]), served]
                for release, schema, served in points
            ]
            status = status or any("status" in schemas[s].get("properties", {}) for _, s, _ in points if s)
        kinds[kind] = {
            "group": known["group"],
            "scope": known["scope"],
            "status": status and kind not in NO_STATUS_SUBRESOURCE,
            "versions": versions,
        }
    home = ROOT / "schemas" / "crds"
    home.mkdir(exist_ok=True)
    for name, (packer, kinds) in packs.items():
        (home / f"{name}.json").write_text(packer.text({"kinds": kinds}), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
