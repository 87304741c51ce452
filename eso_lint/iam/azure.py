"""From an azurekv store to the identity that its ServiceAccount is federated with, and to what that may."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from eso_lint.iam.azure_found import AccessPolicy, Assignment, Azure, Federation, azure_found
from eso_lint.iam.glob import matches
from eso_lint.iam.grant import HOLE, Value
from eso_lint.iam.needs import Need, needs_of
from eso_lint.iam.uses import READS, Use, uses_of
from eso_lint.model.kinds.store import Store
from eso_lint.model.reference import Reference
from eso_lint.model.resource import Resource
from eso_lint.model.workspace import Workspace
from eso_lint.source.file import Span
from eso_lint.source.node import items, string
from eso_lint.suggest import closest

Right = Assignment | AccessPolicy
AUDIENCE = "api://AzureADTokenExchange"
_SUBJECT = "system:serviceaccount:"
_ALL = frozenset({"secrets/*", "keys/*", "certificates/*"})
# What roles allow in a vault's data, as far as the operator asks for it. Those of the control plane allow nothing.
_ROLES = {
    "key vault administrator": _ALL,
    "key vault secrets officer": frozenset({"secrets/*"}),
    "key vault secrets user": frozenset({"secrets/get", "secrets/list"}),
    "key vault crypto officer": frozenset({"keys/*"}),
    "key vault crypto user": frozenset({"keys/get", "keys/list"}),
    "key vault crypto service encryption user": frozenset({"keys/get", "keys/list"}),
    "key vault certificates officer": frozenset({"certificates/*"}),
    "key vault certificate user": frozenset({"certificates/get", "certificates/list", "secrets/get", "keys/get"}),
    "key vault reader": frozenset({"secrets/list", "keys/get", "keys/list", "certificates/get", "certificates/list"}),
    "key vault contributor": frozenset[str](),
    "contributor": frozenset[str](),
    "owner": frozenset[str](),
    "reader": frozenset[str](),
}


_SMALLEST = {
    "secrets": ("Key Vault Secrets User", "Key Vault Secrets Officer"),
    "keys": ("Key Vault Crypto User", "Key Vault Crypto Officer"),
    "certificates": ("Key Vault Certificate User", "Key Vault Certificates Officer"),
}


class AzureGap(NamedTuple):
    """A right that a use lacks. `near` is a role or an access policy of the same identity."""

    need: Need
    others: tuple[Need, ...]
    federation: Federation
    near: Right

    @property
    def use(self) -> Use:
        return self.need.use

    @property
    def by_role(self) -> bool:
        return isinstance(self.near, Assignment)

    @property
    def has(self) -> str:
        """The role that the identity has, as messages say it."""
        return self.near.role.shown if isinstance(self.near, Assignment) else "an access policy"

    @property
    def role_for(self) -> str:
        """The smallest role of Azure's own with which the use works."""
        kind = self.need.action.partition("/")[0]
        reads = self.use.feature in READS
        return _SMALLEST[kind][0 if reads else 1]


class FederationFault(NamedTuple):
    """Why a token of a store's ServiceAccount is refused, and where."""

    at: Span
    message: str
    reference: Reference
    help: str


def account_of(store: Store, ws: Workspace) -> Reference | None:
    """The reference to the ServiceAccount that a store logs in as, where its namespace is known."""
    if store.provider != "azurekv" or string(store.config("authType")) != "WorkloadIdentity":
        return None
    for reference in ws.references(store, "service-account"):
        if reference.path[-1] == "serviceAccountRef" and reference.name and reference.namespace:
            return reference
    return None


def vault_of(store: Store) -> str | None:
    """The name of the key vault in a store's URL."""
    url = string(store.config("vaultUrl"))
    host = url.partition("://")[2].partition("/")[0] if url is not None else ""
    return host.partition(".")[0].lower() or None


def azure_gaps(resource: Resource, ws: Workspace) -> Iterator[AzureGap]:
    """What one object asks of azurekv stores whose identity certainly may not: one gap for each use."""
    told: set[tuple[object, ...]] = set()
    for use in uses_of(resource, ws):
        reference = account_of(use.store, ws)
        vault = vault_of(use.store) if reference is not None else None
        if reference is None or vault is None:
            continue
        found = azure_found(ws)
        federation = _federated(reference, found)
        gap = _gap(use, federation, vault, found, ws) if federation is not None else None
        if gap is not None:
            key = (id(use.store), use.feature, gap.need.action, *(need.action for need in gap.others))
            if key not in told:
                told.add(key)
                yield gap


def _subject(reference: Reference) -> str:
    return f"{_SUBJECT}{reference.namespace}:{reference.name}"


def _federated(reference: Reference, found: Azure) -> Federation | None:
    """The one identity that a ServiceAccount is federated with; None where there may be others."""
    subject = _subject(reference)
    fitting = [f for f in found.federations if matches(f.subject.raw, subject) is not False]
    known = {f.identity for f in fitting}
    if len(known) != 1 or None in known or any(f.subject.text is None for f in fitting):
        return None
    return fitting[0]


def _gap(use: Use, federation: Federation, vault: str, found: Azure, ws: Workspace) -> AzureGap | None:
    mine, sure = _rights(federation, vault, found)
    missing = [need for need in needs_of(use, ws) if not any(_grants(g, need) for g in mine)] if sure else []
    missing.sort(key=lambda need: not need.sure)
    return AzureGap(missing[0], tuple(missing[1:]), federation, sure[0]) if missing else None


def _rights(federation: Federation, vault: str, found: Azure) -> tuple[list[Right], list[Right]]:
    """What an identity has or may have in a vault, and what of that is certain and tells how the vault decides.

    Nothing is certain where both ways may count: the one that is not used here may be used elsewhere.
    """
    models = {v.roles for v in found.vaults if matches(v.name, vault) is not False}
    mine: list[Right] = []
    if models != {False}:
        mine += [a for a in found.assignments if _concerns(a, federation, vault)]
    if models != {True}:
        mine += [p for p in found.policies if _concerns(p, federation, vault)]
    sure = [g for g in mine if g.identity == federation.identity and not g.maybe and HOLE not in g.vault]
    if models != {True}:
        # A role of the control plane says nothing of a vault that may go by access policies.
        sure = [g for g in sure if isinstance(g, AccessPolicy) or _ROLES.get(g.role.raw.lower())]
    return mine, sure if len({type(g) for g in sure}) == 1 else []


def verdict(need: Need, ws: Workspace) -> str:
    """What the repository says of one need: granted, missing or unknown."""
    reference, vault, found = account_of(need.use.store, ws), vault_of(need.use.store), azure_found(ws)
    federation = _federated(reference, found) if reference is not None else None
    if federation is None or vault is None:
        return "unknown"
    mine, sure = _rights(federation, vault, found)
    if any(_has(g, need) for g in sure):
        return "granted"
    return "missing" if sure and not any(_grants(g, need) for g in mine) else "unknown"


def _concerns(grant: Right, federation: Federation, vault: str) -> bool:
    """Whether a grant is, or may be, for an identity and a vault."""
    here = grant.vault == "" or matches(grant.vault, vault) is not False
    return here and grant.identity in (None, federation.identity)


def _grants(grant: Right, need: Need) -> bool:
    """Whether a grant has a right, or may have it."""
    known = grant.rights if isinstance(grant, AccessPolicy) else _ROLES.get(grant.role.raw.lower())
    return known is None or _has(grant, need)


def _has(grant: Right, need: Need) -> bool:
    right = need.action.lower()
    kind = right.partition("/")[0]
    known = grant.rights if isinstance(grant, AccessPolicy) else _ROLES.get(grant.role.raw.lower())
    return bool((known or frozenset()) & {right, f"{kind}/*", f"{kind}/all"})


def federation_faults(store: Store, ws: Workspace) -> Iterator[FederationFault]:
    """What keeps Azure from taking the tokens of a store's ServiceAccount."""
    reference = account_of(store, ws)
    if reference is None:
        return
    found = azure_found(ws)
    subject = _subject(reference)
    fitting = [f for f in found.federations if matches(f.subject.raw, subject) is not False]
    if not fitting:
        near = _near(reference, found, ws)
        if near is not None:
            yield FederationFault(
                near.subject.span,
                f"this federates `{_shown(near.subject)}`, and {store.title} logs in as "
                f"`{reference.namespace}/{reference.name}`",
                reference,
                f"make the subject `{subject}`",
            )
        return
    given = {AUDIENCE, *(string(node) or "" for node in items(reference.node.get("audiences")))}
    for federation in fitting:
        wanted = federation.audiences
        if len(fitting) == 1 and wanted and all(v.text is not None and v.text not in given for v in wanted):
            yield FederationFault(
                wanted[0].span,
                f"this takes tokens for `{wanted[0].shown}`, and those of {store.title} are for `{AUDIENCE}`",
                reference,
                f"make the audience `{AUDIENCE}`",
            )


def _shown(subject: Value) -> str:
    return subject.shown.removeprefix(_SUBJECT).replace(":", "/")


def _near(reference: Reference, found: Azure, ws: Workspace) -> Federation | None:
    """A federation that was meant for this ServiceAccount: of the same name, or a slip away; and of no other here."""
    for federation in found.federations:
        text = federation.subject.text
        namespace, colon, name = (text or "").removeprefix(_SUBJECT).partition(":")
        if not colon or ws.named("ServiceAccount", name, namespace):
            continue
        same_space = namespace == reference.namespace and closest(reference.name or "", (name,)) is not None
        if name == reference.name or same_space:
            return federation
    return None
