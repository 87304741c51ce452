"""What reaches which cluster: delivery units, the objects they bring, and the documents that none of them reaches."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping as MappingABC
from typing import NamedTuple

from eso_lint.render.build import Build, objects
from eso_lint.render.repository import Repository
from eso_lint.render.unit import Item, Note, Unit
from eso_lint.source.node import Document, string

_WORLD = re.compile(r"(?:^|/)(?:clusters|overlays|environments)/[^/]+(?=/)|(?:^|/)_archive(?=/)")
_FLUX = ("kustomize.toolkit.fluxcd.io", "fluxcd.controlplane.io", "helm.toolkit.fluxcd.io")
_ARGO = "argoproj.io"


class Delivered(NamedTuple):
    """An object as one world gets it. `units` name all that bring it there in this shape."""

    item: Item
    world: str
    units: tuple[str, ...]


class Rest(NamedTuple):
    """A document that no unit delivers. `deployed` is False where units deliver what lies beside it."""

    document: Document
    deployed: bool
    library: bool


class Rendering(NamedTuple):
    """Everything that was worked out. `open_worlds` get something that is not in the repository."""

    delivered: tuple[Delivered, ...]
    rest: tuple[Rest, ...]
    units: tuple[Unit, ...]
    notes: tuple[Note, ...]
    open_worlds: frozenset[str]


def render(source: Repository, documents: Iterable[Document], clusters: MappingABC[str, str]) -> Rendering:
    """Units of all tools over a repository.

    `documents` are all that were parsed, kustomizations excepted. `clusters` maps the root directory of a cluster to its
    name, as the configuration states them.
    """
    all_documents = tuple(documents)
    plain = [item for document in all_documents for item in objects(document, document.root)]
    units = _tool_units(source, plain)
    reached = {path for unit in units for path in unit.files}
    units += _kustomize_units(source, reached)
    reached |= {path for unit in units for path in unit.files}
    notes = tuple(dict.fromkeys(note for unit in units for note in unit.notes))
    delivered = _delivered(units, clusters)
    rest = _rest(source, all_documents, reached)
    # A chart from elsewhere is no reason to expect stores in it; objects from elsewhere are.
    remote = {
        _world(unit, clusters)
        for unit in units
        if unit.tool != "argocd" and any(note.kind == "remote" for note in unit.notes)
    }
    return Rendering(delivered, rest, tuple(units), notes, frozenset(remote))


def _tool_units(source: Repository, plain: list[Item]) -> list[Unit]:
    """Flux first: what it delivers may hold Applications."""
    units: list[Unit] = []
    flux = [item for item in plain if item.group in _FLUX]
    if flux:
        from eso_lint.render.flux import flux_units

        units += flux_units(source, flux)
    argo = [item for item in plain if item.group == _ARGO]
    argo += [item for unit in units for item in unit.items if item.group == _ARGO]
    if argo:
        from eso_lint.render.argocd import argocd_units

        units += argocd_units(source, argo)
    return units


def _kustomize_units(source: Repository, reached: set[str]) -> list[Unit]:
    """Overlays that nothing else includes."""
    build = Build(source)
    built = {
        directory: build.build(directory)
        for directory, document in source.kustomizations.items()
        if document.file.path not in reached and string(document.root.get("kind")) != "Component"
    }
    included = {
        path
        for directory, result in built.items()
        for path in result.files
        if path != source.kustomizations[directory].file.path
    }
    return [
        Unit("kustomize", directory or ".", None, directory, None, result.items, result.files, result.notes)
        for directory, result in built.items()
        if source.kustomizations[directory].file.path not in included
    ]


def world_of(path: str) -> str:
    """The tree (a cluster, an overlay, an archive) that a path lies in; "" for the repository at large."""
    ends = [match.end() for match in _WORLD.finditer(path)]
    return path[: ends[-1]] if ends else ""


def _world(unit: Unit, clusters: MappingABC[str, str]) -> str:
    path = unit.path or ""
    for root, name in clusters.items():
        if path == root or path.startswith(root + "/"):
            return name
    if unit.cluster:
        return unit.cluster
    return world_of(path + "/")


def _delivered(units: list[Unit], clusters: MappingABC[str, str]) -> tuple[Delivered, ...]:
    """Each object once per world and shape, with every unit that brings it."""
    found: dict[tuple[object, ...], Delivered] = {}
    for unit in units:
        world = _world(unit, clusters)
        for item in unit.items:
            key = (world, item.document.file.path, item.document.number, item.root.start, item.id, item.via)
            known = found.get(key)
            if known is None:
                found[key] = Delivered(item, world, (unit.name,))
            elif unit.name not in known.units:
                found[key] = known._replace(units=(*known.units, unit.name))
    return tuple(found.values())


def _rest(source: Repository, documents: tuple[Document, ...], reached: set[str]) -> tuple[Rest, ...]:
    beside = {posixpath.dirname(path) for path in reached}
    beside |= {posixpath.dirname(folder) for folder in beside if folder}
    libraries = {
        directory
        for directory, document in source.kustomizations.items()
        if string(document.root.get("kind")) == "Component" and document.file.path not in reached
    }
    found = []
    for document in documents:
        path = document.file.path
        if path in reached:
            continue
        folder = posixpath.dirname(path)
        found.append(Rest(document, folder not in beside, any(_below(folder, library) for library in libraries)))
    return tuple(found)


def _below(folder: str, library: str) -> bool:
    return folder == library or folder.startswith(library + "/")
