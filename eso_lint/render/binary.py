"""Runs a renderer's own binary on a copy of what it needs, cut off from the user's settings and from clusters.

Only where the user asks for it: nothing here is called by a plain lint.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from eso_lint.render.kustomize.build import objects
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, SourceFile, string
from eso_lint.source.parse import parse

TIMEOUT = 60.0
ANY = "*"
_MAX_OUTPUT = 50_000_000


class Printed(NamedTuple):
    """What a binary printed; `failure` is the last line of what it complained about, "" where it did well."""

    text: str
    failure: str


def find(*names: str) -> str | None:
    """The first of these that is on PATH. One that a relative entry of PATH finds is not taken: it may be anybody's."""
    for name in names:
        found = shutil.which(name)
        if found is not None and os.path.isabs(found):
            return found
    return None


def copy(files: Iterable[SourceFile], into: Path) -> None:
    """Write the bytes that were read to the same paths below a directory, and nothing else: no link is followed."""
    for file in files:
        place = into / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.data)


def run(argv: list[str], directory: Path, timeout: float = TIMEOUT) -> Printed:
    """Run a binary in a scratch directory that is also its home. It sees no proxy, no cluster and no setting."""
    home = directory / "home"
    home.mkdir(exist_ok=True)
    environment = {
        "PATH": "",
        "HOME": str(home),
        "TMPDIR": str(home),
        "KUBECONFIG": str(home / "none"),
        "LC_ALL": "C.UTF-8",
    }
    environment |= {f"XDG_{kind}_HOME": str(home) for kind in ("CACHE", "CONFIG", "DATA")}
    environment |= {f"HELM_{kind}_HOME": str(home) for kind in ("CACHE", "CONFIG", "DATA")}
    output = home / "output"
    try:
        with output.open("wb") as stream:
            done = subprocess.run(
                argv, cwd=directory, env=environment, stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.PIPE,
                timeout=timeout, check=False,
            )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Printed("", f"it took more than {timeout:g} seconds")
    except OSError as error:
        return Printed("", str(error))
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").replace(str(directory), ".").strip().splitlines()
        return Printed("", said[-1] if said else f"exit code {done.returncode}")
    if output.stat().st_size > _MAX_OUTPUT:
        return Printed("", "it printed more than is read")
    return Printed(output.read_text(encoding="utf-8", errors="replace"), "")


def objects_of(text: str) -> list[Mapping]:
    """The objects in what was printed, in order."""
    parsed = parse(SourceFile("", text.encode("utf-8", "replace")))
    return [item.root for document in parsed.documents for item in objects(document, document.root)]


def identity(root: Node) -> tuple[str, ...]:
    """apiVersion, kind, namespace and name; ANY for what is not known, "" for what is not there."""
    metadata = root.get("metadata")
    found = (root.get("apiVersion"), root.get("kind"))
    named = (metadata.get("namespace"), metadata.get("name")) if metadata is not None else (None, None)
    return tuple(ANY if isinstance(node, Opaque) else string(node) or "" for node in (*found, *named))


def fits(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Whether an identity of ours can be this one."""
    return all(one in (other, ANY) for one, other in zip(ours, theirs, strict=True))


def difference(ours: Node, theirs: Node, path: str = "") -> tuple[Node, str] | None:
    """The first place where what we know is not what was printed: our node there, and the field."""
    if isinstance(ours, Opaque) or isinstance(theirs, Opaque):
        return None
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        for key, (_, value) in ours.index.items():
            if key not in theirs:
                if not _empty(value):
                    return value, f"{path}.{key}"
            elif (found := difference(value, theirs.index[key][1], f"{path}.{key}")) is not None:
                return found
        lacking = [key for key, (_, value) in theirs.index.items() if key not in ours and not _empty(value)]
        return (ours, f"{path}.{lacking[0]}") if lacking and not ours.open else None
    if isinstance(ours, Sequence) and isinstance(theirs, Sequence):
        if ours.open:
            return None
        for i, (one, other) in enumerate(zip(ours.items, theirs.items, strict=False)):
            if (found := difference(one, other, f"{path}[{i}]")) is not None:
                return found
        return (ours, path) if len(ours.items) != len(theirs.items) else None
    if isinstance(ours, Scalar) and isinstance(theirs, Scalar):
        return None if ours.value == theirs.value else (ours, path)
    return None if _empty(ours) and _empty(theirs) else (ours, path)


def _empty(node: Node) -> bool:
    if isinstance(node, Scalar):
        return node.value is None
    return isinstance(node, Opaque) or (isinstance(node, Mapping) and not node.entries)
