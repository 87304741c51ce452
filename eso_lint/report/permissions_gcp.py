"""The sheet of a gcpsm store: permissions of Secret Manager, and the smallest custom role."""

from __future__ import annotations

import json

from eso_lint.iam.gcp import Identity, identity_of, verdict
from eso_lint.iam.grant import HOLE
from eso_lint.iam.needs import Need
from eso_lint.model.kinds.store import Store
from eso_lint.model.workspace import Workspace
from eso_lint.report.permissions import Sheet
from eso_lint.report.permissions_rights import label, rights, rows


def sheet(store: Store, ws: Workspace) -> Sheet:
    identity = identity_of(store, ws)
    needed = rights(store, ws)

    def state(need: Need) -> str:
        return verdict(need, identity, ws) if identity is not None else "unknown"

    permissions = sorted({need.action for need in needed})
    secrets = sorted({_secret(need) for need in needed})
    single = bool(secrets) and "" not in secrets
    role = (
        json.dumps({"title": f"External Secrets, {store.title}", "includedPermissions": permissions}, indent=2) + "\n"
    )
    formats = {}
    if permissions:
        terraform = _terraform(store, identity, permissions, secrets if single else [])
        formats = {"gcp": role, "terraform": terraform, "hcl": terraform}
    said = f"signs in as {identity.shown}" if identity is not None else "how it signs in is not known"
    data = {"permissions": permissions, "secrets": secrets if single else None}
    return Sheet(store, "gcp", said, tuple(rows(store, ws, _on, state)), formats, data)


def _on(need: Need) -> str:
    return need.resource.replace(HOLE, "*")


def _secret(need: Need) -> str:
    """The secret that a permission is needed on; "" for all, or the project."""
    name = need.resource.partition("/secrets/")[2]
    return "" if HOLE in name else name


def _terraform(store: Store, identity: Identity | None, permissions: list[str], secrets: list[str]) -> str:
    name = label(store)
    listed = "".join(f'    "{permission}",\n' for permission in permissions)
    member = f"serviceAccount:{identity.gsa.shown}" if identity is not None and identity.gsa is not None else "<member>"
    text = f'resource "google_project_iam_custom_role" "{name}" {{\n  role_id     = "{name}"\n'
    text += f'  title       = "External Secrets, {store.title}"\n  permissions = [\n{listed}  ]\n}}\n\n'
    kind = "google_secret_manager_secret_iam_member" if secrets else "google_project_iam_member"
    text += f'resource "{kind}" "{name}" {{\n'
    if secrets:
        text += f"  for_each  = toset({json.dumps(secrets)})\n  secret_id = each.value\n"
    else:
        text += "  project = google_project_iam_custom_role." + name + ".project\n"
    text += f"  role      = google_project_iam_custom_role.{name}.id\n  member    = {json.dumps(member)}\n}}\n"
    return text
