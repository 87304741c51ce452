"""How large the operator's CRDs are when `kubectl apply` writes them down, measured or known by release.

Client-side apply keeps the whole object, as compact JSON, in one annotation; the API server limits the sum of all
annotation keys and values. Files in the repository are measured exactly; remote ones are judged by their release.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from eso_lint.model.versions import (
    annotation_limit,
    breaks_client_side_apply,
    newest,
    parse_version,
    release_of,
    resolve_range,
)
from eso_lint.source.node import Mapping as MappingNode
from eso_lint.source.node import Node, Opaque, Scalar, Sequence, SourceFile, Span, lookup, string

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
SYNC_OPTIONS = "argocd.argoproj.io/sync-options"
_GROUPS = ("external-secrets.io", "generators.external-secrets.io")
_MAX_DEPTH = 200
_MOVING = frozenset({"main", "master", "HEAD", "latest"})
_KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_REPO = r"external-secrets/external-secrets"
_REF = r"(?:refs/(?:tags|heads)/)?(?P<ref>[^/\s?]+)"
_WHAT = r"(?:deploy/crds/bundle\.ya?ml|config/crds/bases/external-secrets\.io_(?:cluster)?secretstores\.ya?ml)"
_URLS = (
    re.compile(rf"https?://raw\.githubusercontent\.com/{_REPO}/{_REF}/{_WHAT}(?:\?.*)?"),
    re.compile(rf"https?://github\.com/{_REPO}/(?:raw|blob)/{_REF}/{_WHAT}(?:\?.*)?"),
    re.compile(rf"https?://github\.com/{_REPO}/releases/download/(?P<ref>[^/\s]+)/external-secrets\.ya?ml"),
    re.compile(rf"https?://github\.com/{_REPO}/releases/(?P<ref>latest)/download/external-secrets\.ya?ml"),
)
_HOST = r"(?:git::)?(?:https?://|ssh://)?(?:git@)?github\.com[/:]"
_REMOTE = re.compile(rf"{_HOST}{_REPO}(?:\.git)?//?config/crds/bases/?(?:\?(?P<query>\S*))?")


class Oversize(NamedTuple):
    """A CRD that client-side apply cannot write. `size` is None for a release that is newer than the known ones.

    `source` says where the CRD comes from, as a message would; `span` is its place where it is in the repository.
    """

    kind: str
    size: int | None
    source: str
    span: Span | None = None
    sync_options: str = ""


def of_version(version: str, fallback: str | None = None, ranges: bool = False) -> Oversize | None:
    """What breaks for a release, a tag, or a moving branch; None where nothing does or it is not known.

    `fallback` is the version to take where `version` is not a version. `ranges` also reads chart constraints.
    """
    if version in _MOVING:
        return _of_release(str(newest().version), f"`{version}` follows the newest release")
    if parse_version(version) is None:
        allowed = resolve_range(version) if ranges else None
        if allowed is not None:
            return _of_release(str(allowed.version), f"`{version}` selects release {allowed.version}")
        return of_version(fallback) if fallback else None
    return _of_release(version, f"release {parse_version(version)}")


def _of_release(version: str, source: str) -> Oversize | None:
    if breaks_client_side_apply(version) is not True:
        return None
    known = release_of(version)
    kind, size = known.largest if known is not None else (newest().largest[0], None)
    return Oversize(kind, size, source)


def remote_ref(url: str) -> str | None:
    """The tag or branch of an address that holds the large CRDs; None for any other address."""
    for pattern in _URLS:
        match = pattern.fullmatch(url)
        if match is not None:
            return match["ref"]
    return None


def remote_kustomization_ref(url: str) -> str | None:
    """The tag or branch of the operator's remote kustomization of CRDs; None for any other address."""
    match = _REMOTE.fullmatch(url)
    if match is None:
        return None
    for pair in (match["query"] or "").split("&"):
        name, _, value = pair.partition("=")
        if name in ("ref", "version") and value:
            return value
    return "main"


class VendoredCrds:
    """The operator's CRDs in the repository's own files, measured when asked for."""

    def __init__(self, files: Mapping[str, SourceFile]) -> None:
        self.files = files
        self._measured: dict[str, tuple[Oversize, ...]] = {}
        self._directories: dict[str, list[str]] | None = None

    def in_file(self, path: str) -> tuple[Oversize, ...]:
        """The CRDs of one file that are over the limit."""
        found = self._measured.get(path)
        if found is None:
            found = self._measured[path] = tuple(self._measure(path))
        return found

    def in_directory(self, path: str, recursive: bool = False) -> Iterator[Oversize]:
        """Those of a directory's manifests, as `kubectl apply -f` (or a plain Argo CD directory) takes them."""
        for name in self.entries(path, recursive):
            if name.endswith((".yaml", ".yml", ".json")):
                yield from self.in_file(name)

    def entries(self, directory: str, recursive: bool = False) -> list[str]:
        """Files of a directory, sorted."""
        if self._directories is None:
            self._directories = {}
            for name in self.files:
                self._directories.setdefault(posixpath.dirname(name), []).append(name)
        if not recursive:
            return sorted(self._directories.get(directory, ()))
        inside = directory + "/" if directory else ""
        return sorted(n for d, names in self._directories.items() if (d + "/").startswith(inside) for n in names)

    def is_directory(self, path: str) -> bool:
        return bool(self.entries(path, True))

    def kustomization(self, directory: str) -> str | None:
        """The kustomization file of a directory."""
        paths = (posixpath.join(directory, name) for name in _KUSTOMIZATIONS)
        return next((path for path in paths if path in self.files), None)

    def root(self, path: str) -> Node | None:
        """The root of a file's first document; None where there is none or it cannot be read."""
        file = self.files.get(path)
        if file is None:
            return None
        from eso_lint.source.parse import parse

        documents = parse(file).documents
        return documents[0].root if documents else None

    def _measure(self, path: str) -> Iterator[Oversize]:
        file = self.files.get(path)
        if file is None or not file.holds(b"CustomResourceDefinition") or not file.holds(b"external-secrets.io"):
            return
        from eso_lint.source.parse import parse

        limit = annotation_limit()
        # JSON is at most six times the YAML text (escapes), so most documents need no parsing.
        parsed = parse(file, lambda text: len(text) * 6 > limit and "CustomResourceDefinition" in text)
        for document in parsed.documents:
            root = document.root
            if string(lookup(root, "kind")) != "CustomResourceDefinition":
                continue
            if string(lookup(root, "spec", "group")) not in _GROUPS:
                continue
            size = annotation_bytes(root)
            if size is not None and size > limit:
                kind = string(lookup(root, "spec", "names", "kind")) or "CustomResourceDefinition"
                name = lookup(root, "metadata", "name") or root
                options = string(lookup(root, "metadata", "annotations", SYNC_OPTIONS)) or ""
                yield Oversize(kind, size, f"`{path}`", name.span, options)


def annotation_bytes(root: Node) -> int | None:
    """Bytes of all annotations of an object after client-side apply; None where it is nested too deep to be read.

    Templated parts count as nothing, so the answer is then a lower bound.
    """
    try:
        size = _json_bytes(root, {}, 0)
    except _TooDeepError:
        return None
    total = size + 1 + len(LAST_APPLIED)  # kubectl ends the JSON with a line break
    annotations = lookup(root, "metadata", "annotations")
    if not isinstance(annotations, MappingNode):
        return total + len('"annotations":{},')
    for key, (_, value) in annotations.index.items():
        if isinstance(value, Scalar):
            written = len(key.encode()) + len(value.text.encode())
            # The annotation itself is not part of what it holds.
            total += -_json_bytes(value, {}, 0) - len(LAST_APPLIED) - 4 if key == LAST_APPLIED else written
    return total


class _TooDeepError(Exception):
    """Internal: the object is nested deeper than any CRD."""


def _json_bytes(node: Node, memo: dict[int, int], depth: int) -> int:
    """Bytes of the compact JSON that Go writes; shared containers are measured once."""
    if depth > _MAX_DEPTH:
        raise _TooDeepError
    if isinstance(node, Scalar):
        return _scalar_bytes(node.value)
    if isinstance(node, Opaque):
        return _opaque_bytes(node)
    known = memo.get(id(node))
    if known is not None:
        return known
    size = 2
    if isinstance(node, MappingNode):
        for key, (_, value) in node.index.items():
            size += _scalar_bytes(key) + 1 + _json_bytes(value, memo, depth + 1)
        size += max(0, len(node.index) - 1)
    elif isinstance(node, Sequence):
        size += sum(_json_bytes(item, memo, depth + 1) for item in node.items) + max(0, len(node.items) - 1)
    memo[id(node)] = size
    return size


def _opaque_bytes(node: Opaque) -> int:
    """Bytes of a scalar that only looks like a placeholder (`<name>` in a description); 0 for what is templated."""
    import yaml

    if node.why == "template":
        return 0
    try:
        value = yaml.safe_load(node.span.text)
    except yaml.YAMLError:
        return 0
    return _scalar_bytes(value) if isinstance(value, str) else 0


def _scalar_bytes(value: object) -> int:
    text = json.dumps(value, ensure_ascii=False)
    size = len(text)
    if not text.isascii():
        size = len(text.encode("utf-8", "replace")) + 3 * sum(map(text.count, "\u2028\u2029"))
    return size + 5 * sum(map(text.count, "<>&"))
