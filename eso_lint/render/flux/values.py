"""Values for post-build substitution: from the Kustomization itself, ConfigMaps and Secrets."""

from __future__ import annotations

from typing import NamedTuple

from eso_lint.render.flux.substitute import Variable, Variables
from eso_lint.render.tree import effective
from eso_lint.render.unit import Item, Source
from eso_lint.source.node import Document, Mapping, Node, Opaque, Scalar, items, lookup, string

SOURCES = ("GitRepository", "OCIRepository", "Bucket", "ExternalArtifact")
_KINDS = frozenset(("ConfigMap", "Secret", *SOURCES))


class Ref(NamedTuple):
    kind: str
    namespace: str | None
    name: str


class Objects:
    """ConfigMaps, Secrets and sources: first those delivered to a cluster, then those that merely stand in a file."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._delivered: dict[tuple[str, Ref], Mapping] = {}
        self._loose: dict[tuple[str, str], list[tuple[str | None, Document, Mapping]]] | None = None
        self._by_kind: dict[str, list[Mapping]] | None = None

    def add(self, cluster: str, item: Item) -> Ref | None:
        """Take note of a delivered object; its reference where it is one of these kinds."""
        kind, namespace, name = item.id
        if kind not in _KINDS or name is None:
            return None
        reference = Ref(kind, namespace, name)
        self._delivered.setdefault((cluster, reference), item.root)
        return reference

    def delivered(self, cluster: str, reference: Ref) -> Mapping | None:
        return self._delivered.get((cluster, reference))

    def find(self, cluster: str, reference: Ref) -> Mapping | None:
        """The object, where there is just one that it can be."""
        known = self.delivered(cluster, reference)
        if known is not None:
            return known
        found = [
            (document.file.path, root)
            for namespace, document, root in self._index().get((reference.kind, reference.name), ())
            if namespace is None or reference.namespace is None or namespace == reference.namespace
        ]
        found = [f for f in found if f[0].startswith(cluster + "/")] or found
        return found[0][1] if len(found) == 1 else None

    def all(self, kind: str) -> list[Mapping]:
        """Every object of a kind that stands in a file."""
        if self._by_kind is None:
            self._by_kind = {}
            for (k, _), entries in self._index().items():
                self._by_kind.setdefault(k, []).extend(root for _, _, root in entries)
        return self._by_kind.get(kind, [])

    def _index(self) -> dict[tuple[str, str], list[tuple[str | None, Document, Mapping]]]:
        if self._loose is None:
            self._loose = {}
            for path in sorted(self._source.paths):
                for document in self._source.documents(path) or ():
                    root = document.root
                    kind = string(root.get("kind"))
                    if isinstance(root, Mapping) and kind in _KINDS:
                        name = string(lookup(root, "metadata", "name"))
                        namespace = string(lookup(root, "metadata", "namespace"))
                        if name is not None and kind is not None:
                            self._loose.setdefault((kind, name), []).append((namespace, document, root))
        return self._loose


def references(item: Item) -> list[Ref]:
    """The ConfigMaps and Secrets that a Kustomization substitutes from, in order."""
    namespace = item.id[1]
    found = []
    for entry in items(lookup(item.root, "spec", "postBuild", "substituteFrom")):
        kind, name = string(entry.get("kind")), string(entry.get("name"))
        if kind in ("ConfigMap", "Secret") and name is not None:
            found.append(Ref(kind, namespace, name))
    return found


def variables(item: Item, objects: Objects, cluster: str) -> Variables | None:
    """What a Kustomization substitutes; None where it substitutes nothing at all."""
    build = lookup(item.root, "spec", "postBuild")
    if build is None or (isinstance(build, Scalar) and build.value is None):
        return None
    made = Variables()
    if not isinstance(build, Mapping):
        made.open = True
        return made
    sources = build.get("substituteFrom")
    entries = items(sources)
    if isinstance(sources, Opaque) or build.open:
        made.hide()
    for entry in entries:
        kind, name = string(entry.get("kind")), string(entry.get("name"))
        found = objects.find(cluster, Ref(kind, item.id[1], name)) if kind is not None and name is not None else None
        if found is None:
            made.hide()
            continue
        for field in ("data", "stringData") if kind == "Secret" else ("data",):
            _take(made, found.get(field), kind == "Secret")
    _take(made, build.get("substitute"), False)
    return made


def _take(made: Variables, values: Node | None, secret: bool) -> None:
    if isinstance(values, Opaque):
        made.hide()
    if not isinstance(values, Mapping):
        return
    if values.open:
        made.hide()
    for key, value in effective(values):
        if isinstance(key, Scalar):
            known = isinstance(value, Scalar) and not secret
            text = value.text.replace("\n", "") if known and isinstance(value, Scalar) else None
            made.known[key.text] = Variable(text, value)
