"""References that kustomize rewrites when the object that they name was renamed or moved."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence as SequenceABC

from eso_lint.render.kustomize.config import REFERENCES, Config, FieldSpec, Reference
from eso_lint.render.kustomize.select import cluster_scoped, effective
from eso_lint.render.tree import change_at, sequence_with, unknown, with_entry, with_field
from eso_lint.render.unit import Item
from eso_lint.source.node import Mapping, Node, Scalar, Sequence, items, lookup, string

_MANY = 1_000  # objects of one name: which of them is meant is not looked for
_Fields = dict[str, list[tuple[Reference, FieldSpec]]]


def _by_kind(references: Iterable[Reference]) -> _Fields:
    """The fields that hold references, by the kind of the object that has them."""
    found: _Fields = {}
    for reference in references:
        for spec in reference.fields:
            found.setdefault(spec.kind, []).append((reference, spec))
    return found


_BUILT_IN = _by_kind(REFERENCES)
# Fields that hold a namespace beside the name: they change also where no object has another name.
_PLACES = (("subjects",), ("webhooks", "clientConfig", "service"))
_PLACED = _by_kind(r._replace(fields=tuple(f for f in r.fields if f.path in _PLACES)) for r in REFERENCES)


def follow(found: SequenceABC[Item], config: Config) -> None:
    """Rewrite all references in place. Only built-in kinds and those that `configurations:` name are rewritten."""
    by_name: dict[str, list[Item]] = {}
    renamed = False
    for item in found:
        for name in {i[2] for i in item.former if i[2] is not None}:
            by_name.setdefault(name, []).append(item)
            renamed = renamed or name != item.id[2]
    if not by_name:
        return
    by_kind = _BUILT_IN if renamed else _PLACED
    if config.references:
        by_kind = _by_kind((*REFERENCES, *config.references))
    anywhere = by_kind.get("", [])
    referrers = [(item, fields) for item in found if (fields := [*by_kind.get(item.kind or "", ()), *anywhere])]
    changes: list[tuple[Item, Node]] = []
    for item, fields in referrers:
        root: Node = item.root
        for reference, spec in fields:
            if spec.fits(item):
                finder = _Finder(item, reference, spec, by_name)
                root = change_at(root, list(spec.path), finder.set)
        if root is not item.root:
            changes.append((item, root))
    for item, root in changes:
        item.change(root, lookup(item.root, "metadata", "name") or item.root)


class _Finder:
    """The search for what one field of one object refers to."""

    def __init__(self, referrer: Item, reference: Reference, spec: FieldSpec, by_name: dict[str, list[Item]]) -> None:
        self.referrer, self.reference, self.spec, self.by_name = referrer, reference, spec, by_name
        self.wide = cluster_scoped(referrer.group, referrer.kind)
        self.namespaces = {effective(referrer.id[1])}
        if referrer.kind == "RoleBinding":
            for subject in items(referrer.root.get("subjects")):
                namespace = string(subject.get("namespace"))
                if string(subject.get("kind")) == "ServiceAccount" and namespace:
                    self.namespaces.add(namespace)

    def set(self, node: Node) -> Node:
        if isinstance(node, Scalar):
            return self._scalar(node)
        if isinstance(node, Mapping):
            return self._mapping(node)
        if isinstance(node, Sequence):
            fresh = [self.set(item) for item in node.items]
            return node if all(a is b for a, b in zip(fresh, node.items, strict=True)) else sequence_with(node, fresh)
        return node

    def _scalar(self, node: Scalar) -> Node:
        found = self._find(node.text, None)
        return node if found is None else self._named(node, found)

    def _named(self, node: Scalar, found: Item) -> Node:
        name = lookup(found.root, "metadata", "name")
        text = string(name)
        if text is None:
            return unknown(node, name.text if name is not None and hasattr(name, "text") else "")
        return node if text == node.text else Scalar(node.file, node.start, node.end, text, "'")

    def _mapping(self, node: Mapping) -> Node:
        name = node.get("name")
        if not isinstance(name, Scalar):
            return node
        found = self._find(name.text, node.get("namespace"))
        if found is None:
            return node
        fresh = with_field(node, "name", self._named(name, found), name)
        namespace = lookup(found.root, "metadata", "namespace")
        if namespace is not None and string(namespace) != "":
            fresh = with_entry(fresh, Scalar(node.file, name.start, name.end, "namespace"), namespace)
        return fresh

    def _find(self, name: str, namespace: Node | None) -> Item | None:
        found = self.by_name.get(name, ())
        candidates = [i for i in found if self._reachable(i)] if len(found) < _MANY else []
        if namespace is not None:
            text = string(namespace) or ""
            first = [i for i in candidates if effective(i.ids[0][1]) == text]
            candidates = first or [i for i in candidates if effective(i.id[1]) == text]
        role = self.spec.path[-2:] == ("roleRef", "name")
        kind = string(lookup(self.referrer.root, "roleRef", "kind")) if role else None
        candidates = [
            i for i in candidates if self.reference.means(i) and (kind is None or any(f[0] == kind for f in i.former))
        ]
        if len(candidates) > 1:
            candidates = [i for i in candidates if _same_affixes(i, self.referrer)]
        return candidates[0] if candidates else None

    def _reachable(self, item: Item) -> bool:
        if self.wide or cluster_scoped(item.group, item.kind):
            return True
        place = effective(item.id[1])
        if place == effective(self.referrer.id[1]):
            return True
        return item.kind == "ServiceAccount" and place in self.namespaces


def _same_affixes(one: Item, other: Item) -> bool:
    for a, b in zip(one.affixes, other.affixes, strict=True):
        n = min(len(a), len(b))
        if a[len(a) - n :] != b[len(b) - n :]:
            return False
    return True
