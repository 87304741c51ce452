"""PushSecret, and ClusterPushSecret, which carries the same spec one level down."""

from __future__ import annotations

from eso_lint.model.resource import Resource
from eso_lint.source.node import Node, items


class BasePushSecret(Resource):
    """What PushSecret and ClusterPushSecret have in common."""

    __slots__ = ()
    spec_path: tuple[str, ...] = ("spec",)

    def spec(self, *path: str | int) -> Node | None:
        """A field of the PushSecret spec."""
        return self.at(*self.spec_path, *path)

    def spec_anchor(self, *path: str | int) -> Node:
        return self.anchor(*self.spec_path, *path)

    @property
    def store_refs(self) -> tuple[Node, ...]:
        return items(self.spec("secretStoreRefs"))

    @property
    def refresh_interval(self) -> Node | None:
        return self.spec("refreshInterval")


class PushSecret(BasePushSecret):
    __slots__ = ()


class ClusterPushSecret(BasePushSecret):
    __slots__ = ()
    spec_path = ("spec", "pushSecretSpec")
