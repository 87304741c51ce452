"""The objects of resource files, each file taken apart once, and what files hold that was not read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from eso_lint.render.tree import words_as_text
from eso_lint.render.unit import Item, Source
from eso_lint.source.node import Document, Mapping, Node, Sequence, items, string

_OURS = re.compile(r"^[ \t-]*[\"']?apiVersion[\"']?[ \t]*:[ \t]*[\"']?[\w.]*external-secrets\.io/", re.MULTILINE)


class Manifest(NamedTuple):
    """The objects of a file. `whole` says that all of the operator's were read."""

    items: tuple[Item, ...]
    whole: bool


class Manifests:
    """The resource files of a repository."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._known: dict[str, Manifest] = {}
        self._unread: dict[tuple[str, str], bool] = {}

    def of(self, path: str) -> Manifest:
        known = self._known.get(path)
        if known is None:
            documents = self.source.documents(path) or ()
            found = tuple(item for document in documents for item in objects(document, words_as_text(document.root)))
            known = self._known[path] = Manifest(found, self._is_whole(path, found))
        return known

    def _is_whole(self, path: str, found: Iterable[Item]) -> bool:
        file = self.source.file(path)
        if file is None or b"external-secrets.io/" not in file.data:
            return True
        return len(_OURS.findall(file.text)) <= sum("external-secrets.io" in item.group for item in found)

    def unread(self, paths: Iterable[str], kind: str | None) -> bool:
        """Whether these files may hold objects of a kind (None: of any) that were not read."""
        if kind is None:
            return True
        return any(self._hides(path, kind) for path in paths)

    def _hides(self, path: str, kind: str) -> bool:
        known = self._unread.get((path, kind))
        if known is None:
            file = self.source.file(path)
            known = file is None
            if file is not None and kind in file.text:
                # The word comes first: that is what is quickly searched for.
                written = re.findall(rf"kind(?<!\wkind)[\"']?\s*:\s*[\"']?{re.escape(kind)}\b", file.text)
                known = len(written) > sum(item.kind == kind for item in self.of(path).items)
            self._unread[path, kind] = known
        return known


def is_manifest(path: str) -> bool:
    return path.endswith((".yaml", ".yml"))


def objects(document: Document, root: Node, depth: int = 0) -> list[Item]:
    """The objects of a document; a List gives its items."""
    if not isinstance(root, Mapping):
        return []
    if (string(root.get("kind")) or "").endswith("List") and isinstance(root.get("items"), Sequence) and depth < 3:
        return [i for item in items(root.get("items")) for i in objects(document, item, depth + 1)]
    return [Item(document, root)]
