"""Kustomizations to placements: which files are patches, and what is stamped on the others.

Fields are not rendered here; where a kustomization changes something, the model says Unknown.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from eso_lint.render.placement import Placement
from eso_lint.source.node import Document, Mapping, Node, Scalar, is_absent, items, lookup, string

_KIND = re.compile(r"""["']?kind["']?[ \t]*:[ \t]*["']?([A-Za-z]+)""")
_NAME = re.compile(
    r"""^metadata:[ \t]*(?:#.*)?\r?\n(?:[ \t]+.*\r?\n)*?[ \t]+name:[ \t]*["']?([\w.-]+)["']?[ \t]*(?:#.*)?\r?$""",
    re.MULTILINE,
)
_TOP_KIND = re.compile("^" + _KIND.pattern, re.MULTILINE)
_MAX_STATES = 20_000
_SEPARATOR = re.compile(r"^---", re.MULTILINE)


class Kustomization(NamedTuple):
    """One kustomization, as far as placements need it."""

    path: str
    files: tuple[str, ...]
    children: tuple[str, ...]
    components: tuple[str, ...]
    patches: tuple[str, ...]
    patched: frozenset[tuple[str, str]]
    namespace: str | None
    stamps: bool
    renamed: bool


class _Found:
    """What reaches one file, collected over all roots."""

    __slots__ = ("namespaces", "patched", "renamed", "roots", "stamped")

    def __init__(self) -> None:
        self.namespaces: set[str | None] = set()
        self.stamped = False
        self.roots: set[str] = set()
        self.patched: set[tuple[str, str]] = set()
        self.renamed = False


def placements(
    documents: Iterable[Document], paths: frozenset[str], text_of: Callable[[str], str]
) -> dict[str, Placement]:
    """Placement of every file that a kustomization names.

    `paths` are the repository's files; `text_of` gives the text of one (asked for patch files only).
    """
    units: dict[str, Kustomization] = {}
    by_directory: dict[str, str] = {}
    for document in documents:
        by_directory[posixpath.dirname(document.file.path)] = document.file.path
    for document in documents:
        unit = _read(document, paths, by_directory, text_of)
        if unit is not None:
            units[unit.path] = unit
    units = {path: _with_components(unit, units, {path}) for path, unit in units.items()}
    included = {child for unit in units.values() for child in unit.children}
    found: dict[str, _Found] = {}
    for path in sorted(units):
        if path not in included:
            _descend(path, path, units, found, None, False, frozenset(), False, 0, set(), set())
    patch_files = {patch for unit in units.values() for patch in unit.patches} - found.keys()
    result = {path: Placement(patch=True) for path in patch_files}
    for path, reach in found.items():
        result[path] = Placement(
            False, frozenset(reach.namespaces) if reach.stamped else frozenset(),
            frozenset(reach.roots), frozenset(target.partition("/")[0] for target, _ in reach.patched), reach.renamed,
            frozenset(reach.patched),
        )  # fmt: skip
    return result


def _descend(
    path: str, root: str, units: dict[str, Kustomization], found: dict[str, _Found], namespace: str | None,
    stamped: bool, patched: frozenset[tuple[str, str]], renamed: bool, depth: int, visiting: set[str],
    seen: set[object],
) -> None:  # fmt: skip
    unit = units.get(path)
    if unit is None or path in visiting or depth > 50:
        return
    # The outermost namespace is applied last, so it wins.
    if unit.stamps and not stamped:
        namespace, stamped = unit.namespace, True
    patched |= unit.patched
    renamed |= unit.renamed
    # Many ways lead to a base that many overlays share; what has come by once need not come by again.
    state = (path, namespace, stamped, patched, renamed)
    if state in seen or len(seen) > _MAX_STATES:
        return
    seen.add(state)
    for file in unit.files:
        reach = found.setdefault(file, _Found())
        reach.namespaces.add(namespace)
        reach.stamped |= stamped
        reach.roots.add(root)
        reach.patched |= patched
        reach.renamed |= renamed
    visiting.add(path)
    for child in unit.children:
        _descend(child, root, units, found, namespace, stamped, patched, renamed, depth + 1, visiting, seen)
    visiting.discard(path)


def _with_components(unit: Kustomization, units: dict[str, Kustomization], seen: set[str]) -> Kustomization:
    """A component changes what its parent has gathered, so its patches, names and namespace are the parent's too."""
    for path in unit.components:
        if path in units and path not in seen:
            seen.add(path)
            part = _with_components(units[path], units, seen)
            stamps = part.stamps and not unit.stamps
            unit = unit._replace(
                patched=unit.patched | part.patched,
                renamed=unit.renamed or part.renamed,
                stamps=unit.stamps or part.stamps,
                namespace=part.namespace if stamps else unit.namespace,
            )
    return unit


def _read(
    document: Document, paths: frozenset[str], by_directory: dict[str, str], text_of: Callable[[str], str]
) -> Kustomization | None:
    root = document.root
    if not isinstance(root, Mapping):
        return None
    directory = posixpath.dirname(document.file.path)
    files: list[str] = []
    children: list[str] = []
    components: list[str] = []
    for field in ("resources", "bases", "components"):
        for item in items(root.get(field)):
            target = _join(directory, string(item))
            if target in paths:
                files.append(target)
            elif target in by_directory:
                children.append(by_directory[target])
                if field == "components":
                    components.append(by_directory[target])
    patch_files: list[str] = []
    changes: set[tuple[str, str]] = set()
    for field in ("patches", "patchesJson6902"):
        for item in items(root.get(field)):
            target = _join(directory, string(lookup(item, "path")))
            inline = lookup(item, "patch")
            if target in paths:
                patch_files.append(target)
            text = inline.text if isinstance(inline, Scalar) else text_of(target) if target in paths else ""
            kind, name = string(lookup(item, "target", "kind")), string(lookup(item, "target", "name"))
            if kind:
                # The name is a regular expression; a plain one stands for itself.
                changes.add((f"{kind}/{name}" if name and re.fullmatch(r"[\w.-]+", name) else kind, text))
            elif lookup(item, "target") is not None:
                changes.add(("*", text))
            else:
                changes |= _changes(text)
    for item in items(root.get("patchesStrategicMerge")):
        text = string(item) or ""
        target = _join(directory, text)
        if "\n" not in text and target in paths:
            patch_files.append(target)
            text = text_of(target)
        changes |= _changes(text)
    if root.get("replacements") is not None or root.get("transformers") is not None:
        changes.add(("*", ""))
    if any(not is_absent(root.get(field)) for field in ("labels", "commonLabels")):
        changes.add(("Namespace", ""))  # whose labels decide about stores
    namespace: Node | None = root.get("namespace")
    stamps = not is_absent(namespace) and string(namespace) != ""
    if not stamps and root.get("transformers") is not None:
        # One of them may set namespaces.
        stamps, namespace = True, None
    renamed = any(not is_absent(root.get(f)) and string(root.get(f)) != "" for f in ("namePrefix", "nameSuffix"))
    return Kustomization(
        document.file.path, tuple(files), tuple(children), tuple(components), tuple(patch_files), frozenset(changes),
        string(namespace) if stamps else None, stamps, renamed,
    )  # fmt: skip


def _changes(text: str) -> set[tuple[str, str]]:
    """`Kind/name`, or as much of it as can be read, and the text, of every document of a strategic merge patch."""
    found: set[tuple[str, str]] = set()
    for chunk in _SEPARATOR.split(text):
        kind, name = _TOP_KIND.search(chunk) or _KIND.search(chunk), _NAME.search(chunk)
        if kind:
            found.add((f"{kind[1]}/{name[1]}" if name else kind[1], chunk))
    return found or {("*", text)}


def _join(directory: str, target: str | None) -> str:
    """A path relative to the repository root; "" where it leaves the root or is no path."""
    if not target or "://" in target or "\n" in target or target.startswith("/"):
        return ""
    joined = posixpath.normpath(posixpath.join(directory, target))
    return "" if joined.startswith("..") else joined
