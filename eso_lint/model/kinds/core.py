"""Kubernetes' own kinds that the operator's objects refer to."""

from __future__ import annotations

from eso_lint.model.resource import Resource
from eso_lint.source.node import Mapping, Node, string


class Namespace(Resource):
    """A Namespace. `kubernetes.io/metadata.name` is implied by the API server."""

    __slots__ = ()

    @property
    def effective_labels(self) -> dict[str, str] | None:
        labels = self.labels
        if labels is None or self.name is None:
            return None
        return {**labels, "kubernetes.io/metadata.name": self.name}


class ServiceAccount(Resource):
    __slots__ = ()

    @property
    def annotations(self) -> Node | None:
        return self.at("metadata", "annotations")

    def annotation(self, key: str) -> Node | None:
        """The annotation's value; Opaque where a template may set it."""
        return self.at("metadata", "annotations", key)


class KeyHolder(Resource):
    """Secret or ConfigMap. Only key names are ever read for show."""

    __slots__ = ()

    @property
    def keys(self) -> frozenset[str] | None:
        """Names of the data keys; None where they cannot be known."""
        found: set[str] = set()
        for field in ("data", "stringData", "binaryData"):
            node = self.at(field)
            if node is None or string(node) == "":
                continue
            if not isinstance(node, Mapping) or node.open:
                return None
            found.update(node.index)
        return frozenset(found)


class Secret(KeyHolder):
    __slots__ = ()


class ConfigMap(KeyHolder):
    __slots__ = ()
