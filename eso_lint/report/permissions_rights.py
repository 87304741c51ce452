"""What the sheets of all providers share: rights once each, and names that many resources have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from eso_lint.iam.needs import Need, needs
from eso_lint.model.kinds.store import Store
from eso_lint.model.reference import Reference
from eso_lint.model.workspace import Workspace
from eso_lint.report.permissions import Row

# So many names of one directory are written as the directory.
_MANY = 4


def rights(store: Store, ws: Workspace) -> tuple[Need, ...]:
    """Every need of a store once, by action and resource."""
    found: dict[tuple[str, str], Need] = {}
    for need in needs(store, ws):
        found.setdefault((need.action, need.resource), need)
    return tuple(found.values())


def rows(store: Store, ws: Workspace, on: Callable[[Need], str], state: Callable[[Need], str]) -> list[Row]:
    return [Row(need.action, on(need), state(need), need.use.source.title) for need in rights(store, ws)]


def label(store: Store) -> str:
    """A name for what is made for a store, legal in every language that is written here."""
    return re.sub(r"[^A-Za-z0-9_]", "_", "_".join(part for part in (store.namespace, store.name or "store") if part))


def grouped(paths: Iterable[str]) -> tuple[str, ...]:
    """Paths without those that a wider one covers; many of one directory become the directory."""
    every = set(paths)
    directories: dict[str, set[str]] = {}
    for path in every:
        directory, slash, _ = path.rpartition("/")
        if slash:
            directories.setdefault(directory, set()).add(path)
    for directory, members in directories.items():
        if len(members) >= _MANY and directory.count("/") >= 2:
            every = (every - members) | {f"{directory}/*"}
    wide = [path for path in every if path.endswith("*")]
    return tuple(sorted(p for p in every if not any(w != p and p.startswith(w[:-1]) for w in wide)))


def account(reference: Reference | None) -> str:
    """The ServiceAccount of a store, for its identity."""
    if reference is None:
        return "how it signs in is not known"
    return f"signs in as ServiceAccount {reference.namespace or '<namespace>'}/{reference.name or '<name>'}"
