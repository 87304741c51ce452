"""Azure identities with the ServiceAccounts they are federated with, and their rights in key vaults.

In Terraform an identity's ids are made when it runs: resources are joined by what they refer to. The same holds for
objects of Azure Service Operator, by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from eso_lint.iam.blocks import Blocks
from eso_lint.iam.grant import HOLE, Block, Value
from eso_lint.iam.identities import identities
from eso_lint.iam.tree import Ref, Tree, objects, text_of, texts, unknown
from eso_lint.iam.yaml_text import roots, value_of
from eso_lint.model.resource import group_version
from eso_lint.model.workspace import Workspace
from eso_lint.source.file import Span
from eso_lint.source.node import Mapping, items, lookup, string

Key = tuple[str, ...]
_NEEDLES = ("managedidentity.azure.com/", "authorization.azure.com/")
# A service principal is the application that it is made of.
_PRINCIPALS = {"azuread_service_principal": ("client_id", "application_id")}
_TYPES = ("secret", "key", "certificate")


class Federation(NamedTuple):
    """Tokens of which subject an identity takes, and for which audiences. `identity` is None where unknown."""

    identity: Key | None
    subject: Value
    audiences: tuple[Value, ...]
    span: Span


class Assignment(NamedTuple):
    """A role of an identity; `vault` names the key vault, "" a wider scope, HOLE what is not known."""

    identity: Key | None
    role: Value
    vault: str
    span: Span
    maybe: bool = False


class AccessPolicy(NamedTuple):
    """Rights in one key vault, as `secrets/Get` in lower case; None where some are not known."""

    identity: Key | None
    vault: str
    rights: frozenset[str] | None
    span: Span
    maybe: bool = False


class KeyVault(NamedTuple):
    """`roles` says whether roles decide, or access policies; None where that is not known."""

    name: str
    roles: bool | None


class Azure(NamedTuple):
    federations: tuple[Federation, ...]
    assignments: tuple[Assignment, ...]
    policies: tuple[AccessPolicy, ...]
    vaults: tuple[KeyVault, ...]


def azure_found(ws: Workspace) -> Azure:
    return ws.index(_found)


def _found(ws: Workspace) -> Azure:
    blocks = Blocks(identities(ws))
    written = list(roots(ws, *_NEEDLES))
    return Azure(
        (*_federations(blocks), *_operator_federations(written)),
        (*_assignments(blocks), *_operator_assignments(written)),
        (*_policies(blocks), *_inline_policies(blocks)),
        tuple(_vaults(blocks)),
    )


def _identity(tree: Tree | None, blocks: Blocks) -> Key | None:
    """The identity that an expression leads to."""
    if not isinstance(tree, Ref):
        return None
    path = tree.path[1:] if tree.path[:1] == ("data",) else tree.path
    if len(path) < 2:
        return None
    fields = _PRINCIPALS.get(path[0])
    if fields is not None:
        block = blocks.target(tree)
        inner = next((t for f in fields if block is not None and (t := blocks.tree(block, f)) is not None), None)
        return _identity(inner, blocks) if inner is not tree else None
    instance = path[2] if len(path) > 2 and path[2].startswith("[") else ""
    return (tree.home, path[0], path[1], instance)


def _federations(blocks: Blocks) -> Iterator[Federation]:
    parents = ("user_assigned_identity_id", "parent_id", "application_id", "application_object_id")
    for block in blocks.of_type(
        "azurerm_federated_identity_credential", "azuread_application_federated_identity_credential"
    ):
        parent = next((t for name in parents if (t := blocks.tree(block, name)) is not None), None)
        subject = blocks.text(block, "subject") or unknown(block.span)
        audiences = blocks.texts(block, "audience") or blocks.texts(block, "audiences") or ()
        yield Federation(_identity(parent, blocks), subject, audiences, block.span)


def _assignments(blocks: Blocks) -> Iterator[Assignment]:
    for block in blocks.of_type("azurerm_role_assignment"):
        role = blocks.text(block, "role_definition_name") or unknown(block.span)
        who = _identity(blocks.tree(block, "principal_id"), blocks)
        maybe = block.maybe or "condition" in block.attributes
        yield Assignment(who, role, _scope(blocks.tree(block, "scope"), blocks), block.span, maybe)


def _scope(tree: Tree | None, blocks: Blocks) -> str:
    """The key vault that a scope is, or lies in; "" for what is wider."""
    if isinstance(tree, Ref):
        block = blocks.target(tree)
        kind = next((part for part in tree.path if part.startswith(("azurerm_", "azuread_"))), "")
        if kind.startswith("azurerm_key_vault"):
            return _vault_name(block, blocks) if block is not None and block.type == "azurerm_key_vault" else HOLE
        return "" if kind in ("azurerm_resource_group", "azurerm_subscription", "azurerm_management_group") else HOLE
    text = text_of(tree)
    if text is None:
        return HOLE
    parts = text.raw.split("/")
    if "vaults" in parts:
        return parts[parts.index("vaults") + 1] if parts.index("vaults") + 1 < len(parts) else HOLE
    return HOLE if HOLE in text.raw else ""


def _vault_name(block: Block, blocks: Blocks) -> str:
    name = blocks.text(block, "name")
    return name.raw.lower() if name is not None else HOLE


def _policies(blocks: Blocks) -> Iterator[AccessPolicy]:
    for block in blocks.of_type("azurerm_key_vault_access_policy"):
        vault = _scope(blocks.tree(block, "key_vault_id"), blocks)
        who = _identity(blocks.tree(block, "object_id"), blocks)
        rights = _rights(partial(blocks.tree, block), blocks)
        yield AccessPolicy(who, vault or HOLE, rights, block.span, block.maybe)


def _inline_policies(blocks: Blocks) -> Iterator[AccessPolicy]:
    for block in blocks.of_type("azurerm_key_vault"):
        tree = blocks.tree(block, "access_policy")
        for fields in objects(tree):
            who = _identity(fields.get("object_id"), blocks)
            yield AccessPolicy(who, _vault_name(block, blocks), _rights(fields.get, blocks), fields.span, block.maybe)
        if getattr(tree, "open", False):
            yield AccessPolicy(None, _vault_name(block, blocks), None, block.span, True)


def _rights(get: Callable[[str], Tree | None], blocks: Blocks) -> frozenset[str] | None:
    found: set[str] = set()
    for kind in _TYPES:
        for value in texts(blocks.follow(get(f"{kind}_permissions"))):
            if value.text is None:
                return None
            found.add(f"{kind}s/{value.text.lower()}")
    return frozenset(found)


def _vaults(blocks: Blocks) -> Iterator[KeyVault]:
    for block in blocks.of_type("azurerm_key_vault"):
        flag = blocks.text(block, "rbac_authorization_enabled") or blocks.text(block, "enable_rbac_authorization")
        roles = False if flag is None else {"true": True, "false": False}.get(flag.raw)
        yield KeyVault(_vault_name(block, blocks), roles)


def _kind(root: Mapping, group: str) -> str | None:
    return string(root.get("kind")) if group_version(string(root.get("apiVersion")) or "")[0] == group else None


def _space(root: Mapping) -> str:
    return string(lookup(root, "metadata", "namespace")) or ""


def _operator_federations(written: list[Mapping]) -> Iterator[Federation]:
    for root in written:
        if _kind(root, "managedidentity.azure.com") != "FederatedIdentityCredential":
            continue
        place = (lookup(root, "metadata", "name") or root).span
        owner = string(lookup(root, "spec", "owner", "name"))
        subject = value_of(lookup(root, "spec", "subject")) or unknown(place)
        audiences = tuple(value_of(node) or unknown(place) for node in items(lookup(root, "spec", "audiences")))
        yield Federation(("aso", _space(root), owner) if owner else None, subject, audiences, place)


def _operator_assignments(written: list[Mapping]) -> Iterator[Assignment]:
    """Roles that are assigned to an identity whose id lands in a ConfigMap."""
    maps: dict[tuple[str, str | None, str | None], Key] = {}
    for root in written:
        if _kind(root, "managedidentity.azure.com") == "UserAssignedIdentity":
            ref = lookup(root, "spec", "operatorSpec", "configMaps", "principalId")
            name = string(lookup(root, "metadata", "name"))
            if ref is not None and name is not None:
                at = (_space(root), string(lookup(ref, "name")), string(lookup(ref, "key")))
                maps[at] = ("aso", _space(root), name)
    for root in written:
        if _kind(root, "authorization.azure.com") != "RoleAssignment":
            continue
        place = (lookup(root, "metadata", "name") or root).span
        ref = lookup(root, "spec", "principalIdFromConfig")
        who = maps.get((_space(root), string(lookup(ref, "name")), string(lookup(ref, "key")))) if ref else None
        role = value_of(lookup(root, "spec", "roleDefinitionReference", "wellKnownName")) or unknown(place)
        owner = lookup(root, "spec", "owner")
        kind, name = string(lookup(owner, "kind")), string(lookup(owner, "name"))
        vault = (name or HOLE) if kind == "Vault" else "" if kind in ("ResourceGroup",) else HOLE
        yield Assignment(who, role, vault, place)
