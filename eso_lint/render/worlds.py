"""What reaches which cluster: delivery units, the objects they bring, and the documents that none of them reaches."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from collections.abc import Mapping as MappingABC
from typing import NamedTuple

from eso_lint.render.kustomize.build import Build, objects
from eso_lint.render.placement import Bringer, world_of
from eso_lint.render.repository import Repository
from eso_lint.render.unit import Item, Note, Unit, settled
from eso_lint.source.node import Document, Node, string

_FLUX = ("kustomize.toolkit.fluxcd.io", "fluxcd.controlplane.io", "helm.toolkit.fluxcd.io")
_ARGO = "argoproj.io"
_RELEASE = "HelmRelease"


class Delivered(NamedTuple):
    """An object as one world gets it. `units` name all that bring it there in this shape.

    `declared` says that the world is a cluster that something names; `deployed` is False for what only a kustomization
    brings together, where Flux or Argo CD deliver its neighbours, and for components that nothing uses.
    """

    item: Item
    world: str
    units: tuple[Bringer, ...]
    declared: bool
    deployed: bool


class Rest(NamedTuple):
    """A document that no unit delivers. `deployed` is False where units deliver what lies beside it.

    `listed` says that a kustomization lists it, which was not built: it may change the object on its way.
    """

    document: Document
    deployed: bool
    listed: bool


class Rendering(NamedTuple):
    """Everything that was worked out. `open_worlds` get something that is not in the repository."""

    delivered: tuple[Delivered, ...]
    rest: tuple[Rest, ...]
    units: tuple[Unit, ...]
    notes: tuple[Note, ...]
    open_worlds: frozenset[str]


def render(
    source: Repository, documents: Iterable[Document], clusters: MappingABC[str, str], exact: Container[str] = ()
) -> Rendering:
    """Units of all tools over a repository.

    `documents` are all that were parsed, kustomizations excepted. `clusters` maps the root directory of a cluster to
    its name, as the configuration states them. `exact` names the tools that are run for a second opinion.
    """
    if "helm" in exact:
        from eso_lint.render.helm.binary import Helm, find_helm
        from eso_lint.render.helm.chart_render import charts_of

        binary = find_helm()
        if binary is not None:
            charts_of(source).exact = Helm(source, binary)
    all_documents = tuple(documents)
    plain = [
        item for document in all_documents if _may_deliver(document.root) for item in objects(document, document.root)
    ]
    build = Build(source, all_of_it=False)
    units = _tool_units(source, plain, build)
    reached = set().union(*(unit.files for unit in units))
    declared = _beside(reached)
    kustomize, idle = _kustomize_units(source, reached, build)
    units += kustomize
    reached.update(*(unit.files for unit in kustomize))
    loose = [document for document in all_documents if document.file.path not in reached]
    reached.update(*(unit.files for unit in idle))
    charts = _chart_units(source, units, loose, reached)
    units += charts
    reached.update(*(unit.files for unit in charts))
    delivered = [
        *_delivered(units, clusters, lambda unit: not (unit.at is None and _among(unit.path, declared))),
        *_delivered(idle, clusters, lambda unit: False),
    ]
    built = frozenset().union(*(unit.files for unit in units if unit.items))
    rest = _rest(all_documents, reached, build.passed_over - built)
    # A chart from elsewhere is no reason to expect stores in it; objects from elsewhere are.
    remote = {world_of_unit(unit, clusters)[0] for unit in units if any(note.kind == "remote" for note in unit.notes)}
    notes = settled(units)
    if "kustomize" in exact:
        notes += _second_opinions(source, units)
    return Rendering(tuple(delivered), rest, tuple(units), notes, frozenset(remote))


def _may_deliver(root: Node) -> bool:
    """Whether a document is, or lists, something of Flux or Argo CD."""
    group = (string(root.get("apiVersion")) or "").rpartition("/")[0]
    return group in _FLUX or group == _ARGO or (string(root.get("kind")) or "").endswith("List")


def _tool_units(source: Repository, plain: list[Item], build: Build) -> list[Unit]:
    """Flux first: what it delivers may hold Applications."""
    units: list[Unit] = []
    flux = [item for item in plain if item.group in _FLUX]
    if flux:
        build.reach.generators = True
        from eso_lint.render.flux.units import flux_units

        units += flux_units(source, flux, build)
    argo = [item for item in plain if item.group == _ARGO]
    argo += [item for unit in units for item in unit.items if item.group == _ARGO]
    if argo:
        from eso_lint.render.argocd.units import argocd_units

        units += argocd_units(source, argo, build)
    return units


def _kustomize_units(source: Repository, reached: set[str], build: Build) -> tuple[list[Unit], list[Unit]]:
    """Overlays that nothing else includes, and components that nothing uses."""
    files = {
        directory: build.files(directory)
        for directory, document in source.kustomizations.items()
        if document.file.path not in reached
    }
    included = {
        path for directory, read in files.items() for path in read if path != source.kustomizations[directory].file.path
    }
    units: list[Unit] = []
    idle: list[Unit] = []
    for directory in files:
        document = source.kustomizations[directory]
        if document.file.path not in included:
            result = build.build(directory)
            unit = Unit("kustomize", directory or ".", None, directory, None, result.items, result.files, result.notes)
            (idle if string(document.root.get("kind")) == "Component" else units).append(unit)
    return units, idle


def _chart_units(source: Repository, units: list[Unit], loose: list[Document], reached: set[str]) -> list[Unit]:
    """Releases of Flux, those among documents that no unit brings too, and charts that nothing releases."""
    found: list[Unit] = []
    if any(item.kind == _RELEASE for unit in units for item in unit.items) or any(map(_may_release, loose)):
        from eso_lint.render.helm.flux import release_units

        found = release_units(source, units, (item for one in loose for item in objects(one, one.root)))
    if any(path == "Chart.yaml" or path.endswith("/Chart.yaml") for path in source.paths):
        from eso_lint.render.helm.alone import chart_units

        found += chart_units(source, reached.union(*(unit.files for unit in found)))
    return found


def _may_release(document: Document) -> bool:
    kind = string(document.root.get("kind")) or ""
    return kind == _RELEASE or kind.endswith("List")


def _second_opinions(source: Repository, units: Iterable[Unit]) -> tuple[Note, ...]:
    """What the real kustomize makes of every directory that is delivered, where it differs."""
    from eso_lint.render.kustomize.binary import find_kustomize, second_opinion

    build, command = Build(source), find_kustomize()
    directories = sorted({unit.path for unit in units if source.kustomization(unit.path) is not None})
    return tuple(
        note
        for directory in directories
        if command is not None
        for note in second_opinion(source, directory, build.build(directory), command)
    )


def world_of_unit(unit: Unit, clusters: MappingABC[str, str]) -> tuple[str, bool]:
    """The world of a unit, and whether it is a cluster that something names."""
    for place in (unit.cluster, unit.path, unit.at.file.path if unit.at is not None else None):
        for root, name in clusters.items():
            if place and (place == root or place.startswith(root + "/")):
                return name, True
    if unit.cluster:
        return unit.cluster, True
    # A release stands in its cluster's tree, the chart that it installs often elsewhere.
    at = unit.at.file.path if unit.tool == "helm" and unit.at is not None else unit.path + "/"
    return world_of(at), False


def _beside(reached: Iterable[str]) -> frozenset[str]:
    """The directories of these files, and those that hold them: what lies there could be reached, too."""
    folders = {_folder(path) for path in reached}
    return frozenset(folders | {_folder(folder) for folder in folders if folder})


def _among(path: str, folders: frozenset[str]) -> bool:
    return path in folders or _folder(path) in folders


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _delivered(
    units: list[Unit], clusters: MappingABC[str, str], deployed: Callable[[Unit], bool]
) -> tuple[Delivered, ...]:
    """Each object once per world and shape, with every unit that brings it."""
    found: dict[tuple[object, ...], Delivered] = {}
    bringers: dict[tuple[object, ...], dict[Bringer, None]] = {}
    for unit in units:
        world, declared = world_of_unit(unit, clusters)
        live = deployed(unit)
        by = Bringer(unit.name, None if unit.at is None else unit.at.span, unit.cluster)
        for item in unit.items:
            key = (world, item.document.file.path, item.document.number, item.root.start, item.id, item.via, live)
            if key not in found:
                found[key] = Delivered(item, world, (), declared, live)
            bringers.setdefault(key, {})[by] = None
    return tuple(one._replace(units=tuple(bringers[key])) for key, one in found.items())


def _rest(documents: tuple[Document, ...], reached: set[str], passed_over: set[str]) -> tuple[Rest, ...]:
    """What was not built counts as deployed where something lists it."""
    beside = _beside(reached)
    return tuple(
        Rest(document, path in passed_over or _folder(path) not in beside, path in passed_over)
        for document in documents
        for path in (document.file.path,)
        if path not in reached or path in passed_over
    )
