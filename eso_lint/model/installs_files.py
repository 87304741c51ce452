"""Installs of the operator's chart that files other than Kubernetes objects declare."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Dict

from eso_lint.model.chart import CHART, DISTINCTIVE, TYPICAL, is_chart, release
from eso_lint.model.kinds.install import OperatorInstall
from eso_lint.model.resource import Resource
from eso_lint.source.node import (
    Document,
    Mapping,
    Node,
    Opaque,
    Scalar,
    SourceFile,
    is_absent,
    items,
    lookup,
    string,
)
from eso_lint.source.parse import Parsed, parse
from eso_lint.source.prefilter import is_kustomization

_FOLDER = re.compile(r"(?:^|/)external-secrets(?:-operator)?/")
_VALUES = re.compile(r"(?:^|[/._-])values[^/]*\.ya?ml\Z")
_HELMFILE = re.compile(r"(?:^|/)helmfile(?:[^/]*\.ya?ml|\.d/|/)")
_LOCK = re.compile(r"^- name: external-secrets\n(?:  .*\n)*?  version: [\"']?([^\s\"']+)", re.MULTILINE)


class Repo:
    """What the finders look into."""

    def __init__(self, parsed: Iterable[Parsed], objects: tuple[Resource, ...], files: Dict[str, SourceFile]) -> None:
        self.objects = objects
        self.files = files
        self.documents = tuple(document for result in parsed for document in result.documents)
        self.by_path = {result.file.path: result for result in parsed}
        self.used: set[str] = set()

    def root(self, path: str) -> Node | None:
        """The one document of a file, whether or not it was of interest before; None where there is none."""
        file = self.files.get(path)
        if file is None:
            return None
        result = self.by_path.get(path)
        if result is None or not result.documents:
            result = self.by_path[path] = parse(file)
        return result.documents[0].root if len(result.documents) == 1 else None

    def chart(self, directory: str) -> Node | None:
        return self.root(posixpath.join(directory, "Chart.yaml"))


def key_of(node: Node | None, name: str) -> Node | None:
    return node.key(name) if isinstance(node, Mapping) else None


def as_set(node: Node, force: Node | None = None) -> Node:
    """A value that reaches Helm through `--set`: quotes of YAML do not make it a string."""
    if isinstance(node, Scalar) and not (isinstance(force, Scalar) and force.value is True):
        return Scalar(node.file, node.start, node.end, node.text)
    return node


def _layer(node: Node | None) -> tuple[Node, ...]:
    return () if node is None or is_absent(node) else (node,)


def from_document(repo: Repo, document: Document) -> Iterator[OperatorInstall]:
    """The installs that one document declares, by the shape of its file."""
    root, path = document.root, document.file.path
    if not isinstance(root, Mapping):
        return
    base = path.rsplit("/", 1)[-1]
    if is_kustomization(path):
        yield from _kustomize(repo, document, root)
    elif base == "fleet.yaml":
        yield from _fleet(document, root)
    elif base == "Chart.yaml":
        yield from _umbrella(repo, document, root)
    elif "releases" in root and _HELMFILE.search(path):
        yield from _helmfile(document, root)
    elif "kind" not in root:
        yield from _addons(document, root)


def _kustomize(repo: Repo, document: Document, root: Mapping) -> Iterator[OperatorInstall]:
    directory = posixpath.dirname(document.file.path)
    for entry in items(root.get("helmCharts")):
        at = lookup(entry, "name")
        if at is None or not is_chart(string(at)):
            continue
        written = lookup(entry, "version")
        if is_absent(written):
            home = string(lookup(root, "helmGlobals", "chartHome")) or "charts"
            chart = repo.chart(posixpath.normpath(posixpath.join(directory, home, CHART)))
            written = lookup(chart, "version")
        text, known = release(written, follows=False)
        layers: list[Node] = []
        unknown = False
        for node in (lookup(entry, "valuesFile"), *items(lookup(entry, "additionalValuesFiles"))):
            if node is None or is_absent(node):
                continue
            target = posixpath.normpath(posixpath.join(directory, string(node) or "?"))
            values = repo.root(target)
            repo.used.add(target)
            if values is None:
                unknown = True
            else:
                layers.append(values)
        inline = lookup(entry, "valuesInline")
        if string(lookup(entry, "valuesMerge")) not in (None, "", "override", "merge"):
            unknown = True
        layers += _layer(inline)
        key = key_of(entry, "valuesInline") or lookup(entry, "valuesFile")
        namespace = lookup(entry, "namespace")
        yield OperatorInstall(
            "kustomize", at, version=text, release=known, layers=tuple(layers), values_key=key,
            open=unknown or root.open, document_index=document.number,
            namespace=string(root.get("namespace") if is_absent(namespace) else namespace),
        )  # fmt: skip


def _fleet(document: Document, root: Mapping) -> Iterator[OperatorInstall]:
    helm = root.get("helm")
    chart, repo = lookup(helm, "chart"), string(lookup(helm, "repo"))
    at = chart or lookup(helm, "repo")
    if at is None or not (is_chart(string(chart)) and (repo or "://" in (string(chart) or ""))):
        return
    text, known = release(lookup(helm, "version"), follows=False)
    yield OperatorInstall(
        "fleet", at, version=text, release=known, layers=_layer(lookup(helm, "values")),
        values_key=key_of(helm, "values"), document_index=document.number,
        open=any(not is_absent(lookup(helm, f)) for f in ("valuesFiles", "valuesFrom", "templateValues"))
        or not is_absent(root.get("targetCustomizations")) or root.open,
        namespace=string(root.get("namespace")) or string(root.get("defaultNamespace")),
    )  # fmt: skip


def _umbrella(repo: Repo, document: Document, root: Mapping) -> Iterator[OperatorInstall]:
    directory = posixpath.dirname(document.file.path)
    for dependency in items(root.get("dependencies")):
        at = lookup(dependency, "name")
        if at is None or string(at) != CHART:
            continue
        alias = string(lookup(dependency, "alias")) or CHART
        lock = repo.files.get(posixpath.join(directory, "Chart.lock"))
        locked = _LOCK.search(lock.text) if lock is not None else None
        text, known = release(locked[1] if locked else lookup(dependency, "version"), follows=False)
        path = posixpath.join(directory, "values.yaml")
        values = repo.root(path)
        repo.used.add(path)
        condition = string(lookup(dependency, "condition"))
        switch = lookup(values, *condition.split(",")[0].split(".")) if condition else None
        if isinstance(switch, Scalar) and switch.value is False:
            continue
        # An Application or HelmRelease may add values to the chart: only where they would have been read is
        # an absent value absent.
        siblings = [
            p for p in repo.files
            if p != path and posixpath.dirname(p) == directory and _VALUES.search(p)
        ]  # fmt: skip
        yield OperatorInstall(
            "umbrella", at, version=text, release=known, layers=_layer(lookup(values, alias)),
            values_key=key_of(values, alias), document_index=document.number,
            open=bool(siblings) or not _FOLDER.search(path) or _deployed_with_values(repo, directory),
        )  # fmt: skip


def _deployed_with_values(repo: Repo, directory: str) -> bool:
    """Whether something that deploys this chart directory gives it values, or may."""
    for resource in repo.objects:
        if resource.kind in ("Application", "ApplicationSet", "HelmRelease") and directory:
            text = resource.file.text[resource.document.start : resource.document.end]
            if directory in text and ("valueFiles" in text or "values" in text or "parameters" in text):
                return True
    return False


def _helmfile(document: Document, root: Mapping) -> Iterator[OperatorInstall]:
    for entry in items(root.get("releases")):
        at = lookup(entry, "chart")
        if at is None or not is_chart(string(at)):
            continue
        text, known = release(lookup(entry, "version"), follows=False)
        values = items(lookup(entry, "values"))
        yield OperatorInstall(
            "helmfile", at, version=text, release=known,
            layers=tuple(v for v in values if isinstance(v, Mapping)), values_key=key_of(entry, "values"),
            open=any(not isinstance(v, Mapping) for v in values)
            or any(lookup(entry, f) is not None for f in ("inherit", "set", "valuesTemplate", "secrets"))
            or any(root.get(f) is not None for f in ("templates", "environments", "bases"))
            or document.dialect != "plain",
            namespace=string(lookup(entry, "namespace")), document_index=document.number,
        )  # fmt: skip


def _addons(document: Document, root: Mapping) -> Iterator[OperatorInstall]:
    """A table of add-ons that an ApplicationSet expands: chart name, repository, version, values."""
    for key, entry in root.index.values():
        chart = lookup(entry, "chartName") or lookup(entry, "chart")
        repository = lookup(entry, "chartRepository") or lookup(entry, "repoURL")
        if isinstance(entry, Opaque) or chart is None or repository is None or not is_chart(string(chart)):
            continue
        version = next((v for f in ("defaultVersion", "version", "targetRevision") if (v := lookup(entry, f))), None)
        text, known = release(version, follows=True)
        yield OperatorInstall(
            "addon", chart if isinstance(chart, Scalar) else key, version=text, release=known if text else None,
            layers=_layer(lookup(entry, "valuesObject") or lookup(entry, "values")), open=True,
            values_key=key_of(entry, "valuesObject") or key_of(entry, "values"),
            namespace=string(lookup(entry, "namespace")), document_index=document.number,
        )  # fmt: skip


def plain_values(repo: Repo, document: Document) -> Iterator[OperatorInstall]:
    """A values file of the chart that nothing else claimed, known by its path or by keys that only this chart has."""
    root, path = document.root, document.file.path
    if not isinstance(root, Mapping) or path in repo.used or not _VALUES.search(path) or "apiVersion" in root:
        return
    directory = posixpath.dirname(path)
    # Beside a Chart.yaml it is the chart's own: the operator's defaults, or an unrelated chart's.
    if posixpath.join(directory, "Chart.yaml") in repo.files:
        return
    keys = frozenset(root.index)
    if not (len(keys & DISTINCTIVE) >= 2 or (_FOLDER.search(path) and len(keys & TYPICAL) >= 2)):
        return
    first = next(key for key, _ in root.index.values())
    yield OperatorInstall("values", first, layers=(root,), open=True, document_index=document.number)
