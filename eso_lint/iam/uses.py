"""What the objects of a repository ask of its stores: which feature, of which secret, and where that is written.

A use is a fact of the manifests alone; what rights it calls for is the provider's (`needs.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from eso_lint.model.kinds.external_secret import BaseExternalSecret
from eso_lint.model.kinds.push_secret import BasePushSecret
from eso_lint.model.kinds.store import Store
from eso_lint.model.reference import Found, Path, Reference
from eso_lint.model.resource import Resource
from eso_lint.model.workspace import Workspace
from eso_lint.record import NamedTuple
from eso_lint.source.node import Mapping, Node, Opaque, is_absent, items, lookup, string

READS = frozenset(("data", "extract", "fetch", "find-name", "find-tags"))
WRITES = frozenset(("push", "push-new", "delete"))


class Use(NamedTuple):
    """One feature that one object asks of one store.

    `feature` is data, extract, fetch (`metadataPolicy: Fetch`: metadata in place of the value), find-name, find-tags,
    push, push-new (`updatePolicy: IfNotExists`), or delete (`deletionPolicy: Delete`). `at` is the scalar whose
    feature it is. `key` is the remote key as written (the path of a find, "" where it has none), None where it cannot
    be known. `entry` is the item of `data`, `dataFrom` or `dataTo`.
    """

    source: Resource
    feature: str
    at: Node
    key: str | None
    store: Store
    reference: Reference
    entry: Node
    path: Path

    @property
    def words(self) -> str:
        """The feature, as messages say it."""
        return _WORDS[self.feature]

    @property
    def property(self) -> Node | None:
        """The property of a pushed entry, None where absent."""
        return lookup(self.entry, "match", "remoteRef", "property")


_WORDS = {
    "data": "`data`",
    "extract": "`extract`",
    "fetch": "`metadataPolicy: Fetch`",
    "find-name": "`find` by name",
    "find-tags": "`find` by tags",
    "push": "the push",
    "push-new": "the push",
    "delete": "`deletionPolicy: Delete`",
}


def uses(store: Store, ws: Workspace) -> tuple[Use, ...]:
    """Everything that objects certainly ask of a store, in file order."""
    return ws.index(_by_store).get(id(store), ())


def uses_of(resource: Resource, ws: Workspace) -> tuple[Use, ...]:
    """Everything that one object certainly asks of stores that are here."""
    return ws.index(_by_object).get(id(resource), ())


def _by_store(ws: Workspace) -> dict[int, tuple[Use, ...]]:
    found: dict[int, list[Use]] = {}
    for every in ws.index(_by_object).values():
        for use in every:
            found.setdefault(id(use.store), []).append(use)
    return {store: tuple(every) for store, every in found.items()}


def _by_object(ws: Workspace) -> dict[int, tuple[Use, ...]]:
    found: dict[int, tuple[Use, ...]] = {}
    for resource in ws.resources:
        if resource.archived:
            continue
        if isinstance(resource, BaseExternalSecret):
            found[id(resource)] = tuple(_read(resource, ws))
        elif isinstance(resource, BasePushSecret):
            found[id(resource)] = tuple(_pushed(resource, ws))
    return {key: every for key, every in found.items() if every}


def _store(reference: Reference | None, ws: Workspace) -> Store | None:
    """The one store that a reference leads to; None where there are several, or none that is here."""
    answer = ws.resolve(reference) if reference is not None else None
    if isinstance(answer, Found) and len(answer.targets) == 1 and isinstance(answer.targets[0], Store):
        return answer.targets[0]
    return None


def _read(resource: BaseExternalSecret, ws: Workspace) -> Iterator[Use]:
    stores = {reference.path: reference for reference in ws.references(resource, "store")}
    top = stores.get((*resource.spec_path, "secretStoreRef"))

    def chosen(path: Path, entry: Node) -> tuple[Reference, Store] | None:
        own = lookup(entry, "sourceRef")
        reference = stores.get((*path, "sourceRef", "storeRef")) if own is not None else top
        store = _store(reference, ws)
        return (reference, store) if reference is not None and store is not None else None

    for entry in resource.data:
        to = chosen(entry.path, entry.node)
        if to is not None and isinstance(entry.node, Mapping):
            path = (*entry.path, "remoteRef", "key")
            yield _one(resource, "data", path, lookup(entry.node, "remoteRef"), to, entry.node)
    for from_entry in resource.data_from:
        to = chosen(from_entry.path, from_entry.node)
        if to is None or not isinstance(from_entry.node, Mapping):
            continue
        extract, find = from_entry.extract, from_entry.find
        if isinstance(extract, Mapping):
            yield _one(resource, "extract", (*from_entry.path, "extract", "key"), extract, to, from_entry.node)
        if isinstance(find, Mapping):
            yield from _find(resource, (*from_entry.path, "find"), find, to, from_entry.node)


def _one(
    resource: Resource, feature: str, path: Path, ref: Node | None, to: tuple[Reference, Store], entry: Node
) -> Use:
    policy = lookup(ref, "metadataPolicy") if ref is not None else None
    if string(policy) == "Fetch":
        feature = "fetch"
    return Use(resource, feature, resource.anchor(*path), string(resource.at(*path)), to[1], to[0], entry, path)


def _find(resource: Resource, path: Path, find: Mapping, to: tuple[Reference, Store], entry: Node) -> Iterator[Use]:
    """A name comes before tags: where both are written, the name leads and tags narrow it (or are not read)."""
    written = find.get("path")
    key = "" if is_absent(written) else string(written)
    for feature, field in (("find-name", "name"), ("find-tags", "tags")):
        if not is_absent(find.get(field)) and not isinstance(find.get(field), Opaque):
            place = find.key(field) or resource.anchor(*path)
            yield Use(resource, feature, place, key, to[1], to[0], entry, path)
            return


def _pushed(resource: BasePushSecret, ws: Workspace) -> Iterator[Use]:
    base: Path = resource.spec_path
    listed: list[tuple[Reference, Store]] = []
    named: dict[Path, tuple[Reference, Store]] = {}
    for reference in ws.references(resource, "store"):
        store = _store(reference, ws)
        if store is None:
            continue
        if reference.path[len(base)] == "secretStoreRefs":
            listed.append((reference, store))
        else:
            named[reference.path] = (reference, store)
    feature = "push-new" if string(resource.spec("updatePolicy")) == "IfNotExists" else "push"
    if isinstance(resource.spec("updatePolicy"), Opaque):
        feature = "push-new"  # the lesser claim
    deletes = string(resource.spec("deletionPolicy")) == "Delete"
    deletion = resource.spec_anchor("deletionPolicy")
    for i, entry in enumerate(items(resource.spec("data"))):
        path: Path = (*base, "data", i, "match", "remoteRef", "remoteKey")
        for to in listed if isinstance(entry, Mapping) else ():
            key = string(resource.at(*path))
            yield Use(resource, feature, resource.anchor(*path), key, to[1], to[0], entry, path)
            if deletes:
                yield Use(resource, "delete", deletion, key, to[1], to[0], entry, path)
    for i, entry in enumerate(items(resource.spec("dataTo"))):
        path = (*base, "dataTo", i, "remoteKey")
        found = named.get((*base, "dataTo", i, "storeRef"))
        if found is not None and isinstance(entry, Mapping):
            # Without a remote key every key of the Secret becomes a secret of its own, under a name made from it.
            key = string(entry.get("remoteKey"))
            yield Use(resource, feature, resource.anchor(*path), key, found[1], found[0], entry, path)
            if deletes:
                yield Use(resource, "delete", deletion, key, found[1], found[0], entry, path)
