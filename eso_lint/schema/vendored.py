"""The operator's CRDs in the repository itself, as schemas: of use where nothing else says what the cluster runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eso_lint.model.workspace import Workspace
from eso_lint.schema.pack import Pack, pack_crds, read_pack
from eso_lint.source.node import Mapping, Node, Scalar, Sequence, SourceFile, items, lookup, string
from eso_lint.source.size import weigh

_GROUPS = ("external-secrets.io", "generators.external-secrets.io")
_LARGEST = 200_000  # nodes of a CRD with its aliases spelt out


def carried(ws: Workspace) -> dict[str, Pack]:
    """Kind -> the schema that the repository carries; kinds whose copies differ are left out."""
    return ws.index(_carried)


def _carried(ws: Workspace) -> dict[str, Pack]:
    texts: dict[str, set[str]] = {}
    for file in ws.sources.values():
        for root in crds_in(file):
            text = pack_of([root], "")
            if text is not None:
                texts.setdefault(string(lookup(root, "spec", "names", "kind")) or "", set()).add(text)
    packs = {kind: read_pack(next(iter(found))) for kind, found in texts.items() if len(found) == 1}
    return {kind: pack for kind, pack in packs.items() if pack is not None}


def crds_in(file: SourceFile) -> Iterator[Node]:
    """The operator's CustomResourceDefinitions of a file, the items of a List too."""
    if not file.holds(b"CustomResourceDefinition") or not file.holds(b"external-secrets.io"):
        return
    if not file.holds(b"openAPIV3Schema"):
        return
    from eso_lint.source.parse import parse

    for document in parse(file, lambda text: "openAPIV3Schema" in text and "external-secrets.io" in text).documents:
        for root in (document.root, *items(document.root.get("items"))):
            if (
                string(root.get("kind")) == "CustomResourceDefinition"
                and string(lookup(root, "spec", "group")) in _GROUPS
            ):
                yield root


def pack_of(roots: list[Node], release: str) -> str | None:
    """The pack of some CRDs; None where one is templated or is no CRD of today."""
    if any(weigh(root) > _LARGEST for root in roots):
        return None
    try:
        return pack_crds([plain(root) for root in roots], release)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        return None


def plain(node: Node) -> Any:
    """A document as plain data, as Kubernetes reads it; what is templated becomes None. Aliases are spelt out."""
    if isinstance(node, Mapping):
        return {name: plain(value) for name, (_, value) in node.index.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.value if isinstance(node, Scalar) else None
