"""The frozen view of a repository that rules look at: objects by kind and name, references and what they resolve to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from eso_lint.model import evidence
from eso_lint.model.kinds.generator import GENERATOR_KINDS
from eso_lint.model.place import is_in, may_be_in, same_world, serves
from eso_lint.model.reference import External, Found, Missing, Reference, Resolution, Unknown, references
from eso_lint.model.resource import CLUSTER_SCOPED, ESO_GROUP, GENERATOR_GROUP, Resource
from eso_lint.suggest import Nearby

if TYPE_CHECKING:
    from eso_lint.config import Config
    from eso_lint.source.node import SourceFile
    from eso_lint.source.parse import Parsed

R = TypeVar("R", bound=Resource)
T = TypeVar("T")

_STORES = ("SecretStore", "ClusterSecretStore")
_ROLE_KINDS: dict[str, Iterable[str]] = {"store": _STORES, "generator": sorted(GENERATOR_KINDS)}
# Made by charts, Terraform or hand so often that others of their kind are no reason to expect one in the repository.
_FOREIGN_ROLES = frozenset({"service-account", "secret", "config-map"})
_NO_REASON = "nothing in the repository gives a reason to expect it"


class Workspace:
    """Everything that was read, indexed. Rules never change it; what a rule wants to cache is an index here.

    `resources` are in file order, one for each shape in which an object reaches a cluster. `embedded` holds kind and
    name of operator objects that lie inside other objects. `parsed` keeps the files as read; `sources` are all files of
    the repository by path, parsed or not. `open_worlds` also get objects from outside of the repository.
    """

    def __init__(
        self,
        resources: Iterable[Resource],
        config: Config,
        embedded: Iterable[tuple[str, str | None]] = (),
        parsed: tuple[Parsed, ...] = (),
        paths: frozenset[str] = frozenset(),
        views: dict[type, Any] | None = None,
        sources: dict[str, SourceFile] | None = None,
        open_worlds: frozenset[str] = frozenset(),
    ) -> None:
        self.config = config
        self.resources = tuple(resources)
        self.parsed = parsed
        self.paths = paths
        self._views = views or {}
        self._sources = sources or {}
        self._open_worlds = open_worlds
        self._clusters = any(r.placement.declared for r in self.resources)
        self._inside: Iterable[tuple[str, str | None]] = embedded
        self._embedded: frozenset[tuple[str, str | None]] | None = None
        self._by_view: dict[type[Resource], tuple[Resource, ...]] = {}
        self._by_kind: dict[str, dict[str | None, list[Resource]]] = defaultdict(lambda: defaultdict(list))
        for resource in self.resources:
            self._by_kind[self._key(resource)][resource.name].append(resource)
        self._references: dict[int, tuple[Reference, ...]] = {}
        self._referrers: dict[int, list[Reference]] | None = None
        self._indexes: dict[Any, Any] = {}
        self._answers: dict[int, tuple[Reference, Resolution]] = {}
        self._near: dict[tuple[Any, ...], str | None] = {}

    @property
    def embedded(self) -> frozenset[tuple[str, str | None]]:
        """Found on first use: most references resolve without it."""
        if self._embedded is None:
            self._embedded = frozenset(self._inside)
        return self._embedded

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

    @property
    def sources(self) -> dict[str, SourceFile]:
        """All files of the repository by path, parsed or not."""
        return self._sources

    def views(self, kind: type) -> tuple[Any, ...]:
        """What is linted but is no Kubernetes object: reading faults, scripts, operator installs."""
        found = self._views.get(kind, ())
        if callable(found):
            # Made on first use: most runs have no rule that asks.
            found = self._views[kind] = found()
        return found  # type: ignore[no-any-return]

    def under(self, config: Config, views: dict[type, Any]) -> Workspace:
        """The same repository under another configuration, some of its views replaced."""
        return Workspace(
            self.resources,
            config,
            self.embedded,
            self.parsed,
            self.paths,
            {**self._views, **views},
            self._sources,
            self._open_worlds,
        )

    def view_types(self) -> tuple[type, ...]:
        """The kinds of views there may be, some of them empty."""
        return tuple(self._views)

    def add_view(self, kind: type, values: tuple[Any, ...]) -> None:
        """For the engine only: views that exist no sooner than the other rules have spoken (suppressions)."""
        self._views[kind] = values

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
        return tuple(r for r in self._by_kind.get(kind, {}).get(name, ()) if may_be_in(r, namespace))

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
        found = self.named(reference.kind, reference.name, None if reference.namespace == "" else reference.namespace)
        source = reference.source
        if self._clusters and source.placement.declared:
            # What another cluster gets is no answer here.
            return tuple(r for r in found if not r.placement.declared or same_world(r, source))
        return found

    def resolve(self, reference: Reference) -> Resolution:
        """What a reference leads to. Unknown wherever a template or an open world could change the answer.

        An object of the right kind that is, or may be, in the namespace is Found, in whatever tree it stands, unless
        it goes to another cluster. Only objects that can meet the reference in one cluster are a reason to call it
        Missing.
        """
        known = self._answers.get(id(reference))
        if known is None:
            known = self._answers[id(reference)] = (reference, self._resolve(reference))
        return known[1]

    def _resolve(self, reference: Reference) -> Resolution:
        kind, name = reference.kind, reference.name
        if kind is None:
            return Unknown("the kind is not known")
        if not name:
            return Unknown("no name" if name == "" else "the name is not known")
        hits = self._hits(reference)
        deployed = reference.source.placement.deployed
        fitting = tuple(r for r in hits if r.placement.deployed) or (() if deployed else hits)
        if fitting:
            fitting = _nearest(fitting, reference.source)
            return Found(fitting, reference.namespace == "" or any(is_in(r, reference.namespace) for r in fitting))
        if self.config.is_external(kind, name, reference.namespace):
            return External()
        if hits and not self.config.closed_world:
            return Unknown("nothing deploys the object that fits")
        if not deployed:
            return Unknown("nothing deploys the object that refers")
        if reference.source.archived:
            return Unknown("the object is archived")
        doubt = self._once(("doubt", reference.role, kind, name), lambda: self._doubt(reference.role, kind, name))
        if doubt:
            return Unknown(doubt)
        answer = self._missing(reference, kind, name)
        if isinstance(answer, Missing) and self._mentioned(reference.role, kind, name):
            return Unknown("another file of the repository seems to define it")
        return answer

    def _doubt(self, role: str, kind: str, name: str) -> str | None:
        """What else may be the object, in words; None where nothing is."""
        inside = self.embedded
        if (
            (kind, name) in inside
            or (kind, None) in inside
            or (role == "store" and (evidence.ANY_STORE, name) in inside)
        ):
            return f"a {kind} lies inside another object"
        for candidate in self.of_kind(kind):
            if candidate.name is None and evidence.may_be_named(candidate, name):
                return f"a {kind} has a templated name"
        if role == "service-account":
            if name == "default":
                return "every namespace has it"
            charts = not self.config.closed_world
            if charts and (name.startswith("external-secrets") or name in self.index(_used_accounts)):
                return "a workload or a chart uses it"
        if role == "secret" and self.made_secret(name):
            return "another object makes it"
        return None

    def _mentioned(self, role: str, kind: str, name: str) -> bool:
        if role not in ("store", "generator") or self.config.closed_world:
            return False
        return self._once(("mentioned", kind, name), lambda: evidence.mentioned(self.index(_other_texts), kind, name))

    def _once(self, key: tuple[str, ...], make: Callable[[], T]) -> T:
        if key not in self._indexes:
            self._indexes[key] = make()
        return self._indexes[key]  # type: ignore[no-any-return]

    def _missing(self, reference: Reference, kind: str, name: str) -> Resolution:
        source = reference.source
        candidates = self._once(
            ("candidates", kind, source.world),
            lambda: [r for r in self.of_kind(kind) if r.placement.deployed and same_world(r, source)],
        )
        others = tuple(
            r
            for other in _ROLE_KINDS.get(reference.role, ())
            if other != kind
            for r in self._by_kind.get(other, {}).get(name, ())
            if r.placement.deployed and same_world(r, source) and serves(r, reference)
        )
        if others:
            return Missing("other-kind", others, len(candidates))
        names = self._by_kind.get(kind, {})

        def called(name: str) -> tuple[Resource, ...]:
            return tuple(r for r in names.get(name, ()) if r.placement.deployed and same_world(r, source))

        elsewhere = called(name)
        if elsewhere:
            return Missing("other-namespace", elsewhere, len(candidates))
        near = self._closest(reference, kind, name, candidates)
        if near is not None:
            return Missing("near-name", called(near), len(candidates))
        if self.config.closed_world:
            return Missing("closed-world", (), len(candidates))
        if candidates and reference.role not in _FOREIGN_ROLES and source.world not in self._open_worlds:
            return Missing("others-of-kind", tuple(candidates[:3]), len(candidates))
        return Unknown(_NO_REASON)

    def _closest(self, reference: Reference, kind: str, name: str, candidates: list[Resource]) -> str | None:
        """The name a slip away, among the candidates that the reference could mean."""
        foreign = reference.role in _FOREIGN_ROLES
        place = (kind, str(foreign), reference.namespace or "", reference.source.world)
        key = (name, *place)
        if key not in self._near:
            known = self._once(("nearby", *place), lambda: Nearby(self._names(reference, kind, candidates)))
            self._near[key] = known.slip(name)
        return self._near[key]

    def _names(self, reference: Reference, kind: str, candidates: list[Resource]) -> set[str]:
        """The names of the candidates that are, or may be, in the namespace of a reference."""

        def by_namespace() -> dict[str | None, set[str]]:
            found: dict[str | None, set[str]] = {}
            for resource in candidates:
                if resource.name:
                    anywhere = resource.kind in CLUSTER_SCOPED
                    found.setdefault(None if anywhere else resource.namespace, set()).add(resource.name)
            return found

        groups = self._once(("names", kind, reference.source.world), by_namespace)
        here = groups.get(reference.namespace, set()) if reference.namespace is not None else set()
        if reference.role in _FOREIGN_ROLES:
            return here
        return here | groups.get(None, set()) if reference.namespace is not None else set().union(*groups.values())

    def made_secret(self, name: str) -> bool:
        """Whether something other than a Secret manifest makes, or may make, a Secret of that name."""
        return any(made in (name, None) for made in self.index(_made_secrets))

    def writes_name(self, name: str, apart_from: str) -> bool:
        """Whether another file, of whatever language, gives `name` as the value of a name or store field."""
        return any(evidence.writes(file, name) for path, file in self._sources.items() if path != apart_from)

    def unchecked(self) -> dict[str, int]:
        """Kind -> references to stores, generators and ServiceAccounts that the repository says nothing about."""
        found: set[tuple[str, SourceFile, int]] = set()
        for resource in self.resources:
            for reference in self.references(resource):
                if reference.kind and reference.role in ("store", "generator", "service-account"):
                    answer = self.resolve(reference)
                    if isinstance(answer, Unknown) and answer.why == _NO_REASON:
                        found.add((reference.kind, reference.at.file, reference.at.start))
        counts: dict[str, int] = {}
        for kind, _, _ in found:
            counts[kind] = counts.get(kind, 0) + 1
        return dict(sorted(counts.items()))


def _nearest(fitting: tuple[Resource, ...], source: Resource) -> tuple[Resource, ...]:
    """Of several objects that fit, those that come to the cluster with the one that refers, else those of its world."""
    if len(fitting) > 1:
        beside = tuple(r for r in fitting if r.placement.units & source.placement.units)
        near = beside or tuple(r for r in fitting if same_world(r, source))
        return near or fitting
    return fitting


def _other_texts(ws: Workspace) -> tuple[SourceFile, ...]:
    return evidence.other_texts(ws.sources.values(), frozenset(result.file.path for result in ws.parsed))


def _used_accounts(ws: Workspace) -> frozenset[str]:
    return evidence.service_accounts(document for result in ws.parsed for document in result.documents)


def _made_secrets(ws: Workspace) -> frozenset[str | None]:
    from eso_lint.model.producers import secret_producers

    return frozenset(producer.name for producer in secret_producers(ws))
