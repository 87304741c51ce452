"""The paths that a kustomization names: what they lead to in the repository, and what kustomize makes of them."""

from __future__ import annotations

import posixpath
import re
from typing import Protocol

from eso_lint.render.tree import words_as_text
from eso_lint.render.unit import Source
from eso_lint.source.node import Node, Opaque, Scalar, SourceFile, string

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_REMOTE = re.compile(r"://|^git@|^git::|^github\.com[/:]|[?&](?:ref|version|timeout|submodules)=|\.git(?://|$)")
_HOST = re.compile(r"^[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|dev|app|cloud|sh|de|eu)/[^/]+/[^/]+")


class Targets:
    """Where entries of kustomizations lead, worked out once for each."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Node, str | None, str]] = {}

    def of(self, directory: str, entry: Node) -> tuple[str | None, str]:
        """The text of an entry (None where it is not known), and the path that it means; "" is the root."""
        known = self._known.get(id(entry))
        if known is None:
            text = string(entry)
            target = posixpath.normpath(posixpath.join(directory, text or ""))
            known = self._known[id(entry)] = (entry, text, "" if target == "." else target)
        return known[1], known[2]


class Notes(Protocol):
    """Where notes and the files that were read go."""

    files: set[str]
    complete: bool

    def note(self, kind: str, at: Node, message: str, path: str = "") -> None: ...


class Paths:
    """The files of a repository as kustomizations name them."""

    def __init__(self, source: Source, targets: Targets) -> None:
        self.source = source
        self.targets = targets
        self._nodes: dict[str, list[Node]] = {}
        self._inline: dict[int, tuple[Node, list[Node]]] = {}
        self._directories: frozenset[str] | None = None

    @staticmethod
    def join(directory: str, name: str) -> str:
        return f"{directory}/{name}" if directory else name

    def resolve(self, directory: str, entry: Node, notes: Notes) -> str | None:
        """The repository path of an entry, None with a Note where there can be none."""
        text, target = self.targets.of(directory, entry)
        if text is None:
            if isinstance(entry, Opaque):
                notes.note("opaque", entry, "this path is not known")
            return None
        if text.startswith("/"):
            notes.note("refused", entry, f"kustomize takes no absolute path such as `{text}`")
            notes.complete = False
            return None
        if target.startswith("../") or target == "..":
            notes.note("remote", entry, f"`{text}` lies outside of the repository")
            return None
        if self.exists(target):
            return target
        if _REMOTE.search(text) or _HOST.match(text):
            notes.note("remote", entry, f"`{text}` is not in the repository")
            return None
        return target

    def exists(self, target: str) -> bool:
        return self.is_file(target) or self.source.kustomization(target) is not None

    def is_file(self, target: str) -> bool:
        return bool(target) and (target in self.source.paths or self.source.documents(target) is not None)

    def absent(self, target: str, entry: Node, notes: Notes) -> None:
        """The Note for a listed path that gives nothing."""
        if self._directories is None:
            found = {""}
            for path in self.source.paths:
                while path := path.rpartition("/")[0]:
                    if path in found:
                        break
                    found.add(path)
            self._directories = frozenset(found)
        here = target in self._directories
        message = (
            f"the directory `{target or '.'}` holds no kustomization"
            if here
            else f"there is no `{target}` in the repository"
        )
        notes.note("missing", entry, message, target)

    def check_inside(self, directory: str, target: str, entry: Node, notes: Notes) -> None:
        """kustomize reads files only from the kustomization's own directory and below, unless told otherwise."""
        if directory and not target.startswith(directory + "/"):
            notes.note("outside", entry, f"`{target}` is not below `{directory}`: kustomize wants a directory there")

    def file(self, directory: str, at: Node, text: str, notes: Notes, kind: str = "missing") -> SourceFile | None:
        """A file whose content is wanted; a Note (of this kind) where it is not there."""
        entry = Scalar(at.file, at.start, at.end, text, "'")
        target = self.resolve(directory, entry, notes)
        if target is None:
            return None
        found = self.source.file(target)
        if found is None:
            if target in self.source.paths:
                notes.note("opaque", at, f"`{target}` was not read")
            else:
                notes.note(kind, at, f"there is no `{target}` in the repository", target)
            return None
        self.check_inside(directory, target, at, notes)
        notes.files.add(target)
        return found

    def nodes(
        self, directory: str, entry: Node, notes: Notes, inline: bool = False, applies: bool = True
    ) -> list[Node]:
        """The documents of a file that is no resource (a patch, a configuration), all of them.

        With `inline` the entry may be the text itself. What does not apply to anything is read only where it may be
        several documents.
        """
        if inline and (isinstance(entry, Opaque) or "\n" in (string(entry) or "") or ": " in (string(entry) or "")):
            return self.inline(entry, notes)
        text = string(entry)
        if text is None:
            notes.note("opaque", entry, "this path is not known")
            return []
        file = self.file(directory, entry, text, notes)
        if file is None or not (applies or "\n---" in file.text):
            return []
        known = self._nodes.get(file.path)
        if known is None:
            from eso_lint.source.parse import parse

            parsed = parse(file)
            known = [words_as_text(document.root) for document in parsed.documents]
            if parsed.skipped or any(fault.kind == "syntax" for fault in parsed.faults):
                known.append(Opaque(file, 0, len(file.text), "", "unknown"))
            self._nodes[file.path] = known
        return known

    def inline(self, entry: Node, notes: Notes, applies: bool = True) -> list[Node]:
        """The documents of YAML or JSON text inside the kustomization, placed there. `applies` as in `nodes`."""
        if not (applies or "---" in entry.span.text):
            return []
        known = self._inline.get(id(entry))
        if known is None:
            from eso_lint.source.fragment import fragments

            known = self._inline[id(entry)] = (
                entry,
                list(map(words_as_text, fragments(entry, entry) or ()))
                or [Opaque(entry.file, entry.start, entry.end, "", "unknown")],
            )
        if any(isinstance(node, Opaque) for node in known[1]):
            notes.note("opaque", entry, "this text cannot be read")
        return known[1]
