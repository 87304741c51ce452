"""The objects of resource files, each file taken apart once, and what files hold that was not read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from eso_lint.render.tree import words_as_text
from eso_lint.render.unit import Item, Source
from eso_lint.source.node import Document, Mapping, Node, Sequence, items, string

_OURS = re.compile(r"^[ \t-]*[\"']?apiVersion[\"']?[ \t]*:[ \t]*[\"']?[\w.]*external-secrets\.io/", re.MULTILINE)


class Manifests:
    """The resource files of a repository."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._known: dict[str, tuple[Item, ...]] = {}
        self._whole: dict[str, bool] = {}
        self._unread: dict[tuple[str, str], bool] = {}

    def of(self, path: str) -> tuple[Item, ...]:
        """The objects of a file."""
        known = self._known.get(path)
        if known is None:
            documents = self.source.documents(path) or ()
            known = self._known[path] = tuple(
                item for document in documents for item in objects(document, words_as_text(document.root))
            )
        return known

    def whole(self, paths: Iterable[str]) -> bool:
        """Whether all of the operator's objects in these files were read."""
        return all(self._is_whole(path) for path in paths)

    def _is_whole(self, path: str) -> bool:
        known = self._whole.get(path)
        if known is None:
            file = self.source.file(path)
            known = file is None or not file.holds(b"external-secrets.io/")
            if file is not None and not known:
                known = len(_OURS.findall(file.text)) <= sum("external-secrets.io" in i.group for i in self.of(path))
            self._whole[path] = known
        return known

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
                known = len(written) > sum(item.kind == kind for item in self.of(path))
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
