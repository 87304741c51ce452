"""Where a Flux Kustomization's path leads: into this repository, or to another source that is never fetched."""

from __future__ import annotations

import re
from typing import NamedTuple

from eso_lint.render.flux.layout import Layout
from eso_lint.render.flux.roots import instance_sync, path_of
from eso_lint.render.flux.values import SOURCES, Objects, Ref
from eso_lint.render.unit import Item, Note
from eso_lint.source.node import Mapping, Node, lookup, string

_HEAD = re.compile(r"^(?:[\w+]+://)?(?:[^@/]+@)?([^:/]+)(?::\d+)?[:/]")
_ARTIFACTS = frozenset(("OCIRepository", "Bucket", "ExternalArtifact"))


class Origin(NamedTuple):
    """A directory of this repository, or None and why. `as_written`: Flux reads the files as they are here."""

    directory: str | None
    note: Note | None = None
    as_written: bool = False


class Origins:
    """Tells sources that are this repository from others."""

    def __init__(self, layout: Layout, objects: Objects) -> None:
        self._layout = layout
        self._objects = objects
        self._own: set[tuple[str, str]] = set()
        self._urls: set[str] = set()
        self._read = False

    def trust(self, item: Item, instance: Item | None) -> None:
        """A cluster's entry point: its source is this repository."""
        kind, name = _reference(item)
        if kind is not None and name is not None:
            self._own.add((kind, name))
            self._read = False
        sync = instance_sync(instance) if instance is not None else None
        url = string(sync.get("url")) if sync is not None else None
        if url is not None:
            self._urls.add(_plain(url))

    def of(self, item: Item, cluster: str) -> Origin:
        at = lookup(item.root, "spec", "path") or lookup(item.root, "spec", "sourceRef") or item.root
        path = path_of(item)
        if path is None:
            return Origin(None, Note("opaque", at, "the path cannot be known"))
        kind, name = _reference(item)
        if path == ".." or path.startswith("../"):
            return Origin(None, Note("missing", at, f"`{path}` is outside of its source"))
        own = self._is_own(item, kind, name, cluster)
        here = path in self._layout
        if own is False or (own is None and not (here and path)):
            return Origin(None, Note("remote", at, f"`{path or '.'}` of {kind} `{name}` is not in the repository"))
        if here:
            return Origin(path, None, own is True and kind == "GitRepository")
        if kind in _ARTIFACTS:
            ending = self._layout.ending(path)
            if len(ending) == 1:
                return Origin(ending[0])
            return Origin(None, Note("remote", at, f"`{path}` of {kind} `{name}` is not in the repository"))
        return Origin(None, Note("missing", at, f"there is no directory `{path}`"))

    def _is_own(self, item: Item, kind: str | None, name: str | None, cluster: str) -> bool | None:
        """Whether a source is this repository; None where that cannot be told."""
        if kind is None or name is None:
            return None
        if name == "flux-system" or (kind, name) in self._own:
            return True
        namespace = string(lookup(item.root, "spec", "sourceRef", "namespace")) or item.id[1]
        found = self._objects.find(cluster, Ref(kind, namespace, name))
        url = _url(found)
        if url is None:
            return None
        if self._known_urls():
            return url in self._urls
        return True if sum(len(self._objects.all(k)) for k in SOURCES) == 1 else None

    def _known_urls(self) -> set[str]:
        if not self._read:
            self._read = True
            for kind in SOURCES:
                for root in self._objects.all(kind):
                    named = string(lookup(root, "metadata", "name")) or ""
                    url = _url(root)
                    if url is not None and (named == "flux-system" or (kind, named) in self._own):
                        self._urls.add(url)
        return self._urls


def _reference(item: Item) -> tuple[str | None, str | None]:
    reference: Node | None = lookup(item.root, "spec", "sourceRef")
    return string(lookup(reference, "kind")), string(lookup(reference, "name"))


def _url(root: Mapping | None) -> str | None:
    url = string(lookup(root, "spec", "url"))
    return _plain(url) if url is not None else None


def _plain(url: str) -> str:
    """A repository address without scheme, user, port and `.git`, so that forms of one address are equal."""
    return (
        re.sub(r"^(?:[\w+]+://)?(?:[^@/]+@)?([^:/]+)(?::\d+)?[:/]", r"\1/", url).removesuffix("/").removesuffix(".git")
    )
