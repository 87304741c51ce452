"""What one source of an Application brings: a kustomization, a chart of the repository, or plain files."""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from eso_lint.render.argocd.glob import directory_pattern
from eso_lint.render.argocd.origin import Origins, block
from eso_lint.render.argocd.values import Contents, chart_values, settings
from eso_lint.render.flux.layout import Layout, local
from eso_lint.render.kustomize.build import Build, objects
from eso_lint.render.kustomize.paths import NAMES
from eso_lint.render.kustomize.transformers import blur
from eso_lint.render.tree import with_entry
from eso_lint.render.unit import Item, Note, Source
from eso_lint.source.node import (
    Document,
    Mapping,
    Node,
    Opaque,
    Scalar,
    Sequence,
    is_absent,
    items,
    lookup,
    string,
)

_TOOLS = ("kustomize", "helm", "directory", "plugin")
_ENDS = (".yaml", ".yml", ".json")
_SKIP = b"+argocd:skip-file-rendering"


class Brought(NamedTuple):
    """What a source gives. `path` is its directory in the repository, None where it has none here."""

    items: tuple[Item, ...] = ()
    notes: tuple[Note, ...] = ()
    files: frozenset[str] = frozenset()
    path: str | None = None


class Release(NamedTuple):
    """What an Application says to all its sources.

    `sure` says that the Application certainly exists; `references` are the sources that others call by `ref`.
    """

    name: Node | None
    namespace: Node | None
    references: dict[str, Node]
    sure: bool


class Delivery:
    """Sources of one repository; builds are shared by all Applications."""

    def __init__(self, source: Source, build: Build, layout: Layout, origins: Origins) -> None:
        self.source = source
        self.layout = layout
        self.origins = origins
        self.build = build
        self.contents = Contents(source)
        self._plain: dict[tuple[str, bool, str, str], tuple[list[Item], frozenset[str], bool]] = {}

    def bring(self, source: Node, release: Release) -> Brought:
        """The objects of a source, none of them in a namespace that it does not say itself."""
        if not isinstance(source, Mapping):
            return Brought(notes=(Note("opaque", source, "this source cannot be known"),))
        chart, path = source.get("chart"), source.get("path")
        if chart is not None and not is_absent(chart):
            return Brought(notes=(Note("chart", chart, f"{_shown('chart', chart)} is not in the repository"),))
        if path is None or is_absent(path):
            # A source that others take files from brings nothing itself.
            bare = source.get("ref") is None and not source.open
            return Brought(notes=(Note("opaque", source, "this source has no path"),) if bare else ())
        found = self._directory(source, path, release.sure)
        if isinstance(found, Note):
            return Brought(notes=(found,))
        if found is None:
            return Brought()
        brought = self._by_tool(source, found, path, release)
        return brought._replace(path=found)

    def _directory(self, source: Mapping, path: Node, sure: bool) -> str | Note | None:
        """The directory of this repository; else what there is to say about it, if anything."""
        text = string(path)
        if text is None:
            return Note("opaque", path, "this path is not known")
        own = self.origins.is_own(source.get("repoURL"))
        if own is False:
            return Note("remote", path, f"`{text}` is in another repository")
        directory = local(text)
        if directory in self.layout and (own or directory):
            return directory
        if not sure:
            return None
        if own:
            return Note("missing", path, f"there is no directory `{text}` in the repository")
        return Note("remote", path, f"`{text}` may be in another repository")

    def _by_tool(self, source: Mapping, directory: str, path: Node, release: Release) -> Brought:
        blocks = {tool: found for tool in _TOOLS if (found := block(source, tool)) is not None}
        if len(blocks) > 1:
            return Brought(notes=(Note("refused", path, f"Argo CD takes one of `{'`, `'.join(blocks)}`, not several"),))
        tool = next(iter(blocks), "") or self._tool(directory)
        if tool == "kustomize":
            return self._kustomize(directory, path, blocks.get("kustomize"))
        if tool == "helm":
            return self._helm(directory, path, blocks.get("helm"), release)
        if tool == "plugin":
            return Brought(notes=(Note("opaque", path, "what a plugin makes of this directory is not known"),))
        return self._files(directory, blocks.get("directory"))

    def _tool(self, directory: str) -> str:
        """What Argo CD takes a directory for by its files."""
        if any(posixpath.join(directory, name) in self.source.paths for name in NAMES):
            return "kustomize"
        return "helm" if posixpath.join(directory, "Chart.yaml") in self.source.paths else "directory"

    def _kustomize(self, directory: str, path: Node, options: Mapping | None) -> Brought:
        own = self.source.kustomization(directory)
        if own is None or not isinstance(own.root, Mapping):
            return Brought(notes=(Note("opaque", path, f"the kustomization of `{directory}` was not read"),))
        changed = _edited(own, own.root, options) if options is not None else None
        built = self.build.build(directory, changed)
        # Builds of Argo CD may be told to read files from elsewhere; where nothing says so they would fail outright.
        notes = [note for note in built.notes if note.kind != "outside"]
        found = [item for item in built.items if "kind" in item.root]
        unclear = [v for f in _LISTS if (v := lookup(options, f)) is not None and _unclear(v)]
        for value in unclear:
            notes.append(Note("opaque", value, "what this adds to the kustomization is not known"))
            for item in found:
                blur(item, value)
        return Brought(tuple(found), tuple(notes), built.files)

    def _helm(self, directory: str, path: Node, options: Mapping | None, release: Release) -> Brought:
        from eso_lint.render.helm.chart_render import render_chart

        if posixpath.join(directory, "Chart.yaml") not in self.source.paths:
            return Brought(notes=(Note("missing", path, f"`{directory}` holds no Chart.yaml"),) if release.sure else ())
        values = chart_values(self.contents, self.origins, directory, options, release.references)
        name = lookup(options, "releaseName")
        namespace = lookup(options, "namespace")
        rendered = render_chart(
            self.source,
            directory,
            release.name if name is None or is_absent(name) else name,
            release.namespace if namespace is None or is_absent(namespace) else namespace,
            values.layers,
            settings(options),
        )
        notes = (*values.notes, *rendered.notes) if release.sure else rendered.notes
        return Brought(tuple(rendered.items), notes, rendered.files | values.files)

    def _files(self, directory: str, options: Mapping | None) -> Brought:
        recurse = lookup(options, "recurse")
        everything = isinstance(recurse, Scalar) and recurse.value is True
        include, exclude = lookup(options, "include"), lookup(options, "exclude")
        for node in (include, exclude):
            if isinstance(node, Opaque):
                return Brought(notes=(Note("opaque", node, "which files these are is not known"),))
        key = (directory, everything, string(include) or "", string(exclude) or "")
        if key not in self._plain:
            self._plain[key] = self._read(*key)
        found, files, jsonnet = self._plain[key]
        at = lookup(options, "jsonnet") or options
        notes = (Note("opaque", at, "what Jsonnet makes is not known"),) if jsonnet and at is not None else ()
        return Brought(tuple(item.copy() for item in found), notes, files)

    def _read(
        self, directory: str, everything: bool, include: str, exclude: str
    ) -> tuple[list[Item], frozenset[str], bool]:
        """Objects and files of plain manifests, and whether Jsonnet takes part."""
        found: list[Item] = []
        files: set[str] = set()
        jsonnet = False
        wanted, unwanted = directory_pattern(include), directory_pattern(exclude)
        stack = [directory]
        while stack:
            current = stack.pop()
            if everything:
                stack += sorted(self.layout.below.get(current, ()), reverse=True)
            for path in self.source.directory(current):
                name = path[len(directory) + 1 :] if directory else path
                if (exclude and unwanted and unwanted.match(name)) or (include and wanted and not wanted.match(name)):
                    continue
                jsonnet = jsonnet or path.endswith(".jsonnet")
                made = self._manifests(path)
                if made:
                    files.add(path)
                    found += made
        return found, frozenset(files), jsonnet

    def _manifests(self, path: str) -> list[Item]:
        """The objects of a file, none where it is no manifest as it stands."""
        if not path.endswith(_ENDS) or posixpath.basename(path) in NAMES:
            return []
        documents = self.source.documents(path) or ()
        if not documents or any(document.dialect != "plain" for document in documents):
            return []
        file = self.source.file(path)
        if file is not None and file.holds(_SKIP):
            return []
        found = [item for document in documents for item in objects(document, document.root)]
        return [item for item in found if item.kind is not None and "apiVersion" in item.root]


_LISTS = ("patches", "components")


def _unclear(node: Node) -> bool:
    return isinstance(node, Opaque) or (isinstance(node, Sequence) and node.open)


def _shown(word: str, node: Node) -> str:
    return f"{word} `{node.text}`" if isinstance(node, (Scalar, Opaque)) and node.text else f"this {word}"


def _edited(own: Document, root: Mapping, options: Mapping) -> Document:
    """The kustomization as Argo CD edits it before it builds."""
    for field in ("namespace", "namePrefix", "nameSuffix"):
        value = options.get(field)
        if value is not None and not is_absent(value) and string(value) != "":
            root = with_entry(root, _key(value, field), value)
    for field in _LISTS:
        added = items(options.get(field))
        if added:
            together = Sequence(added[0].file, added[0].start, added[0].end, (*items(root.get(field)), *added))
            root = with_entry(root, _key(added[0], field), together)
    for field in ("commonLabels", "commonAnnotations"):
        value = options.get(field)
        without_selector = options.get("labelWithoutSelector")
        if isinstance(value, Mapping) and field == "commonLabels" and _true(without_selector):
            entry = Mapping(value.file, value.start, value.end, ((_key(value, "pairs"), value),))
            together = Sequence(value.file, value.start, value.end, (*items(root.get("labels")), entry))
            root = with_entry(root, _key(value, "labels"), together)
        elif isinstance(value, Mapping) and value.entries:
            old = root.get(field)
            merged = old if isinstance(old, Mapping) else Mapping(value.file, value.start, value.end)
            for key, text in value.index.values():
                merged = with_entry(merged, key, text)
            root = with_entry(root, _key(value, field), merged)
    return Document(own.file, own.number, root, own.dialect, root.start, root.end)


def _true(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.value is True


def _key(at: Node, name: str) -> Scalar:
    return Scalar(at.file, at.start, at.start, name)
