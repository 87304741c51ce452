"""Our charts against the real ones: `python -m tests.compare_helm [--all-kinds] DIRECTORY...`.

Every chart below the directories is rendered with both, with its own values and with each values file beside it, and
compared: same objects, same names, same values. The binary is found by ESO_LINT_HELM, or `helm` on PATH. With
`--write` what it prints is kept beside the charts, for tests where it is not there.
"""

from __future__ import annotations

import collections
import os
import posixpath
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from eso_lint.render.helm.chart_render import Rendered, charts_of, render_chart
from eso_lint.source.node import Scalar, SourceFile
from tests.compare_kustomize import UNKNOWN, FileSource, Verdict, differ, identity, plain, read_kinds, real

RELEASE = SourceFile("release", b"shop")
NAMESPACE = SourceFile("namespace", b"front")


def helm() -> str | None:
    return os.environ.get("ESO_LINT_HELM") or shutil.which("helm")


def run(binary: str, directory: Path, files: list[Path]) -> subprocess.CompletedProcess[bytes]:
    given = [part for path in files for part in ("-f", str(path))]
    argv = [binary, "template", "shop", str(directory), "--namespace", "front", "--skip-tests", *given]
    return subprocess.run(argv, capture_output=True, timeout=60, check=False)


def alternatives(source: FileSource, directory: str) -> list[str]:
    """Values files beside a chart's own."""
    found = (*source.directory(directory), *source.directory(posixpath.join(directory, "values")))
    names = {path: posixpath.relpath(path, directory or ".") for path in found}
    return [
        path
        for path, name in names.items()
        if name.endswith((".yaml", ".yml"))
        and name.startswith(("values-", "values.", "values/"))
        and name != "values.yaml"
    ]


def ours(source: FileSource, directory: str, files: list[str]) -> Rendered:
    layers = tuple(node for path in files if (node := charts_of(source).data(path)) is not None)
    release, namespace = (Scalar(file, 0, len(file.text), file.text) for file in (RELEASE, NAMESPACE))
    return render_chart(source, directory, release, namespace, layers)


def expectation(directory: str, files: list[str]) -> str:
    """Where the real output is kept: beside the chart, named for the values file."""
    ending = "".join(posixpath.basename(path).removeprefix("values").removesuffix(".yaml") for path in files)
    return posixpath.join(directory, f"expected{ending}.yaml")


def write(binary: str, source: FileSource) -> None:
    for directory in sorted(charts_of(source).directories):
        for files in ([], *([path] for path in alternatives(source, directory))):
            result = run(binary, source.root / directory, [source.root / path for path in files])
            if not result.returncode and "/charts/" not in directory:
                (source.root / expectation(directory, files)).write_bytes(result.stdout)


def compare(source: FileSource, directory: str, files: list[str], binary: str, all_kinds: bool = False) -> Verdict:
    made = ours(source, directory, files)
    result = run(binary, source.root / directory, [source.root / path for path in files])
    if result.returncode:
        message = result.stderr.decode().strip().splitlines()[0][-300:]
        return Verdict("remote" if any(note.kind == "chart" for note in made.notes) else "real-refuses", message)
    if any(note.kind == "refused" for note in made.notes):
        return Verdict("only-ours-refuses", made.notes[0].message)
    wanted = [thing for thing in real(result.stdout) if all_kinds or read_kinds(thing)]
    return verdict(made, wanted, all_kinds)


def fits(thing: Any, other: Any) -> bool:
    return all(a is UNKNOWN or a == b for a, b in zip(identity(thing), identity(other), strict=True))


def verdict(made: Rendered, wanted: list[Any], all_kinds: bool) -> Verdict:
    """Certain objects are all there, no other is, and what we know of each is right."""
    left = list(wanted)
    mine = [(item, thing) for item in made.items if isinstance(thing := plain(item.root), dict)]
    mine = [(item, thing) for item, thing in mine if all_kinds or read_kinds(thing)]
    vague = 0
    for item, thing in sorted(
        mine, key=lambda pair: (pair[0].maybe, any(part is UNKNOWN for part in identity(pair[1])))
    ):
        close = [other for other in left if fits(thing, other)]
        right = next((other for other in close if differ(thing, other) is None), None)
        if right is not None:
            left.remove(right)
        elif not item.maybe:
            detail = differ(thing, close[0]) if close else f"real has {[identity(o) for o in left][:3]}"
            return Verdict("differ", f"{identity(thing)} {detail}")
        vague += item.maybe
    if left and not vague:
        return Verdict("differ", f"only real: {[identity(other) for other in left][:3]}")
    unknown = sum(UNKNOWN is part for _, thing in mine for part in leaves(thing))
    return Verdict("agree" if not vague else "agree-maybe", f"{unknown} unknown", len(wanted))


def leaves(thing: Any) -> list[Any]:
    if isinstance(thing, dict):
        return [leaf for value in thing.values() for leaf in leaves(value)]
    return [leaf for value in thing for leaf in leaves(value)] if isinstance(thing, list) else [thing]


def main(arguments: list[str]) -> int:
    binary = helm()
    if binary is None:
        print("no helm")
        return 2
    all_kinds = "--all-kinds" in arguments
    total: collections.Counter[str] = collections.Counter()
    for argument in arguments:
        if argument.startswith("-"):
            continue
        if "--write" in arguments:
            write(binary, FileSource(Path(argument)))
            continue
        source, count = FileSource(Path(argument)), collections.Counter[str]()
        for directory in sorted(charts_of(source).directories):
            for files in ([], *([path] for path in alternatives(source, directory))):
                found = compare(source, directory, files, binary, all_kinds)
                count[found.word] += 1
                count["objects"] += found.objects
                if "-v" in arguments or found.word not in ("agree", "remote"):
                    print(f"{found.word}: {directory} {' '.join(files)}: {found.detail}", flush=True)
        print(Path(argument).name, dict(count), flush=True)
        total += count
    print("total", dict(total))
    return 1 if total["differ"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
