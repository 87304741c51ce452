"""What Flux Kustomizations deliver: each build, patched and substituted, and the Kustomizations that come out of it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from typing import NamedTuple

from eso_lint.render.flux.entries import Entry, entries
from eso_lint.render.flux.layout import readable, written
from eso_lint.render.flux.roots import cluster_of, instance_patches, is_flux_kustomization
from eso_lint.render.flux.source import Origins
from eso_lint.render.flux.substitute import substitute, take_literally
from eso_lint.render.flux.values import Objects, Ref, references, variables
from eso_lint.render.kustomize.build import Build
from eso_lint.render.kustomize.patches import by_name, by_target
from eso_lint.render.kustomize.transformers import blur
from eso_lint.render.tree import set_field
from eso_lint.render.unit import Item, Note, Source, Unit
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, is_absent, items, lookup, string

__all__ = ["cluster_of", "flux_units"]

# How often one document may become Kustomizations of one cluster, under different names.
_MAX_INSTANCES = 50
_Key = tuple[str, str | None, str | None]


class _Job(NamedTuple):
    """A Kustomization to deliver. `sure` says that nothing unseen changes it on its way.

    `cluster` is the name of a cluster, or begins with `?` where that is unknown: then it only keeps apart what cannot
    be in one cluster.
    """

    item: Item
    cluster: str
    sure: bool
    claimed: frozenset[str] = frozenset()
    above: tuple[tuple[str, int], ...] = ()
    again: bool = False
    made: bool = False

    @property
    def key(self) -> _Key:
        _, namespace, name = self.item.id
        return (self.cluster, namespace, name or f"{self.item.document.file.path}:{self.item.root.start}")

    @property
    def place(self) -> tuple[str, int]:
        return self.item.document.file.path, self.item.root.start


def flux_units(source: Source, roots: Iterable[Item], build: Build | None = None) -> list[Unit]:
    """One unit for each Flux Kustomization, those that others deliver included, once per cluster.

    A unit of no known cluster is one that nothing seen delivers, or of a repository that does not tell clusters apart.

    `roots` are Flux Kustomizations, FluxInstances and HelmReleases, as documents or as items of other builds; what is
    none of these is passed over. ConfigMaps, Secrets and sources are looked up in the documents of `source`. `build` is
    shared with others where it is given.
    """
    return _Run(source, build or Build(source)).run(roots)


class _Run:
    def __init__(self, source: Source, build: Build) -> None:
        self.source = source
        self.layout = build.layout
        self.build = build
        self.objects = Objects(source)
        self.origins = Origins(self.layout, self.objects)
        self.units: list[Unit] = []
        self.done: dict[_Key, int] = {}
        self.parents: list[Item] = []
        self.queue: deque[_Job] = deque()
        self.waiting: dict[tuple[str, Ref], list[_Job]] = {}
        self.instances: Counter[tuple[str, str, int]] = Counter()

    def run(self, roots: Iterable[Item]) -> list[Unit]:
        alike: Counter[tuple[str | None, str | None]] = Counter()
        for entry in entries(self.layout, self.origins, roots):
            item = self._instance_patched(entry)
            cluster = entry.cluster
            if cluster is None:
                _, namespace, name = item.id
                cluster = f"?{alike[namespace, name]}"
                alike[namespace, name] += 1
            self.queue.append(_Job(item, cluster, entry.sure, entry.claimed, made=entry.made))
        while self.queue or self.waiting:
            while self.queue:
                self._take(self.queue.popleft(), False)
            # What is still waited for is not delivered by anything that is known.
            stuck = {id(job): job for jobs in self.waiting.values() for job in jobs}
            self.waiting = {}
            for job in stuck.values():
                self._take(job, True)
        self._cycles()
        return self.units

    def _instance_patched(self, entry: Entry) -> Item:
        """The Kustomization of an instance, changed by the patches that the instance has for its own objects."""
        patches = instance_patches(entry.instance) if entry.instance is not None else None
        if patches is None:
            return entry.item
        found = [entry.item]

        def report(kind: str, at: Node, message: str) -> None:
            """Most of these patches are for Flux's own Deployments, which are not here."""

        for patch in patches.items:
            patch, target = readable(patch), patch.get("target")
            inline = patch.get("patch")
            nodes = [d.root for d in self.source.parse(inline)] if isinstance(inline, Scalar) else []
            if isinstance(target, Mapping):
                found = by_target(found, nodes, target, None, report)
            else:
                found = by_name(found, nodes, patch, None, report, False)
        return found[0] if found else entry.item

    def _take(self, job: _Job, now: bool) -> None:
        if job.key in self.done and not job.again:
            return
        if not now:
            for reference in references(job.item):
                if self.objects.delivered(job.cluster, reference) is None:
                    self.waiting.setdefault((job.cluster, reference), []).append(job)
                    return
        if not job.again:
            self.instances[(job.cluster, *job.place)] += 1
            if self.instances[(job.cluster, *job.place)] > _MAX_INSTANCES:
                return
        unit, target, sure = self._deliver(job)
        own = next((i for i in unit.items if is_flux_kustomization(i) and i.id == job.item.id), None)
        if own is not None and own.root is not job.item.root and not job.again:
            # It delivers itself, changed: that is how it lives on.
            self._take(job._replace(item=own, again=True), True)
            return
        self.done[job.key] = len(self.units)
        self.units.append(unit)
        self.parents.append(job.item)
        self._follow(job, unit, target, sure)

    def _follow(self, job: _Job, unit: Unit, target: str, sure: bool) -> None:
        above = job.above if job.made else (*job.above, job.place)
        for item in unit.items:
            reference = self.objects.add(target, item)
            if reference is not None:
                self.queue.extend(self.waiting.pop((target, reference), ()))
            if is_flux_kustomization(item):
                child = _Job(item, target, sure, above=above)
                if child.place not in above:
                    self.queue.append(child)

    def _deliver(self, job: _Job) -> tuple[Unit, str, bool]:
        """The unit, the cluster it goes to, and whether what comes out of it is known as a whole."""
        item, spec = job.item, job.item.root.get("spec")
        _, namespace, name = item.id
        at = lookup(item.root, "metadata", "name") or item.root
        title = f"Flux Kustomization {namespace + '/' if namespace else ''}{name or '?'}"
        target, notes = self._target(job), []
        cluster = None if target.startswith("?") else target
        if not isinstance(spec, Mapping):
            notes.append(Note("opaque", spec or at, "what it delivers cannot be known"))
            return Unit("flux", title, at, "", cluster, (), frozenset(), tuple(notes)), target, False
        origin = self.origins.of(item, job.cluster)
        if origin.note is not None:
            notes.append(origin.note)
        if origin.directory is None:
            return Unit("flux", title, at, "", cluster, (), frozenset(), tuple(notes)), target, False
        built = self.build.build(origin.directory, written(self.layout, origin.directory, spec, spec.get("path") or at))
        found = [i for i in built.items if "kind" in i.root and i.document.file.path not in job.claimed]
        # Flux builds without load restrictions.
        notes += [note for note in built.notes if note.kind != "outside"]
        unclear: list[Node] = [v for f in ("patches", "components") if isinstance(v := spec.get(f), Opaque)]
        unclear += [v for f in ("patchesStrategicMerge", "patchesJson6902") if (v := spec.get(f)) is not None]
        notes += [Note("opaque", v, "patches or components that are not followed") for v in unclear]
        sure = job.sure and not unclear
        notes += self._substitute(job, found, sure and origin.as_written)
        _stamp(found, spec.get("commonMetadata"))
        for one in found if unclear else ():
            blur(one, unclear[0])
        files = built.files | {item.document.file.path}
        return Unit("flux", title, at, origin.directory, cluster, tuple(found), files, tuple(notes)), target, sure

    def _target(self, job: _Job) -> str:
        """The cluster that is delivered to: another one where a kubeConfig names it."""
        config = lookup(job.item.root, "spec", "kubeConfig")
        if config is None or is_absent(config):
            return job.cluster
        named = lookup(config, "secretRef", "name") or lookup(config, "configMapRef", "name")
        return string(named) or "?" + job.cluster

    def _substitute(self, job: _Job, found: list[Item], sure: bool) -> list[Note]:
        values = variables(job.item, self.objects, job.cluster)
        if values is None:
            for item in found if sure else ():
                take_literally(item)
            return []
        values.open = values.open or not sure
        notes: list[Note] = []
        if values.known or values.open:
            for item in found:
                notes += substitute(item, values)
        return notes

    def _cycles(self) -> None:
        """Note `dependsOn` that comes back to where it began: none of these Kustomizations is ever ready."""
        edges: list[list[tuple[int, Node]]] = []
        for job_item, (cluster, namespace, _) in zip(self.parents, self.done, strict=True):
            out = []
            for entry in items(lookup(job_item.root, "spec", "dependsOn")):
                name, other = string(entry.get("name")), string(entry.get("namespace")) or namespace
                index = self.done.get((cluster, other, name)) if name is not None else None
                if index is not None:
                    out.append((index, entry.get("name") or entry))
            edges.append(out)
        for index, at in _back_edges(edges):
            unit = self.units[index]
            note = Note("cycle", at, f"{unit.name} depends on itself through `dependsOn`")
            self.units[index] = unit._replace(notes=(*unit.notes, note))


def _back_edges(edges: list[list[tuple[int, Node]]]) -> list[tuple[int, Node]]:
    """The edges that close a circle in a walk through the graph, with where they begin."""
    found: list[tuple[int, Node]] = []
    state = [0] * len(edges)
    for start in range(len(edges)):
        if state[start]:
            continue
        state[start] = 1
        stack = [(start, iter(edges[start]))]
        while stack:
            index, rest = stack[-1]
            for other, at in rest:
                if state[other] == 1:
                    found.append((index, at))
                elif not state[other]:
                    state[other] = 1
                    stack.append((other, iter(edges[other])))
                    break
            else:
                state[index] = 2
                stack.pop()
    return found


def _stamp(found: list[Item], common: Node | None) -> None:
    """`commonMetadata`: Flux sets these on every object at the end."""
    if common is None:
        return
    for field in ("labels", "annotations"):
        pairs = common.get(field)
        for item in found:
            if isinstance(pairs, Mapping):
                for name, value in pairs.named():
                    item.dress(set_field(item.root, ("metadata", field, name), value), value)
            elif isinstance(pairs, Opaque):
                item.dress(set_field(item.root, ("metadata", field), pairs), pairs)
