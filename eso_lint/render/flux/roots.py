"""Objects of Flux: which they are, and what their own text says."""

from __future__ import annotations

import re

from eso_lint.render.flux.layout import local
from eso_lint.render.unit import Item
from eso_lint.source.node import Document, Mapping, Node, Scalar, Sequence, lookup, string

GROUP = "kustomize.toolkit.fluxcd.io"
CLUSTERS = re.compile(r"(?:.*/)?clusters/[^/]+(?=/)")


def is_flux_kustomization(item: Item) -> bool:
    return item.kind == "Kustomization" and item.group == GROUP


def instance_sync(item: Item) -> Mapping | None:
    """The `sync` block of a FluxInstance, or of the values of its chart."""
    if item.kind == "FluxInstance" and item.group.startswith("fluxcd."):
        sync = lookup(item.root, "spec", "sync")
    elif item.kind == "HelmRelease":
        sync = lookup(item.root, "spec", "values", "instance", "sync")
    else:
        return None
    return sync if isinstance(sync, Mapping) and string(sync.get("path")) is not None else None


def instance_patches(item: Item) -> Sequence | None:
    """The patches that an instance has for the objects it makes."""
    for path in (("spec",), ("spec", "values", "instance")):
        patches = lookup(item.root, *path, "kustomize", "patches")
        if isinstance(patches, Sequence):
            return patches
    return None


def cluster_of(item: Item) -> str | None:
    """The cluster that an object's own place tells of: the path that an instance syncs, or `clusters/<name>`.

    A unit's `cluster` is better where there is one; None where nothing tells.
    """
    sync = instance_sync(item)
    if sync is not None:
        return local(string(sync.get("path")) or "") or "."
    for path in (*(span.file.path for span in reversed(item.via)), item.document.file.path):
        match = CLUSTERS.match(path)
        if match is not None:
            return match[0]
    return None


def path_of(item: Item) -> str | None:
    """The path that a Flux Kustomization delivers, None where it cannot be known."""
    path = lookup(item.root, "spec", "path")
    if path is None:
        return "" if isinstance(item.root.get("spec"), Mapping) else None
    text = string(path)
    return local(text) if text is not None else None


def synced(item: Item, sync: Mapping) -> Item:
    """The Kustomization that an instance makes for itself; every field stands where the instance has it."""
    name = sync.get("name")
    namespace = lookup(item.root, "metadata", "namespace")
    named = name if isinstance(name, Scalar) else _scalar(sync, string(namespace) or "flux-system")
    reference = _mapping(sync, {"kind": sync.get("kind") or _scalar(sync, "GitRepository"), "name": named})
    path = sync.get("path")
    assert path is not None
    return _kustomization(item.document, path, named, reference)


def guessed(at: Document, directory: str) -> Item:
    """The Kustomization that delivers a directory of a cluster whose entry point is not in the repository."""
    node = at.root
    name = _scalar(node, "flux-system")
    reference = _mapping(node, {"kind": _scalar(node, "GitRepository"), "name": name})
    return _kustomization(at, _scalar(node, directory), name, reference)


def _kustomization(document: Document, path: Node, name: Node, reference: Mapping) -> Item:
    metadata = _mapping(path, {"name": name, "namespace": _scalar(path, "flux-system")})
    spec = _mapping(path, {"path": path, "sourceRef": reference})
    fields = {"apiVersion": _scalar(path, GROUP + "/v1"), "kind": _scalar(path, "Kustomization")}
    return Item(document, _mapping(path, {**fields, "metadata": metadata, "spec": spec}))


def _scalar(at: Node, text: str) -> Scalar:
    return Scalar(at.file, at.start, at.end, text, "'")


def _mapping(at: Node, fields: dict[str, Node]) -> Mapping:
    return Mapping(at.file, at.start, at.end, tuple((_scalar(at, k), v) for k, v in fields.items()))
