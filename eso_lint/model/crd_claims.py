"""Which release the operator's CRDs in or behind a repository are of: addresses with a tag, and copies by content."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from eso_lint.model.chart import CHART, is_chart
from eso_lint.model.kinds.argocd import ArgoApplication
from eso_lint.model.kinds.script import Script
from eso_lint.model.resource import Resource
from eso_lint.model.served import KINDS
from eso_lint.model.versions import Version, parse_version, releases, resolve_range
from eso_lint.model.workspace import Workspace
from eso_lint.record import NamedTuple
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, Span, items, lookup, string
from eso_lint.source.prefilter import is_kustomization

CRD = "CustomResourceDefinition.apiextensions.k8s.io"
_REPO = r"github\.com[/:]external-secrets/external-secrets(?:\.git)?"
_UPSTREAM = re.compile(rf"(?:https?://|ssh://)?(?:git@)?{_REPO}/?")
_TAGGED = re.compile(
    r"raw\.githubusercontent\.com/external-secrets/external-secrets/(?:refs/tags/)?(?P<raw>[^/\s]+)/(?:deploy|config)/crds/"
    rf"|{_REPO}/(?:raw|blob)/(?:refs/tags/)?(?P<blob>[^/\s]+)/(?:deploy|config)/crds/"
    rf"|{_REPO}/releases/download/(?P<asset>[^/\s]+)/external-secrets\.ya?ml"
    rf"|{_REPO}//?(?:deploy|config)/crds\b\S*[?&](?:ref|version)=(?P<ref>[^&\s]+)"
)
_CRD_PATH = re.compile(r"(?:\./)?(?:config/crds/bases|deploy/crds)/?")
_MAX_NODES = 200_000  # the largest schema has some ten thousand
_DESCRIPTION = "description"
_VERBATIM = frozenset({"default", "enum", "required"})


class CrdClaim(NamedTuple):
    """CRDs of a release: `lowest` to `version` where the content does not tell them apart.

    `world` is None where the file that says it may go to several.
    """

    version: Version
    lowest: Version
    at: Span
    world: str | None
    why: str
    exact: bool


def tagged(address: str) -> str | None:
    """The tag or branch of an address that holds the operator's CRDs; None for any other address."""
    match = _TAGGED.search(address)
    return match[match.lastgroup] if match is not None and match.lastgroup else None


def crd_claims(ws: Workspace) -> Iterator[CrdClaim]:
    """Copies of the chart, addresses with a tag, sources of Flux and Argo CD, copies of CRDs."""
    yield from _charts(ws)
    yield from _addresses(ws)
    yield from _sources(ws)
    yield from _copies(ws)


def _charts(ws: Workspace) -> Iterator[CrdClaim]:
    """Copies of the operator's own chart: the version of a chart that carries CRDs is that of the release."""
    for parsed in ws.parsed:
        directory, _, base = parsed.file.path.rpartition("/")
        for document in parsed.documents if base == "Chart.yaml" else ():
            root = document.root
            version = parse_version(string(root.get("version")) or "")
            home = string(root.get("home")) or ""
            at = root.get("version")
            if string(root.get("name")) != CHART or version is None or at is None or not _UPSTREAM.fullmatch(home):
                continue
            if any(path.startswith(f"{directory}/templates/crds/") for path in ws.paths):
                yield CrdClaim(version, version, at.span, None, f"`{parsed.file.path}` is the chart of {version}", True)


def _addresses(ws: Workspace) -> Iterator[CrdClaim]:
    for parsed in ws.parsed:
        if not is_kustomization(parsed.file.path):
            continue
        for document in parsed.documents:
            for field in ("resources", "bases", "crds"):
                for item in items(document.root.get(field)):
                    version = parse_version(tagged(string(item) or "") or "")
                    if version is not None:
                        why = f"`{parsed.file.path}` takes the CRDs of {version}"
                        yield CrdClaim(version, version, item.span, None, why, True)


def _sources(ws: Workspace) -> Iterator[CrdClaim]:
    """Flux Kustomizations and Applications that apply the CRDs of the operator's own repository."""
    for app in ws.all(ArgoApplication):
        for argo in app.sources:
            version = parse_version(string(argo.revision_node) or "")
            if version is None or not _UPSTREAM.fullmatch(argo.repo_url or "") or argo.revision_node is None:
                continue
            if _CRD_PATH.fullmatch(argo.path or ""):
                why = f"`{app.file.path}` takes the CRDs of {version}"
                yield CrdClaim(version, version, argo.revision_node.span, app.world, why, True)
    repositories = {
        (r.namespace, r.name): r
        for r in ws.of_kind("GitRepository.source.toolkit.fluxcd.io")
        if _UPSTREAM.fullmatch(string(r.at("spec", "url")) or "")
    }
    if not repositories:
        return
    for applied in ws.of_kind("Kustomization.kustomize.toolkit.fluxcd.io"):
        ref = applied.at("spec", "sourceRef")
        home = string(lookup(ref, "namespace")) or applied.namespace
        source = repositories.get((home, string(lookup(ref, "name"))))
        if source is None or not _CRD_PATH.fullmatch(string(applied.at("spec", "path")) or ""):
            continue
        for field in ("tag", "semver"):
            node = source.at("spec", "ref", field)
            text = string(node) or (node.text if isinstance(node, Scalar) else "")
            version = parse_version(text)
            exact = version is not None
            if version is None and text and (ranged := resolve_range(text)):
                version = ranged.version
            if node is not None and version is not None:
                why = f"`{source.file.path}` takes the CRDs of {version}"
                yield CrdClaim(version, version, node.span, applied.world, why, exact)
                break


def script_claims(ws: Workspace) -> Iterator[CrdClaim]:
    """What scripts apply or install: CRDs by an address with a tag, the chart by `helm`. Guides are no scripts."""
    for script in ws.views(Script):
        if script.kind == "markdown" or "external-secrets" not in script.file.text:
            continue
        for command in script.commands:
            words = [script.expand(word.text) for word in command.words]
            for word, text in zip(command.words, words, strict=True):
                version = parse_version(tagged(text) or "")
                if version is not None:
                    yield _hint(version, command.span(word, word))
            version = _chart_version(words)
            if version is not None:
                yield _hint(version, command.span(command.words[0], command.words[-1]))


def _hint(version: Version, at: Span) -> CrdClaim:
    return CrdClaim(version, version, at, None, f"`{at.file.path}` installs {version}", False)


def _chart_version(words: list[str]) -> Version | None:
    """The version that a helm command installs the operator's chart in."""
    if not words or words[0].rpartition("/")[2] != "helm" or not {"install", "upgrade", "template"} & set(words):
        return None
    if not any(is_chart(word) and not word.startswith("-") and "/" in word for word in words):
        return None
    for word, after in zip(words, [*words[1:], ""], strict=True):
        if word == "--version" or word.startswith("--version="):
            return parse_version(word.partition("=")[2] or after)
    return None


def _copies(ws: Workspace) -> Iterator[CrdClaim]:
    """Copies of CRDs: all of one directory and world together say which releases they are of."""
    found: dict[tuple[str, str], tuple[Resource, frozenset[str]]] = {}
    for crd in ws.of_kind(CRD):
        if crd.archived or not crd.name or not crd.name.endswith("external-secrets.io"):
            continue
        fitting = releases_of(crd)
        if not fitting:
            continue
        key = (crd.world, crd.file.path.rpartition("/")[0])
        first, before = found.get(key, (crd, fitting))
        found[key] = first, before & fitting
    for (world, directory), (crd, fitting) in sorted(found.items(), key=lambda entry: entry[0]):
        versions = sorted(v for v in map(parse_version, fitting) if v is not None)
        if versions:
            span = f"{versions[0]}" if len(versions) == 1 else f"{versions[0]} to {versions[-1]}"
            why = f"the CRDs in `{directory or crd.file.path}` are those of {span}"
            yield CrdClaim(versions[-1], versions[0], crd.name_node.span, world, why, False)


def releases_of(crd: Resource) -> frozenset[str]:
    """The releases that have a CRD with just these schemas; empty where none has, or the content is not all known."""
    from eso_lint.resources import load_json

    known = load_json("fingerprints.json")["kinds"].get(string(crd.at("spec", "names", "kind")) or "")
    if known is None:
        return frozenset()
    fitting: frozenset[str] | None = None
    served: set[str] | None = set()
    for entry in items(crd.at("spec", "versions")):
        name = string(lookup(entry, "name")) or ""
        schema = lookup(entry, "schema", "openAPIV3Schema")
        flag = lookup(entry, "served")
        if name not in known or schema is None or (mark := fingerprint(schema)) is None:
            return frozenset()
        if not isinstance(flag, Scalar):
            served = None  # the chart prints it
        elif flag.value is True and served is not None:
            served.add(name)
        spans = known[name].get(mark, "")
        these = frozenset(v for span in spans.split() for v in _between(*span.split("..")))
        fitting = these if fitting is None else fitting & these
    kind = string(crd.at("spec", "names", "kind")) or ""
    return frozenset(v for v in fitting or () if served is None or _serves(kind, v) == served)


def _between(first: str, last: str) -> Iterator[str]:
    low, high = parse_version(first), parse_version(last)
    for release in releases():
        if low is not None and high is not None and low <= release.version <= high:
            yield str(release.version)


def _serves(kind: str, release: str) -> set[str]:
    """The API versions of a kind that a release serves."""
    return {version for version in KINDS.get(kind, {}) if is_served(kind, version, parse_version(release))}


def is_served(kind: str, version: str, release: Version | None) -> bool:
    """Whether a release serves an API version of a kind; a release newer than all known is as the newest."""
    first, last = KINDS.get(kind, {}).get(version, ("", ""))
    low, high = parse_version(first), parse_version(last) if last else None
    return low is not None and release is not None and low <= release and (high is None or release <= high)


def fingerprint(schema: Node) -> str | None:
    """The fingerprint of a schema as `schemas/fingerprints.json` has it; None where a template hides some of it."""
    try:
        text = json.dumps(_Bare().of(schema), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    except (_UnknownError, RecursionError):
        return None
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]


class _UnknownError(Exception):
    """Internal: part of the schema is not known, or it is none of the operator's."""


class _Bare:
    """Plain values without descriptions; properties of that name stay. Aliases count as often as they are used."""

    def __init__(self) -> None:
        self.left = _MAX_NODES

    def of(self, node: Node, verbatim: bool = False) -> Any:
        self.left -= 1
        if isinstance(node, Scalar):
            return node.value
        if isinstance(node, Sequence):
            return [self.of(item, verbatim) for item in node.items]
        if isinstance(node, Opaque) or not isinstance(node, Mapping) or node.open or self.left < 0:
            raise _UnknownError
        bare = {}
        for key, (_, value) in node.index.items():
            if key == "properties" and isinstance(value, Mapping) and not verbatim:
                if value.open:
                    raise _UnknownError
                bare[key] = {name: self.of(child) for name, (_, child) in value.index.items()}
            elif verbatim or key != _DESCRIPTION:
                bare[key] = self.of(value, verbatim or key in _VERBATIM)
        return bare
