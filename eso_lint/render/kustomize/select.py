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
_PLAIN = re.compile(r"[\w-]*\Z", re.ASCII)  # matches itself alone
_LONGEST = 10_000
_SET = re.compile(r"\s*(?P<key>[^\s!=,()]+)\s+(?P<op>in|notin)\s*\((?P<values>[^)]*)\)\s*\Z")


def cluster_scoped(group: str, kind: str | None) -> bool:
    return kind in CLUSTER_SCOPED.get(group, ())


def effective(namespace: str | None) -> str:
    """The namespace by which kustomize compares: none is `default`."""
    return namespace or "default"


class Named:
    """A merge patch without a target, by what it says of the object that it is for."""

    def __init__(self, patch: Node) -> None:
        self.api, self.kind = string(lookup(patch, "apiVersion")), string(lookup(patch, "kind"))
        name, namespace = lookup(patch, "metadata", "name"), lookup(patch, "metadata", "namespace")
        self.name = string(name)
        self.place = effective(string(namespace))
        self.sure_place = not isinstance(namespace, Opaque)
        self.sure = self.sure_place and not isinstance(name, Opaque)

    def among(self, found: Iterable[Item]) -> list[tuple[Item, bool | None]]:
        """The objects that it names, or may name (None)."""
        return [(item, answer) for item in found if (answer := self.fits(item)) is not False]

    def fits(self, item: Item) -> bool | None:
        """Whether it names this object, by any identity the object has had."""
        face = item.face
        if self.api != face.api:
            return None if face.api is None and isinstance(item.root.get("apiVersion"), Opaque) else False
        if self.name is not None and self.sure_place:
            scoped = not cluster_scoped(face.group, self.kind)
            for kind, namespace, name in item.ids:
                if kind == self.kind and name == self.name and (not scoped or effective(namespace) == self.place):
                    return True
        if self.kind != face.id[0]:
            return False
        return False if self.sure and face.settled else None


class Target:
    """A patch's `target`, read once for many objects. Patterns are anchored regular expressions."""

    def __init__(self, target: Mapping) -> None:
        fields = ("kind", "group", "version", "name", "namespace")
        self.kind, self.group, self.version, self.name, self.namespace = (_Pattern(target.get(f)) for f in fields)
        self.selectors: list[tuple[str, str | None]] = []
        for field, path in (("labelSelector", "labels"), ("annotationSelector", "annotations")):
            wanted = target.get(field)
            if isinstance(wanted, Opaque) or string(wanted):
                self.selectors.append((path, string(wanted)))

    def among(self, found: Iterable[Item]) -> list[tuple[Item, bool | None]]:
        """The objects that it selects, or may select (None)."""
        # Most targets are for another kind.
        kind = self.kind.text if self.kind.plain else ""
        some = [item for item in found if item.kind == kind] if kind else found
        return [(item, answer) for item in some if (answer := self.fits(item)) is not False]

    def fits(self, item: Item) -> bool | None:
        """Whether it selects an object."""
        _, group, version, (kind, _, _), settled = item.face
        # Most are of another name.
        named = self.name.any([i[2] or "" for i in item.ids])
        if named is False and settled:
            return False
        answers = [self.kind.matches(kind or ""), self.group.matches(group), self.version.matches(version)]
        if False in answers:
            return False
        scoped = cluster_scoped(group, kind)
        placed = self.namespace.any([(i[1] or "") if scoped else effective(i[1]) for i in item.ids])
        answers += [None if answer is False and not settled else answer for answer in (named, placed)]
        for path, wanted in self.selectors:
            answers.append(None if wanted is None else labelled(wanted, lookup(item.root, "metadata", path)))
        return both(answers)


class _Pattern:
    """What a target asks of one field; nothing where it is not there."""

    def __init__(self, node: Node | None) -> None:
        self.unknown = isinstance(node, Opaque)
        self.text = string(node) or ""
        self.plain = _PLAIN.match(self.text) is not None

    def matches(self, text: str) -> bool | None:
        if self.unknown:
            return None
        return self.text in ("", text) if self.plain else go_fullmatch(self.text, text)

    def any(self, texts: list[str]) -> bool | None:
        if self.plain and not self.unknown:
            return not self.text or self.text in texts
        answers = {self.matches(text) for text in texts}
        return True if True in answers else None if None in answers else False


def both(answers: Iterable[bool | None]) -> bool | None:
    found = list(answers)
    return False if False in found else None if None in found else True


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
