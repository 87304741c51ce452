"""What `kustomize build` makes of a directory, on our own trees: every node keeps the file and place it came from."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from eso_lint.render.edit import PatchError, json_patch, merge, set_field
from eso_lint.render.unit import Item, Note, Source
from eso_lint.source.node import (
    Document,
    Mapping,
    Node,
    Opaque,
    Scalar,
    Sequence,
    is_absent,
    items,
    lookup,
    string,
)

MAX_DEPTH = 50
_REMOTE = re.compile(r"://|^git@|^github\.com|^[\w.-]+\.\w+/[^/]+/[^/]+(?:$|/|\?|//)")
# Kinds that the namespace transformer leaves alone; custom kinds are namespaced to kustomize, whatever their scope is.
CLUSTER_KINDS = frozenset(
    [
        "APIService",
        "CSIDriver",
        "CSINode",
        "CertificateSigningRequest",
        "ClusterRole",
        "ClusterRoleBinding",
        "ComponentStatus",
        "CustomResourceDefinition",
        "FlowSchema",
        "IngressClass",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PodSecurityPolicy",
        "PriorityClass",
        "PriorityLevelConfiguration",
        "RuntimeClass",
        "SelfSubjectAccessReview",
        "SelfSubjectRulesReview",
        "StorageClass",
        "SubjectAccessReview",
        "TokenReview",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
    ]
)
UNPREFIXED = frozenset(("CustomResourceDefinition", "APIService", "Namespace"))


class Build:
    """One `kustomize build`."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.notes: list[Note] = []

    def run(self, directory: str) -> list[Item]:
        return self._target(directory, [], ())

    def _target(self, directory: str, base: list[Item], above: tuple[str, ...]) -> list[Item]:
        document = self.source.kustomization(directory)
        if document is None or not isinstance(document.root, Mapping) or directory in above or len(above) > MAX_DEPTH:
            return base
        root, above = document.root, (*above, directory)
        found = list(base)
        for field in ("resources", "bases"):
            for entry in items(root.get(field)):
                found += self._resources(directory, entry, above)
        for entry in items(root.get("components")):
            target = self._resolve(directory, entry)
            if target is not None:
                found = self._target(target, found, above)
        self._generate(directory, root, found)
        return self._transform(directory, root, found)

    def _resolve(self, directory: str, entry: Node) -> str | None:
        text = string(entry)
        if text is None:
            return None
        target = posixpath.normpath(posixpath.join(directory, text))
        if text.startswith("/") or target.startswith("..") or _REMOTE.search(text):
            self.notes.append(Note("remote", entry, f"`{text}` is not in the repository"))
            return None
        return "" if target == "." else target

    def _resources(self, directory: str, entry: Node, above: tuple[str, ...]) -> list[Item]:
        target = self._resolve(directory, entry)
        if target is None:
            return []
        documents = self.source.documents(target)
        if documents is not None:
            return [item for document in documents for item in objects(document, document.root)]
        if self.source.kustomization(target) is not None:
            return self._target(target, [], above)
        self.notes.append(Note("missing", entry, f"no file and no kustomization at `{target}`"))
        return []

    def _generate(self, directory: str, root: Mapping, found: list[Item]) -> None:
        """configMapGenerator and secretGenerator: objects whose name is known only without a hash suffix."""

    def _transform(self, directory: str, root: Mapping, found: list[Item]) -> list[Item]:
        for patch in items(root.get("patchesStrategicMerge")):
            found = self._strategic(self._patch_nodes(directory, patch), found, patch)
        for entry in items(root.get("patches")):
            found = self._patch(directory, entry, found)
        namespace = root.get("namespace")
        if namespace is not None and not is_absent(namespace) and string(namespace) != "":
            for item in found:
                self._stamp(item, namespace)
        for field, before in (("namePrefix", True), ("nameSuffix", False)):
            affix = root.get(field)
            if affix is not None and not is_absent(affix) and string(affix) != "":
                for item in found:
                    self._rename(item, affix, before)
        for field in ("commonLabels", "commonAnnotations"):
            self._metadata(root.get(field), "labels" if field == "commonLabels" else "annotations", found)
        for entry in items(root.get("labels")):
            self._metadata(lookup(entry, "pairs"), "labels", found)
        for entry in items(root.get("patchesJson6902")):
            found = self._patch(directory, entry, found)
        return found

    def _stamp(self, item: Item, namespace: Node) -> None:
        if item.kind == "Namespace":
            item.change(set_field(item.root, ("metadata", "name"), namespace), namespace)
        elif item.kind not in CLUSTER_KINDS:
            item.change(set_field(item.root, ("metadata", "namespace"), namespace), namespace)

    def _rename(self, item: Item, affix: Node, before: bool) -> None:
        name = lookup(item.root, "metadata", "name")
        if name is None or item.kind in UNPREFIXED:
            return
        fresh: Node
        text, extra = string(name), string(affix)
        if text is None or extra is None:
            fresh = Opaque(name.file, name.start, name.end, "", "variable")
        else:
            fresh = Scalar(name.file, name.start, name.end, extra + text if before else text + extra, "'")
        item.renamed = True
        item.change(set_field(item.root, ("metadata", "name"), fresh), affix)

    def _metadata(self, pairs: Node | None, field: str, found: list[Item]) -> None:
        if not isinstance(pairs, Mapping):
            return
        for item in found:
            for name, (_, value) in pairs.index.items():
                item.change(set_field(item.root, ("metadata", field, name), value), value)

    def _patch_nodes(self, directory: str, entry: Node) -> list[Node]:
        """The documents of a patch given as a path or inline."""
        if not isinstance(entry, Scalar):
            return []
        if "\n" not in entry.text:
            target = self._resolve(directory, entry)
            documents = self.source.documents(target) if target is not None else None
            if documents is not None:
                return [d.root for d in documents]
        return [document.root for document in self.source.parse(entry)]

    def _patch(self, directory: str, entry: Node, found: list[Item]) -> list[Item]:
        path, inline, target = lookup(entry, "path"), lookup(entry, "patch"), lookup(entry, "target")
        nodes = self._patch_nodes(directory, path) if path is not None else []
        if inline is not None and isinstance(inline, Scalar):
            nodes = [document.root for document in self.source.parse(inline)]
        if not isinstance(target, Mapping):
            return self._strategic(nodes, found, entry)
        chosen = [item for item in found if selected(target, item)]
        if not chosen:
            self.notes.append(Note("patch", target, "the patch's target matches nothing"))
        for node in nodes:
            for item in chosen:
                if isinstance(node, Sequence):
                    try:
                        item.change(json_patch(item.root, node), node)
                    except PatchError as error:
                        self.notes.append(Note("patch", error.at, str(error)))
                else:
                    merged = merge_keeping_identity(item.root, node)
                    if merged is None:
                        found = [other for other in found if other is not item]
                    else:
                        item.change(merged, node)
        return found

    def _strategic(self, nodes: Iterable[Node], found: list[Item], at: Node) -> list[Item]:
        """Merge patches that name their object themselves."""
        for node in nodes:
            if isinstance(node, Sequence):
                continue
            wanted = (
                string(lookup(node, "apiVersion")),
                string(lookup(node, "kind")),
                string(lookup(node, "metadata", "name")),
            )
            namespace = string(lookup(node, "metadata", "namespace"))
            chosen = [i for i in found if named(i, wanted, namespace)]
            if not chosen and None not in wanted:
                self.notes.append(
                    Note(
                        "patch", lookup(node, "metadata", "name") or at, f"no {wanted[1]} named `{wanted[2]}` to patch"
                    )
                )
            for item in chosen:
                merged = merge(item.root, node)
                if merged is None:
                    found = [other for other in found if other is not item]
                else:
                    item.change(merged, node)
        return found


def merge_keeping_identity(root: Node, patch: Node) -> Node | None:
    """A targeted merge patch does not rename its object unless its options allow it."""
    merged = merge(root, patch)
    if merged is None:
        return None
    for path in (("metadata", "name"), ("metadata", "namespace"), ("kind",), ("apiVersion",)):
        before = lookup(root, *path)
        if before is not None and lookup(merged, *path) is not before:
            merged = set_field(merged, path, before)
    return merged


def objects(document: Document, root: Node, depth: int = 0) -> list[Item]:
    if not isinstance(root, Mapping):
        return []
    if (string(root.get("kind")) or "").endswith("List") and isinstance(root.get("items"), Sequence) and depth < 3:
        return [i for item in items(root.get("items")) for i in objects(document, item, depth + 1)]
    return [Item(document, root)]


def named(item: Item, wanted: tuple[str | None, str | None, str | None], namespace: str | None) -> bool:
    api_version, kind, name = wanted
    group = (api_version or "").rpartition("/")
    own = (string(item.root.get("apiVersion")) or "").rpartition("/")
    if (group[0], group[2]) != (own[0], own[2]) or kind != item.kind:
        return False
    return any(
        i[2] == name and (namespace is None or i[1] in (None, namespace) or (namespace == "default" and i[1] is None))
        for i in item.ids
    )


def selected(target: Mapping, item: Item) -> bool:
    group, _, version = (string(item.root.get("apiVersion")) or "").rpartition("/")
    for field, actual in (("group", group), ("version", version), ("kind", item.kind or "")):
        wanted = string(target.get(field))
        if wanted and not _full(wanted, actual):
            return False
    for field, position in (("name", 2), ("namespace", 1)):
        wanted = string(target.get(field))
        if wanted and not any(_full(wanted, i[position] or "") for i in item.ids):
            return False
    for field, path in (("labelSelector", "labels"), ("annotationSelector", "annotations")):
        wanted = string(target.get(field))
        if wanted and not _labels(wanted, lookup(item.root, "metadata", path)):
            return False
    return True


def _full(pattern: str, text: str) -> bool:
    try:
        return re.fullmatch(pattern, text) is not None
    except re.error:
        return False


def _labels(selector: str, labels: Node | None) -> bool:
    for part in selector.split(","):
        key, operator, value = part.partition("!=" if "!=" in part else "=")
        actual = string(lookup(labels, key.strip()))
        if operator == "!=":
            if actual == value.strip():
                return False
        elif operator:
            if actual != value.strip().lstrip("="):
                return False
        elif actual is None:
            return False
    return True
