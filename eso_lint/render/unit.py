"""A delivery unit: what one kustomize root, Flux Kustomization, Argo CD Application or chart brings to a cluster."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from eso_lint.source.node import Document, Mapping, Node, Opaque, Scalar, SourceFile, Span, string


class Note(NamedTuple):
    """Something that rendering could not follow, or that the tool itself would refuse.

    `kind` is remote (not in the repository, never fetched), chart (a chart from elsewhere), missing (a listed path is
    not there), input (a generator's file is not there), patch (its target matches nothing), fits (a patch found an
    object, or may have found one), opaque (known to change things, in a way that is not followed), outside (a file that
    kustomize reads only where its load restriction is off), refused (kustomize builds nothing).

    `path` is the place in the repository that a missing file or directory should have. `entry` stands for the patch of
    a patch or fits Note (what `settled` compares), `near` for the object that comes closest, `suggestion` for the text
    that would fit at `at`. `fails` says that kustomize builds nothing because of it.
    """

    kind: str
    at: Node
    message: str
    path: str = ""
    entry: tuple[str, int, str, int] | None = None
    near: Node | None = None
    suggestion: str = ""
    fails: bool = False


Id = tuple[str | None, str | None, str | None]


class Face(NamedTuple):
    """What an object is called as it stands now; None for what is not written, or not known.

    `id` is (kind, namespace, name); `settled` says that namespace and name are known (or not written).
    """

    api: str | None
    group: str
    version: str
    id: Id
    settled: bool


def face_of(root: Mapping) -> Face:
    api, metadata = string(root.get("apiVersion")), root.get("metadata")
    group, _, version = api.rpartition("/") if api else ("", "", "")
    namespace = name = None
    if metadata is not None:
        namespace, name = metadata.get("namespace"), metadata.get("name")
    settled = not isinstance(namespace, Opaque) and not isinstance(name, Opaque)
    return Face(api, group, version, (string(root.get("kind")), string(namespace), string(name)), settled)


class Item:
    """One object on its way through overlays.

    `ids` are the (kind, namespace, name) it has had, as written first; `via` the places in overlays, patches and
    substitutions that changed it, in order. `root` mixes nodes of several files, each with its own place.
    `renamed` says that a prefix or suffix was given, `remembered` that the current identity counts as a former one
    too; `affixes` are the prefixes and suffixes in order. `generated` objects come from a kustomize generator,
    `hashed` ones still wait for the end of their name. `maybe` ones exist only under a condition of a template that
    cannot be known; `origins` maps the place of a value (in a values file) to the action that prints it.
    """

    __slots__ = (
        "_face", "_faced", "affixes", "document", "generated", "hashed", "ids", "maybe", "origins", "remembered",
        "renamed", "root", "via",
    )  # fmt: skip

    def __init__(self, document: Document, root: Mapping) -> None:
        self.document = document
        self.root = self._faced = root
        self._face = face_of(root)
        self.via: tuple[Span, ...] = ()
        self.renamed = self.remembered = self.generated = self.hashed = self.maybe = False
        self.origins: dict[Span, Span] = {}
        self.affixes: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        self.ids: tuple[Id, ...] = (self.id,)

    @property
    def face(self) -> Face:
        """Worked out once for each state."""
        if self._faced is not self.root:
            self._face, self._faced = face_of(self.root), self.root
        return self._face

    @property
    def kind(self) -> str | None:
        return self.face.id[0]

    @property
    def group(self) -> str:
        return self.face.group

    @property
    def id(self) -> Id:
        return self.face.id

    def change(self, root: Node, via: Node) -> None:
        """Take a changed tree, and remember what changed it."""
        if root is not self.root and isinstance(root, Mapping):
            self.root = root
            self.via = (*self.via, via.span)
            if self.id != self.ids[-1]:
                self.ids = (*self.ids, self.id)
                self.remembered = False

    def dress(self, root: Node, via: Node) -> None:
        """As `change`, for labels and annotations: what the object is called stays as it is."""
        if isinstance(root, Mapping):
            self._face, self._faced, self.root = self.face, root, root
            self.via = (*self.via, via.span)

    def remember(self) -> None:
        """Let the current identity count as a former one: references by it are followed."""
        self.remembered = True

    @property
    def former(self) -> tuple[Id, ...]:
        """The identities by which references are followed."""
        return self.ids if self.remembered else self.ids[:-1]

    def copy(self) -> Item:
        """The same state, to go another way from here."""
        twin = Item.__new__(Item)
        twin.document, twin.root, twin.via = self.document, self.root, self.via
        twin._face, twin._faced = self._face, self._faced
        twin.renamed, twin.ids = self.renamed, self.ids
        twin.remembered, twin.generated, twin.hashed = self.remembered, self.generated, self.hashed
        twin.affixes, twin.maybe, twin.origins = self.affixes, self.maybe, self.origins
        return twin


class Unit(NamedTuple):
    """What one declaration delivers.

    `tool` is kustomize, flux, argocd, helm or plain. `name` reads well in a sentence ("Flux Kustomization apps/shop").
    `at` is where it is declared (None for a bare directory), `path` the directory or chart that it delivers.
    `cluster` names the cluster where the declaration tells it, else None. `files` are all files that it reads.
    """

    tool: str
    name: str
    at: Node | None
    path: str
    cluster: str | None
    items: tuple[Item, ...]
    files: frozenset[str]
    notes: tuple[Note, ...] = ()


def settled(units: Iterable[Unit]) -> tuple[Note, ...]:
    """The Notes of many units, each once.

    A patch of a component or of a base that is used in several places counts as without a target where no place has
    an object for it.
    """
    notes = [note for unit in units for note in unit.notes]
    fitting = {note.entry for note in notes if note.kind == "fits"}
    found: dict[tuple[object, ...], Note] = {}
    for note in notes:
        if note.kind != "fits" and (note.entry is None or note.entry not in fitting):
            at = note.at
            found.setdefault((note.kind, note.entry or (at.file.path, at.start, note.message)), note)
    return tuple(found.values())


class Source(Protocol):
    """Where renderers get text from; nothing is fetched, nothing outside the repository is read.

    Paths are repository-relative and normalised ("" is the root).
    """

    paths: frozenset[str]

    def kustomization(self, directory: str) -> Document | None:
        """The kustomization of a directory, None where it has none."""

    def documents(self, path: str) -> tuple[Document, ...] | None:
        """The documents of a file that can matter; None where there is no such file."""

    def file(self, path: str) -> SourceFile | None:
        """A file's text, also of one that holds nothing of the operator."""

    def parse(self, text: Scalar) -> tuple[Document, ...]:
        """YAML inside a scalar (an inline patch, a values block), every node placed in the outer file."""

    def directory(self, path: str) -> tuple[str, ...]:
        """Files directly in a directory, sorted; empty where there is none."""
