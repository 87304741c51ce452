"""From a gcpsm store to the Google identity that it has, and to what that is granted in the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from eso_lint.iam.gcp_found import Gcp, gcp_found
from eso_lint.iam.glob import matches
from eso_lint.iam.grant import HOLE, Grant, Value
from eso_lint.iam.needs import Need, needs_of
from eso_lint.iam.uses import Use, uses_of
from eso_lint.iam.yaml_text import value_of
from eso_lint.model.kinds.core import ServiceAccount
from eso_lint.model.kinds.store import Store
from eso_lint.model.reference import Found, Reference
from eso_lint.model.resource import Resource
from eso_lint.model.workspace import Workspace
from eso_lint.source.node import is_absent

GSA = "iam.gke.io/gcp-service-account"
_PREDEFINED = {
    "roles/secretmanager.secretAccessor": frozenset({"versions.access"}),
    "roles/secretmanager.viewer": frozenset({"secrets.get", "secrets.list", "versions.get", "versions.list"}),
    "roles/secretmanager.secretVersionAdder": frozenset({"versions.add"}),
    "roles/secretmanager.secretVersionManager": frozenset({"versions.add", "versions.get", "versions.list"}),
}
_EVERYTHING = frozenset({"roles/secretmanager.admin", "roles/owner"})
# Services whose roles say nothing of secrets; of the others nothing is claimed.
_OTHER = re.compile(
    r"roles/(?:logging|monitoring|storage|iam|dns|pubsub|artifactregistry|cloudkms|compute|cloudsql|bigquery|redis"
    r"|container|cloudtrace|stackdriver|errorreporting|datastore)\.(?!.*[sS]erviceAgent)\w+\Z"
)
_SUBJECT = re.compile(r"/subject/ns/(?P<ns>[^/]+)/sa/(?P<sa>[^/]+)\Z")


class Identity(NamedTuple):
    """Who a store is: a Kubernetes ServiceAccount, and the Google one that it stands for ("" where it is itself)."""

    reference: Reference
    account: ServiceAccount
    namespace: str
    name: str
    gsa: Value | None

    @property
    def shown(self) -> str:
        """Whom roles are granted to, for messages."""
        return self.gsa.shown if self.gsa is not None else f"{self.namespace}/{self.name}"

    def is_member(self, member: Value) -> bool | None:
        """Whether a member of a binding is this identity; None where it may be."""
        if self.gsa is not None:
            return matches(member.raw, f"serviceAccount:{self.gsa.raw}")
        return is_account(member, self.namespace, self.name)


class GcpGap(NamedTuple):
    """A permission that a use lacks; `near` a grant of the same identity. `scope`: it has it, on single secrets."""

    need: Need
    others: tuple[Need, ...]
    identity: Identity
    near: Grant
    scope: bool

    @property
    def use(self) -> Use:
        return self.need.use


class Unbound(NamedTuple):
    """A binding of a Google service account that names other Kubernetes ServiceAccounts than the store's."""

    identity: Identity
    grant: Grant


def is_account(member: Value, namespace: str, name: str) -> bool | None:
    """Whether a member is a Kubernetes ServiceAccount, in either of the ways to write that; None where it may be."""
    raw = member.raw
    if raw.startswith("principalSet:") and "svc.id.goog" in raw:
        return None
    if raw.startswith("principal:"):
        subject = _SUBJECT.search(raw)
        if subject is None:
            return None if HOLE in raw else False
        answers = (matches(subject["ns"], namespace), matches(subject["sa"], name))
        return False if False in answers else None if None in answers else True
    answer = matches(raw, f"serviceAccount:{HOLE}.svc.id.goog[{namespace}/{name}]")
    if answer is None and raw.endswith(f".svc.id.goog[{namespace}/{name}]"):
        return True  # what is not known is the project alone
    return answer


def identity_of(store: Store, ws: Workspace) -> Identity | None:
    """The identity of a store that uses Workload Identity with a ServiceAccount of the repository."""
    if store.provider != "gcpsm" or not is_absent(store.config("auth", "secretRef")):
        return None
    for reference in ws.references(store, "service-account"):
        if "workloadIdentity" not in reference.path:
            continue
        answer = ws.resolve(reference)
        if not isinstance(answer, Found) or not answer.certain or len(answer.targets) != 1:
            return None
        account = answer.targets[0]
        if not isinstance(account, ServiceAccount) or not account.name or not account.namespace:
            return None
        node = account.annotation(GSA)
        if account.placement.open or (is_absent(node) and account.annotations is not None and _is_open(account)):
            return None
        gsa = None if is_absent(node) else value_of(node)
        return Identity(reference, account, account.namespace, account.name, gsa)
    return None


def _is_open(account: ServiceAccount) -> bool:
    return bool(getattr(account.annotations, "open", False))


def gcp_gaps(resource: Resource, ws: Workspace) -> Iterator[GcpGap]:
    """What one object asks of gcpsm stores whose identity certainly may not: one gap for each use."""
    told: set[tuple[object, ...]] = set()
    for use in uses_of(resource, ws):
        identity = identity_of(use.store, ws)
        if identity is None:
            continue
        found = gcp_found(ws)
        mine = [grant for grant in found.grants if identity.is_member(grant.member)]
        if found.open or not any(_speaks(grant, found) for grant in mine):
            continue
        missing = [need for need in needs_of(use, ws) if _lacks(need, identity, found)]
        for scope in (True, False):
            lacking = [need for need in missing if (_elsewhere(need, mine, found) is not None) == scope]
            if lacking:
                lacking.sort(key=lambda need: not need.sure)
                near = _elsewhere(lacking[0], mine, found) or next(g for g in mine if _speaks(g, found))
                key = (id(use.store), scope, tuple(need.action for need in lacking), use.key if not scope else None)
                if key not in told:
                    told.add(key)
                    yield GcpGap(lacking[0], tuple(lacking[1:]), identity, near, scope)


def verdict(need: Need, identity: Identity, ws: Workspace) -> str:
    """What the repository says of one need: granted, missing or unknown."""
    found = gcp_found(ws)
    if _lacks(need, identity, found):
        mine = [grant for grant in found.grants if identity.is_member(grant.member)]
        return "unknown" if found.open or not any(_speaks(grant, found) for grant in mine) else "missing"
    sure = Gcp(tuple(g for g in found.grants if not g.maybe), found.roles, found.open)
    return "granted" if _is_sure(need, identity, sure) else "unknown"


def _is_sure(need: Need, identity: Identity, found: Gcp) -> bool:
    """Whether a grant that is certain in all its parts has a permission."""
    project, _, secret = need.resource.removeprefix("projects/").partition("/secrets/")
    for grant in found.grants:
        if identity.is_member(grant.member) and has(grant.role, need.action, found):
            if grant.kind == "gcp-project" and matches(grant.scope.raw, project):
                return True
            if grant.kind == "gcp-secret" and secret and matches(grant.scope.raw, secret):
                return True
    return False


def _speaks(grant: Grant, found: Gcp) -> bool:
    """Whether a grant is about secrets. A condition on it only narrows what it says."""
    if grant.kind not in ("gcp-project", "gcp-secret") or grant.role.text is None:
        return False
    return any(has(grant.role, p, found) for p in ("secretmanager.versions.access", "secretmanager.versions.add",
               "secretmanager.secrets.get", "secretmanager.secrets.list"))  # fmt: skip


def has(role: Value, permission: str, found: Gcp) -> bool | None:
    """Whether a role has a permission; None where that is not known."""
    text = role.text
    if text is None:
        return None
    if text in _EVERYTHING:
        return True
    known = _PREDEFINED.get(text)
    if known is not None:
        return permission.removeprefix("secretmanager.") in known
    if text.startswith("roles/"):
        return False if _OTHER.match(text) else None
    own = found.roles.get(text.rsplit("/", 1)[-1])
    return None if own is None else permission in own


def _lacks(need: Need, identity: Identity, found: Gcp) -> bool:
    """Whether nothing grants a permission, and nothing may."""
    project, _, secret = need.resource.removeprefix("projects/").partition("/secrets/")
    for grant in found.grants:
        if identity.is_member(grant.member) is False or has(grant.role, need.action, found) is False:
            continue
        if grant.kind == "gcp-above":
            return False
        if grant.kind == "gcp-project" and matches(grant.scope.raw, project) is not False:
            return False
        if grant.kind == "gcp-secret" and secret and matches(grant.scope.raw, secret) is not False:
            return False
    return True


def _elsewhere(need: Need, mine: list[Grant], found: Gcp) -> Grant | None:
    """A grant of a permission on a single secret, where it is needed on the project."""
    if "/secrets/" in need.resource:
        return None
    return next((g for g in mine if g.kind == "gcp-secret" and has(g.role, need.action, found)), None)


def unbound(store: Store, ws: Workspace) -> Iterator[Unbound]:
    """The binding of a store's Google service account that leaves the store's ServiceAccount out."""
    identity = identity_of(store, ws)
    if identity is None or identity.gsa is None or identity.gsa.text is None:
        return
    found = gcp_found(ws)
    mine: list[Grant] = []
    for grant in found.grants:
        if grant.kind != "gcp-service-account" or grant.role.text not in (None, "roles/iam.workloadIdentityUser"):
            continue
        fits = matches(grant.scope.raw, identity.gsa.raw)
        if fits is False:
            continue
        if is_account(grant.member, identity.namespace, identity.name) is not False:
            return
        if (fits or _is_same_name(grant.scope, identity.gsa)) and grant.role.text is not None and not grant.maybe:
            mine.append(grant)
    named = [grant for grant in mine if ".svc.id.goog[" in grant.member.raw or "/subject/ns/" in grant.member.raw]
    if named and not found.open:
        yield Unbound(identity, named[0])


def _is_same_name(scope: Value, gsa: Value) -> bool:
    """Whether an address with holes has the same name before the `@`: its project is looked up at run time."""
    name = gsa.raw.partition("@")[0]
    return bool(name) and scope.raw.partition("@")[0] == name
