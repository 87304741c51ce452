"""The rights that stores of the `kubernetes` provider call for, against the Roles that the repository binds.

Only a ServiceAccount that the repository defines, and of whose bindings every role is seen, is judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from eso_lint.iam.glob import matches
from eso_lint.iam.grant import HOLE
from eso_lint.iam.needs import Need, needs_of
from eso_lint.iam.uses import Use, uses_of
from eso_lint.model.kinds.core import ServiceAccount
from eso_lint.model.kinds.rbac import PolicyRule, Role, RoleBinding
from eso_lint.model.kinds.store import Store
from eso_lint.model.place import same_world
from eso_lint.model.reference import Found
from eso_lint.model.resource import Resource
from eso_lint.model.workspace import Workspace
from eso_lint.source.node import Mapping, Opaque, Scalar, Sequence, is_absent, items, lookup, string

# What the roles that every cluster has say of Secrets; `view` says nothing, but others may add to it.
_BUILT_IN = {
    "cluster-admin": frozenset({"*"}),
    "admin": frozenset({"get", "list", "watch", "create", "update", "patch", "delete"}),
    "edit": frozenset({"get", "list", "watch", "create", "update", "patch", "delete"}),
}
_GROUP = "rbac.authorization.k8s.io"
_EVERYBODY = ("system:serviceaccounts", "system:authenticated")


class RbacGap(NamedTuple):
    """A use whose verbs are not granted. `near` is what comes closest: the rule, else the binding.

    `elsewhere` is the namespace in which the ServiceAccount may read Secrets instead, "" where it is a verb or a name
    that lacks. `sure` is False where the verbs are called for by what the namespace may or may not hold.
    """

    use: Use
    verbs: tuple[str, ...]
    sure: bool
    account: str
    namespace: str
    role: Role
    near: PolicyRule | None
    binding: RoleBinding
    elsewhere: str = ""


class _Bound(NamedTuple):
    """A role that a ServiceAccount has; `namespace` None for the whole cluster."""

    binding: RoleBinding
    role: Role | None
    built_in: frozenset[str]
    namespace: str | None


class Access(NamedTuple):
    """What the ServiceAccount of a store has, as far as the repository says all of it."""

    account: ServiceAccount
    bound: tuple[_Bound, ...]


def rbac_gaps(resource: Resource, ws: Workspace) -> Iterator[RbacGap]:
    """What one object asks of stores whose ServiceAccount certainly may not."""
    told: set[tuple[object, ...]] = set()
    for use in uses_of(resource, ws):
        if use.store.provider != "kubernetes":
            continue
        access = access_of(use.store, ws)
        gap = _gap(use, access, needs_of(use, ws)) if access is not None else None
        if gap is None:
            continue
        by_name = gap.near is not None and gap.near.narrowed
        key = (id(use.store), gap.verbs, use.key if by_name else None)
        if key not in told:
            told.add(key)
            yield gap


def verdict(need: Need, ws: Workspace) -> str:
    """What the repository says of one need: granted, missing or unknown."""
    access = access_of(need.use.store, ws)
    if access is None or HOLE in need.resource.partition("/")[0]:
        return "unknown"
    return "granted" if _granted(access, need) else "missing"


def access_of(store: Store, ws: Workspace) -> Access | None:
    """The roles of a store's ServiceAccount; None where some of them may not be seen, or it has none here."""
    url = string(store.config("server", "url")) if not is_absent(store.config("server", "url")) else ""
    if url is None or (url and "kubernetes.default" not in url) or not is_absent(store.config("authRef")):
        return None  # another cluster, of whose roles these say nothing
    for reference in ws.references(store, "service-account"):
        answer = ws.resolve(reference)
        if not isinstance(answer, Found) or not answer.certain or len(answer.targets) != 1:
            return None
        account = answer.targets[0]
        if not isinstance(account, ServiceAccount) or not account.name or not account.namespace:
            return None
        if account.name.startswith("external-secrets"):
            return None  # the operator's own, whose chart binds it
        bound = _bindings(account, ws)
        return Access(account, bound) if bound else None
    return None


def _bindings(account: ServiceAccount, ws: Workspace) -> tuple[_Bound, ...] | None:
    found: list[_Bound] = []
    for binding in ws.all(RoleBinding):
        if not same_world(binding, account):
            continue
        has = _is_subject(binding, account)
        if has is False:
            continue
        if has is None or binding.role_name is None or binding.role_kind is None:
            return None
        namespace = None if binding.kind == "ClusterRoleBinding" else binding.namespace
        if namespace is None and binding.kind != "ClusterRoleBinding":
            return None
        roles = [
            role
            for role in ws.named(f"{binding.role_kind}.{_GROUP}", binding.role_name, namespace)
            if isinstance(role, Role) and same_world(role, binding)
        ]
        built_in = _BUILT_IN.get(binding.role_name, frozenset()) if binding.role_kind == "ClusterRole" else frozenset()
        if built_in and not roles:
            found.append(_Bound(binding, None, built_in, namespace))
        elif len(roles) == 1 and _is_plain(roles[0]):
            found.append(_Bound(binding, roles[0], frozenset(), namespace))
        else:
            return None
    return tuple(found)


def _is_subject(binding: RoleBinding, account: ServiceAccount) -> bool | None:
    """Whether a binding is for a ServiceAccount; None where it may be."""
    node = binding.at("subjects")
    if isinstance(node, Opaque) or (isinstance(node, Sequence) and node.open):
        return None
    doubt = False
    for subject in binding.subjects:
        if subject.kind == "ServiceAccount":
            if subject.name == account.name and subject.namespace == account.namespace:
                return True
            doubt = doubt or (subject.name in (None, account.name) and subject.namespace in (None, account.namespace))
        elif subject.kind == "Group":
            if subject.name in _EVERYBODY or subject.name == f"{_EVERYBODY[0]}:{account.namespace}":
                return True
            doubt = doubt or subject.name is None
        else:
            doubt = doubt or subject.kind is None or subject.name is None
    return None if doubt else False


def _is_plain(role: Role) -> bool:
    """Whether all that a role grants is written in it."""
    if role.at("aggregationRule") is not None:
        return False
    rules = role.at("rules")
    if rules is None or (isinstance(rules, Scalar) and rules.value is None):
        return True
    if not isinstance(rules, Sequence) or rules.open:
        return False
    for item in rules.items:
        if not isinstance(item, Mapping) or item.open:
            return False
        for field in ("apiGroups", "resources", "verbs", "resourceNames"):
            node = item.get(field)
            if isinstance(node, Opaque) or (isinstance(node, Sequence) and node.open):
                return False
            if any(not isinstance(entry, Scalar) for entry in items(node)):
                return False
    return True


def _gap(use: Use, access: Access, needs: tuple[Need, ...]) -> RbacGap | None:
    missing = [need for need in needs if not _granted(access, need)]
    namespace = missing[0].resource.partition("/")[0] if missing else HOLE
    if HOLE in namespace:
        return None
    verbs = tuple(need.action for need in missing)
    sure = any(need.sure for need in missing)
    about = [(bound, rule) for bound in access.bound if bound.role is not None for rule in _of_secrets(bound.role)]
    here = [pair for pair in about if pair[0].namespace in (None, namespace)]
    name = access.account.name or ""
    if here:
        bound, rule = here[0]
        assert bound.role is not None
        return RbacGap(use, verbs, sure, name, namespace, bound.role, rule, bound.binding)
    if about:
        bound, rule = about[0]
        assert bound.role is not None
        return RbacGap(use, verbs, sure, name, namespace, bound.role, rule, bound.binding, bound.namespace or "")
    return None


def _of_secrets(role: Role) -> Iterator[PolicyRule]:
    for rule in role.rules:
        if rule.values("apiGroups") & {"", "*"} and rule.values("resources") & {"secrets", "*"}:
            yield rule


def _granted(access: Access, need: Need) -> bool:
    namespace, _, name = need.resource.partition("/")
    for bound in access.bound:
        if bound.namespace is not None and matches(namespace, bound.namespace) is False:
            continue
        if bound.built_in & {need.action, "*"}:
            return True
        for rule in _of_secrets(bound.role) if bound.role is not None else ():
            if rule.values("verbs") & {need.action, "*"} and _names(rule, name):
                return True
    return False


def _names(rule: PolicyRule, name: str) -> bool:
    """Whether a rule is for all Secrets, or for this one. Names never allow to list or to create."""
    allowed = rule.values("resourceNames")
    return not items(lookup(rule.node, "resourceNames")) or (bool(name) and (HOLE in name or name in allowed))
