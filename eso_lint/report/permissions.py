"""What stores need, what they are granted, and the policy that would do: as tables, JSON and policy texts.

Each provider has a module that makes a `Sheet` of a store (`SHEETS`), imported where a store has that provider.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any, NamedTuple, TextIO

from eso_lint import HOMEPAGE, __version__
from eso_lint.model.kinds.store import Store
from eso_lint.model.workspace import Workspace
from eso_lint.report.table import write_table
from eso_lint.report.visible import visible

VERSION = 1
# Provider -> module with `sheet(store, workspace) -> Sheet`.
SHEETS: dict[str, str] = {
    "aws": "eso_lint.report.permissions_aws",
    "azurekv": "eso_lint.report.permissions_azure",
    "gcpsm": "eso_lint.report.permissions_gcp",
    "kubernetes": "eso_lint.report.permissions_kubernetes",
    "openBao": "eso_lint.report.permissions_vault",
    "vault": "eso_lint.report.permissions_vault",
}


class Row(NamedTuple):
    """One right. `state` is granted, missing, denied, unknown (the role or a part of its policy is not here) or unused;
    `because` the object that needs it, or the place that grants it."""

    right: str
    on: str
    state: str
    because: str


class Sheet(NamedTuple):
    """One store. `identity` says as whom it asks. `policies` are texts by format, `data` the same for JSON."""

    store: Store
    provider: str
    identity: str
    rows: tuple[Row, ...]
    policies: dict[str, str]
    data: dict[str, Any]


def sheets(ws: Workspace, provider: str | None) -> tuple[Sheet, ...]:
    """A sheet for each store whose provider is known here (all of them, or those of one provider), in file order."""
    found = []
    for store in ws.all(Store):
        module = SHEETS.get(store.provider or "")
        if module is None or store.archived or (provider is not None and names(store) != provider):
            continue
        make: Callable[[Store, Workspace], Sheet] = import_module(module).sheet
        found.append(make(store, ws))
    return tuple(found)


# As users name the providers.
NAMES = {
    "aws": "aws",
    "gcpsm": "gcp",
    "azurekv": "azure",
    "vault": "vault",
    "openBao": "vault",
    "kubernetes": "kubernetes",
}


def names(store: Store) -> str:
    return NAMES.get(store.provider or "", store.provider or "")


def write_tables(found: Iterable[Sheet], stream: TextIO, color: bool) -> None:
    """needs / granted / missing / unused, one table for each store."""
    nothing = True
    for sheet in found:
        nothing = False
        where = f"{sheet.store.file.path}:{sheet.store.file.position(sheet.store.root.start)[0]}"
        stream.write(f"{visible(sheet.store.title)} ({sheet.provider}) {visible(where)}\n")
        stream.write(f"  {visible(sheet.identity)}\n")
        if sheet.rows:
            write_table(Row._fields, sheet.rows, stream, color)
        else:
            stream.write("  nothing in the repository uses it\n")
        stream.write("\n")
    if nothing:
        stream.write("The repository holds no store of these providers.\n")


def write_policies(found: Iterable[Sheet], format: str, stream: TextIO) -> None:
    """The policies of all stores as text, those that several stores share once."""
    seen: set[str] = set()
    for sheet in found:
        text = sheet.policies.get(format, "")
        if text and text not in seen:
            seen.add(text)
            stream.write(text if text.endswith("\n") else text + "\n")


def as_json(found: Iterable[Sheet]) -> dict[str, Any]:
    return {
        "version": VERSION,
        "tool": {"name": "eso-lint", "version": __version__, "url": HOMEPAGE},
        "stores": [
            {
                "kind": sheet.store.kind,
                "name": sheet.store.name,
                "namespace": sheet.store.namespace,
                "path": sheet.store.file.path,
                "provider": sheet.provider,
                "identity": sheet.identity,
                "rights": [row._asdict() for row in sheet.rows],
                **sheet.data,
            }
            for sheet in found
        ],
    }
