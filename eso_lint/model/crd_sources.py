"""Which of the operator's CRDs a kustomization, a chart or an Argo CD source brings, where client-side apply breaks."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from eso_lint.model.chart import is_chart
from eso_lint.model.crds import (
    SYNC_OPTIONS,
    Oversize,
    VendoredCrds,
    of_version,
    remote_kustomization_ref,
    remote_ref,
)
from eso_lint.model.helm import Values, values_of
from eso_lint.model.kinds.argocd import ArgoApplication, ArgoSource
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, is_absent, items, lookup, string

if TYPE_CHECKING:
    from eso_lint.model.workspace import Workspace

SAFE_OPTIONS = ("ServerSideApply=true", "Replace=true")
_PARAMETER = re.compile(r"\{\{[ \t]*\.?([\w.-]+)[ \t]*\}\}")
_UPSTREAM = re.compile(r"(?:https?://|ssh://)?(?:git@)?github\.com[/:]external-secrets/external-secrets(?:\.git)?/?")
_OFFICIAL = ("external-secrets.io", "ghcr.io/external-secrets")
_UNKNOWN = Values(unknown=True)


def is_safe(options: Iterable[str]) -> bool:
    """Whether Argo CD options keep the annotation away: any that turns it on counts, as in Argo CD."""
    return any(option in SAFE_OPTIONS for option in options)


def in_kustomization(
    crds: VendoredCrds, directory: str, fallback: str | None, helm: bool, seen: frozenset[str] = frozenset()
) -> list[Oversize]:
    """What a kustomization brings, its bases included; nothing where a patch could change the CRDs.

    `helm` says that its charts are rendered too.
    """
    path = crds.kustomization(directory)
    if path is None or directory in seen or len(seen) > 20:
        return []
    root = crds.root(path)
    if not isinstance(root, Mapping) or root.open or _patches_crds(crds, root, directory):
        return []
    found: list[Oversize] = []
    for field in ("resources", "bases", "components"):
        for item in items(root.get(field)):
            text = string(item)
            if text is None:
                continue
            ref = remote_ref(text) or remote_kustomization_ref(text)
            if ref is not None:
                remote = of_version(ref, fallback)
                found += [remote._replace(span=item.span)] if remote is not None else []
                continue
            target = posixpath.normpath(posixpath.join(directory, text))
            if target in crds.files:
                found += crds.in_file(target)
            else:
                found += in_kustomization(crds, target, fallback, helm, seen | {directory})
    for entry in items(root.get("helmCharts")) if helm else ():
        found += filter(None, [_inflated(crds, directory, entry, fallback)])
    return found


def _inflated(crds: VendoredCrds, directory: str, entry: Node, fallback: str | None) -> Oversize | None:
    """The CRDs of one entry of `helmCharts`."""
    version = lookup(entry, "version")
    if not is_chart(string(lookup(entry, "name"))) or not isinstance(version, Scalar):
        return None
    layers: list[Values] = []
    for node in (lookup(entry, "valuesFile"), *items(lookup(entry, "additionalValuesFiles"))):
        if not is_absent(node):
            layers.append(_values_file(crds, posixpath.join(directory, string(node) or "?")))
    layers.append(Values.of(lookup(entry, "valuesInline")))
    return _chart(Values.layered(layers), version, fallback)


def _chart(values: Values, version: Scalar, fallback: str | None) -> Oversize | None:
    if values.installs_crds is not True:
        return None
    crd = of_version(version.text, fallback, ranges=True)
    return crd._replace(span=version.span, sync_options=values.options or "") if crd is not None else None


def _values_file(crds: VendoredCrds, path: str, prefix: tuple[str, ...] = ()) -> Values:
    path = posixpath.normpath(path)
    file = crds.files.get(path)
    if file is None:
        return _UNKNOWN
    if not file.text.strip():
        return Values()
    root = crds.root(path)
    return Values.of(root, prefix) if root is not None else _UNKNOWN


def _patches_crds(crds: VendoredCrds, root: Mapping, directory: str) -> bool:
    """Whether patches or transformers may change or drop CRDs."""
    if any(not is_absent(root.get(field)) for field in ("transformers", "configurations")):
        return True
    for field in ("patches", "patchesStrategicMerge", "patchesJson6902"):
        for patch in items(root.get(field)):
            inline = patch if isinstance(patch, Scalar) else patch.get("patch")
            name = string(patch.get("path") if isinstance(patch, Mapping) else patch)
            file = crds.files.get(posixpath.normpath(posixpath.join(directory, name))) if name else None
            texts = [string(inline) or "", string(lookup(patch, "target", "kind")) or "", file.text if file else ""]
            if any("CustomResourceDefinition" in text or SYNC_OPTIONS in text for text in texts):
                return True
    return False


class Delivered(NamedTuple):
    """A CRD that an Application cannot sync, and the source that brings it."""

    source: ArgoSource
    crd: Oversize


def unsyncable(app: ArgoApplication, crds: VendoredCrds, fallback: str | None) -> Delivered | None:
    """The first CRD that the Application applies client-side and that is over the limit; None where not certain."""
    options = app.sync_options
    if options is None or is_safe(options) or app.overridden:
        return None
    for source in app.sources:
        if source.node.get("plugin") is not None:
            continue
        for crd in _from_source(app, source, crds, fallback):
            if not is_safe(option.strip() for option in crd.sync_options.split(",")):
                return Delivered(source, crd)
    return None


def _from_source(app: ArgoApplication, source: ArgoSource, crds: VendoredCrds, fallback: str | None) -> list[Oversize]:
    if is_chart(source.chart_name):
        values = Values.layered(_helm_layers(source.helm, crds))
        if values.installs_crds is not True:
            return []
        crd = _of_revision(app, source, fallback)
        return [crd._replace(sync_options=values.options or "")] if crd is not None else []
    path = (source.path or "").strip("/")
    path = posixpath.normpath(path) if path else ""
    path = "" if path == "." else path
    if source.path is None or source.chart is not None or source.node.get("chart") is not None:
        return []
    if _UPSTREAM.fullmatch(source.repo_url or ""):
        # The chart in the operator's own repository carries no CRDs: they are made when it is packaged.
        if path not in ("config/crds/bases", "deploy/crds"):
            return []
        revision = source.revision_node
        text = "main" if is_absent(revision) else string(revision) or ""
        crd = of_version(text or "", fallback)
        if crd is not None and revision is not None:
            crd = crd._replace(span=revision.span)
        return [crd] if crd is not None else []
    return _from_directory(source, path, crds, fallback)


def _from_directory(source: ArgoSource, path: str, crds: VendoredCrds, fallback: str | None) -> list[Oversize]:
    """A directory of this repository: kustomization, chart or plain manifests, as Argo CD tells them apart."""
    if path + "/Chart.yaml" in crds.files:
        return _wrapped(source, path, crds, fallback)
    if crds.kustomization(path) is not None:
        changed = source.node.get("kustomize")
        if isinstance(changed, Opaque) or any(not is_absent(lookup(changed, f)) for f in ("patches", "components")):
            return []
        return in_kustomization(crds, path, fallback, helm=True)
    directory = source.node.get("directory")
    if isinstance(directory, Opaque) or any(not is_absent(lookup(directory, f)) for f in ("include", "exclude")):
        return []
    recurse = lookup(directory, "recurse")
    return list(crds.in_directory(path, isinstance(recurse, Scalar) and recurse.value is True))


def _wrapped(source: ArgoSource, path: str, crds: VendoredCrds, fallback: str | None) -> list[Oversize]:
    """A chart of this repository: its own `crds/`, and the operator's chart as a dependency."""
    found = list(crds.in_directory(path + "/crds", True))
    locked = crds.root(path + "/Chart.lock")
    for dependency in items(lookup(crds.root(path + "/Chart.yaml"), "dependencies")):
        if not is_chart(string(lookup(dependency, "name"))):
            continue
        if not is_absent(lookup(dependency, "condition")) or not is_absent(lookup(dependency, "tags")):
            continue  # may be switched off
        prefix = (string(lookup(dependency, "alias")) or "external-secrets",)
        layers = [_values_file(crds, path + "/values.yaml", prefix)] if path + "/values.yaml" in crds.files else []
        layers += _helm_layers(source.helm, crds, path, prefix)
        pinned = [d for d in items(lookup(locked, "dependencies")) if is_chart(string(lookup(d, "name")))]
        version = lookup(pinned[0] if pinned else dependency, "version")
        if isinstance(version, Scalar):
            found += filter(None, [_chart(Values.layered(layers), version, fallback)])
    return found


def _of_revision(app: ArgoApplication, source: ArgoSource, fallback: str | None) -> Oversize | None:
    """The chart's version by `targetRevision`, or by the list elements that fill it in."""
    node = source.revision_node
    official = any(host in (source.repo_url or "") for host in _OFFICIAL)
    versions: tuple[Node, ...] = (node,) if isinstance(node, Scalar) else ()
    text = node.text if isinstance(node, (Scalar, Opaque)) else ""
    parameter = _PARAMETER.fullmatch(text.strip())
    if parameter is not None:
        versions = app.list_values(parameter[1])
    for version in versions:
        if string(version) in ("HEAD", "main", "master"):
            continue  # a branch is no chart version
        crd = of_version(string(version) or "", None, ranges=True)
        # A mirror may number its charts in its own way.
        if crd is not None and (official or crd.size is not None):
            return crd._replace(span=version.span)
    return of_version(fallback) if fallback and not versions else None


def _helm_layers(
    helm: Node | None, crds: VendoredCrds, directory: str | None = None, prefix: tuple[str, ...] = ()
) -> list[Values]:
    """Values of an Application's `helm` block, weakest first. `directory` is that of a chart in this repository."""
    if is_absent(helm):
        return []
    if not isinstance(helm, Mapping) or helm.open or not is_absent(helm.get("fileParameters")):
        return [_UNKNOWN]
    layers: list[Values] = []
    files = helm.get("valueFiles")
    if not is_absent(files) and (not isinstance(files, Sequence) or files.open):
        return [_UNKNOWN]
    for item in items(files):
        name = string(item) or ""
        if name.startswith("$") and "/" in name:
            layers.append(_values_file(crds, name.split("/", 1)[1], prefix))
        elif name == "values.yaml":
            continue  # the chart's own, which is read anyway
        elif directory is not None and name and "://" not in name:
            base = "" if name.startswith("/") else directory
            layers.append(_values_file(crds, posixpath.join(base, name.lstrip("/")), prefix))
        else:
            return [_UNKNOWN]
    chosen = helm.get("valuesObject")
    if not is_absent(chosen):
        layers.append(Values.of(chosen, prefix))
    else:
        layers.append(Values.of_text(helm.get("values"), prefix))
    parameters = helm.get("parameters")
    if not is_absent(parameters) and (not isinstance(parameters, Sequence) or parameters.open):
        return [_UNKNOWN]
    for item in items(parameters):
        key, value = string(lookup(item, "name")), lookup(item, "value")
        if key is None or not isinstance(value, Scalar):
            return [_UNKNOWN]
        layers.append(values_of([f"{key}={value.text}"], prefix))
    return layers


def vendored_crds(ws: Workspace) -> VendoredCrds:
    """The repository's own copies of the operator's CRDs; ask `ws.index(vendored_crds)`, which keeps the answer."""
    return VendoredCrds(ws.sources)
