"""ExternalSecret, and ClusterExternalSecret, which carries the same spec one level down."""

from __future__ import annotations

from typing import Any, NamedTuple

from eso_lint.model.resource import Resource
from eso_lint.source.node import Node, Opaque, Scalar, is_absent, items, lookup, string


class DataEntry(NamedTuple):
    """One item of `data`, at `path`."""

    path: tuple[str | int, ...]
    node: Node

    @property
    def secret_key(self) -> Node | None:
        return lookup(self.node, "secretKey")

    @property
    def key(self) -> Node | None:
        """remoteRef.key: the name of the secret at the provider."""
        return lookup(self.node, "remoteRef", "key")

    @property
    def store_ref(self) -> Node | None:
        return lookup(self.node, "sourceRef", "storeRef")


class DataFromEntry(NamedTuple):
    """One item of `dataFrom`, at `path`."""

    path: tuple[str | int, ...]
    node: Node

    @property
    def extract(self) -> Node | None:
        return lookup(self.node, "extract")

    @property
    def find(self) -> Node | None:
        return lookup(self.node, "find")

    @property
    def generator_ref(self) -> Node | None:
        return lookup(self.node, "sourceRef", "generatorRef")

    @property
    def store_ref(self) -> Node | None:
        return lookup(self.node, "sourceRef", "storeRef")

    @property
    def reads_store(self) -> bool:
        """Whether the entry asks a store: extract or find (v1alpha1 writes `key` without `extract`)."""
        return self.extract is not None or self.find is not None or lookup(self.node, "key") is not None


class BaseExternalSecret(Resource):
    """What ExternalSecret and ClusterExternalSecret have in common."""

    __slots__ = ("_data", "_data_from", "_spec")
    spec_path: tuple[str, ...] = ("spec",)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        # Asked for by nearly every rule.
        self._spec = self.at(*self.spec_path)
        self._data: tuple[DataEntry, ...] | None = None
        self._data_from: tuple[DataFromEntry, ...] | None = None

    def spec(self, *path: str | int) -> Node | None:
        """A field of the ExternalSecret spec."""
        return lookup(self._spec, *path)

    def spec_anchor(self, *path: str | int) -> Node:
        return self.anchor(*self.spec_path, *path)

    @property
    def data(self) -> tuple[DataEntry, ...]:
        if self._data is None:
            path = (*self.spec_path, "data")
            self._data = tuple(DataEntry((*path, i), node) for i, node in enumerate(items(self.spec("data"))))
        return self._data

    @property
    def data_from(self) -> tuple[DataFromEntry, ...]:
        if self._data_from is None:
            path = (*self.spec_path, "dataFrom")
            found = enumerate(items(self.spec("dataFrom")))
            self._data_from = tuple(DataFromEntry((*path, i), node) for i, node in found)
        return self._data_from

    @property
    def reads_store(self) -> bool:
        """Whether at least one entry certainly asks a store (as opposed to a generator)."""
        return any(not isinstance(e.node, Opaque) for e in self.data) or any(e.reads_store for e in self.data_from)

    @property
    def refresh_interval(self) -> Node | None:
        return self.spec("refreshInterval")

    @property
    def refresh_policy(self) -> str | None:
        """Periodic, OnChange, CreatedOnce; "Periodic" where absent, None where unknown."""
        node = self.spec("refreshPolicy")
        if is_absent(node) or (isinstance(node, Scalar) and node.text == ""):
            return "Periodic"
        return string(node)

    @property
    def creation_policy(self) -> str | None:
        """target.creationPolicy; "Owner" where absent, None where unknown."""
        node = self.spec("target", "creationPolicy")
        return "Owner" if is_absent(node) else string(node)

    @property
    def target_node(self) -> Node:
        """The scalar that names the target: target.name, else metadata.name."""
        node = self.spec("target", "name")
        return node if node is not None and not is_absent(node) and string(node) != "" else self.name_node

    @property
    def target_name(self) -> str | None:
        """Name of the object that is written; None where unknown."""
        node = self.spec("target", "name")
        if is_absent(node) or string(node) == "":
            return self.name
        return string(node)


class ExternalSecret(BaseExternalSecret):
    __slots__ = ()


class ClusterExternalSecret(BaseExternalSecret):
    __slots__ = ()
    spec_path = ("spec", "externalSecretSpec")

    @property
    def target_name(self) -> str | None:
        node = self.spec("target", "name")
        if is_absent(node) or string(node) == "":
            named = self.at("spec", "externalSecretName")
            return self.name if is_absent(named) else string(named)
        return string(node)
