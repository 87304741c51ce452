"""Which objects a patch, a replacement or a reference means, as kustomize decides it.

Answers are True, False, or None where a name or label cannot be known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from eso_lint.render.unit import Item
from eso_lint.source.node import Mapping, Node, Opaque, lookup, string
from eso_lint.source.pattern import go_fullmatch

# Kinds that kustomize knows to be cluster-scoped, by group; it takes custom kinds for namespaced, whatever they are.
CLUSTER_SCOPED: dict[str, frozenset[str]] = {
    "": frozenset(("ComponentStatus", "Namespace", "Node", "PersistentVolume")),
    "admissionregistration.k8s.io": frozenset(("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")),
    "apiextensions.k8s.io": frozenset(("CustomResourceDefinition",)),
    "apiregistration.k8s.io": frozenset(("APIService",)),
    "authentication.k8s.io": frozenset(("TokenReview",)),
    "authorization.k8s.io": frozenset(("SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview")),
    "certificates.k8s.io": frozenset(("CertificateSigningRequest",)),
    "flowcontrol.apiserver.k8s.io": frozenset(("FlowSchema", "PriorityLevelConfiguration")),
    "networking.k8s.io": frozenset(("IngressClass",)),
    "node.k8s.io": frozenset(("RuntimeClass",)),
    "policy": frozenset(("PodSecurityPolicy",)),
    "rbac.authorization.k8s.io": frozenset(("ClusterRole", "ClusterRoleBinding")),
    "scheduling.k8s.io": frozenset(("PriorityClass",)),
    "storage.k8s.io": frozenset(("CSIDriver", "CSINode", "StorageClass", "VolumeAttachment")),
}  # fmt: skip
_KEY = re.compile(r"[\w./-]+\Z")
_LONGEST = 10_000
_SET = re.compile(r"\s*(?P<key>[^\s!=,()]+)\s+(?P<op>in|notin)\s*\((?P<values>[^)]*)\)\s*\Z")

Id = tuple[str | None, str | None, str | None]


def cluster_scoped(group: str, kind: str | None) -> bool:
    return kind in CLUSTER_SCOPED.get(group, ())


def effective(namespace: str | None) -> str:
    """The namespace by which kustomize compares: none is `default`."""
    return namespace or "default"


def known_place(item: Item) -> bool:
    """Whether name and namespace of an object are known (or not written)."""
    metadata = item.root.get("metadata")
    if isinstance(metadata, Opaque):
        return False
    return not any(isinstance(lookup(metadata, f), Opaque) for f in ("name", "namespace"))


def identified(item: Item, patch: Node) -> bool | None:
    """Whether a merge patch without a target names this object, by any identity it has had."""
    version, kind = string(lookup(patch, "apiVersion")), string(lookup(patch, "kind"))
    if version != string(item.root.get("apiVersion")):
        return None if isinstance(item.root.get("apiVersion"), Opaque) else False
    name, namespace = lookup(patch, "metadata", "name"), lookup(patch, "metadata", "namespace")
    scoped = not cluster_scoped(item.group, kind)
    for i in item.ids:
        same = i[0] == kind and i[2] is not None and i[2] == string(name) and not isinstance(namespace, Opaque)
        if same and (not scoped or effective(i[1]) == effective(string(namespace))):
            return True
    if kind != item.kind:
        return False
    if isinstance(name, Opaque) or isinstance(namespace, Opaque) or not known_place(item):
        return None
    return False


def selected(target: Mapping, item: Item) -> bool | None:
    """Whether a patch's `target` selects an object. Patterns are anchored regular expressions."""
    group, _, version = (string(item.root.get("apiVersion")) or "").rpartition("/")
    answers: list[bool | None] = []
    # Most targets are for another kind.
    for field, actual in (("kind", item.kind or ""), ("group", group), ("version", version)):
        answers.append(_matches(target.get(field), [actual]))
        if answers[-1] is False:
            return False
    known = known_place(item)
    for field, position in (("name", 2), ("namespace", 1)):
        wanted = target.get(field)
        texts = [i[position] or "" for i in item.ids]
        if position == 1:
            texts = [effective(t) if not cluster_scoped(item.group, item.kind) else t for t in texts]
        answer = _matches(wanted, texts)
        answers.append(None if answer is False and not known else answer)
    for field, path in (("labelSelector", "labels"), ("annotationSelector", "annotations")):
        wanted = target.get(field)
        if isinstance(wanted, Opaque):
            answers.append(None)
        elif string(wanted):
            answers.append(labelled(string(wanted) or "", lookup(item.root, "metadata", path)))
    return both(answers)


def both(answers: Iterable[bool | None]) -> bool | None:
    found = list(answers)
    return False if False in found else None if None in found else True


def _matches(pattern: Node | None, texts: list[str]) -> bool | None:
    if isinstance(pattern, Opaque):
        return None
    wanted = string(pattern)
    if not wanted:
        return True
    answers = {go_fullmatch(wanted, text) for text in texts}
    return True if True in answers else None if None in answers else False


def labelled(selector: str, labels: Node | None) -> bool | None:
    """Whether labels satisfy a selector (`a=b,c!=d,e in (f,g),!h`)."""
    if isinstance(labels, Opaque) or len(selector) > _LONGEST:
        return None
    return both(_requirement(part.strip(), labels) for part in re.split(r",(?![^(]*\))", selector) if part.strip())


def _requirement(part: str, labels: Node | None) -> bool | None:
    found = _SET.match(part)
    if found:
        values = {value.strip() for value in found["values"].split(",")}
        node = lookup(labels, found["key"])
        if isinstance(node, Opaque):
            return None
        inside = string(node) in values if node is not None else False
        return inside if found["op"] == "in" else not inside
    negative = "!=" in part
    key, operator, value = part.partition("!=") if negative else part.partition("=")
    absent = not operator and key.startswith("!")
    node = lookup(labels, key.strip().lstrip("!") if absent else key.strip())
    if isinstance(node, Opaque):
        return None
    if not _KEY.match(key.strip().lstrip("!")):
        return None
    actual = string(node)
    if negative:
        return actual != value.strip()
    if operator:
        return actual == value.lstrip("=").strip()
    return (node is None) if absent else node is not None
