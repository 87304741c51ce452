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
        written = re.compile(rf"\bkind[\"']?\s*:\s*[\"']?{re.escape(kind)}\b")
        for path in paths:
            file = self.source.file(path)
            if file is None:
                return True
            if kind in file.text:
                read = sum(item.kind == kind for item in self.of(path).items)
                if len(written.findall(file.text)) > read:
                    return True
        return False


def is_manifest(path: str) -> bool:
    return path.endswith((".yaml", ".yml"))


def objects(document: Document, root: Node, depth: int = 0) -> list[Item]:
    """The objects of a document; a List gives its items."""
    if not isinstance(root, Mapping):
        return []
    if (string(root.get("kind")) or "").endswith("List") and isinstance(root.get("items"), Sequence) and depth < 3:
        return [i for item in items(root.get("items")) for i in objects(document, item, depth + 1)]
    return [Item(document, root)]
