"""The pipeline: files to documents to resources to a workspace, and rules over it.

Imports that a run without anything of the operator does not need stand inside the functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from eso_lint.config import Config
from eso_lint.record import TYPE_CHECKING
from eso_lint.regex import pattern
from eso_lint.source.node import Document, SourceFile
from eso_lint.source.prefilter import OWN_KINDS, Interest, is_kustomization

if TYPE_CHECKING:
    from typing import Any

    from eso_lint.lint.entry import Entry
    from eso_lint.lint.rule import Rule
    from eso_lint.model.kinds.install import OperatorInstall
    from eso_lint.model.resource import Resource
    from eso_lint.model.workspace import Workspace
    from eso_lint.render.worlds import Rendering
    from eso_lint.source.parse import Fault, Parsed

_YAML = pattern(r"\.(?:ya?ml|json)(?:\.(?:tpl|tmpl|j2|gotmpl))?\Z")


# What says where the operator's objects go, and whose sources are this repository. Most releases install charts from
# elsewhere, and most artifacts hold them: those deliver nothing that is here.
_DELIVERY = frozenset(
    {
        "Kustomization",
        "Namespace",
        "FluxInstance",
        "GitRepository",
        "Bucket",
        "ExternalArtifact",
        "Application",
        "ApplicationSet",
        "AppProject",
    }
)
_SOME = {
    "HelmRelease": r"GitRepository|Bucket|ExternalArtifact|\bsync:",
    "OCIRepository": r"\A(?![\s\S]*(?:helm|/charts?/))",
}
_VALUES = pattern(rb"(?:substituteFrom|valuesFrom)[\"']?:")
_VALUE_NAME = pattern(rb"\bname[\"']?:[ \t]*[\"']?([^\s\"',}#]+)")
_VALUES_BEHIND = 600  # bytes behind the word in which the names of its ConfigMaps and Secrets stand


def interest_of(rules: Iterable[Rule | Entry]) -> Interest:
    """The documents that the enabled rules need beyond the operator's own, and those that deliver them."""
    return Interest({*OWN_KINDS, *_DELIVERY, *(kind for rule in rules for kind in rule.reads)}, _SOME)


def choose(files: Iterable[SourceFile], interest: Interest) -> tuple[list[SourceFile], Interest]:
    """The files that can matter, and what to look for in them: the values of a delivery too, where it names some."""
    every = list(files)
    chosen = [file for file in every if interest.file(file.path, file.data)]
    names = {
        name
        for file in chosen
        for match in _VALUES.finditer(file.data)
        for name in _VALUE_NAME.findall(file.data, match.end(), match.end() + _VALUES_BEHIND)
    }
    if names:
        # A name may be templated; then any may be meant.
        known = sorted(name.decode("utf-8", "replace") for name in names)
        wanted = "" if any("$" in name or "{" in name for name in known) else "|".join(map(re.escape, known))
        values = dict.fromkeys(("ConfigMap", "Secret"), rf"(?<![\w.-])(?:{wanted})(?![\w.-])" if wanted else "")
        interest = Interest(interest.kinds, {**interest.only, **values})
        chosen = [file for file in every if interest.file(file.path, file.data)]
    return chosen, interest


def read(files: Iterable[SourceFile], interest: Interest, charts: frozenset[str] = frozenset()) -> tuple[Parsed, ...]:
    """Parse what can matter. `charts` are the directories that hold a Chart.yaml."""
    from eso_lint.source.parse import parse

    return tuple(
        parse(file, lambda text, path=file.path: interest.document(path, text), in_chart(file.path, charts))  # type: ignore[misc]
        for file in files
        if is_yaml(file.path)
    )


def is_yaml(path: str) -> bool:
    """Whether a path is named as YAML or JSON, rendered or before."""
    return _YAML.search(path) is not None


def charts_of(paths: Iterable[str]) -> frozenset[str]:
    """The directories that hold a Chart.yaml; "" is the root."""
    return frozenset(path[:-11] for path in paths if path == "Chart.yaml" or path.endswith("/Chart.yaml"))


def in_chart(path: str, charts: frozenset[str]) -> bool:
    """Whether a file is a Helm template: below `templates/` of a chart that is seen.

    Without its Chart.yaml a template is still read as one where it is no YAML as it stands.
    """
    at = path.rfind("templates/")
    while at >= 0:
        if (at == 0 or path[at - 1] == "/") and path[: max(at - 1, 0)] in charts:
            return True
        at = path.rfind("templates/", 0, at)
    return False


def build(parsed: tuple[Parsed, ...], config: Config, paths: frozenset[str], files: dict[str, SourceFile]) -> Workspace:
    """Documents to the workspace that rules see."""
    from eso_lint.model.build import DELIVERY_GROUPS, group_of, resources
    from eso_lint.model.evidence import inside
    from eso_lint.model.kinds.install import OperatorInstall
    from eso_lint.model.kinds.script import Script, scripts
    from eso_lint.model.workspace import Workspace
    from eso_lint.render.placement import WRITTEN, world_of
    from eso_lint.source.parse import Fault

    objects: list[Resource] = []
    foreign: list[Document] = []
    faults: list[Fault] = []
    documents: list[Document] = []
    delivers = False
    for result in parsed:
        faults += result.faults
        if is_kustomization(result.file.path):
            delivers = delivers or bool(result.documents)
            foreign += result.documents
            continue
        for document in result.documents:
            documents.append(document)
            group = group_of(document)
            delivers = delivers or group in DELIVERY_GROUPS
            if not group.endswith("external-secrets.io"):
                foreign.append(document)
    views: dict[type, Any] = {Fault: tuple(faults)}
    open_worlds: frozenset[str] = frozenset()
    if delivers or config.clusters or charts_of(paths):
        from eso_lint.render.unit import Note, Unit

        objects, rendering = _rendered(parsed, documents, config, paths, files)
        open_worlds = rendering.open_worlds
        views[Note], views[Unit] = rendering.notes, rendering.units
    else:
        for document in documents:
            objects += resources(document, WRITTEN, world_of(document.file.path))
    # Nothing but the operator's own objects installs nothing, unless Terraform does.
    views[OperatorInstall] = lambda: (
        _installs(parsed, objects, files, config) if foreign or any(p.endswith((".tf", ".tofu")) for p in files) else ()
    )
    views[Script] = lambda: scripts(files.values())
    if config.inventory is not None and config.inventory in files:
        from eso_lint.model.remote import Inventory, read_inventory

        views[Inventory] = (read_inventory(files[config.inventory]),)
    return Workspace(objects, config, inside(foreign, parsed), parsed, paths, views, files, open_worlds)


def _rendered(
    parsed: tuple[Parsed, ...],
    documents: list[Document],
    config: Config,
    paths: frozenset[str],
    files: dict[str, SourceFile],
) -> tuple[list[Resource], Rendering]:
    """The objects as Kustomize, Flux and Argo CD bring them to clusters, and those that nothing brings."""
    from eso_lint.model.build import resource, resources
    from eso_lint.render.placement import Placement, world_of
    from eso_lint.render.repository import Repository
    from eso_lint.render.worlds import render

    clusters = {cluster.root: cluster.name for cluster in config.clusters}
    rendering = render(Repository(parsed, files, paths), documents, clusters, config.render)
    made: list[Resource] = []
    for item, world, units, declared, deployed in rendering.delivered:
        _, namespace, name = item.ids[0]
        written = (namespace or "", name or "?")
        placement = Placement(frozenset(units), item.via, declared, deployed, written, origins=item.origins)
        made += resource(item.document, item.root, placement, world)
    for document, deployed, listed in rendering.rest:
        path = document.file.path
        cluster = next((name for root, name in clusters.items() if path.startswith(root + "/")), None)
        placement = Placement(declared=cluster is not None, deployed=deployed, open=listed)
        made += resources(document, placement, world_of(path) if cluster is None else cluster)
    made.sort(
        key=lambda r: (
            r.file.path,
            r.document.number,
            r.root.start,
            r.world,
            sorted(by.name for by in r.placement.units),
        )
    )
    return made, rendering


def _installs(
    parsed: tuple[Parsed, ...], objects: list[Resource], files: dict[str, SourceFile], config: Config
) -> tuple[OperatorInstall, ...]:
    from eso_lint.model.installs import installs

    versions = {cluster.name: cluster.eso_version or config.eso_version for cluster in config.clusters}
    return installs(parsed, objects, files, lambda world: versions.get(world, config.eso_version))
