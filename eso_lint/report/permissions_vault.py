"""The sheet of a Vault or OpenBao store: capabilities by path, and the smallest policy."""

from __future__ import annotations

import json

from eso_lint.iam.grant import HOLE, VaultPolicy
from eso_lint.iam.needs import Need
from eso_lint.iam.vault import judged, login_of, policies_of, role_of
from eso_lint.iam.vault_acl import fits
from eso_lint.model.kinds.store import Store
from eso_lint.model.workspace import Workspace
from eso_lint.report.permissions import Row, Sheet
from eso_lint.report.permissions_rights import grouped, label, rights, rows

# As people write them.
_ORDER = ("create", "read", "update", "delete", "list")


def sheet(store: Store, ws: Workspace) -> Sheet:
    role = role_of(store, ws)
    policies = policies_of(role, ws) if role is not None else None

    def state(need: Need) -> str:
        return judged(policies, store, need).verdict if policies is not None else "unknown"

    found = rows(store, ws, lambda need: path_of(need), state)
    found += _unused(store, ws, policies or ())
    text = policy_text(rights(store, ws))
    terraform = (
        f'resource "vault_policy" "{label(store)}" {{\n'
        f'  name   = "{label(store).replace("_", "-")}"\n  policy = <<-EOT\n'
        + "".join(f"    {line}\n" if line else "\n" for line in text.splitlines())
        + "  EOT\n}\n"
        if text
        else ""
    )
    login = login_of(store)
    identity = "how it signs in is not known"
    if login is not None:
        held = "" if role is not None else ", which is not in this repository"
        identity = f"signs in at auth/{login.mount} with role {login.role}{held}"
    own = f"# {store.title}\n{text}" if text else ""
    formats = {"vault": own, "hcl": own, "terraform": terraform}
    return Sheet(store, "vault", identity, tuple(found), formats, {"policy": text or None})


def path_of(need: Need) -> str:
    """The path of a need as a policy writes it: `*` at its end for what is not known, `+` for a segment within."""
    segments = need.resource.split("/")
    if HOLE not in need.resource:
        return need.resource
    last = next(i for i, segment in enumerate(segments) if HOLE in segment)
    if all(HOLE in segment or not segment for segment in segments[last:]):
        return "/".join([*segments[:last], segments[last].partition(HOLE)[0] + "*"])
    return "/".join("+" if HOLE in segment else segment for segment in segments)


def policy_text(needs: tuple[Need, ...]) -> str:
    """The smallest policy: paths with the same capabilities are grouped by directory."""
    wanted: dict[str, set[str]] = {}
    for need in needs:
        wanted.setdefault(path_of(need), set()).add(need.action)
    alike: dict[tuple[str, ...], list[str]] = {}
    for path, actions in wanted.items():
        alike.setdefault(tuple(a for a in _ORDER if a in actions), []).append(path)
    blocks: dict[str, set[str]] = {}
    for same, paths in alike.items():
        for path in grouped(paths):
            blocks.setdefault(path, set()).update(same)
    # Vault asks the most specific path alone: what a wider one has, that needs as well.
    for path, own in blocks.items():
        for other, more in blocks.items():
            if other != path and fits(other, path.removesuffix("*")):
                own |= more
    return "\n".join(
        f"path {json.dumps(path)} {{\n  capabilities = {json.dumps([a for a in _ORDER if a in own])}\n}}"
        for path, own in sorted(blocks.items())
    ) + ("\n" if blocks else "")


def _unused(store: Store, ws: Workspace, policies: tuple[VaultPolicy, ...]) -> list[Row]:
    """Capabilities on paths that nothing needs."""
    needed = rights(store, ws)
    found = []
    for policy in policies:
        for rule in policy.rules:
            near = [need for need in needed if fits(rule.path.raw, need.resource) is not False]
            # With the last of its properties a secret goes as a whole.
            asked = {"delete" if need.use.feature == "delete" else need.action for need in near}
            asked |= {need.action for need in near}
            idle = [c.shown for c in rule.capabilities if c.raw not in asked and c.raw != "deny"]
            if idle:
                line = rule.span.file.position(rule.span.start)[0]
                found.append(Row(", ".join(idle), rule.path.shown, "unused", f"{rule.span.file.path}:{line}"))
    return found
