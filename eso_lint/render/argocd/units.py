"""What Argo CD's Applications deliver, those included that ApplicationSets and other Applications bring."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from eso_lint.render.argocd.applicationset import Generated, applications
from eso_lint.render.argocd.applicationset_generators import Generators
from eso_lint.render.argocd.clusters import Aim, Destination, Registered, called, clusters
from eso_lint.render.argocd.delivery import Delivery, Release
from eso_lint.render.argocd.origin import Origins, block, sources_of
from eso_lint.render.argocd.roots import Place, Root, is_application, place_of, reach, roots
from eso_lint.render.flux.layout import local
from eso_lint.render.kustomize.build import Build
from eso_lint.render.kustomize.select import cluster_scoped
from eso_lint.render.tree import set_field
from eso_lint.render.unit import Item, Note, Source, Unit
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Span, is_absent, lookup, string

__all__ = ["argocd_units"]


class _Job(NamedTuple):
    """An Application or ApplicationSet to deliver.

    `tree` is where the first of its line was applied from, `home` the cluster that it was delivered to, if another.
    """

    item: Item
    tree: str
    home: str = ""
    sure: bool = True
    above: frozenset[Place] = frozenset()


def argocd_units(source: Source, given: Iterable[Item], build: Build | None = None) -> list[Unit]:
    """One unit for each Application.

    `given` are Applications and ApplicationSets, as documents and as other tools deliver them; what is neither is
    passed over. Overlays that bring Applications are found and built here, with `build` where others share it.
    """
    return _Run(source, list(given), build or Build(source)).run()


class _Run:
    def __init__(self, source: Source, given: list[Item], build: Build) -> None:
        self.source = source
        self.layout = build.layout
        self.origins = Origins(self.layout, [item for item in given if is_application(item)])
        self.delivery = Delivery(source, build, self.layout, self.origins)
        self.generators = Generators(source, self.layout, self.origins, self.delivery.contents)
        self.roots = roots(self.layout, build, given)
        self.registered: Registered | None = None
        self.units: list[Unit] = []
        self.aims: list[Aim] = []
        self.done: set[object] = set()
        self.places: set[Place] = set()
        self.expanded: dict[tuple[int, tuple[Span, ...]], tuple[Item, list[Generated], list[Note]]] = {}
        self.queue: deque[_Job] = deque()

    def run(self) -> list[Unit]:
        deferred = self._deferred()
        self.queue += [_Job(root.item, root.tree) for number, root in enumerate(self.roots) if number not in deferred]
        self._work()
        for root in deferred.values():
            # Nothing that is known delivers it, after all.
            if place_of(root.item) not in self.places:
                self.queue.append(_Job(root.item, root.tree))
                self._work()
        found = zip(self.units, clusters(self.aims), strict=True)
        return _told_apart([unit._replace(cluster=cluster) for unit, cluster in found])

    def _work(self) -> None:
        while self.queue:
            self._take(self.queue.popleft())

    def _expand(self, item: Item) -> tuple[list[Generated], list[Note]]:
        """The Applications that an item stands for: worked out once, however many overlays bring it as it is."""
        key = (id(item.root), item.via)
        known = self.expanded.get(key)
        if known is None:
            single = item.kind == "Application"
            made = ([Generated(item, True, None)], []) if single else applications(item, self.generators)
            known = self.expanded[key] = (item, *made)
        return known[1], known[2]

    def _deferred(self) -> dict[int, Root]:
        """The roots that other Applications deliver: they come with those."""
        bringers: dict[tuple[str, bool], list[int]] = {}
        for number, root in enumerate(self.roots):
            for delivered in {path for one in self._expand(root.item)[0] for path in self._paths(one.item)}:
                bringers.setdefault(delivered, []).append(number)
        reached: dict[str, list[tuple[str, bool]]] = {}
        for delivered in bringers:
            path, recurse = delivered
            for place in reach(self.layout, (path,), recurse):
                reached.setdefault(place, []).append(delivered)
        found = {}
        for number, root in enumerate(self.roots):
            key = root.tree if root.overlay else root.item.document.file.path
            by = (other for delivered in reached.get(key, ()) for other in bringers[delivered] if other != number)
            # Applications of one overlay do not defer one another: that one is its own parent.
            if any(not (root.overlay and self.roots[other].tree == root.tree) for other in by):
                found[number] = root
        return found

    def _paths(self, application: Item) -> Iterator[tuple[str, bool]]:
        """The directories of this repository that an Application delivers, and whether with all that is below."""
        for source in sources_of(application.root.get("spec")):
            path = string(lookup(source, "path"))
            if (
                path is not None
                and local(path) in self.layout
                and self.origins.is_own(lookup(source, "repoURL")) is not False
            ):
                recurse = lookup(block(source, "directory"), "recurse")
                yield local(path), isinstance(recurse, Scalar) and recurse.value is True

    def _take(self, job: _Job) -> None:
        place = place_of(job.item)
        if place in job.above:
            return
        self.places.add(place)
        found, notes = self._expand(job.item)
        if notes:
            title = f"Argo CD ApplicationSet {_identity(job.item)}"
            self._add(Unit("argocd", title, job.item.root, "", None, (), frozenset(), tuple(notes)), job, None)
        for application in found:
            key = (job.tree, job.home, place, application.item.via, application.cluster, _summary(application.item))
            if key not in self.done:
                self.done.add(key)
                self._deliver(job, application)

    def _deliver(self, job: _Job, application: Generated) -> None:
        item, sure = application.item, job.sure and application.sure
        spec = item.root.get("spec")
        at = lookup(item.root, "metadata", "name") or item.root
        destination = lookup(spec, "destination")
        namespace = lookup(destination, "namespace")
        listed = sources_of(spec)
        references = {name: s for s in listed if (name := string(lookup(s, "ref"))) is not None}
        release = Release(at if isinstance(at, Scalar) else None, namespace, references, sure)
        brought = [self.delivery.bring(source, release) for source in listed]
        found = [one for part in brought for one in part.items]
        _stamp(found, namespace)
        notes = [note for part in brought for note in part.notes]
        if not listed:
            notes.append(Note("opaque", spec or at, "what it delivers cannot be known"))
        path = next((part.path for part in brought if part.path is not None), "")
        files = frozenset(path for part in brought for path in part.files)
        title = f"Argo CD Application {_identity(item)}"
        unit = Unit("argocd", title, at, path, None, tuple(found), files, tuple(notes))
        aimed = self._destination(destination, application.cluster)
        self._add(unit, job, aimed, item)
        # An Application that lands in another cluster is a matter of that cluster's own Argo CD.
        other = aimed.how in ("name", "server") and not called(job.tree, aimed.text)
        home = aimed.text if other else job.home
        above = job.above | {place_of(job.item)}
        for one in found:
            if is_application(one):
                self.queue.append(_Job(one, job.tree, home, sure, above))

    def _destination(self, node: Node | None, hint: str | None) -> Destination:
        if self.registered is None:
            self.registered = Registered(self.generators.cluster_secrets())
        return self.registered.destination(node, hint)

    def _add(self, unit: Unit, job: _Job, aimed: Destination | None, item: Item | None = None) -> None:
        if not (unit.items or unit.notes or unit.files):
            # It may not even be there.
            return
        _, namespace, name = (item or job.item).id
        self.units.append(unit)
        aim = aimed or Destination("unknown")
        self.aims.append(Aim(job.tree, job.home, (namespace, name if item else None), aim, bool(unit.items)))


def _identity(item: Item) -> str:
    """Namespace and name for people; a name that is not known as the template has it."""
    _, namespace, name = item.id
    if name is None:
        node = lookup(item.root, "metadata", "name")
        name = node.text if isinstance(node, (Scalar, Opaque)) and node.text else "?"
    return f"{namespace}/{name}" if namespace else name


def _summary(item: Item) -> tuple[object, ...]:
    """What tells the Applications of one ApplicationSet apart."""
    spec = item.root.get("spec")
    destination, sources = lookup(spec, "destination"), sources_of(spec)
    nodes = [lookup(item.root, "metadata", "name"), *(lookup(destination, field) for field in _DESTINATION)]
    nodes += [lookup(source, field) for source in sources for field in ("repoURL", "path")]
    helm = tuple(_texts(lookup(source, "helm")) for source in sources)
    return (*(node.text if isinstance(node, (Scalar, Opaque)) else None for node in nodes), helm)


_DESTINATION = ("name", "server", "namespace")


def _texts(node: Node | None) -> tuple[object, ...]:
    if isinstance(node, Mapping):
        return tuple((name, _texts(value)) for name, (_, value) in node.index.items())
    if isinstance(node, (Scalar, Opaque)):
        return (node.text,)
    return tuple(_texts(one) for one in getattr(node, "items", ()))


def _stamp(found: list[Item], namespace: Node | None) -> None:
    """The destination's namespace, for what has none and can have one."""
    if namespace is None or is_absent(namespace) or string(namespace) == "":
        return
    for item in found:
        own = lookup(item.root, "metadata", "namespace")
        if (own is None or is_absent(own) or string(own) == "") and _namespaced(item):
            item.change(set_field(item.root, ("metadata", "namespace"), namespace), namespace)


def _namespaced(item: Item) -> bool:
    """Whether a kind has namespaces: built-in ones by list, custom ones by the custom of naming the others so."""
    if cluster_scoped(item.group, item.kind):
        return False
    return not ("." in item.group and (item.kind or "").startswith("Cluster"))


def _told_apart(units: list[Unit]) -> list[Unit]:
    """Units of one name would seem to be one declaration: the path, and where that is not enough a number, is added."""
    made = units
    for add in (lambda unit, _: unit.path, lambda _, number: f"no. {number + 1}"):
        often = Counter(unit.name for unit in made)
        seen: Counter[str] = Counter()
        fresh = []
        for unit in made:
            extra = add(unit, seen[unit.name]) if often[unit.name] > 1 else ""
            seen[unit.name] += 1
            fresh.append(unit._replace(name=f"{unit.name} ({extra})") if extra else unit)
        made = fresh
    return made
