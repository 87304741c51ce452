"""What HelmReleases of Flux deliver whose chart is in this repository."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from eso_lint.render.flux.layout import Layout, local, readable
from eso_lint.render.flux.source import Origins
from eso_lint.render.flux.values import Objects, Ref
from eso_lint.render.helm.chart_render import Rendered, Setting, charts_of, render_chart
from eso_lint.render.kustomize.patches import by_name, by_target
from eso_lint.render.kustomize.transformers import blur, stamp
from eso_lint.render.tree import set_field, text_node, unknown
from eso_lint.render.unit import Item, Note, Source, Unit
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, is_absent, items, lookup, string

GROUP = "helm.toolkit.fluxcd.io"
_MAX_NAME = 53
_SOURCES = ("GitRepository", "Bucket")
_NOT_FOLLOWED = ("patchesStrategicMerge", "patchesJson6902")


def is_helm_release(item: Item) -> bool:
    return item.kind == "HelmRelease" and item.group == GROUP


def helm_units(source: Source, found: Iterable[Item], cluster: str | None = None) -> list[Unit]:
    """One unit for each HelmRelease among the objects of one cluster whose chart this repository holds.

    `found` are all objects that reach that cluster (or that merely stand in files): ConfigMaps, Secrets and sources are
    looked up among them first.
    """
    found = tuple(found)
    releases = [item for item in found if is_helm_release(item)]
    if not releases or not charts_of(source).directories:
        return []
    place = cluster or "?"
    known = Objects(source)
    for item in found:
        known.add(place, item)
    run = _Run(source, known, place, cluster, found)
    return [unit for item in releases if (unit := run.unit(item)) is not None]


def release_units(source: Source, units: Iterable[Unit], loose: Iterable[Item]) -> list[Unit]:
    """The HelmReleases of all clusters: those that other units bring, each in its cluster, and those that none does."""
    by_cluster: dict[str | None, list[Item]] = {}
    reached: set[str] = set()
    for unit in units:
        by_cluster.setdefault(unit.cluster, []).extend(unit.items)
        reached |= unit.files
    by_cluster.setdefault(None, []).extend(item for item in loose if item.document.file.path not in reached)
    return [made for cluster, found in by_cluster.items() for made in helm_units(source, found, cluster)]


class _Run:
    def __init__(
        self, source: Source, known: Objects, place: str, cluster: str | None, found: tuple[Item, ...]
    ) -> None:
        self.source = source
        self.objects = known
        self.place = place
        self.cluster = cluster
        self.charts = {i.id[1:]: i.root for i in found if i.kind == "HelmChart" and i.id[2] is not None}
        self.origins = Origins(Layout(source), known)

    def unit(self, item: Item) -> Unit | None:
        spec = item.root.get("spec")
        chart = self._chart(item, spec)
        if chart is None or not isinstance(spec, Mapping):
            return None
        directory, options = chart
        _, namespace, name = item.id
        at = lookup(item.root, "metadata", "name") or item.root
        title = f"Flux HelmRelease {namespace + '/' if namespace else ''}{name or '?'}"
        target = _given(spec.get("targetNamespace")) or lookup(item.root, "metadata", "namespace")
        defaults, values = self._values_files(options), self._values(item, spec)
        made = render_chart(self.source, directory, release_name(item.root), target, values, defaults=defaults)
        files = made.files.union(node.file.path for node in defaults or () if isinstance(node, Mapping))
        for one in made.items:
            if target is not None and not is_absent(target):
                stamp(one, target, unset_only=True, subjects="none", names=False)
        made = self._rendered_on(made, spec)
        return Unit("helm", title, at, directory, self.cluster, made.items, files, made.notes)

    def _chart(self, item: Item, spec: Node | None) -> tuple[str, Node | None] | None:
        """The directory of the chart in this repository, and what the template of its HelmChart says."""
        options = lookup(spec, "chart", "spec")
        reference = lookup(spec, "chartRef")
        namespace = item.id[1]
        if string(lookup(reference, "kind")) == "HelmChart":
            key = (string(lookup(reference, "namespace")) or namespace, string(lookup(reference, "name")))
            options = lookup(self.charts.get(key), "spec")
        path, origin = lookup(options, "chart"), lookup(options, "sourceRef")
        text = string(path)
        if text is None or path is None or origin is None or string(origin.get("kind")) not in _SOURCES:
            return None
        directory = local(text)
        if charts_of(self.source).at(directory) is None:
            return None
        # The source is judged as that of a Kustomization with this path would be.
        root = set_field(set_field(item.root, ("spec", "path"), path), ("spec", "sourceRef"), origin)
        assert isinstance(root, Mapping)
        found = self.origins.of(Item(item.document, root), self.place)
        return (found.directory, options) if found.directory is not None else None

    def _values_files(self, options: Node | None) -> tuple[Node, ...] | None:
        """`valuesFiles` take the place of the chart's own values; their paths begin at the source's root."""
        listed = lookup(options, "valuesFiles")
        if listed is None or is_absent(listed) or (isinstance(listed, Sequence) and not listed.items):
            return None
        if not isinstance(listed, Sequence):
            return (listed,)
        found: list[Node] = []
        for entry in listed.items:
            text = string(entry)
            path = local(text) if text is not None else None
            root = charts_of(self.source).data(path) if path is not None else None
            ignored = lookup(options, "ignoreMissingValuesFiles")
            if root is None and path not in self.source.paths and isinstance(ignored, Scalar) and ignored.value is True:
                continue
            found.append(root if root is not None else unknown(entry))
        return tuple(found)

    def _values(self, item: Item, spec: Mapping) -> tuple[Node | Setting, ...]:
        """Layers of values from the weakest to the strongest, single settings among them."""
        layers: list[Node | Setting] = []
        sources = spec.get("valuesFrom")
        if isinstance(sources, Opaque):
            layers.append(sources)
        layers += (self._from(item, entry) for entry in items(sources))
        own = spec.get("values")
        if own is not None and not is_absent(own):
            layers.append(own)
        return tuple(layers)

    def _from(self, item: Item, entry: Node) -> Node | Setting:
        """One entry of `valuesFrom`. What a Secret holds is not looked at."""
        kind, name = string(entry.get("kind")), string(entry.get("name"))
        found = None
        if kind == "ConfigMap" and name is not None:
            found = self.objects.find(self.place, Ref(kind, item.id[1], name))
        value = lookup(found, "data", string(entry.get("valuesKey")) or "values.yaml") or unknown(entry)
        path = _given(entry.get("targetPath"))
        return value if path is None else Setting(path, value)

    def _rendered_on(self, made: Rendered, spec: Mapping) -> Rendered:
        """Post renderers: kustomize patches are applied, of others nothing is known."""
        found, notes = list(made.items), list(made.notes)

        def report(kind: str, at: Node, message: str, **more: object) -> None:
            """A patch may be for an object that the linter does not read."""

        for renderer in items(spec.get("postRenderers")):
            kustomize = renderer.get("kustomize")
            known = isinstance(kustomize, Mapping) and not any(field in kustomize for field in _NOT_FOLLOWED)
            if not known:
                notes.append(Note("opaque", renderer, "what this post renderer changes is not known"))
                for item in found:
                    blur(item, renderer)
                continue
            for patch in items(lookup(kustomize, "patches")):
                patch, target = readable(patch), patch.get("target")
                inline = patch.get("patch")
                nodes = [d.root for d in self.source.parse(inline)] if isinstance(inline, Scalar) else []
                if isinstance(target, Mapping):
                    found = by_target(found, nodes, target, None, report)
                else:
                    found = by_name(found, nodes, patch, None, report, False)
        return Rendered(tuple(found), tuple(notes), made.files)


def _given(node: Node | None) -> Node | None:
    return None if node is None or is_absent(node) or string(node) == "" else node


def release_name(root: Mapping) -> Node | None:
    """The name of the release: as given, else made from the target namespace and the object's name, cut at 53."""
    spec = root.get("spec")
    given = _given(lookup(spec, "releaseName"))
    if given is not None:
        return given
    name = lookup(root, "metadata", "name")
    target = _given(lookup(spec, "targetNamespace"))
    parts = [string(node) for node in (target, name) if node is not None]
    if None in parts or name is None:
        return None
    text = "-".join(part for part in parts if part is not None)
    if len(text) > _MAX_NAME:
        text = f"{text[:40]}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    return name if text == string(name) else text_node(name, text)


__all__ = ["helm_units", "is_helm_release", "release_name", "release_units"]
