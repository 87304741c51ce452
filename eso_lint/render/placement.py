"""What delivery does to the objects of one file, as far as it is known."""

from __future__ import annotations

from typing import NamedTuple


class Placement(NamedTuple):
    """How a file's documents reach a cluster.

    `namespaces` are those that delivery stamps on (None in it: as written, or unknown); empty where nothing stamps one.
    `roots` name the outermost delivery units that reach the file. `patched` holds the kinds whose fields a patch may
    change (`*`: any), `changes` the same with the name where a patch gives one (`Kind/name`), each with the text of
    the patch ("" where it cannot be read). `renamed` says that names get a prefix or suffix, `patch` that the
    documents are patches.
    """

    patch: bool = False
    namespaces: frozenset[str | None] = frozenset()
    roots: frozenset[str] = frozenset()
    patched: frozenset[str] = frozenset()
    renamed: bool = False
    changes: frozenset[tuple[str, str]] = frozenset()

    def patches(self, kind: str, name: str | None) -> bool:
        """Whether a patch may change fields of this object."""
        if not self.patched & {"*", kind}:
            return False
        return not self.changes or bool(self.patch_texts(kind, name))

    def patch_texts(self, kind: str, name: str | None) -> list[str]:
        """The patches that may change this object, sorted; "" stands for one that cannot be read."""
        loose = self.renamed or name is None
        fitting = {"*", kind, f"{kind}/{name}"}
        return sorted(t for target, t in self.changes if target in fitting or (loose and target.startswith(kind + "/")))


WRITTEN = Placement()
