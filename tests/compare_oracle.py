#!/usr/bin/env python3
"""Hold our verdicts against those of a real API server and of the operator's real webhook.

    python tests/compare_oracle.py ORACLE_DIR [--corpus DIR] [--show N] [--only TEXT]

ORACLE_DIR holds generated.jsonl.xz, mutants/ and real.jsonl.xz (its README says what judged). With `--corpus` the
documents of real.jsonl.xz are looked up in the unpacked repositories DIR/owner+repo/. For each layer of admission the
table says how many documents both refuse, only they refuse (missed) and only we refuse (false). A document with `${VAR}` or
`{{ }}` was judged as it stands; where we wait for what is put in, it counts as templated. `--show` lists the first N. Exit code 1 where anything is missed or false.
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from eso_lint.config import Config
from eso_lint.lint.rule import Finding, Rule, Severity
from eso_lint.rules.index import INDEX
from eso_lint.schema.store import PACKS, bundled
from eso_lint.source.node import Opaque, SourceFile, walk
from eso_lint.source.parse import chunks, parse
from eso_lint.testing import lint

# Layer -> the rules that speak for it, by family (or id).
LAYERS: dict[str, tuple[str, ...]] = {
    "reading": ("ESO001", "ESO002"),
    "structure": ("ESO301", "ESO302", "ESO303", "ESO304", "ESO305", "ESO306", "ESO307", "ESO331", "ESO332"),
    "cel": ("ESO308",),
    "versions": ("ESO330", "ESO331"),
    "webhook": ("admission", "providers", "ESO207", "ESO208", "ESO404"),
}
# What the summary of an API server's errors is called, and the layer that has to know it.
_READING = frozenset(("ParseError", "DuplicateKey"))
_VERSIONS = frozenset(("NoKindMatch", "NotServed"))
# Rules that are also about kinds without a webhook, and about what fails only later.
_WIDER = frozenset(("ESO208", "ESO404"))
# How a finding begins its note where the store is stored and fails later.
_ADMITTED = "the store is admitted, but"
_SEEN = frozenset(("ExternalSecret", "SecretStore", "ClusterSecretStore"))
# Speaks of kinds, which are refused as such, and of fields, which are refused by the schema.
_EITHER = "ESO331"
# The snippets of the operator's documentation, with the marks of its page generator, which were removed for judging.
_HOMES = {"external-secrets/external-secrets": "external-secrets+docs-snippets"}
_RAW = re.compile(rb"\{% *(?:end)?raw *%\}")


class Case(NamedTuple):
    """One document with what the cluster said of it: the layers that refused, and the place of the fault."""

    name: str
    text: str
    version: str
    refused: frozenset[str]
    judged: frozenset[str]
    what: str
    line: int | None = None


def cel_messages() -> frozenset[str]:
    """The messages of all rules that the CRDs bring."""
    found = set()
    for path in (Path(__file__).resolve().parent.parent / "schemas" / "crds").glob("*.json"):
        pack = bundled(PACKS.get(path.stem, path.stem))
        for row in pack.rows if pack else ():
            found.update(rule.get("message", "") for rule in row.get("x-kubernetes-validations", ()))
    return frozenset(found)


_CEL = cel_messages()


def layer_of(error: dict[str, str]) -> str | None:
    """The layer that an error of the API server belongs to; None for its remark that rules were left out."""
    kind, message = error["type"], error["message"]
    if "some validation rules were not checked" in message:
        return None
    if kind in _READING:
        return "reading"
    if kind in _VERSIONS:
        return "versions"
    return "cel" if any(text and message.endswith(text) for text in _CEL) else "structure"


def refusals(crd: dict[str, Any], webhook: dict[str, Any] | None) -> tuple[frozenset[str], frozenset[str]]:
    """The layers that refused a document, and those that were asked at all."""
    layers = {layer for error in crd.get("errors", ()) if (layer := layer_of(error))}
    judged = {"reading", "structure", "versions"}
    if "reading" in layers and any(e["type"] == "ParseError" for e in crd.get("errors", ())):
        judged = {"reading"}
    elif "versions" in layers:
        # Nothing else is looked at then.
        judged = {"versions"}
    elif any(error["type"] == "DecodeError" for error in crd.get("errors", ())):
        judged -= {"reading"}
    elif not any("not checked" in error["message"] for error in crd.get("errors", ())):
        judged.add("cel")
    if webhook is not None and not layers:
        judged.add("webhook")
        if not webhook["ok"]:
            layers.add("webhook")
    return frozenset(layers), frozenset(judged)


def generated(folder: Path) -> Iterator[Case]:
    with lzma.open(folder / "generated.jsonl.xz", "rt", encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            refused, judged = refusals(row["crd"], row["webhook"])
            change = row["mutation"] or {"type": "as drawn", "path": "", "what": ""}
            what = f"{row['kind']} {row['eso_version']} {change['type']} {change['path']} ({change['what']})"
            errors = "; ".join(f"{e['path']}: {e['message'][:120]}" for e in row["crd"].get("errors", ()))
            if row["webhook"] and not row["webhook"]["ok"]:
                errors += f" WEBHOOK {str(row['webhook']['errors'])[:200]}"
            yield Case(row["id"], row["yaml"], row["eso_version"], refused, judged, f"{what} {errors}")


def mutants(folder: Path) -> Iterator[Case]:
    listing = json.loads((folder / "mutants" / "verdicts.json").read_text())
    for row in listing["mutants"]:
        oracles = row["oracles"]
        refused, judged = refusals(oracles["crd"], oracles["webhook"])
        if row["verdict"] == "rejected:api-version":
            refused, judged = frozenset(("versions",)), frozenset(("reading", "versions"))
        text = (folder / "mutants" / row["file"]).read_text()
        yield Case(
            row["file"], text, "2.9.0", refused, judged, row["fault"], row.get("fault_line") if refused else None
        )


def real(folder: Path, corpus: Path) -> Iterator[Case]:
    """The documents of public repositories; those that something changes before they are applied are left out."""
    with lzma.open(folder / "real.jsonl.xz", "rt", encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            if row.get("flags"):
                continue
            home = corpus / _HOMES.get(row["repo"], row["repo"].replace("/", "+"))
            found = [path for path in (home / row["path"], *home.glob("*/" + row["path"])) if path.is_file()]
            if not found:
                continue
            file = SourceFile(row["path"], _RAW.sub(b"", found[0].read_bytes()))
            texts = [file.text[start:end] for start, end in chunks(file.text)]
            texts = [text for text in texts if _content(text)]
            if row["index"] >= len(texts):
                continue
            refused, judged = refusals(row["crd"], row["webhook"])
            errors = "; ".join(f"{e['path']}: {e['message'][:120]}" for e in row["crd"].get("errors", ()))
            name = f"{row['repo']}/{row['path']}#{row['index']}"
            yield Case(name, texts[row["index"]], "2.9.0", refused, judged, errors)


def _content(text: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith(("#", "---", "%")) for line in text.splitlines())


def rules_of(layer: str) -> list[Rule]:
    return [e.load() for e in INDEX if e.id in LAYERS[layer] or e.family in LAYERS[layer]]


def ours(case: Case, rules: dict[str, list[Rule]]) -> dict[str, list[Finding]]:
    """Our errors on a document, by layer."""
    every = {rule.id: rule for layer in rules.values() for rule in layer}.values()
    by_rule = {rule.id: layer for layer, members in rules.items() for rule in members}
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in lint({"manifest.yaml": case.text}, every, Config(eso_version=case.version)):
        if finding.severity is Severity.ERROR and not _fails_later(finding):
            layer = by_rule[finding.rule.id]
            if finding.rule.id == _EITHER and "structure" in case.refused:
                layer = "structure"
            found[layer].append(finding)
    return found


def _fails_later(finding: Finding) -> bool:
    """Whether a finding is about something that the cluster stores all the same."""
    if finding.note.startswith(_ADMITTED):
        return True
    return finding.rule.id in _WIDER and (finding.kind not in _SEEN or finding.node_path.endswith("retryInterval"))


def templated(text: str) -> bool:
    """Whether a text is one that we expect to be rendered before a cluster sees it, as its judges did not."""
    parsed = parse(SourceFile("manifest.yaml", text.encode()))
    return bool(parsed.skipped) or any(isinstance(n, Opaque) for d in parsed.documents for n in walk(d.root))


class Tally(NamedTuple):
    both: list[str]
    missed: list[str]
    false: list[str]
    neither: list[str]
    templated: list[str]


def compare(cases: Iterable[Case], rules: dict[str, list[Rule]]) -> tuple[dict[str, Tally], list[str]]:
    tallies = {layer: Tally([], [], [], [], []) for layer in (*rules, "verdict")}
    off: list[str] = []
    for case in cases:
        found = ours(case, rules)
        said = "; ".join(f"{f.rule.id} {f.message}" for fs in found.values() for f in fs)
        for layer in (*rules, "verdict"):
            if layer == "verdict":
                # Of older releases it is not known what their webhook refused.
                asked = found.keys() - ({"webhook"} if not case.refused and "webhook" not in case.judged else set())
                theirs, mine = bool(case.refused), bool(asked)
            elif layer in case.judged:
                theirs, mine = layer in case.refused, bool(found.get(layer))
            else:
                continue
            tally = tallies[layer]
            text = f"{case.name}: {case.what}" + (f"\n      ours: {said}" if said else "")
            if theirs == mine:
                (tally.both if mine else tally.neither).append(text)
            elif mine:
                tally.false.append(text)
            else:
                (tally.templated if templated(case.text) else tally.missed).append(text)
        lines = {f.span.file.position(f.span.start)[0] for fs in found.values() for f in fs}
        if case.line is not None and lines and not any(abs(line - case.line) <= 1 for line in lines):
            off.append(f"{case.name}: line {case.line} expected, found {sorted(lines)}: {case.what}")
    return tallies, off


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("oracle", type=Path)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("--only", default="")
    parser.add_argument("--layers", default=",".join(LAYERS))
    options = parser.parse_args()
    rules = {layer: rules_of(layer) for layer in options.layers.split(",")}
    sets: dict[str, Iterable[Case]] = {"generated": generated(options.oracle), "mutants": mutants(options.oracle)}
    if options.corpus:
        sets["real"] = real(options.oracle, options.corpus)
    wrong = 0
    print(
        f"{'set':<10} {'layer':<10} {'both refuse':>11} {'both take':>9} {'missed':>7} {'false':>6} {'templated':>10}"
    )
    for name, cases in sets.items():
        chosen = [case for case in cases if options.only in f"{case.name} {case.what}"]
        tallies, off = compare(chosen, rules)
        for layer, tally in tallies.items():
            print(
                f"{name:<10} {layer:<10} {len(tally.both):>11} {len(tally.neither):>9} {len(tally.missed):>7} {len(tally.false):>6} {len(tally.templated):>10}"
            )
            wrong += len(tally.missed) + len(tally.false)
            for kind in ("missed", "false"):
                for text in getattr(tally, kind)[: options.show]:
                    print(f"  {kind} {text}")
        for text in off[: options.show or None]:
            print(f"  off the line: {text}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
