"""What deliveries could not do, and the files that they leave, told once however many build them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from eso_lint.model.together import idle
from eso_lint.render.unit import Note, Unit, settled
from eso_lint.source.ignore import Patterns
from eso_lint.source.node import Document, Mapping, Opaque, Scalar, Sequence, items, string, walk
from eso_lint.source.prefilter import is_kustomization

if TYPE_CHECKING:
    from eso_lint.model.workspace import Workspace
    from eso_lint.source.node import SourceFile

_DECLARED = ("flux", "argocd")
_SHORT_PATH = re.compile(r"[\w.-]+/[\w.-]+\.(?:ya?ml|json)")
_SUBMODULE = re.compile(r"^\s*path\s*=\s*(.*?)\s*$", re.MULTILINE)


def settled_notes(ws: Workspace) -> frozenset[Note]:
    """The notes of all builds, each once: a patch that finds its object in one of them is none.

    Archives, scaffolding and examples say nothing but what fits there.
    """
    return _settled(ws, lambda unit: not idle(unit.path + "/"))


def delivered_notes(ws: Workspace) -> frozenset[Note]:
    """The same of what is delivered: where Flux or Argo CD deliver something, other kustomizations may be parts."""
    declared = any(unit.tool in _DECLARED for unit in ws.views(Unit))
    return _settled(ws, lambda unit: not idle(unit.path + "/") and (not declared or unit.tool in _DECLARED))


def _settled(ws: Workspace, counts: Callable[[Unit], bool]) -> frozenset[Note]:
    units: tuple[Unit, ...] = ws.views(Unit)
    others = (unit._replace(notes=tuple(n for n in unit.notes if n.kind == "fits")) for unit in units)
    return frozenset(settled(unit if counts(unit) else other for unit, other in zip(units, others, strict=True)))


def kustomizations(ws: Workspace) -> dict[str, Document]:
    """All kustomizations by the path of their file."""
    return {p.file.path: p.documents[0] for p in ws.parsed if p.documents and is_kustomization(p.file.path)}


def named_files(ws: Workspace) -> frozenset[str]:
    """The paths that any kustomization names, in whatever field, and those in comments, too."""
    found: set[str] = set()
    for path, document in ws.index(kustomizations).items():
        folder = posixpath.dirname(path)
        for node in walk(document.root):
            if isinstance(node, Scalar) and "\n" not in node.text:
                found |= {posixpath.normpath(posixpath.join(folder, part)) for part in node.text.split("=", 1)}
    return frozenset(found)


def _beside(ws: Workspace) -> dict[str, list[Document]]:
    """Kustomizations by their directory."""
    found: dict[str, list[Document]] = {}
    for path, document in ws.index(kustomizations).items():
        found.setdefault(posixpath.dirname(path), []).append(document)
    return found


def listed_neighbour(ws: Workspace, path: str) -> Scalar | None:
    """The first neighbour of a file that the kustomization beside them lists, among its resources or generators.

    None where there is none, or where its lists are not known as a whole.
    """
    folder = posixpath.dirname(path)
    for document in ws.index(_beside).get(folder, ()):
        root = document.root
        if document.dialect != "plain" or not isinstance(root, Mapping) or root.open:
            return None
        lists = [root.get(field) for field in ("resources", "generators")]
        if any(isinstance(one, Opaque) or (isinstance(one, Sequence) and one.open) for one in lists):
            return None
        entries = [entry for one in lists for entry in items(one)]
        if any(not isinstance(entry, Scalar) for entry in entries):
            return None
        for entry in entries:
            target = posixpath.normpath(posixpath.join(folder, string(entry) or "."))
            if isinstance(entry, Scalar) and posixpath.dirname(target) == folder and target in ws.paths:
                return entry
    return None


def left_out(ws: Workspace) -> Callable[[str], bool]:
    """Whether a path may exist though it is not seen: ignored, excluded, or inside a submodule."""
    ignores = {
        posixpath.dirname(path): Patterns(file.text.split("\n"), _base(posixpath.dirname(path)))
        for path, file in ws.sources.items()
        if posixpath.basename(path) == ".gitignore"
    }
    excluded = Patterns(ws.config.exclude)
    modules = ws.sources.get(".gitmodules")
    submodules = tuple(_SUBMODULE.findall(modules.text)) if modules is not None else ()

    def decide(path: str, name: str) -> bool:
        if excluded.decide(path, name):
            return True
        folder = posixpath.dirname(path.rstrip("/"))
        for base in (folder, *_above(folder)):
            answer = ignores[base].decide(path, name) if base in ignores else None
            if answer is not None:
                return answer
        return False

    def check(path: str) -> bool:
        if any(path == module or path.startswith(module + "/") for module in submodules):
            return True
        name = posixpath.basename(path)
        folders = (folder for folder in _above(path) if folder)
        return (
            decide(path, name)
            or decide(path + "/", name + "/")
            or any(decide(folder + "/", posixpath.basename(folder) + "/") for folder in folders)
        )

    return check


def _base(folder: str) -> str:
    return folder + "/" if folder else ""


def _above(path: str) -> Iterable[str]:
    while path:
        path = posixpath.dirname(path)
        yield path


def mentions_path(ws: Workspace, path: str) -> bool:
    """Whether another file names this one, with its directory where it lies elsewhere: a script, a chart, a README."""
    folder, name = posixpath.split(path)
    near = posixpath.join(posixpath.basename(folder), name)
    if any(name in file.text for file in ws.index(_by_folder).get(folder, ()) if file.path != path):
        return True
    if _SHORT_PATH.fullmatch(near):
        return near in ws.index(_short_paths)
    return any(near in file.text for other, file in ws.sources.items() if other != path)


def _by_folder(ws: Workspace) -> dict[str, list[SourceFile]]:
    found: dict[str, list[SourceFile]] = {}
    for path, file in ws.sources.items():
        found.setdefault(posixpath.dirname(path), []).append(file)
    return found


def _short_paths(ws: Workspace) -> frozenset[str]:
    """The ends of all paths that any file names: directory and manifest."""
    return frozenset(found for file in ws.sources.values() for found in _SHORT_PATH.findall(file.text))
