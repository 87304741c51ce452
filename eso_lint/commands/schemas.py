"""`eso-lint schemas`: which releases' schemas are known, and how those of a newer release are added."""

from __future__ import annotations

import os
import sys

from eso_lint.commands.inputs import inside, root_of
from eso_lint.errors import UsageError
from eso_lint.model.served import NEWEST
from eso_lint.model.versions import Version, parse_version, releases
from eso_lint.options import CommandLine
from eso_lint.schema.pack import read_pack
from eso_lint.schema.store import SUFFIX
from eso_lint.schema.vendored import crds_in, pack_of
from eso_lint.settings import load
from eso_lint.source.node import Node, SourceFile, lookup, string

# Where a rendered CRD may say which release it is of.
_LABEL = ("metadata", "labels", "app.kubernetes.io/version")


def schemas(line: CommandLine) -> int:
    """List what is known; with `add FILE...` put the CRDs of a newer release beside it."""
    root, _ = root_of(line, ["."])
    settings = load(line, root)
    for text in settings.warnings:
        sys.stderr.write(f"eso-lint: warning: {text}\n")
    folder = settings.config.schemas
    if not line.words:
        _list(root, folder)
        return 0
    if line.words[0] != "add":
        raise UsageError(f"`eso-lint schemas` knows no `{line.words[0]}`", "write `eso-lint schemas add FILE...`")
    if len(line.words) < 2:
        raise UsageError("`eso-lint schemas add` needs files", "name the files with the CustomResourceDefinitions")
    if folder is None:
        raise UsageError("no folder for schemas is configured", "write `schemas: eso-schemas` into .eso-lint.yaml")
    _add(line, root, folder)
    return 0


def _list(root: str, folder: str | None) -> None:
    sys.stdout.write(f"bundled: {releases()[0].version} to {NEWEST}\n")
    if folder is None:
        return
    home = os.path.join(root, folder)
    for name in sorted(os.listdir(home)) if os.path.isdir(home) else ():
        if name.endswith(SUFFIX):
            with open(os.path.join(home, name), encoding="utf-8") as stream:
                pack = read_pack(stream.read())
            if pack is not None:
                sys.stdout.write(_told(folder, name, pack.release, len(pack.kinds)))


def _add(line: CommandLine, root: str, folder: str) -> None:
    found: list[Node] = []
    for path in line.words[1:]:
        if not os.path.isfile(path):
            raise UsageError(f"no such file `{path}`")
        with open(path, "rb") as stream:
            crds = list(crds_in(SourceFile(path, stream.read())))
        if not crds:
            raise UsageError(f"`{path}` holds no CustomResourceDefinition of the operator")
        found += crds
    version = _version(line, found)
    if version <= NEWEST:
        raise UsageError(f"the schemas of release {version} are bundled", f"only releases after {NEWEST} are added")
    text = pack_of(found, str(version))
    if text is None:
        raise UsageError("a CustomResourceDefinition cannot be read", "it must be of apiextensions.k8s.io/v1, rendered")
    home = os.path.join(root, folder)
    inside(home, root)
    os.makedirs(home, exist_ok=True)
    name = f"eso-{version}{SUFFIX}"
    with open(os.path.join(home, name), "w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
    sys.stdout.write(_told(folder, name, str(version), len(found)))


def _told(folder: str, name: str, release: str, count: int) -> str:
    return f"{folder}/{name}: release {release}, {count} kind{'' if count == 1 else 's'}\n"


def _version(line: CommandLine, crds: list[Node]) -> Version:
    """The release by the flag, else by the labels of the CRDs."""
    written = line.text("eso_version") or next(filter(None, (string(lookup(crd, *_LABEL)) for crd in crds)), None)
    if written is None:
        raise UsageError("the release of these CRDs is not known", "name it: --eso-version 2.10.0")
    version = parse_version(written)
    if version is None:
        raise UsageError(f"`{written}` is not the version of a release", "write it in full, such as 2.10.0")
    return version
