"""Where delivery by Argo CD begins: Applications that somebody applies, as files or through an overlay."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import NamedTuple

from eso_lint.render.flux.layout import Layout, local
from eso_lint.render.flux.roots import cluster_of
from eso_lint.render.kustomize.build import Build
from eso_lint.render.unit import Item
from eso_lint.source.node import items, lookup, string

GROUP = "argoproj.io"
Place = tuple[str, int, int]


class Root(NamedTuple):
    """An Application or ApplicationSet as it is applied, and the tree that it is applied from."""

    item: Item
    tree: str
    overlay: bool = False


def is_application(item: Item) -> bool:
    return item.group == GROUP and item.kind in ("Application", "ApplicationSet")


def place_of(item: Item) -> Place:
    return item.document.file.path, item.document.number, item.root.start


def roots(layout: Layout, build: Build, given: Iterable[Item]) -> list[Root]:
    """Everything that may be applied by hand.

    What an overlay brings counts in the overlay's shape alone, what another tool delivers in that tool's.
    """
    states: dict[Place, list[Item]] = {}
    patches = _patches(layout)
    for item in given:
        if is_application(item) and item.document.file.path not in patches:
            states.setdefault(place_of(item), []).append(item)
    delivered = {place for place, several in states.items() if len(several) > 1}
    found = [_loose(item) for place in delivered for item in states[place][1:]]
    tops, listed = _overlays(layout, {place[0] for place in states})
    brought: set[Place] = set()
    for top in tops:
        for item in build.build(top).items:
            if is_application(item) and place_of(item) not in delivered:
                brought.add(place_of(item))
                found.append(Root(item, top, True))
    for place, several in states.items():
        if place not in delivered and place not in brought and place[0] not in listed:
            found.append(_loose(several[0]))
    return sorted(found, key=lambda root: (root.tree, place_of(root.item)))


def _loose(item: Item) -> Root:
    """A document as it is written. What a chart's template makes may go anywhere."""
    if item.document.dialect != "plain":
        return Root(item, "")
    return Root(item, cluster_of(item) or posixpath.dirname(item.document.file.path))


def _overlays(layout: Layout, files: set[str]) -> tuple[list[str], set[str]]:
    """The outermost kustomizations that bring some of these files, and those of the files that any of them lists."""
    above: dict[str, set[str]] = {}
    kinds: dict[str, str | None] = {}
    for directory in layout.below:
        document = layout.source.kustomization(directory)
        if document is not None:
            kinds[directory] = string(document.root.get("kind"))
            for target in layout.listed(directory) or ():
                above.setdefault(target, set()).add(directory)
    seen: set[str] = set()
    stack = [file for file in files if file in above]
    listed = set(stack)
    while stack:
        current = stack.pop()
        for directory in above.get(current, ()):
            if directory not in seen:
                seen.add(directory)
                stack.append(directory)
    tops = sorted(d for d in seen if not above.get(d, set()) - {d} and kinds[d] != "Component")
    # What only an unused component lists is applied by nobody's overlay: it counts as written.
    return tops, listed & reach(layout, tops)


def _patches(layout: Layout) -> set[str]:
    """The files that kustomizations apply to other objects: they look like objects, too."""
    found = set()
    for directory in layout.below:
        document = layout.source.kustomization(directory)
        root = document.root if document is not None else None
        entries = [*items(lookup(root, "patchesStrategicMerge")), *items(lookup(root, "patchesJson6902"))]
        for entry in (*entries, *items(lookup(root, "patches"))):
            text = string(entry) or string(lookup(entry, "path"))
            if text is not None and "\n" not in text:
                found.add(local(posixpath.join(directory, text)))
    return found


def reach(layout: Layout, directories: Iterable[str], recurse: bool = False) -> set[str]:
    """The files and directories that delivering directories reads, as far as kustomizations list them."""
    seen: set[str] = set()
    stack = list(directories)
    while stack:
        current = stack.pop()
        if current in seen:
            continue
        seen.add(current)
        listed = layout.listed(current)
        if listed is not None:
            stack += listed
        elif current in layout:
            stack += layout.source.directory(current)
            chart = posixpath.join(current, "Chart.yaml") in layout.source.paths
            if recurse or chart or posixpath.basename(current) == "templates":
                stack += layout.below[current]
    return seen
