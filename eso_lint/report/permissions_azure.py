"""The sheet of an azurekv store: rights in the key vault, as a custom role and as an access policy."""

from __future__ import annotations

import json

from eso_lint.iam.azure import account_of, verdict
from eso_lint.iam.grant import HOLE
from eso_lint.iam.needs import EVERY, Need
from eso_lint.model.kinds.store import Store
from eso_lint.model.workspace import Workspace
from eso_lint.report.permissions import Sheet
from eso_lint.report.permissions_rights import account, label, rights, rows

# The actions of Azure's roles for the rights of access policies.
_ACTIONS = {
    "secrets/Get": "secrets/getSecret/action",
    "secrets/List": "secrets/readMetadata/action",
    "secrets/Set": "secrets/setSecret/action",
    "secrets/Delete": "secrets/delete",
    "keys/Get": "keys/read",
    "keys/Import": "keys/import/action",
    "keys/Delete": "keys/delete",
    "certificates/Get": "certificates/read",
    "certificates/Import": "certificates/import/action",
    "certificates/Delete": "certificates/delete",
}


def sheet(store: Store, ws: Workspace) -> Sheet:
    actions = sorted({need.action for need in rights(store, ws)})
    role = {
        "Name": f"External Secrets, {store.title}",
        "IsCustom": True,
        "DataActions": [f"Microsoft.KeyVault/vaults/{_ACTIONS[action]}" for action in actions],
        "AssignableScopes": ["/subscriptions/<subscription>"],
    }
    policy: dict[str, list[str]] = {}
    for action in actions:
        kind, _, right = action.partition("/")
        policy.setdefault(f"{kind[:-1]}_permissions", []).append(right)
    formats = {}
    if actions:
        terraform = _terraform(store, policy)
        formats = {"azure": json.dumps(role, indent=2) + "\n", "terraform": terraform, "hcl": terraform}
    found = rows(store, ws, _on, lambda need: verdict(need, ws))
    data = {"role": role if actions else None, "accessPolicy": policy or None}
    return Sheet(store, "azure", account(account_of(store, ws)), tuple(found), formats, data)


def _on(need: Need) -> str:
    return "*" if need.resource == EVERY else need.resource.replace(HOLE, "*")


def _terraform(store: Store, policy: dict[str, list[str]]) -> str:
    lines = [f'resource "azurerm_key_vault_access_policy" "{label(store)}" {{']
    lines += ['  key_vault_id = "<key vault>"', '  tenant_id    = "<tenant>"', '  object_id    = "<identity>"', ""]
    width = max(map(len, policy))
    lines += [f"  {field.ljust(width)} = {json.dumps(found)}" for field, found in policy.items()]
    return "\n".join([*lines, "}", ""])
