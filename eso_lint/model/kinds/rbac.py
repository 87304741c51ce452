"""Roles and bindings, as far as rules read them."""

from __future__ import annotations

from typing import NamedTuple

from eso_lint.model.resource import Resource
from eso_lint.source.node import Mapping, Node, Scalar, Sequence, items, lookup, string

WRITE_VERBS = frozenset({"create", "update", "patch", "delete", "deletecollection", "*"})


class PolicyRule(NamedTuple):
    """One item of `rules`."""

    node: Node

    def texts(self, field: str) -> tuple[tuple[str, Node], ...]:
        """The strings of a list field (`apiGroups`, `resources`, `verbs`, `resourceNames`) with their places."""
        found = []
        for item in items(lookup(self.node, field)):
            text = string(item)
            if text is None and isinstance(item, Scalar) and item.text == "*":
                text = "*"
            if text is not None:
                found.append((text, item))
        return tuple(found)

    def values(self, field: str) -> frozenset[str]:
        return frozenset(text for text, _ in self.texts(field))

    @property
    def narrowed(self) -> bool:
        """Whether the rule is confined to named objects, or may be."""
        return lookup(self.node, "resourceNames") is not None


class Subject(NamedTuple):
    """One subject of a binding; None where unknown."""

    kind: str | None
    name: str | None
    namespace: str | None


class Role(Resource):
    """A Role; ClusterRole too."""

    __slots__ = ()

    @property
    def rules(self) -> tuple[PolicyRule, ...]:
        return tuple(PolicyRule(item) for item in items(self.at("rules")) if isinstance(item, Mapping))

    def aggregates_to(self, role: str) -> bool:
        """Whether the rules are certainly added to a built-in role (`view`, `edit`, `admin`)."""
        return string(self.at("metadata", "labels", f"rbac.authorization.k8s.io/aggregate-to-{role}")) == "true"


class ClusterRole(Role):
    __slots__ = ()


class RoleBinding(Resource):
    """A RoleBinding; ClusterRoleBinding too."""

    __slots__ = ()

    @property
    def role_kind(self) -> str | None:
        return string(self.at("roleRef", "kind"))

    @property
    def role_name(self) -> str | None:
        return string(self.at("roleRef", "name"))

    @property
    def subjects(self) -> tuple[Subject, ...]:
        node = self.at("subjects")
        if not isinstance(node, Sequence):
            return ()
        return tuple(
            Subject(string(lookup(i, "kind")), string(lookup(i, "name")), string(lookup(i, "namespace")))
            for i in node.items
        )


class ClusterRoleBinding(RoleBinding):
    __slots__ = ()
