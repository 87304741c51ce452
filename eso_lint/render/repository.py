"""The repository as renderers see it: parsed documents by path, nothing fetched, nothing outside."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from collections.abc import Mapping as MappingABC

from eso_lint.source.node import Document, Scalar, SourceFile
from eso_lint.source.parse import Parsed
from eso_lint.source.prefilter import is_kustomization

_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")


class Repository:
    """`Source` over files that were read."""

    def __init__(self, parsed: Iterable[Parsed], files: MappingABC[str, SourceFile], paths: frozenset[str]) -> None:
        self.paths = paths
        self._files = files
        self._documents = {result.file.path: result.documents for result in parsed}
        self._kustomizations: dict[str, Document] = {}
        for path, documents in self._documents.items():
            if documents and is_kustomization(path):
                folder = posixpath.dirname(path)
                known = self._kustomizations.get(folder)
                # Of several names kustomize refuses all; the first of its own list is what is meant.
                if known is None or _rank(path) < _rank(known.file.path):
                    self._kustomizations[folder] = documents[0]
        self._directories: dict[str, list[str]] | None = None
        self._fragments: dict[int, tuple[Scalar, tuple[Document, ...]]] = {}

    @property
    def kustomizations(self) -> MappingABC[str, Document]:
        """Directory -> its kustomization."""
        return self._kustomizations

    def kustomization(self, directory: str) -> Document | None:
        return self._kustomizations.get(directory)

    def documents(self, path: str) -> tuple[Document, ...] | None:
        found = self._documents.get(path)
        if found is not None:
            return found
        return () if path in self.paths else None

    def file(self, path: str) -> SourceFile | None:
        return self._files.get(path)

    def parse(self, text: Scalar) -> tuple[Document, ...]:
        known = self._fragments.get(id(text))
        if known is None:
            from eso_lint.source.fragment import fragment

            root = fragment(text, text)
            made = (Document(text.file, 0, root, "plain", text.start, text.end),)
            known = self._fragments[id(text)] = (text, made)
        return known[1]

    def directory(self, path: str) -> tuple[str, ...]:
        if self._directories is None:
            self._directories = {}
            for name in sorted(self.paths):
                self._directories.setdefault(name.rpartition("/")[0], []).append(name)
        return tuple(self._directories.get(path, ()))


def _rank(path: str) -> int:
    return _NAMES.index(posixpath.basename(path))
