"""What a kustomization does to all its objects: namespace, prefix and suffix, labels, annotations."""

from __future__ import annotations

from collections.abc import Iterable

from eso_lint.render.kustomize.config import FieldSpec
from eso_lint.render.kustomize.select import cluster_scoped
from eso_lint.render.tree import (
    change_at,
    opened,
    sequence_with,
    set_field,
    text_node,
    unknown,
    with_entries,
    with_pairs,
)
from eso_lint.render.unit import Item
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, is_absent, lookup, string

_BINDINGS = ("RoleBinding", "ClusterRoleBinding")
_RBAC = "rbac.authorization.k8s.io"


def stamp(
    item: Item,
    namespace: Node,
    specs: Iterable[FieldSpec] = (),
    unset_only: bool = False,
    subjects: str = "",
    names: bool = True,
) -> None:
    """Set the namespace: on Namespaces it is the name, on cluster-scoped built-in kinds nothing is set.

    kustomize takes every custom kind for namespaced, so a cluster-scoped one gets it too; the API server drops it.
    `subjects` is setRoleBindingSubjects; `names` says whether Namespaces are renamed.
    """

    def set_it(old: Node) -> Node:
        return old if unset_only and not is_absent(old) and string(old) != "" else namespace

    item.remember()
    root: Node = item.root
    if item.kind == "Namespace" and item.group == "":
        if names:
            root = change_at(root, ["metadata", "name"], set_it, namespace)
    elif not cluster_scoped(item.group, item.kind):
        root = change_at(root, ["metadata", "namespace"], set_it, namespace)
    if item.kind in _BINDINGS and subjects != "none":
        root = change_at(root, ["subjects"], lambda node: _subjects(node, namespace, subjects, set_it))
    for spec in specs:
        if spec.fits(item):
            root = change_at(root, list(spec.path), set_it, namespace if spec.create else None)
    item.change(root, namespace)


def _subjects(node: Node, namespace: Node, which: str, set_it: object) -> Node:
    if not isinstance(node, Sequence):
        return node
    fresh = []
    for subject in node.items:
        chosen = isinstance(subject, Mapping) and (
            string(subject.get("kind")) == "ServiceAccount"
            if which == "allServiceAccounts"
            else string(subject.get("name")) == "default"
        )
        fresh.append(change_at(subject, ["namespace"], set_it, namespace) if chosen else subject)  # type: ignore[arg-type]
    return sequence_with(node, fresh)


def affix(item: Item, text: Node, before: bool, specs: Iterable[FieldSpec]) -> None:
    """Put a prefix or suffix on the name, and on what else the field specs say."""
    kind = item.ids[0][0]
    if kind in ("CustomResourceDefinition", "Namespace") or (
        kind == "APIService" and item.group == "apiregistration.k8s.io"
    ):
        return

    def put(old: Node) -> Node:
        name, extra = string(old), string(text)
        if isinstance(old, Opaque) or name is None or extra is None:
            return unknown(old, why="variable")
        return text_node(old, extra + name if before else name + extra)

    root: Node = item.root
    for spec in specs:
        if not spec.fits(item):
            continue
        if spec.path == ("metadata", "name"):
            item.remember()
            item.renamed = True
            prefixes, suffixes = item.affixes
            extra = string(text) or "\0"
            item.affixes = ((*prefixes, extra), suffixes) if before else (prefixes, (*suffixes, extra))
        root = change_at(root, list(spec.path), put, text if spec.create else None)
    item.change(root, text)


def label(found: Iterable[Item], pairs: Node | None, specs: Iterable[FieldSpec]) -> None:
    """Set labels or annotations wherever the field specs say."""
    if isinstance(pairs, Opaque):
        for item in found:
            for spec in specs:
                if spec.path[0] == "metadata" and spec.fits(item):
                    item.change(change_at(item.root, list(spec.path), lambda old: _open(old, pairs), pairs), pairs)
        return
    if not isinstance(pairs, Mapping) or not pairs.index:
        return
    entries = [pair for pair in pairs.index.values() if isinstance(pair[0], Scalar)]

    def put(old: Node) -> Node:
        if isinstance(old, Opaque):
            return old
        fresh = old if isinstance(old, Mapping) else Mapping(pairs.file, pairs.start, pairs.end)
        fresh = with_pairs(fresh, entries)
        if pairs.open and not fresh.open:
            fresh = opened(fresh)
        return fresh

    wanted = tuple(specs)
    for item in found:
        root: Node = item.root
        for spec in wanted:
            if spec.fits(item):
                root = change_at(root, list(spec.path), put, pairs if spec.create else None)
        item.change(root, pairs)


def _open(old: Node, at: Node) -> Node:
    return opened(old) if isinstance(old, Mapping) else opened(Mapping(at.file, at.start, at.end))


def blur(item: Item, at: Node) -> None:
    """Make all of an object unknown but its kind: something changes it in a way that is not followed."""
    entries: list[tuple[Node, Node]] = []
    for name, (key, value) in item.root.index.items():
        if name in ("apiVersion", "kind"):
            entries.append((key, value))
        elif name == "metadata" and isinstance(value, Mapping):
            metadata: Node = opened(with_entries(value, list(value.index.values())))
            for field in ("name", "namespace"):
                metadata = set_field(metadata, (field,), unknown(lookup(value, field) or key))
            entries.append((key, metadata))
        else:
            entries.append((key, unknown(value)))
    item.change(opened(with_entries(item.root, entries)), at)
