"""The paths that the vault and openBao providers ask for, and the capabilities they need there."""

from __future__ import annotations

from collections.abc import Iterator

from eso_lint.iam.grant import HOLE
from eso_lint.iam.needs import Need
from eso_lint.iam.uses import Use
from eso_lint.model.kinds.store import Store
from eso_lint.model.workspace import Workspace
from eso_lint.source.node import is_absent, string


def needs(use: Use, ws: Workspace) -> Iterator[Need]:
    version = engine_version(use.store)
    if version is None or (use.store.provider == "openBao" and use.feature in ("push", "push-new", "delete")):
        return  # it pushes nothing; another rule says so
    two = version == "v2"
    data = data_path(use.store, use.key, two)
    meta = metadata_path(use.store, use.key) if two else None

    def one(capability: str, path: str | None, sure: bool = True) -> Iterator[Need]:
        if path is not None:
            shown = path.replace(HOLE, "…")
            yield Need(capability, path, use, shown, sure)

    if use.feature in ("data", "extract"):
        yield from one("read", data)
    elif use.feature == "fetch":
        yield from one("read", meta)
    elif use.feature in ("find-name", "find-tags"):
        yield from _found(use, two)
    elif use.feature in ("push", "push-new"):
        for path in (data, meta):
            yield from one("read", path)
            # What is there is updated, what is not is created: which of the two is not written here.
            yield from one("create", path, sure=False)
            if use.feature == "push":
                yield from one("update", path, sure=False)
    elif use.feature == "delete":
        yield from one("read", data)
        yield from one("read", meta)
        if is_absent(use.property):
            yield from one("delete", data)
            yield from one("delete", meta)
        else:
            # The other properties stay, so the secret is written anew.
            yield from one("update", data, sure=False)


def _found(use: Use, two: bool) -> Iterator[Need]:
    mount = mount_of(use.store)
    if mount is None:
        return  # without a mount a find fails before it asks Vault
    below = HOLE if use.key is None else use.key.strip("/")
    folder = f"{below}/" if below else ""
    listed = f"{mount}/metadata/{folder}" if two else f"{mount}/{folder}"
    yield Need("list", listed, use, listed.replace(HOLE, "…"))
    read = f"{mount}/data/{folder}{HOLE}" if two else f"{mount}/{folder}{HOLE}"
    yield Need("read", read, use, read.replace(HOLE, "…"))
    if two and use.feature == "find-tags":
        tagged = f"{mount}/metadata/{folder}{HOLE}"
        yield Need("read", tagged, use, tagged.replace(HOLE, "…"))


def engine_version(store: Store) -> str | None:
    """v1 or v2 (the default of the KV engine); None where it cannot be known."""
    node = store.config("version")
    return "v2" if is_absent(node) or string(node) == "" else string(node)


def mount_of(store: Store) -> str | None:
    """The mount that the store names, `HOLE` where it cannot be known; None where keys begin with it."""
    node = store.config("path")
    if is_absent(node) or string(node) == "":
        return "kv" if store.provider == "openBao" else None
    text = string(node)
    return HOLE if text is None else text


def data_path(store: Store, key: str | None, two: bool) -> str:
    """The path that is asked for a secret's value."""
    mount = mount_of(store)
    if key is None:
        return f"{mount or HOLE}/{'data/' if two else ''}{HOLE}"
    if mount is not None:
        if store.provider == "vault" and key.startswith(f"{mount}/"):
            key = key[len(mount) + 1 :]
            key = key.removeprefix("data/") if two else key
        return f"{mount}/data/{key.lstrip('/')}" if two else f"{mount}/{key.lstrip('/')}"
    if not two or "/data/" in key:
        return key
    first, _, rest = key.partition("/")
    return f"{first}/data/{rest}"


def metadata_path(store: Store, key: str | None) -> str | None:
    """The path of a secret's metadata; None where the operator fails before it asks.

    A key that repeats the mount is not shortened here, as it is for values.
    """
    mount = mount_of(store)
    if key is None:
        return f"{mount or HOLE}/metadata/{HOLE}"
    if mount is not None:
        return f"{mount}/metadata/{key.lstrip('/')}"
    return key.replace("/data/", "/metadata/", 1) if "/data/" in key else None
