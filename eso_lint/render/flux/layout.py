"""Directories as Flux sees them: paths of a source, implied kustomizations, and the kustomization that Flux writes."""

from __future__ import annotations

import posixpath

from eso_lint.render.kustomize.paths import Targets
from eso_lint.render.tree import with_entry
from eso_lint.render.unit import Source
from eso_lint.source.node import Document, Mapping, Node, Opaque, Scalar, Sequence, items, string

# What the source controller leaves out of an artifact.
_LEFT_OUT = frozenset((".git", ".github", ".circleci"))
_LEFT_OUT_FILES = frozenset((".travis.yml", ".gitlab-ci.yml", "appveyor.yml", ".drone.yml", ".goreleaser.yml"))
_FIELDS = ("resources", "bases", "components")


class Layout:
    """The directories of a repository."""

    def __init__(self, source: Source, targets: Targets | None = None) -> None:
        self.source = source
        self.targets = targets or Targets()
        self.below: dict[str, set[str]] = {}
        for path in source.paths:
            folder = path.rpartition("/")[0]
            self.below.setdefault(folder, set())
            while folder:
                parent = folder.rpartition("/")[0]
                known = self.below.setdefault(parent, set())
                if folder in known:
                    break
                known.add(folder)
                folder = parent
        self._ends: dict[str, list[str]] | None = None
        self._implied: dict[str, list[str]] = {}
        self._listed: dict[str, tuple[str, ...]] = {}

    def __contains__(self, directory: object) -> bool:
        return directory in self.below

    def ending(self, directory: str) -> list[str]:
        """The directories whose path ends in `/directory`."""
        if self._ends is None:
            self._ends = {}
            for known in self.below:
                self._ends.setdefault(posixpath.basename(known), []).append(known)
        found = self._ends.get(posixpath.basename(directory), [])
        return [known for known in found if known.endswith("/" + directory)]

    def implied(self, directory: str) -> list[str]:
        """What Flux lists where a directory has no kustomization: files, and bases below, relative to it."""
        if directory not in self._implied:
            found = sorted(self._walk(directory), key=lambda path: path.split("/"))
            self._implied[directory] = [posixpath.relpath(path, directory or ".") for path in found]
        return self._implied[directory]

    def _walk(self, directory: str) -> list[str]:
        found: list[str] = []
        stack = [directory]
        while stack:
            current = stack.pop()
            if current != directory and self.source.kustomization(current) is not None:
                found.append(current)
                continue
            for path in self.source.directory(current):
                name = posixpath.basename(path)
                if name.endswith((".yaml", ".yml")) and name not in _LEFT_OUT_FILES and self._has_objects(path):
                    found.append(path)
            stack += [f for f in self.below.get(current, ()) if posixpath.basename(f) not in _LEFT_OUT]
        return found

    def listed(self, directory: str) -> tuple[str, ...] | None:
        """What the kustomization of a directory lists, as paths of the repository; None where it has none."""
        known = self._listed.get(directory)
        if known is None:
            document = self.source.kustomization(directory)
            if document is None:
                return None
            entries = [entry for field in _FIELDS for entry in items(document.root.get(field))]
            found = [self.targets.of(directory, entry) for entry in entries]
            known = self._listed[directory] = tuple(
                target.lstrip("/") for text, target in found if text is not None and "://" not in text
            )
        return known

    def _has_objects(self, path: str) -> bool:
        documents = self.source.documents(path) or ()
        return any(isinstance(d.root, Mapping) and "kind" in d.root for d in documents)

    def reach(self, directory: str) -> set[str]:
        """The manifest files that a build of a directory reads, as far as its kustomizations list them."""
        files: set[str] = set()
        seen: set[str] = set()
        stack = [directory]
        while stack:
            current = stack.pop()
            if current in seen:
                continue
            seen.add(current)
            listed = self.listed(current)
            if listed is not None:
                stack += listed
            elif current in self.below:
                stack += [local(posixpath.join(current, entry)) for entry in self.implied(current)]
            else:
                files.add(current)
        return files


def local(path: str) -> str:
    """A path of a source, normalised; "" is its root."""
    normal = posixpath.normpath(path.lstrip("/") or ".")
    return "" if normal == "." else normal


def written(layout: Layout, directory: str, spec: Mapping, at: Node) -> Document:
    """The kustomization that Flux builds a directory with: its own or the implied one, and the fields of `spec`."""
    own = layout.source.kustomization(directory)
    if own is not None and isinstance(own.root, Mapping):
        root, file, number = own.root, own.file, own.number
    else:
        entries = tuple(Scalar(at.file, at.start, at.end, path, "'") for path in layout.implied(directory))
        listed = Sequence(at.file, at.start, at.end, entries)
        root = Mapping(at.file, at.start, at.end, ((_key(at, "resources"), listed),))
        file, number = at.file, 0
    for ours, theirs in (("targetNamespace", "namespace"), ("namePrefix", "namePrefix"), ("nameSuffix", "nameSuffix")):
        value = spec.get(ours)
        if value is not None and string(value) != "" and not (isinstance(value, Scalar) and value.value is None):
            root = with_entry(root, _key(value, theirs), value)
    for field in ("patches", "components"):
        added = [readable(entry) for entry in items(spec.get(field))]
        if added:
            known = root.get(field)
            first = added[0]
            together = Sequence(first.file, first.start, first.end, (*items(known), *added))
            root = with_entry(root, _key(first, field), together)
    return Document(file, number, root, "plain", root.start, root.end)


def _key(at: Node, name: str) -> Scalar:
    return Scalar(at.file, at.start, at.start, name)


def readable(patch: Node) -> Node:
    """An inline patch that holds variables is YAML all the same: they are unknown where they stand, not the whole."""
    inline = patch.get("patch")
    if isinstance(patch, Mapping) and isinstance(inline, Opaque) and inline.why == "variable" and inline.text:
        head = inline.file.text[inline.start : inline.start + 1]
        style = head if head and head in "'\"|>" else ""
        fresh = Scalar(inline.file, inline.start, inline.end, inline.text, style)
        return with_entry(patch, _key(inline, "patch"), fresh)
    return patch
