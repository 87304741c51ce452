"""What `kustomize build` makes of a directory, on our own trees: every node keeps the file and place it came from.

The order of things is kustomize's own: resources, components, generators, then patches, namespace, prefix, suffix,
labels, annotations, JSON patches, replacements and further transformers; hashes and references last, at the outermost.
"""

from __future__ import annotations

from functools import cached_property

from eso_lint.render.flux.layout import Layout
from eso_lint.render.kustomize import patches, transformers
from eso_lint.render.kustomize.config import (
    ANNOTATIONS,
    COMMON_LABELS,
    LABELS,
    NAME,
    TEMPLATE_LABELS,
    Config,
    FieldSpec,
    field_spec,
    read_config,
)
from eso_lint.render.kustomize.generators import absorb, generate
from eso_lint.render.kustomize.layer import Built, Layer, finished
from eso_lint.render.kustomize.manifests import Manifests, is_manifest, objects
from eso_lint.render.kustomize.misfits import misfit
from eso_lint.render.kustomize.paths import Paths, Targets
from eso_lint.render.kustomize.plugins import Plugins
from eso_lint.render.kustomize.reach import Reach
from eso_lint.render.kustomize.refusals import check_kustomization, check_paths, check_twice
from eso_lint.render.kustomize.replacements import replace
from eso_lint.render.kustomize.select import Target
from eso_lint.render.unit import Item, Note, Source
from eso_lint.source.node import (
    Document,
    Mapping,
    Node,
    Opaque,
    Scalar,
    Sequence,
    SourceFile,
    is_absent,
    items,
    lookup,
    string,
)

MAX_DEPTH = 50
# Objects times what is done to them, in all builds together: what is beyond is not followed.
MOST_WORK = 2_000_000
MOST_COPIES = 200_000
_ONE_BUILD = 50
_UNKNOWN_FIELDS = ("helmCharts", "helmChartInflationGenerator")
# What most kustomizations have none of.
_GENERATING = frozenset(("configMapGenerator", "secretGenerator", "generators", *_UNKNOWN_FIELDS))
_CHANGING = frozenset(
    ("patchesStrategicMerge", "patches", "namespace", "namePrefix", "nameSuffix", "labels", "commonLabels",
     "commonAnnotations", "patchesJson6902", "replacements", "transformers")
)  # fmt: skip


class Build:
    """Builds of one repository. Each directory is accumulated once, however many overlays use it.

    Without `all_of_it` kustomizations that hold nothing which would be judged are not built; `passed_over` are their
    files.
    """

    def __init__(self, source: Source, all_of_it: bool = True) -> None:
        self.source = source
        self.all_of_it = all_of_it
        self.targets = Targets()
        self.paths = Paths(source, self.targets)
        self.manifests = Manifests(source)
        self.notes: list[Note] = []
        self._layers: dict[str, Layer] = {}
        self._built: dict[str, Built] = {}
        self.reach = Reach(source, self.targets)
        self.passed_over: set[str] = set()
        self._open: set[str] = set()
        self._work, self._copies = MOST_WORK, MOST_COPIES

    @cached_property
    def layout(self) -> Layout:
        """The directories of the repository."""
        return Layout(self.source, self.targets)

    def _affords(self, layer: Layer, at: Node, work: int, copies: int = 0) -> bool:
        """Whether so much more may be done; else the layer is given up."""
        self._work -= work
        self._copies -= copies
        if self._work < 0 or self._copies < 0:
            layer.give_up(at)
        return not layer.given_up

    def run(self, directory: str) -> list[Item]:
        """The objects of a directory; Notes go to `notes`."""
        built = self.build(directory)
        known = set(map(id, self.notes))
        self.notes += [note for note in built.notes if id(note) not in known]
        return list(built.items)

    def files(self, directory: str) -> frozenset[str]:
        """All files that a build of a directory reads."""
        document = self.source.kustomization(directory)
        if document is not None and not self.all_of_it and not self.reach.matters(directory, document.root):
            return self.reach.files(directory, document.root) | {document.file.path}
        return frozenset(self._layer(directory, ()).files)

    def build(self, directory: str, kustomization: Document | None = None) -> Built:
        """One build. `kustomization` stands in for the directory's own, as Flux writes one with its own additions."""
        document = kustomization or self.source.kustomization(directory)
        if document is not None and not self.all_of_it and not self.reach.matters(directory, document.root):
            files = self.reach.files(directory, document.root)
            self.passed_over |= files
            return Built((), (), files | {document.file.path})
        own = self.source.kustomization(directory)
        if kustomization is None or (own is not None and kustomization.root is own.root):
            known = self._built.get(directory)
            if known is None:
                known = self._built[directory] = finished(self._layer(directory, ()))
            # Whoever asked goes on with the objects.
            return known._replace(items=tuple(item.copy() for item in known.items))
        layer = Layer()
        if own is None:
            # Flux lists the manifests below: those that were not read are missing in its list.
            prefix = directory + "/" if directory else ""
            layer.implied = lambda: (path for path in self.source.paths if path.startswith(prefix))
        self._accumulate(layer, directory, kustomization, ())
        return finished(layer)

    def _layer(self, directory: str, above: tuple[str, ...]) -> Layer:
        known = self._layers.get(directory)
        if known is not None:
            return known
        layer = Layer()
        document = self.source.kustomization(directory)
        if document is not None and (directory in self._open or len(self._open) > MAX_DEPTH):
            layer.note("opaque", document.root, "this kustomization takes part in itself")
            return layer
        if document is not None:
            self._open.add(directory)
            self._accumulate(layer, directory, document, above)
            self._open.discard(directory)
        self._layers[directory] = layer
        return layer

    def _accumulate(self, layer: Layer, directory: str, document: Document, above: tuple[str, ...]) -> None:
        """One kustomization onto a layer: an empty one, or the parent's where this is a component."""
        layer.files.add(document.file.path)
        root = document.root
        if not isinstance(root, Mapping):
            layer.note("opaque", root, "this kustomization cannot be read")
            return
        if not self._affords(layer, root, _ONE_BUILD):
            return
        above = (*above, directory)
        check_kustomization(layer, self.paths, directory, document)
        for field in ("resources", "bases"):
            self._entries(layer, directory, root, field, above)
        check_twice(layer)
        self._entries(layer, directory, root, "components", above)
        for entry in items(root.get("configurations")):
            for node in self.paths.nodes(directory, entry, layer):
                layer.config = layer.config.plus(read_config(node))
        for field in ("crds", "openapi"):
            if not is_absent(root.get(field)):
                layer.schema = True
        self._generate(layer, directory, document, root)
        self._transform(layer, directory, root)

    def _entries(self, layer: Layer, directory: str, root: Mapping, field: str, above: tuple[str, ...]) -> None:
        value = root.get(field)
        if isinstance(value, (Opaque, Sequence)) and (isinstance(value, Opaque) or value.open):
            layer.note("opaque", value, f"the list of `{field}` is not known")
        for entry in items(value):
            target = self.paths.resolve(directory, entry, layer)
            if target is None:
                continue
            component = field == "components"
            if not component and self.paths.is_file(target):
                self.paths.check_inside(directory, target, entry, layer)
                self._read(layer, target, entry)
                continue
            document = self.source.kustomization(target)
            if document is None:
                self.paths.absent(target, entry, layer)
                continue
            if target in above or len(above) > MAX_DEPTH:
                layer.note("refused", entry, f"`{target or '.'}` includes itself")
                continue
            if (string(document.root.get("kind")) == "Component") is not component:
                what = "a Component: list it under `components`" if not component else "no Component"
                layer.note("refused", entry, f"`{target or '.'}` is {what}")
            if component:
                self._accumulate(layer, target, document, above)
            else:
                base = self._layer(target, above)
                layer.files |= base.files
                if self._affords(layer, entry, len(base.items), len(base.items)):
                    layer.absorb(base)

    def _read(self, layer: Layer, path: str, at: Node) -> None:
        found = self.manifests.of(path)
        layer.files.add(path)
        layer.read.add(path)
        if self._affords(layer, at, len(found), len(found)):
            layer.items += [item.copy() for item in found]

    def _generate(self, layer: Layer, directory: str, document: Document, root: Mapping) -> None:
        def file_of(at: Node, text: str) -> SourceFile | None:
            return self.paths.file(directory, at, text, layer, "input")

        if not _says(root, _GENERATING):
            return
        options = root.get("generatorOptions")
        for field, kind in (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")):
            for entry in items(root.get(field)):
                if isinstance(entry, Mapping):
                    self.add_generated(layer, entry, generate(document, kind, entry, options, file_of))
        for field in _UNKNOWN_FIELDS:
            for entry in items(root.get(field)):
                layer.note("chart", lookup(entry, "name") or entry, "what this chart brings is not known")
        Plugins(self, layer, directory, document).generators(root)

    def add_generated(self, layer: Layer, entry: Mapping, fresh: Item | None) -> None:
        if fresh is not None and self._affords(layer, entry, len(layer.items)):
            refusal = absorb(layer.items, fresh, string(entry.get("behavior")))
            # Where something is unknown, so is whether the object to merge with is there.
            if refusal and layer.complete and self.manifests.whole(layer.read):
                layer.note("refused", entry.get("name") or entry, refusal)

    def _transform(self, layer: Layer, directory: str, root: Mapping) -> None:
        config = layer.config
        if not self._affords(layer, root, len(layer.items)) or not _says(root, _CHANGING):
            return
        for entry in items(root.get("patchesStrategicMerge")):
            nodes = self.paths.nodes(directory, entry, layer, inline=True)
            self.merge(layer, nodes, entry, None)
        check_paths(layer, items(root.get("patches")))
        for entry in items(root.get("patches")):
            self.patch(layer, directory, entry)
        namespace = root.get("namespace")
        if namespace is not None and not is_absent(namespace) and string(namespace) != "":
            for item in layer.items:
                transformers.stamp(item, namespace, config.namespace)
        for field, before, specs in (("namePrefix", True, config.prefix), ("nameSuffix", False, config.suffix)):
            text = root.get(field)
            if text is not None and not is_absent(text) and string(text) != "":
                for item in layer.items:
                    transformers.affix(item, text, before, (*NAME, *specs))
        for entry in items(root.get("labels")):
            if not self._affords(layer, entry, len(layer.items)):
                return
            transformers.label(layer.items, lookup(entry, "pairs"), _label_specs(entry, config))
        transformers.label(layer.items, root.get("commonLabels"), (*COMMON_LABELS, *config.labels))
        transformers.label(layer.items, root.get("commonAnnotations"), (*ANNOTATIONS, *config.annotations))
        for entry in items(root.get("patchesJson6902")):
            self.patch(layer, directory, entry)
        for entry in items(root.get("replacements")):
            self.replacement(layer, directory, entry)
        Plugins(self, layer, directory, None).transformers(root)

    def patch(self, layer: Layer, directory: str, entry: Node) -> None:
        """One entry of `patches` or `patchesJson6902`, or a PatchTransformer."""
        path, inline, target, options = (lookup(entry, f) for f in ("path", "patch", "target", "options"))
        if string(entry) is not None:
            path = entry
        nodes: list[Node] = []
        if not self._affords(layer, entry, 1 + len(layer.items)):
            return
        chosen = Target(target).among(layer.items) if isinstance(target, Mapping) and target.named() else None
        applies = chosen is None or bool(chosen)
        if inline is not None and not is_absent(inline):
            nodes = self.paths.inline(inline, layer, applies)
        elif path is not None and not is_absent(path):
            nodes = self.paths.nodes(directory, path, layer, applies=applies)
        if chosen is not None and isinstance(target, Mapping):
            self._fit(layer, entry, True)(target, bool(chosen))
            layer.items = patches.on_chosen(layer.items, chosen, nodes, target, options, layer.note, layer.schema)
        else:
            self.merge(layer, nodes, entry, options)

    def merge(self, layer: Layer, nodes: list[Node], entry: Node, options: Node | None) -> None:
        """Merge patches that name their objects."""
        if not self._affords(layer, entry, len(nodes) * len(layer.items)):
            return
        fit = self._fit(layer, entry, False)
        layer.items = patches.by_name(layer.items, nodes, entry, options, layer.note, layer.schema, fit)

    def _fit(self, layer: Layer, entry: Node, targeted: bool) -> patches.Fit:
        """Notes on whether the patches of an entry find their objects, where all objects are known."""

        def tell(wanted: Mapping, fits: bool) -> None:
            key = (entry.file.path, entry.start, wanted.file.path, wanted.start)
            note = None
            if not fits and layer.complete and self._affords(layer, entry, 10 * len(layer.items)):
                paths = {*layer.read, *filter(is_manifest, layer.implied())}
                if self.manifests.whole(paths):
                    note = misfit(layer.items, wanted, targeted, lambda kind: self.manifests.unread(paths, kind))
            layer.notes.append((note or Note("fits", entry, ""))._replace(entry=key))

        return tell

    def replacement(self, layer: Layer, directory: str, entry: Node) -> None:
        path = lookup(entry, "path")
        given: list[Node] = [entry]
        if path is not None and not is_absent(path):
            nodes = self.paths.nodes(directory, path, layer)
            given = [one for node in nodes for one in (items(node) if isinstance(node, Sequence) else (node,))]
        for one in given:
            targets = items(lookup(one, "targets"))
            places = sum(1 + len(items(target.get("fieldPaths"))) for target in targets)
            if not self._affords(layer, one, (1 + places) * len(layer.items)):
                return
            replace(layer.items, one, layer.note)


def _says(root: Mapping, fields: frozenset[str]) -> bool:
    """Whether a kustomization has, or may have, one of these fields."""
    return root.open or any(field in root for field in fields)


def _label_specs(entry: Node, config: Config) -> tuple[FieldSpec, ...]:
    """Where one entry of `labels` writes to: metadata alone, unless it says more."""

    def says(name: str) -> bool:
        node = lookup(entry, name)
        return isinstance(node, Scalar) and node.value is True

    specs: tuple[FieldSpec, ...] = LABELS
    if says("includeSelectors"):
        specs = (*COMMON_LABELS, *config.labels)
    elif says("includeTemplates"):
        specs = (*LABELS, *TEMPLATE_LABELS)
    return (*specs, *(field_spec(spec) for spec in items(lookup(entry, "fields"))))


__all__ = ["Build", "Built", "Layer", "objects"]
