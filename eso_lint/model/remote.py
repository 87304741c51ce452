"""Remote keys: the names of secrets at a provider that objects read or write, and through which store."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import commonprefix
from typing import NamedTuple

from eso_lint.model.kinds.external_secret import BaseExternalSecret
from eso_lint.model.kinds.push_secret import BasePushSecret
from eso_lint.model.kinds.store import Store
from eso_lint.model.reference import Found, Path, Reference
from eso_lint.model.resource import Resource
from eso_lint.model.workspace import Workspace
from eso_lint.regex import pattern
from eso_lint.source.node import Scalar, SourceFile, Span, items, lookup

_ENTRY = pattern(
    r"^[ \t]*(?:-[ \t]+)?(?:(?P<quote>[\"'])(?P<quoted>[^\"'\r\n]*)(?P=quote)|(?P<key>[^\s#\"'][^\r\n#]*?))"
    r"[ \t]*(?:#.*)?$",
    re.MULTILINE,
)


class RemoteKey(NamedTuple):
    """One key as written: a known, non-empty string.

    `use` is data, extract, find (a path prefix) or push; `store` the reference through which it goes, None where the
    object does not say. A PushSecret's entry gives one key for each of its stores.
    """

    source: Resource
    use: str
    node: Scalar
    text: str
    store: Reference | None
    path: Path


def remote_keys(resource: Resource, ws: Workspace) -> tuple[RemoteKey, ...]:
    """Every key of one ExternalSecret or PushSecret (or of their cluster-wide kinds)."""
    return ws.index(_all_keys).get(id(resource), ())


def _all_keys(ws: Workspace) -> dict[int, tuple[RemoteKey, ...]]:
    found: dict[int, tuple[RemoteKey, ...]] = {}
    for resource in ws.resources:
        stores = {reference.path: reference for reference in ws.references(resource, "store")}
        if isinstance(resource, BaseExternalSecret):
            found[id(resource)] = tuple(_read(resource, stores))
        elif isinstance(resource, BasePushSecret):
            found[id(resource)] = tuple(_pushed(resource, stores))
    return found


def _read(resource: BaseExternalSecret, stores: dict[Path, Reference]) -> Iterator[RemoteKey]:
    top = stores.get((*resource.spec_path, "secretStoreRef"))
    entries = [(e, "data", ("remoteRef", "key")) for e in resource.data]
    for from_entry in resource.data_from:
        entries.append((from_entry, "extract", ("extract", "key")))  # type: ignore[arg-type]
        entries.append((from_entry, "find", ("find", "path")))  # type: ignore[arg-type]
        if resource.version == "v1alpha1":
            entries.append((from_entry, "extract", ("key",)))  # type: ignore[arg-type]
    for entry, use, field in entries:
        source = lookup(entry.node, "sourceRef")
        store = stores.get((*entry.path, "sourceRef", "storeRef"))
        if store is None and source is None:
            # An override replaces the common store as a whole; one that is not known leaves no store to speak of.
            store = top
        yield from _key(resource, use, (*entry.path, *field), store)


def _pushed(resource: BasePushSecret, stores: dict[Path, Reference]) -> Iterator[RemoteKey]:
    base: Path = resource.spec_path
    common: list[Reference | None] = [r for path, r in stores.items() if path[len(base)] == "secretStoreRefs"]
    for i, _ in enumerate(items(resource.spec("data"))):
        path = (*base, "data", i, "match", "remoteRef", "remoteKey")
        for store in common or (None,):
            yield from _key(resource, "push", path, store)
    for i, _ in enumerate(items(resource.spec("dataTo"))):
        yield from _key(
            resource, "push", (*base, "dataTo", i, "remoteKey"), stores.get((*base, "dataTo", i, "storeRef"))
        )


def _key(resource: Resource, use: str, path: Path, store: Reference | None) -> Iterator[RemoteKey]:
    node = resource.at(*path)
    if isinstance(node, Scalar):
        text = node.string
        if text:
            yield RemoteKey(resource, use, node, text, store, path)


def stores_of(reference: Reference | None, ws: Workspace) -> tuple[Store, ...]:
    """The stores that a reference leads to, where they are here; else empty."""
    answer = ws.resolve(reference) if reference is not None else None
    if not isinstance(answer, Found):
        return ()
    return tuple(s for s in answer.targets if isinstance(s, Store))


def provider_of(stores: tuple[Store, ...]) -> str | None:
    """The provider on which all of these stores agree, else None."""
    names = {store.provider for store in stores}
    return names.pop() if len(names) == 1 else None


def store_identity(reference: Reference | None, ws: Workspace) -> tuple[str, ...] | None:
    """What tells one store from another; None where two uses of the name may mean different stores."""
    if reference is None or not reference.kind or not reference.name:
        return None
    namespace = reference.namespace
    defined = [s for s in ws.named(reference.kind, reference.name, namespace or None) if isinstance(s, Store)]
    world = reference.source.world
    if len({store.provider_node.span.text if store.provider_node else "" for store in defined}) > 1:
        # Definitions that differ (one for each cluster, say) may lead to different backends: the nearest is meant.
        nearest = _nearest(defined, reference.source.file.path)
        return (reference.kind, nearest.file.path, reference.name, world) if nearest else None
    if namespace is None:
        if len(defined) != 1:
            return None
        namespace = defined[0].file.path
    return (reference.kind, namespace, reference.name, world)


def _nearest(stores: list[Store], path: str) -> Store | None:
    """The store whose file shares most directories with a path; None where several share as many."""
    scored = sorted(((len(commonprefix((path, s.file.path)).split("/")), s) for s in stores), key=lambda i: -i[0])
    return scored[0][1] if scored[0][0] > scored[1][0] else None


class KeyGroup(NamedTuple):
    """All keys of one store, in file order. `provider` is None where it is not known."""

    store: tuple[str, ...]
    provider: str | None
    keys: tuple[RemoteKey, ...]


def keys_by_store(ws: Workspace) -> tuple[KeyGroup, ...]:
    """Keys that name one secret (no `find` prefixes), grouped by store; those whose store is not known are left out."""
    groups: dict[tuple[str, ...], list[RemoteKey]] = {}
    for resource in ws.resources:
        for key in remote_keys(resource, ws):
            identity = store_identity(key.store, ws) if key.use != "find" else None
            if identity is not None:
                groups.setdefault(identity, []).append(key)
    return tuple(
        KeyGroup(identity, provider_of(stores_of(keys[0].store, ws)), tuple(keys)) for identity, keys in groups.items()
    )


class Inventory(NamedTuple):
    """Keys that are known to exist at the providers, each with its place in the inventory file."""

    keys: dict[str, Span]


def read_inventory(file: SourceFile) -> Inventory:
    """One key per line; `- key` lists, quotes, blank lines and `#` comments are understood."""
    keys: dict[str, Span] = {}
    for match in _ENTRY.finditer(file.text):
        name = "key" if match["quote"] is None else "quoted"
        text = match[name]
        if text and text != "---":
            keys.setdefault(text, Span(file, match.start(name), match.end(name)))
    return Inventory(keys)
