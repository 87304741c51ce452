"""Where delivery by Flux begins: entry points of clusters, and Kustomizations that no other one delivers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from eso_lint.render.flux.layout import Layout
from eso_lint.render.flux.roots import (
    CLUSTERS,
    cluster_of,
    guessed,
    instance_sync,
    is_flux_kustomization,
    path_of,
    synced,
)
from eso_lint.render.flux.source import Origins
from eso_lint.render.unit import Item
from eso_lint.source.node import Mapping


class Entry(NamedTuple):
    """A Flux Kustomization to deliver first.

    `sure` says that its source and its fields are known, not guessed from the layout of directories; `claimed`
    holds the files that other Kustomizations deliver, which this one leaves to them. `instance` is the object that
    makes this Kustomization, if any. `made` says that it is written nowhere.
    """

    item: Item
    cluster: str | None
    sure: bool
    claimed: frozenset[str] = frozenset()
    instance: Item | None = None
    made: bool = False


def entries(layout: Layout, origins: Origins, roots: Iterable[Item]) -> list[Entry]:
    """What to deliver first, in a stable order: instances, self-delivered Kustomizations, `clusters/*`, the rest."""
    candidates, instances = _split(roots)
    found: list[Entry] = []
    known: set[str] = set()
    for item, sync in instances:
        made = synced(item, sync)
        path = path_of(made)
        if path is not None and path in layout and path not in known:
            known.add(path)
            found.append(Entry(made, path or ".", True, instance=item, made=True))
            origins.trust(made, item)
    graph = _Graph(layout, origins, candidates)
    graph.deliver([file for path in sorted(known) for file in layout.reach(path)])
    for entry in _selves(graph, known):
        known.add(path_of(entry.item) or "")
        found.append(entry)
        origins.trust(entry.item, None)
        graph.deliver(layout.reach(path_of(entry.item) or ""))
    found += _guessed_clusters(layout, graph, known)
    for item, _ in graph.orphans():
        found.append(Entry(item, _overlap(cluster_of(item), known), False))
    graph.deliver([entry.item.document.file.path for entry in found])
    for item in candidates:
        # What is left delivers itself in a circle.
        if item.document.file.path not in graph.delivered:
            found.append(Entry(item, _overlap(cluster_of(item), known), False))
            graph.deliver([item.document.file.path])
    return found


def _split(roots: Iterable[Item]) -> tuple[list[Item], list[tuple[Item, Mapping]]]:
    """Kustomizations, and instances. Of a document that overlays changed, the changed states count, not the raw one."""
    candidates: list[Item] = []
    instances: list[tuple[Item, Mapping]] = []
    for item in sorted(roots, key=lambda i: (i.document.file.path, i.document.start, len(i.via))):
        sync = instance_sync(item)
        if sync is not None:
            instances.append((item, sync))
        elif is_flux_kustomization(item):
            candidates.append(item)
    changed = {(i.document.file.path, i.document.number) for i in candidates if i.via}
    kept = [i for i in candidates if i.via or (i.document.file.path, i.document.number) not in changed]
    return kept, instances


class _Graph:
    """Which Kustomizations list the files of which others, as far as their own text tells."""

    def __init__(self, layout: Layout, origins: Origins, candidates: list[Item]) -> None:
        self.candidates = candidates
        self.delivered: set[str] = set()
        self.reached: set[str] = set()
        self._reaches: list[set[str]] = []
        self._children: dict[str, set[str]] = {item.document.file.path: set() for item in candidates}
        self._parents: dict[str, set[str]] = {file: set() for file in self._children}
        for item in candidates:
            directory, place = origins.of(item, "?").directory, item.document.file.path
            files = layout.reach(directory) if directory is not None else set()
            self.reached |= files
            self._reaches.append(files & self._children.keys())
            self._children[place] |= self._reaches[-1]
            for file in self._reaches[-1]:
                self._parents[file].add(place)

    def deliver(self, files: Iterable[str]) -> None:
        """Take Kustomizations in these files as delivered, and those that follow from them."""
        stack = [file for file in files if file in self._children]
        while stack:
            file = stack.pop()
            if file not in self.delivered:
                self.delivered.add(file)
                stack += self._children[file]

    def orphans(self) -> list[tuple[Item, set[str]]]:
        """Kustomizations that no other file's Kustomization lists, with the files of Kustomizations they list."""
        return [
            (item, files)
            for item, files in zip(self.candidates, self._reaches, strict=True)
            if (place := item.document.file.path) not in self.delivered and not self._parents[place] - {place}
        ]


def _selves(graph: _Graph, known: set[str]) -> list[Entry]:
    """Kustomizations that deliver their own file, as entry points do.

    Each is a cluster of its own where its name or path says so, or where another one of its name shows that they
    cannot be in one cluster; several that only differ may all be applied to one.
    """
    selves: dict[str, Item] = {}
    for item, files in graph.orphans():
        path = path_of(item)
        if item.document.file.path in files and path is not None and path not in known:
            selves.setdefault(path, item)
    names = Counter(item.id[1:] for item in selves.values())
    return [
        Entry(
            item,
            (path or ".")
            if len(selves) + len(known) == 1
            or names[item.id[1:]] > 1
            or item.id[2] == "flux-system"
            or CLUSTERS.match(path + "/")
            else None,
            True,
        )
        for path, item in selves.items()
    ]


def _guessed_clusters(layout: Layout, graph: _Graph, known: set[str]) -> list[Entry]:
    """`clusters/<name>` directories that list Kustomizations which nothing else delivers."""
    found: list[Entry] = []
    lonely = {item.document.file.path: item for item, _ in graph.orphans()}
    for directory in sorted(layout.below) if lonely else ():
        match = CLUSTERS.match(directory + "/") if "clusters/" in directory else None
        if match is None or match[0] != directory or _overlap(directory, known) != directory:
            continue
        files = layout.reach(directory) & lonely.keys()
        if files:
            document = lonely[min(files)].document
            found.append(Entry(guessed(document, directory), directory, False, frozenset(graph.reached), made=True))
            graph.deliver(files)
    return found


def _overlap(cluster: str | None, known: set[str]) -> str | None:
    """A cluster told by a directory, where entry points are known: one inside of it is it.

    What stands below an entry point's path and is not delivered from there belongs to no known cluster.
    """
    if cluster is None or any(cluster == k or cluster.startswith(k + "/") or k == "" for k in known):
        return None
    inside = [k for k in known if k.startswith(cluster + "/")]
    return cluster if not inside else inside[0] if len(inside) == 1 else None
