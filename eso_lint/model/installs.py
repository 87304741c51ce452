"""Finding the operator's installs: every shape in which a repository declares the Helm chart."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as Dict

from eso_lint.model.chart import CHART, is_chart, release
from eso_lint.model.installs_files import Repo, as_set, from_document, key_of, plain_values
from eso_lint.model.kinds.install import OperatorInstall
from eso_lint.model.kinds.policy import NAME_LABEL
from eso_lint.model.resource import Resource
from eso_lint.model.versions import parse_version
from eso_lint.render.placement import world_of
from eso_lint.source.fragment import fragment
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, SourceFile, is_absent, items, lookup, string
from eso_lint.source.parse import Parsed

_INDEX = re.compile(r"\\(.)")
# The controller's image; a flavour may follow its version.
_IMAGE = re.compile(r"(?:[^\s@]*/)?external-secrets:(v?\d+\.\d+\.\d+)(?:-[a-z]+)?(?:@\S+)?")


def installs(
    parsed: Iterable[Parsed],
    objects: Iterable[Resource],
    files: Dict[str, SourceFile],
    fallback: Callable[[str], str | None] = lambda world: None,
) -> tuple[OperatorInstall, ...]:
    """All installs, by path. `fallback` is the version, by world, of those that do not say theirs."""
    repo = Repo(tuple(parsed), tuple(objects), files)
    found = list(_from_objects(repo))
    found += [install for document in repo.documents for install in from_document(repo, document)]
    if any(path.endswith((".tf", ".tofu")) for path in files):
        from eso_lint.model.installs_terraform import terraform_installs

        found += terraform_installs(files)
    # Last, since the others say which values files are theirs.
    found += [install for document in repo.documents for install in plain_values(repo, document)]
    for install in found:
        install.world = install.world or world_of(install.file.path)
        if install.release is None and install.version is None and (version := fallback(install.world)):
            install.release = parse_version(version)
    return tuple(sorted(found, key=lambda i: (i.file.path, i.at.start)))


def _from_objects(repo: Repo) -> Iterator[OperatorInstall]:
    for resource in repo.objects:
        if resource.kind == "HelmRelease" and resource.group == "helm.toolkit.fluxcd.io":
            yield from _helm_release(repo, resource)
        elif resource.kind in ("Application", "ApplicationSet") and resource.group == "argoproj.io":
            yield from _application(resource)
        elif resource.kind == "HelmChart" and resource.group == "helm.cattle.io":
            yield from _helm_chart(repo, resource)
        elif resource.kind == "Deployment" and resource.group == "apps":
            yield from _rendered(resource)


def _rendered(resource: Resource) -> Iterator[OperatorInstall]:
    """The controller's Deployment, committed as the chart renders it: it tells the version, not the values."""
    labels = resource.labels or {}
    if labels.get(NAME_LABEL) != CHART:
        return
    written: tuple[str, ...] = ("metadata", "labels", "helm.sh/chart")
    text, known = None, None
    if labels.get("helm.sh/chart", "").startswith(f"{CHART}-"):
        text, known = release(labels["helm.sh/chart"].removeprefix(f"{CHART}-"), follows=False)
    else:
        for container in items(resource.at("spec", "template", "spec", "containers")):
            image = _IMAGE.fullmatch(string(lookup(container, "image")) or "")
            if image is not None:
                text, known = release(image[1], follows=False)
                written = ("metadata", "labels", NAME_LABEL)
    if text is None:
        return
    yield OperatorInstall(
        "rendered",
        resource.anchor(*written),
        version=text,
        release=known,
        open=True,
        namespace=resource.namespace,
        document_index=resource.document.number,
        world=resource.world,
    )


def _helm_release(repo: Repo, resource: Resource) -> Iterator[OperatorInstall]:
    chart_spec = resource.at("spec", "chart", "spec")
    chart = lookup(chart_spec, "chart")
    ref = resource.at("spec", "chartRef")
    version: Node | str | None
    if ref is not None:
        if string(lookup(ref, "kind")) != "OCIRepository":
            return
        at: Node | None = lookup(ref, "name")
        name, namespace = string(at), string(lookup(ref, "namespace")) or resource.namespace
        sources = [
            r for r in repo.objects
            if r.kind == "OCIRepository" and r.name == name and is_chart(string(r.at("spec", "url")))
        ]  # fmt: skip
        if not sources or at is None:
            return
        near = [r for r in sources if r.namespace == namespace or None in (r.namespace, namespace)] or sources
        beside = [r for r in near if posixpath.dirname(r.file.path) == posixpath.dirname(resource.file.path)] or near
        written = {_oci_version(r) for r in beside}
        version = written.pop() if len(written) == 1 else Opaque(at.file, at.start, at.end, "", "unknown")
    else:
        at, version = chart, lookup(chart_spec, "version")
        kind = string(lookup(chart_spec, "sourceRef", "kind"))
        if at is None or not is_chart(string(chart)) or kind not in ("HelmRepository", None):
            return
    text, known = release(version, follows=True)
    spec = resource.at("spec")
    values, more = lookup(spec, "values"), lookup(spec, "valuesFrom")
    target = resource.at("spec", "targetNamespace")
    yield OperatorInstall(
        "HelmRelease", at, version=None if text == "?" else text, release=known,
        layers=(values,) if values is not None and not is_absent(values) else (),
        values_key=key_of(spec, "values"),
        open=bool(items(more)) or isinstance(more, Opaque) or bool(items(lookup(spec, "postRenderers")))
        or bool(items(lookup(chart_spec, "valuesFiles"))) or (not resource.placement.units and _flux_patches(repo)),
        namespace=resource.namespace if is_absent(target) else string(target),
        document_index=resource.document.number, world=resource.world,
    )  # fmt: skip


def _flux_patches(repo: Repo) -> bool:
    """Whether a Flux Kustomization patches values into HelmReleases."""
    for resource in repo.objects:
        if resource.kind == "Kustomization" and resource.group == "kustomize.toolkit.fluxcd.io":
            for patch in items(resource.at("spec", "patches")):
                text = patch.span.text
                if "HelmRelease" in text and "values" in text:
                    return True
    return False


def _oci_version(resource: Resource) -> str | None:
    """Tag, else range, of an OCIRepository; "?" where it cannot be known (a digest alone, a template)."""
    ref = resource.at("spec", "ref")
    if is_absent(ref):
        return "latest"
    for field in ("digest", "semver", "tag"):
        node = lookup(ref, field)
        if node is not None and field != "digest":
            return string(node) or (node.text if isinstance(node, Scalar) else "?")
    return "?"


def _application(resource: Resource) -> Iterator[OperatorInstall]:
    base = ("spec", "template", "spec") if resource.kind == "ApplicationSet" else ("spec",)
    spec = resource.at(*base)
    for source in (lookup(spec, "source"), *items(lookup(spec, "sources"))):
        chart, repo = lookup(source, "chart"), string(lookup(source, "repoURL"))
        git = string(lookup(source, "path")) or ""
        if is_chart(string(chart)):
            at = chart
        elif chart is None and is_chart(repo) and (repo or "").startswith(("oci://", "ghcr.io/")):
            at = lookup(source, "repoURL")
        elif chart is None and git.rstrip("/").endswith("deploy/charts/external-secrets"):
            at = lookup(source, "path")
        else:
            continue
        if at is None:
            continue
        # The chart in git carries the number of the release before: the revision does not say what is installed.
        text, known = (None, None) if git else release(lookup(source, "targetRevision"), follows=True)
        helm = lookup(source, "helm")
        layers: list[Node] = []
        key = key_of(source, "helm")
        for field in ("values", "valuesObject"):
            node = lookup(helm, field)
            if node is None or is_absent(node):
                continue
            key = key_of(helm, field) or key
            values = fragment(node, key or node, resource.document.dialect != "plain") if field == "values" else node
            layers = [values]
        unknown = any(not is_absent(lookup(helm, f)) for f in ("valueFiles", "fileParameters"))
        parameters: dict[str, Node] = {}
        for item in items(lookup(helm, "parameters")):
            name, node = string(lookup(item, "name")), lookup(item, "value")
            if name is None or node is None:
                unknown = True
            else:
                parameters[_INDEX.sub(r"\1", name)] = as_set(node, lookup(item, "forceString"))
        yield OperatorInstall(
            resource.kind, at, version=text, release=known, layers=tuple(layers), values_key=key,
            parameters=parameters,
            open=unknown or isinstance(helm, Opaque)
            or not is_absent(resource.at("spec", "templatePatch")),
            namespace=string(lookup(spec, "destination", "namespace")),
           document_index=resource.document.number, world=resource.world,
        )  # fmt: skip


def _helm_chart(repo: Repo, resource: Resource) -> Iterator[OperatorInstall]:
    at = resource.at("spec", "chart")
    if at is None or not is_chart(string(at)):
        return
    text, known = release(resource.at("spec", "version"), follows=False)
    content = resource.at("spec", "valuesContent")
    key = key_of(resource.at("spec"), "valuesContent")
    chosen = resource.at("spec", "set")
    parameters = (
        {name: as_set(value) for name, (_, value) in chosen.index.items()} if isinstance(chosen, Mapping) else {}
    )
    configured = any(r.kind == "HelmChartConfig" and r.name == resource.name for r in repo.objects)
    yield OperatorInstall(
        "HelmChart", at, version=text, release=known,
        layers=(fragment(content, key or content, resource.document.dialect != "plain"),) if content else (),
        values_key=key or key_of(resource.at("spec"), "set"), parameters=parameters,
        open=configured or isinstance(chosen, Opaque)
        or not is_absent(resource.at("spec", "valuesSecrets")),
        namespace=string(resource.at("spec", "targetNamespace")) or resource.namespace,
        document_index=resource.document.number, world=resource.world,
    )  # fmt: skip
