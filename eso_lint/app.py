"""The pipeline: files to documents to resources to a workspace, and rules over it.

Imports that a run without anything of the operator does not need stand inside the functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from eso_lint.config import Config
from eso_lint.record import TYPE_CHECKING
from eso_lint.source.node import Document, SourceFile
from eso_lint.source.prefilter import Interest, is_kustomization

if TYPE_CHECKING:
    from typing import Any

    from eso_lint.lint.entry import Entry
    from eso_lint.lint.rule import Rule
    from eso_lint.model.kinds.install import OperatorInstall
    from eso_lint.model.resource import Resource
    from eso_lint.model.workspace import Workspace
    from eso_lint.source.parse import Fault, Parsed

_YAML = re.compile(r"\.(?:ya?ml|json)(?:\.(?:tpl|tmpl|j2|gotmpl))?\Z")
_WORLD = re.compile(r"(?:^|/)(?:clusters|overlays|environments)/[^/]+(?=/)|(?:^|/)_archive(?=/)")


def interest_of(rules: Iterable[Rule | Entry]) -> Interest:
    """The documents that the enabled rules need beyond the operator's own. Kustomizations always place them."""
    return Interest({"Kustomization", *(kind for rule in rules for kind in rule.reads)})


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
    from eso_lint.model.build import resources
    from eso_lint.model.evidence import inside
    from eso_lint.model.kinds.install import OperatorInstall
    from eso_lint.model.kinds.script import Script, scripts
    from eso_lint.model.workspace import Workspace
    from eso_lint.render.placement import WRITTEN, Placement
    from eso_lint.source.parse import Fault

    kustomizations = [d for p in parsed if is_kustomization(p.file.path) for d in p.documents]
    placed: dict[str, Placement] = {}
    if kustomizations:
        from eso_lint.render.kustomize import placements

        placed = placements(kustomizations, paths, lambda path: files[path].text if path in files else "")
    objects: list[Resource] = []
    patches: list[Resource] = []
    foreign: list[Document] = []
    faults: list[Fault] = []
    for result in parsed:
        path = result.file.path
        placement = placed.get(path, WRITTEN)
        world = world_of(path)
        for document in result.documents:
            made = list(resources(document, placement, world))
            (patches if placement.patch else objects).extend(made)
            if not any(r.group.endswith("external-secrets.io") for r in made):
                foreign.append(document)
        faults += result.faults
    views: dict[type, Any] = {
        Fault: tuple(faults),
        # Nothing but the operator's own objects installs nothing.
        OperatorInstall: lambda: _installs(parsed, objects, files, config) if foreign else (),
        Script: lambda: scripts(files.values()),
    }
    if config.inventory is not None and config.inventory in files:
        from eso_lint.model.remote import Inventory, read_inventory

        views[Inventory] = (read_inventory(files[config.inventory]),)
    return Workspace(objects, config, patches, inside(foreign, parsed), parsed, paths, views, files)


def _installs(
    parsed: tuple[Parsed, ...], objects: list[Resource], files: dict[str, SourceFile], config: Config
) -> tuple[OperatorInstall, ...]:
    from eso_lint.model.installs import installs

    return installs(parsed, objects, files, config.eso_version, world_of)


def world_of(path: str) -> str:
    """The tree (a cluster, an overlay, an archive) that a file belongs to; "" for the repository at large."""
    ends = [match.end() for match in _WORLD.finditer(path)]
    return path[: ends[-1]] if ends else ""
