"""Every reference that the operator's objects make, from one table.

A rule asks `workspace.references(resource, role)`; it never walks reference fields by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from eso_lint.model.kinds.external_secret import BaseExternalSecret, ClusterExternalSecret, DataEntry, DataFromEntry
from eso_lint.model.kinds.generator import Generator
from eso_lint.model.kinds.push_secret import BasePushSecret, ClusterPushSecret
from eso_lint.model.kinds.store import ClusterSecretStore, Store
from eso_lint.model.reference_paths import GENERATORS, PROVIDERS
from eso_lint.model.resource import CLUSTER_SCOPED, Resource
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, is_absent, items, lookup, string

Path = tuple[str | int, ...]


class Reference(NamedTuple):
    """One reference as written.

    `role` is store, generator, secret, service-account, config-map or namespace (`ca` sources become secret or
    config-map by their type). `node` is the whole reference, `at` the name's scalar or the nearest place to it.
    `kind`, `name`, `namespace` say what is looked for: None where unknown, `name` "" where it is missing or empty,
    `namespace` "" for cluster-scoped kinds.
    """

    source: Resource
    role: str
    node: Node
    at: Node
    kind: str | None
    name: str | None
    namespace: str | None
    path: Path

    @property
    def namespace_node(self) -> Node | None:
        """The written namespace, None where absent."""
        return lookup(self.node, "namespace")

    @property
    def title(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


class Found(NamedTuple):
    """At least one object fits. `certain` is False where a namespace had to be assumed."""

    targets: tuple[Resource, ...]
    certain: bool


class Missing(NamedTuple):
    """Nothing fits, and the repository gives a reason to expect it.

    `reason` is other-kind, other-namespace, near-name, others-of-kind or closed-world; `near` are the objects that
    make the reason (the closest first); `searched` counts the objects of that kind.
    """

    reason: str
    near: tuple[Resource, ...]
    searched: int


class External(NamedTuple):
    """The configuration says that the object lives elsewhere."""


class Unknown(NamedTuple):
    """It cannot be known. Never reported."""

    why: str


Resolution = Found | Missing | External | Unknown


def references(resource: Resource) -> Iterator[Reference]:
    """All references of one object, in document order of their table."""
    if isinstance(resource, BaseExternalSecret):
        yield from _external_secret(resource)
    elif isinstance(resource, BasePushSecret):
        yield from _push_secret(resource)
    elif isinstance(resource, Store):
        yield from _store(resource)
    elif isinstance(resource, Generator):
        yield from _generator(resource)


def distinct(found: Iterable[Reference]) -> list[Reference]:
    """Store references without those of a PushSecret's `dataTo` that repeat one of its `secretStoreRefs`."""
    every = tuple(found)
    listed = {(r.kind, r.name) for r in every if "dataTo" not in r.path}
    return [r for r in every if "dataTo" not in r.path or (r.kind, r.name) not in listed]


def expand(root: Node | None, pattern: str, path: Path) -> Iterator[tuple[Path, Node]]:
    """Every node that a dotted pattern with `[]` and `*` reaches below `root`."""
    head, _, rest = pattern.partition(".")
    if root is None or isinstance(root, Opaque):
        return
    children: list[tuple[str | int, Node]] = []
    if head == "[]":
        children = list(enumerate(items(root)))
    elif head == "*":
        children = [(key, value) for key, (_, value) in root.index.items()] if isinstance(root, Mapping) else []
    else:
        child = root.get(head)
        children = [(head, child)] if child is not None else []
    for step, child in children:
        if rest:
            yield from expand(child, rest, (*path, step))
        else:
            yield (*path, step), child


def _name(resource: Resource, node: Node, path: Path) -> tuple[Node, str | None]:
    """Where the name stands, and the name: None unknown, "" missing."""
    node_name = lookup(node, "name")
    if isinstance(node_name, Opaque):
        return node_name, None
    if node_name is None or is_absent(node_name):
        return resource.anchor(*path, "name"), ""
    return node_name, string(node_name)


def _kind(node: Node, default: str) -> str | None:
    kind = lookup(node, "kind")
    if is_absent(kind) or (isinstance(kind, Scalar) and kind.text == ""):
        return default
    return string(kind)


def _home(resource: Resource) -> str | None:
    """The namespace in which a namespaced reference resolves: the object's own, unknown for the cluster-wide kinds."""
    return None if isinstance(resource, (ClusterExternalSecret, ClusterPushSecret)) else resource.namespace


def _store_ref(resource: Resource, node: Node, path: Path) -> Reference:
    at, name = _name(resource, node, path)
    kind = _kind(node, "SecretStore")
    namespace = "" if kind in CLUSTER_SCOPED else _home(resource)
    return Reference(resource, "store", node, at, kind, name, namespace, path)


def _generator_ref(resource: Resource, node: Node, path: Path) -> Reference:
    at, name = _name(resource, node, path)
    kind = _kind(node, "")
    namespace = "" if kind in CLUSTER_SCOPED else _home(resource)
    return Reference(resource, "generator", node, at, kind or None, name, namespace, path)


def _local(resource: Resource, role: str, kind: str, node: Node, path: Path) -> Reference:
    at, name = _name(resource, node, path)
    return Reference(resource, role, node, at, kind, name, _home(resource), path)


def _template_from(resource: Resource, path: Path) -> Iterator[Reference]:
    for i, entry in enumerate(items(resource.at(*path, "template", "templateFrom"))):
        for field, role, kind in (("configMap", "config-map", "ConfigMap"), ("secret", "secret", "Secret")):
            node = lookup(entry, field)
            if isinstance(node, Mapping):
                yield _local(resource, role, kind, node, (*path, "template", "templateFrom", i, field))


def _external_secret(resource: BaseExternalSecret) -> Iterator[Reference]:
    base: Path = resource.spec_path
    top = resource.spec("secretStoreRef")
    if isinstance(top, Mapping):
        yield _store_ref(resource, top, (*base, "secretStoreRef"))
    entries: list[DataEntry | DataFromEntry] = [*resource.data, *resource.data_from]
    for entry in entries:
        node = entry.store_ref
        if isinstance(node, Mapping):
            yield _store_ref(resource, node, (*entry.path, "sourceRef", "storeRef"))
        node = lookup(entry.node, "sourceRef", "generatorRef")
        if isinstance(node, Mapping):
            yield _generator_ref(resource, node, (*entry.path, "sourceRef", "generatorRef"))
    yield from _template_from(resource, (*base, "target"))


def _push_secret(resource: BasePushSecret) -> Iterator[Reference]:
    base: Path = resource.spec_path
    for i, node in enumerate(resource.store_refs):
        if isinstance(node, Mapping) and (node.get("name") is not None or node.get("labelSelector") is None):
            yield _store_ref(resource, node, (*base, "secretStoreRefs", i))
    secret = resource.spec("selector", "secret")
    if isinstance(secret, Mapping) and secret.get("name") is not None:
        yield _local(resource, "secret", "Secret", secret, (*base, "selector", "secret"))
    generator = resource.spec("selector", "generatorRef")
    if isinstance(generator, Mapping):
        yield _generator_ref(resource, generator, (*base, "selector", "generatorRef"))
    for i, entry in enumerate(items(resource.spec("dataTo"))):
        node2 = lookup(entry, "storeRef")
        if isinstance(node2, Mapping) and node2.get("name") is not None:
            yield _store_ref(resource, node2, (*base, "dataTo", i, "storeRef"))
    yield from _template_from(resource, base)


def _selector(resource: Resource, role: str, node: Node, path: Path, home: str | None) -> Reference:
    at, name = _name(resource, node, path)
    kind = {"secret": "Secret", "service-account": "ServiceAccount"}.get(role)
    if role == "ca":
        kind = string(lookup(node, "type"))
        role = "config-map" if kind == "ConfigMap" else "secret"
    written = lookup(node, "namespace")
    namespace = home if is_absent(written) or string(written) == "" else string(written)
    return Reference(resource, role, node, at, kind, name, namespace, path)


def _store(resource: Store) -> Iterator[Reference]:
    # In a cluster store a selector without a namespace resolves where the ExternalSecret is (or is refused).
    home = None if isinstance(resource, ClusterSecretStore) else resource.namespace
    providers = resource.at("spec", "provider")
    if not isinstance(providers, Mapping):
        return
    for provider, (_, block) in providers.index.items():
        for pattern, role in PROVIDERS.get(provider, ()):
            for path, node in expand(block, pattern, ("spec", "provider", provider)):
                if isinstance(node, Mapping):
                    yield _selector(resource, role, node, path, home)


def _generator(resource: Generator) -> Iterator[Reference]:
    # Generators resolve every selector in the namespace of the object that uses them; a written one is ignored.
    home = None if resource.kind == "ClusterGenerator" else resource.namespace
    for pattern, role in GENERATORS.get(resource.kind, ()):
        for path, node in expand(resource.at("spec"), pattern, ("spec",)):
            if isinstance(node, Mapping):
                reference = _selector(resource, role, node, path, home)
                yield reference._replace(namespace=home)
