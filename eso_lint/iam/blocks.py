"""Attributes of Terraform's blocks, with what they say of one another followed."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from eso_lint.iam.grant import HOLE, Block, Value
from eso_lint.iam.identities import Identities
from eso_lint.iam.tree import Items, Ref, Tree, texts, unknown

_DEEP = 8


class Blocks:
    """The blocks of a repository, by type and name."""

    def __init__(self, known: Identities) -> None:
        self._by_name: dict[tuple[str, str, str], list[Block]] = {}
        self._by_type: dict[str, list[Block]] = {}
        for block in known.blocks:
            home = posixpath.dirname(block.span.file.path)
            self._by_name.setdefault((home, block.type, block.name), []).append(block)
            self._by_type.setdefault(block.type, []).append(block)

    def of_type(self, *types: str) -> Iterator[Block]:
        for kind in types:
            yield from self._by_type.get(kind, ())

    def tree(self, block: Block, name: str) -> Tree | None:
        argument = block.attributes.get(name)
        return argument.value if argument is not None else None  # type: ignore[return-value]

    def texts(self, block: Block, name: str) -> tuple[Value, ...] | None:
        """The texts of an attribute, references followed; None where it is absent."""
        tree = self.tree(block, name)
        if tree is None:
            return None
        if isinstance(tree, Items):
            found = tuple(text for item in tree.items for text in texts(self.follow(item)))
            return (*found, unknown(tree.span)) if tree.open else found
        return texts(self.follow(tree))

    def text(self, block: Block, name: str) -> Value | None:
        """The one text of an attribute; None where it is absent."""
        found = self.texts(block, name)
        return found[0] if found else None

    def target(self, ref: Ref) -> Block | None:
        """The one block that a reference leads to."""
        path = ref.path[1:] if ref.path[:1] == ("data",) else ref.path
        if len(path) < 2:
            return None
        found = self._by_name.get((posixpath.dirname(ref.span.file.path), path[0], path[1]), [])
        if len(found) > 1 and len(path) > 2 and path[2].startswith("["):
            key = path[2][1:-1]
            found = [b for b in found if b.address.endswith((f'["{key}"]', f"[{key}]"))]
        return found[0] if len(found) == 1 else None

    def follow(self, tree: Tree | None, depth: int = 0) -> Tree | None:
        """What a reference to an attribute of another block stands for; a hole where nothing says."""
        if not isinstance(tree, Ref):
            return tree
        if HOLE not in tree.known.raw:
            return tree.known
        block = self.target(tree)
        value = self.tree(block, tree.path[-1]) if block is not None and depth < _DEEP else None
        if value is None:
            return tree.known
        found = self.follow(value, depth + 1)
        # Its place is where it is used: that is what a person has to change.
        return found._replace(span=tree.span) if isinstance(found, Value) else found
