"""Grants of Google Cloud's IAM, in Terraform and in objects of Config Connector."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from eso_lint.iam.blocks import Blocks
from eso_lint.iam.grant import HOLE, Block, Grant, Value
from eso_lint.iam.identities import identities
from eso_lint.iam.tree import unknown
from eso_lint.iam.yaml_text import roots, value_of
from eso_lint.model.resource import group_version
from eso_lint.model.workspace import Workspace
from eso_lint.source.node import Mapping, Node, is_absent, items, lookup, string

_NEEDLE = ".cnrm.cloud.google.com/"
# What a module of theirs binds is not seen, nor what a policy that replaces all others says.
_UNSEEN = re.compile(rb"terraform-google-modules/|\"google_(?:project|folder|organization)_iam_policy\"")
_PROJECT = "cnrm.cloud.google.com/project-id"
# Terraform's prefix -> what it grants on, and the attribute that names that.
_TYPES = {
    "google_project_iam": ("gcp-project", "project"),
    "google_folder_iam": ("gcp-above", "folder"),
    "google_organization_iam": ("gcp-above", "org_id"),
    "google_secret_manager_secret_iam": ("gcp-secret", "secret_id"),
    "google_secret_manager_regional_secret_iam": ("gcp-secret", "secret_id"),
    "google_service_account_iam": ("gcp-service-account", "service_account_id"),
}
_KINDS = {
    "Project": "gcp-project",
    "Folder": "gcp-above",
    "Organization": "gcp-above",
    "SecretManagerSecret": "gcp-secret",
    "IAMServiceAccount": "gcp-service-account",
}


class Gcp(NamedTuple):
    """All grants; the permissions of roles of one's own, None where they are not known; whether there may be more."""

    grants: tuple[Grant, ...]
    roles: dict[str, frozenset[str] | None]
    open: bool


def gcp_found(ws: Workspace) -> Gcp:
    return ws.index(_found)


def _found(ws: Workspace) -> Gcp:
    blocks = Blocks(identities(ws))
    objects = list(roots(ws, _NEEDLE))
    grants = (*_terraform(blocks), *_connector(objects))
    unseen = any(path.endswith((".tf", ".tofu")) and _UNSEEN.search(f.data) for path, f in ws.sources.items())
    return Gcp(grants, {**_terraform_roles(blocks), **_connector_roles(objects)}, unseen)


def _terraform(blocks: Blocks) -> Iterator[Grant]:
    for prefix, (kind, attribute) in _TYPES.items():
        for block in blocks.of_type(f"{prefix}_member", f"{prefix}_binding"):
            yield from _granted(block, kind, attribute, blocks)


def _granted(block: Block, kind: str, attribute: str, blocks: Blocks) -> Iterator[Grant]:
    role = blocks.text(block, "role") or unknown(block.span)
    scope = _last(blocks.text(block, attribute) or unknown(block.span))
    members = blocks.texts(block, "member" if block.type.endswith("_member") else "members") or ()
    maybe = block.maybe or "condition" in block.attributes
    for member in members:
        yield Grant(kind, member, role, scope, block.span, {}, maybe)


def _last(value: Value) -> Value:
    """The last part of a resource's full name: its id."""
    return value._replace(raw=value.raw.rsplit("/", 1)[-1])


def _terraform_roles(blocks: Blocks) -> dict[str, frozenset[str] | None]:
    found: dict[str, frozenset[str] | None] = {}
    for block in blocks.of_type("google_project_iam_custom_role", "google_organization_iam_custom_role"):
        name = blocks.text(block, "role_id")
        if name is not None and name.text is not None:
            found[name.text] = _permissions(blocks.texts(block, "permissions") or ())
    return found


def _permissions(values: Iterable[Value]) -> frozenset[str] | None:
    texts = [value.text for value in values]
    return None if None in texts else frozenset(text for text in texts if text is not None)


def _connector(objects: list[Mapping]) -> Iterator[Grant]:
    emails = {string(lookup(o, "metadata", "name")): _email(o) for o in objects if _kind(o) == "IAMServiceAccount"}
    for one in objects:
        kind = _kind(one)
        place = lookup(one, "metadata", "name") or one
        scope_kind = _KINDS.get(string(lookup(one, "spec", "resourceRef", "kind")) or "")
        if kind not in ("IAMPolicyMember", "IAMPartialPolicy", "IAMPolicy") or scope_kind is None:
            continue
        scope = _scope(one, scope_kind, emails)
        bindings = items(lookup(one, "spec", "bindings")) if kind != "IAMPolicyMember" else (lookup(one, "spec"),)
        for binding in bindings:
            role = value_of(lookup(binding, "role")) or unknown(place.span)
            maybe = not is_absent(lookup(binding, "condition"))
            members = items(lookup(binding, "members")) if kind != "IAMPolicyMember" else (binding,)
            for member in members:
                who = _member(member, emails) or unknown(place.span)
                yield Grant(scope_kind, who, role, scope, place.span, {}, maybe)


def _kind(root: Mapping) -> str | None:
    group = group_version(string(root.get("apiVersion")) or "")[0]
    return string(root.get("kind")) if group.endswith(".cnrm.cloud.google.com") else None


def _email(one: Mapping) -> str:
    """The address of a service account; its project is the namespace's or an annotation's."""
    name = string(lookup(one, "spec", "resourceID")) or string(lookup(one, "metadata", "name")) or HOLE
    project = string(lookup(one, "metadata", "annotations", _PROJECT)) or HOLE
    return f"{name}@{project}.iam.gserviceaccount.com"


def _member(node: Node | None, emails: dict[str | None, str]) -> Value | None:
    """A member as written, or the service account that an object stands for."""
    if node is None or not isinstance(node, Mapping):
        return value_of(node)
    written = value_of(node.get("member"))
    if written is not None:
        return written
    ref = lookup(node, "memberFrom", "serviceAccountRef", "name")
    if ref is None:
        return None
    return Value(f"serviceAccount:{emails.get(string(ref), f'{HOLE}@{HOLE}')}", ref.span)


def _scope(one: Mapping, kind: str, emails: dict[str | None, str]) -> Value:
    ref = lookup(one, "spec", "resourceRef")
    external = lookup(ref, "external")
    if external is not None and not is_absent(external):
        return _last(value_of(external) or unknown(external.span))
    name = lookup(ref, "name")
    if name is None:
        project = value_of(lookup(one, "metadata", "annotations", _PROJECT)) if kind == "gcp-project" else None
        return project or unknown(one.span)
    found = value_of(name) or unknown(name.span)
    if kind == "gcp-service-account":
        return found._replace(raw=emails.get(found.text, f"{found.raw}@{HOLE}"))
    return found


def _connector_roles(objects: list[Mapping]) -> dict[str, frozenset[str] | None]:
    found: dict[str, frozenset[str] | None] = {}
    for one in objects:
        name = string(lookup(one, "spec", "resourceID")) or string(lookup(one, "metadata", "name"))
        if _kind(one) == "IAMCustomRole" and name is not None:
            values = (value_of(node) or unknown(one.span) for node in items(lookup(one, "spec", "permissions")))
            found[name] = _permissions(values)
    return found
