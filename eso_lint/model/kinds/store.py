"""SecretStore and ClusterSecretStore."""

from __future__ import annotations

from eso_lint.model.resource import Resource
from eso_lint.source.node import Mapping, Node, is_absent, items


class Store(Resource):
    """What both kinds of store have in common."""

    __slots__ = ()

    @property
    def provider(self) -> str | None:
        """The one provider key; None where there is none, several, or it cannot be known."""
        node = self.at("spec", "provider")
        if not isinstance(node, Mapping) or node.open:
            return None
        keys = [key for key, (_, value) in node.index.items() if not is_absent(value)]
        return keys[0] if len(keys) == 1 else None

    @property
    def provider_node(self) -> Node | None:
        """The provider's block; None where `provider` is None."""
        name = self.provider
        return self.at("spec", "provider", name) if name else None

    @property
    def provider_key(self) -> Node:
        """The provider's key, or the nearest thing to it."""
        return self.anchor("spec", "provider", self.provider) if self.provider else self.anchor("spec", "provider")

    def config(self, *path: str | int) -> Node | None:
        """A field of the provider's block."""
        return self.at("spec", "provider", self.provider, *path) if self.provider else None


class SecretStore(Store):
    __slots__ = ()


class ClusterSecretStore(Store):
    __slots__ = ()

    @property
    def conditions(self) -> tuple[Node, ...]:
        return items(self.at("spec", "conditions"))
