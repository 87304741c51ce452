"""The frozen view of a repository that rules look at: objects by kind and name, references and what they resolve to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from eso_lint.model.kinds.core import Namespace
from eso_lint.model.reference import External, Found, Missing, Reference, Resolution, Unknown, references
from eso_lint.model.resource import CLUSTER_SCOPED, ESO_GROUP, GENERATOR_GROUP, Resource
from eso_lint.suggest import closest

if TYPE_CHECKING:
    from eso_lint.config import Config
    from eso_lint.source.parse import Parsed

R = TypeVar("R", bound=Resource)
T = TypeVar("T")

_STORES = ("SecretStore", "ClusterSecretStore")
_ROLE_KINDS = {"store": _STORES}


class Workspace:
    """Everything that was read, indexed. Rules never change it; what a rule wants to cache is an index here.

    `resources` are in file order. `patches` are documents that a kustomization applies to others. `embedded` holds
    (kind, name) of operator objects that lie inside other objects. `parsed` keeps the files as read.
    """

    def __init__(
        self,
        resources: Iterable[Resource],
        config: Config,
        patches: Iterable[Resource] = (),
        embedded: Iterable[tuple[str, str | None]] = (),
        parsed: tuple[Parsed, ...] = (),
        paths: frozenset[str] = frozenset(),
        views: dict[type, Any] | None = None,
    ) -> None:
        self.config = config
        self.resources = tuple(resources)
        self.patches = tuple(patches)
        self.parsed = parsed
        self.paths = paths
        self._views = views or {}
        self.embedded: frozenset[tuple[str, str | None]] = frozenset(embedded)
        self._by_view: dict[type[Resource], tuple[Resource, ...]] = {}
        self._by_kind: dict[str, dict[str | None, list[Resource]]] = defaultdict(lambda: defaultdict(list))
        for resource in self.resources:
            self._by_kind[self._key(resource)][resource.name].append(resource)
        self._references: dict[int, tuple[Reference, ...]] = {}
        self._referrers: dict[int, list[Reference]] | None = None
        self._indexes: dict[Any, Any] = {}

    @staticmethod
    def _key(resource: Resource) -> str:
        """Kinds are looked up by kind alone; those of other groups that share a name are kept apart."""
        if resource.group in (ESO_GROUP, GENERATOR_GROUP, ""):
            return resource.kind
        return f"{resource.kind}.{resource.group}"

    def all(self, view: type[R]) -> tuple[R, ...]:
        """All objects of a view class (subclasses too), in file order."""
        found = self._by_view.get(view)
        if found is None:
            found = tuple(r for r in self.resources if isinstance(r, view))
            self._by_view[view] = found
        return found  # type: ignore[return-value]

    def views(self, kind: type) -> tuple[Any, ...]:
        """What is linted but is no Kubernetes object: reading faults, scripts, operator installs."""
        found = self._views.get(kind, ())
        if callable(found):
            # Made on first use: most runs have no rule that asks.
            found = self._views[kind] = found()
        return found  # type: ignore[no-any-return]

    def of_kind(self, kind: str) -> Iterator[Resource]:
        """All objects of a kind, in file order; kinds outside core and the operator are written `Kind.group`."""
        for named in self._by_kind.get(kind, {}).values():
            yield from named

    def index(self, make: Callable[[Workspace], T]) -> T:
        """What `make` says of this workspace, asked once: for indexes that live with the rules that need them."""
        if make not in self._indexes:
            self._indexes[make] = make(self)
        return self._indexes[make]  # type: ignore[no-any-return]

    def has(self, kind: str) -> bool:
        return bool(self._by_kind.get(kind)) or any(k == kind for k, _ in self.embedded)

    def named(self, kind: str, name: str, namespace: str | None = None) -> tuple[Resource, ...]:
        """Objects of that kind and name that are, or (where a namespace is unknown) may be, in that namespace."""
        return tuple(
            r
            for r in self._by_kind.get(kind, {}).get(name, ())
            if namespace is None or r.namespace is None or r.namespace == namespace
        )

    def namespace(self, name: str | None) -> Namespace | None:
        """The Namespace manifest of that name, where there is exactly one."""
        found = self._by_kind.get("Namespace", {}).get(name, []) if name else []
        return found[0] if len(found) == 1 and isinstance(found[0], Namespace) else None

    def references(self, resource: Resource, role: str = "") -> tuple[Reference, ...]:
        """The references an object makes, all or those of one role."""
        found = self._references.get(id(resource))
        if found is None:
            found = self._references[id(resource)] = tuple(references(resource))
        return tuple(r for r in found if r.role == role) if role else found

    def referrers(self, target: Resource) -> tuple[Reference, ...]:
        """References that resolve (or, with an unknown namespace, may resolve) to an object."""
        if self._referrers is None:
            self._referrers = defaultdict(list)
            for resource in self.resources:
                for reference in self.references(resource):
                    for hit in self._hits(reference):
                        self._referrers[id(hit)].append(reference)
        return tuple(self._referrers.get(id(target), ()))

    def _hits(self, reference: Reference) -> tuple[Resource, ...]:
        if not reference.kind or not reference.name:
            return ()
        return self.named(reference.kind, reference.name, None if reference.namespace == "" else reference.namespace)

    def resolve(self, reference: Reference) -> Resolution:
        """What a reference leads to. Unknown wherever a template, a patch or an open world could change the answer."""
        kind, name = reference.kind, reference.name
        if kind is None:
            return Unknown("the kind is not known")
        if not name:
            return Unknown("no name" if name == "" else "the name is not known")
        hits = self._hits(reference)
        if hits:
            sure = reference.namespace == "" or any(r.namespace == reference.namespace is not None for r in hits)
            return Found(hits, sure)
        if self.config.is_external(kind, name, reference.namespace):
            return External()
        for embedded_kind, embedded_name in self.embedded:
            if embedded_kind == kind and embedded_name in (name, None):
                return Unknown(f"a {kind} lies inside another object")
        candidates = list(self.of_kind(kind))
        if any(r.name is None or r.placement.renamed for r in candidates):
            return Unknown(f"a {kind} has a templated or changed name")
        if {"*", reference.source.kind} & reference.source.placement.patched:
            return Unknown("a kustomize patch may change the reference")
        return self._missing(reference, kind, name, candidates)

    def _missing(self, reference: Reference, kind: str, name: str, candidates: list[Resource]) -> Resolution:
        elsewhere = tuple(r for r in candidates if r.name == name)
        others = tuple(
            r for other in _ROLE_KINDS.get(reference.role, ()) if other != kind for r in self.named(other, name)
        )
        # The other kind only answers where it could serve: a namespaced object must be in reach.
        reachable = tuple(
            r for r in others if r.kind in CLUSTER_SCOPED or None in (reference.namespace, r.namespace)
            or reference.namespace in ("", r.namespace)
        )  # fmt: skip
        if reachable:
            return Missing("other-kind", reachable, len(candidates))
        if elsewhere:
            return Missing("other-namespace", elsewhere, len(candidates))
        near = closest(name, sorted({r.name for r in self._reach(reference, candidates) if r.name}))
        if near is not None:
            return Missing("near-name", tuple(r for r in candidates if r.name == near), len(candidates))
        if self.config.closed_world:
            return Missing("closed-world", (), len(candidates))
        if candidates:
            return Missing("others-of-kind", tuple(candidates[:3]), len(candidates))
        return Unknown(f"the repository defines no {kind}")

    @staticmethod
    def _reach(reference: Reference, candidates: list[Resource]) -> list[Resource]:
        """The candidates that the reference could mean: a namespaced one must be, or may be, in its namespace."""
        if reference.namespace in (None, ""):
            return candidates
        return [r for r in candidates if r.namespace in (None, reference.namespace)]
