"""The objects of a kustomization on their way, and what a build gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from eso_lint.render.kustomize.config import NONE, Config
from eso_lint.render.kustomize.generators import add_hash
from eso_lint.render.kustomize.references import follow
from eso_lint.render.tree import set_field
from eso_lint.render.unit import Item, Note
from eso_lint.source.node import Mapping, Node, Scalar, lookup


class Built(NamedTuple):
    """What one build gave. `files` are all files that were read, kustomizations included."""

    items: tuple[Item, ...]
    notes: tuple[Note, ...]
    files: frozenset[str]


class Layer:
    """A kustomization's objects on their way, with what was noted about them.

    `complete` says that nothing remote, missing or unknown takes part; `read` are the files that the objects are from.
    """

    def __init__(self) -> None:
        self.given_up = False
        self._noted: set[Note] = set()
        self.items: list[Item] = []
        self.notes: list[Note] = []
        self.files: set[str] = set()
        self.read: set[str] = set()
        self.complete = True
        self.config: Config = NONE
        self.schema = False
        self.implied: Callable[[], Iterable[str]] = tuple

    def note(self, kind: str, at: Node, message: str, path: str = "") -> None:
        self.notes.append(Note(kind, at, message, path))
        if kind in ("remote", "chart", "missing", "input", "opaque"):
            self.complete = False

    def give_up(self, at: Node) -> None:
        """What this brings is no longer followed, and as if it came from elsewhere."""
        self.items = []
        if not self.given_up:
            self.given_up = True
            self.note("remote", at, "this is too much to be followed")
            self.complete = False

    def absorb(self, other: Layer) -> None:
        """Take over a base: its objects are copied, since others may use it too."""
        self.items += [item.copy() for item in other.items]
        # Bases of one base bring its notes again and again.
        fresh = [note for note in other.notes if note not in self._noted]
        self.notes += fresh
        self._noted.update(fresh)
        self.files |= other.files
        self.read |= other.read
        self.complete = self.complete and other.complete
        self.config = self.config.plus(other.config)
        self.schema = self.schema or other.schema


def finished(layer: Layer) -> Built:
    """What is done last, at the outermost."""
    found = tuple(item.copy() for item in layer.items)
    for item in found:
        add_hash(item)
    follow(found, layer.config)
    for item in found:
        _annotations_as_text(item)
    return Built(found, tuple(dict.fromkeys(layer.notes)), frozenset(layer.files))


def _annotations_as_text(item: Item) -> None:
    """kustomize reads and writes all annotations as text: a number or null that someone wrote becomes a string."""
    annotations = lookup(item.root, "metadata", "annotations")
    if not isinstance(annotations, Mapping):
        return
    for name, value in annotations.named():
        if isinstance(value, Scalar) and value.string is None:
            text = "" if value.value is None else value.text
            fresh = Scalar(value.file, value.start, value.end, text, "'")
            item.root = set_field(item.root, ("metadata", "annotations", name), fresh)  # type: ignore[assignment]
