"""Our kustomize builds against the real ones: `python tests/compare_kustomize.py [--all-kinds] DIRECTORY...`.

Every kustomization below the directories is built with both and compared: same objects, same namespaces and names, same
values. The binary is found by ESO_LINT_KUBECTL, or `kubectl` on PATH. `--write` puts what the binary gives into
`expected.yaml` beside each kustomization; the fixtures were made so:
`python tests/compare_kustomize.py --write tests/fixtures/kustomize`.
"""

from __future__ import annotations

import collections
import os
import posixpath
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from eso_lint.render.kustomize.build import Build, Built
from eso_lint.source.node import Document, Mapping, Node, Scalar, Sequence, SourceFile
from eso_lint.source.parse import parse

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
GROUPS = (
    "external-secrets.io", "rbac.authorization.k8s.io", "toolkit.fluxcd.io", "argoproj.io", "networking.k8s.io",
    "admissionregistration.k8s.io", "kyverno.io",
)  # fmt: skip
EXPECTED = "expected.yaml"
CORE = ("Namespace", "ServiceAccount", "Secret", "ConfigMap")


class Anything:
    """What we do not know; it equals all."""

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN = Anything()


class FileSource:
    """A `Source` that reads a directory as it is asked, all documents of every file."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._files: dict[str, SourceFile | None] = {}
        self._documents: dict[str, tuple[Document, ...] | None] = {}
        self.paths = frozenset(
            (Path(top) / name).relative_to(root).as_posix() for top, _, names in os.walk(root) for name in names
        )

    def file(self, path: str) -> SourceFile | None:
        if path not in self._files:
            place = self.root / path
            self._files[path] = SourceFile(path, place.read_bytes()) if place.is_file() else None
        return self._files[path]

    def documents(self, path: str) -> tuple[Document, ...] | None:
        if path not in self._documents:
            file = self.file(path) if path in self.paths else None
            self._documents[path] = None if file is None else parse(file).documents
        return self._documents[path]

    def kustomization(self, directory: str) -> Document | None:
        for name in NAMES:
            documents = self.documents(f"{directory}/{name}" if directory else name)
            if documents:
                return documents[0]
        return None

    def parse(self, text: Scalar) -> tuple[Document, ...]:
        return parse(SourceFile(text.file.path, text.text.encode())).documents

    def directory(self, path: str) -> tuple[str, ...]:
        return tuple(sorted(name for name in self.paths if posixpath.dirname(name) == path))

    def roots(self) -> list[str]:
        return sorted({posixpath.dirname(path) for path in self.paths if posixpath.basename(path) in NAMES})


def kubectl() -> str | None:
    return os.environ.get("ESO_LINT_KUBECTL") or shutil.which("kubectl")


def plain(node: Node) -> Any:
    """Values without places. Content of Secrets is compared by kustomize's hash alone."""
    if isinstance(node, Mapping):
        found = {key: plain(value) for key, (_, value) in node.index.items()}
        return {**found, UNKNOWN: UNKNOWN} if node.open else found
    if isinstance(node, Sequence):
        return UNKNOWN if node.open else [plain(item) for item in node.items]
    return node.value if isinstance(node, Scalar) else UNKNOWN


def real(text: bytes) -> list[Any]:
    """The objects in what the binary printed, read as a cluster would: nothing in it is a template."""
    import re

    import yaml

    class Loader(yaml.CSafeLoader):
        pass

    # A float needs no point there.
    Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"[-+]?\d+[eE][-+]?\d+\Z"), list("-+0123456789"))
    for tag in ("timestamp", "value", "merge"):
        Loader.add_constructor(f"tag:yaml.org,2002:{tag}", lambda loader, node: loader.construct_scalar(node))
    return [o for o in yaml.load_all(text, Loader=Loader) if o]


def differ(ours: Any, theirs: Any, path: str = "") -> str | None:
    """Where two objects differ, None where they do not."""
    if ours is UNKNOWN:
        return None
    if isinstance(ours, dict) and isinstance(theirs, dict):
        known = set(ours) - {UNKNOWN}
        odd = known - set(theirs) if UNKNOWN in ours else known ^ set(theirs)
        odd = {k for k in odd if ours.get(k) is not UNKNOWN and not _empty(ours.get(k, theirs.get(k)))}
        if odd:
            return f"{path}: keys {sorted(map(str, odd))[:4]}"
        return next((d for k in known & set(theirs) if (d := differ(ours[k], theirs[k], f"{path}/{k}"))), None)
    if isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) != len(theirs):
            return f"{path}: {len(ours)} items, not {len(theirs)}"
        return next(
            (d for i, (a, b) in enumerate(zip(ours, theirs, strict=True)) if (d := differ(a, b, f"{path}/{i}"))), None
        )
    if ours == theirs or (_empty(ours) and _empty(theirs)):
        return None
    return f"{path}: {ours!r}, not {theirs!r}"


def _empty(value: Any) -> bool:
    return value is None or value == {}


def read_kinds(thing: dict[str, Any]) -> bool:
    """Whether this is an object of a kind that the linter reads."""
    version = str(thing.get("apiVersion"))
    return thing.get("kind") in CORE if "/" not in version else version.partition("/")[0].endswith(GROUPS)


def identity(thing: dict[str, Any]) -> tuple[Any, ...]:
    metadata = thing.get("metadata") or {}
    return thing.get("apiVersion"), thing.get("kind"), metadata.get("namespace") or None, metadata.get("name")


class Verdict(NamedTuple):
    """`word` is agree, differ, refused (by both), remote, only-real-refuses, only-ours-refuses, nothing."""

    word: str
    detail: str = ""
    objects: int = 0


def run(binary: str, directory: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [binary, "kustomize", str(directory), "--load-restrictor", "LoadRestrictionsNone"],
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip


def is_built(source: FileSource, directory: str) -> bool:
    """Whether a directory is built by itself: components are not."""
    document = source.kustomization(directory)
    if document is None or not isinstance(document.root, Mapping):
        return False
    kind = document.root.get("kind")
    return not (isinstance(kind, Scalar) and kind.text == "Component")


def refusals(built: Built) -> list[str]:
    """Why kustomize builds nothing here, as far as we see it."""
    return [note.message for note in built.notes if note.kind in ("missing", "input", "refused") or note.fails]


def compare(source: FileSource, build: Build, directory: str, binary: str, all_kinds: bool = False) -> Verdict:
    if not is_built(source, directory):
        return Verdict("nothing")
    built = build.build(directory)
    kinds = {note.kind for note in built.notes}
    if "remote" in kinds:
        return Verdict("remote")
    try:
        result = run(binary, source.root / directory)
    except subprocess.TimeoutExpired:
        return Verdict("remote")
    refused = refusals(built)
    if result.returncode:
        message = result.stderr.decode().strip().splitlines()[-1][-300:]
        return Verdict("refused" if refused or "opaque" in kinds else "only-real-refuses", message)
    if refused:
        return Verdict("only-ours-refuses", refused[0])
    return verdict(built, real(result.stdout), all_kinds)


def verdict(built: Built, theirs: list[Any], all_kinds: bool) -> Verdict:
    wanted = [thing for thing in theirs if all_kinds or read_kinds(thing)]
    mine = [plain(item.root) for item in built.items]
    mine = [thing for thing in mine if all_kinds or read_kinds(thing)]
    left = {identity(thing): thing for thing in wanted}
    open_ones = []
    for thing in mine:
        if any(part is UNKNOWN for part in identity(thing)):
            open_ones.append(thing)
            continue
        other = left.pop(identity(thing), None)
        if other is None:
            return Verdict("differ", f"only ours: {identity(thing)}; only real: {list(left)[:3]}")
        if (difference := differ(thing, other)) is not None:
            return Verdict("differ", f"{identity(thing)} {difference}")
    for thing in open_ones:
        fitting = [k for k in left if all(a is UNKNOWN or a == b for a, b in zip(identity(thing), k, strict=True))]
        if not fitting:
            return Verdict("differ", f"only ours: {identity(thing)}")
        left.pop(fitting[0])
    if left:
        return Verdict("differ", f"only real: {list(left)[:3]}")
    return Verdict("agree", "", len(wanted))


def write(binary: str, source: FileSource) -> None:
    for directory in source.roots():
        result = run(binary, source.root / directory)
        if not result.returncode:
            (source.root / directory / EXPECTED).write_bytes(result.stdout)


def main(arguments: list[str]) -> int:
    binary = kubectl()
    if binary is None:
        print("no kubectl")
        return 2
    all_kinds = "--all-kinds" in arguments
    total: collections.Counter[str] = collections.Counter()
    for argument in arguments:
        if argument.startswith("--"):
            continue
        source = FileSource(Path(argument))
        if "--write" in arguments:
            write(binary, source)
            continue
        build, count = Build(source), collections.Counter[str]()
        for directory in source.roots():
            verdict = compare(source, build, directory, binary, all_kinds)
            count[verdict.word] += 1
            count["objects"] += verdict.objects
            if verdict.word in ("differ", "only-real-refuses", "only-ours-refuses"):
                print(f"{verdict.word}: {argument}/{directory}: {verdict.detail}", flush=True)
        print(Path(argument).name, dict(count), flush=True)
        total += count
    print("total", dict(total))
    return 1 if total["differ"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
