"""Questions about the operator's surroundings that several hardening rules ask."""

from __future__ import annotations

from eso_lint.model.in_play import meets
from eso_lint.model.kinds.generator import Generator
from eso_lint.model.kinds.install import OperatorInstall
from eso_lint.model.kinds.policy import NAME_LABEL, AdmissionPolicy, NetworkPolicy
from eso_lint.model.kinds.rbac import PolicyRule, Role, RoleBinding, Subject
from eso_lint.model.kinds.store import ClusterSecretStore, SecretStore, Store
from eso_lint.model.reference import Reference
from eso_lint.model.resource import ESO_GROUP, GENERATOR_GROUP, Resource
from eso_lint.model.workspace import Workspace
from eso_lint.source.node import Node, Opaque, Sequence, lookup, string

CONTROLLER = {NAME_LABEL: "external-secrets"}
WEBHOOK = {NAME_LABEL: "external-secrets-webhook"}
CERT_CONTROLLER = {NAME_LABEL: "external-secrets-cert-controller"}


def hidden(ws: Workspace, *words: str) -> bool:
    """Whether a file that could not be read whole holds one of these words."""
    return any(word in parsed.file.text for parsed in ws.parsed if parsed.skipped for word in words)


def uses_kind(ws: Workspace, kind: str) -> bool:
    """Whether the repository holds, patches or refers to an object of the operator's kind, or may."""
    if ws.has(kind) or hidden(ws, kind):
        return True
    if any(external.kind == kind for external in ws.config.external):
        return True
    for resource in ws.resources:
        if resource.group in (ESO_GROUP, GENERATOR_GROUP):
            for reference in ws.references(resource):
                if reference.role in ("store", "generator") and reference.kind in (kind, None):
                    return True
    return any(
        isinstance(lookup(document.root, "kind"), Opaque) and _operator_group(lookup(document.root, "apiVersion"))
        for parsed in ws.parsed
        for document in parsed.documents
    )


def _operator_group(api_version: Node | None) -> bool:
    """Whether an apiVersion is the operator's, or is templated and may be."""
    written = string(api_version)
    if written is None:
        return isinstance(api_version, Opaque) and api_version.why != "unknown"
    return written.partition("/")[0] in (ESO_GROUP, GENERATOR_GROUP)


def network_policies(ws: Workspace, namespace: str | None) -> tuple[tuple[NetworkPolicy, ...], bool]:
    """NetworkPolicies that may be in a namespace, and whether others (Cilium, Calico, generated) may rule it."""
    found: list[NetworkPolicy] = []
    other = hidden(ws, "NetworkPolicy")
    for resource in ws.resources:
        if not resource.kind.endswith("NetworkPolicy"):
            other = other or (resource.kind.endswith("Policy") and "NetworkPolicy" in _text(resource))
            continue
        if resource.namespace not in (None, "", namespace) and namespace is not None:
            continue
        if isinstance(resource, NetworkPolicy):
            found.append(resource)
        else:
            other = True
    for install in ws.views(OperatorInstall):
        objects = install.value("extraObjects")
        if objects is not None and not isinstance(objects, Opaque) and "NetworkPolicy" in objects.span.text:
            other = True
    return tuple(found), other


def _text(resource: Resource) -> str:
    return resource.file.text[resource.document.start : resource.document.end]


def subjects_of(ws: Workspace, role: Role) -> tuple[tuple[RoleBinding, Subject], ...]:
    """Who is bound to a role, as far as the repository says."""
    return tuple(
        (binding, subject)
        for binding in ws.all(RoleBinding)
        if binding.role_kind == role.kind
        and binding.role_name == role.name
        and (role.kind == "ClusterRole" or None in (role.namespace, binding.namespace)
             or role.namespace == binding.namespace)
        for subject in binding.subjects
    )  # fmt: skip


def token_users(ws: Workspace) -> tuple[Reference, ...] | None:
    """ServiceAccounts whose tokens the repository's stores and generators ask the operator to mint.

    None where there is no store to judge by, or where not all of them can be known by name and namespace.
    """
    stores = ws.all(Store)
    if not stores:
        return None
    if any(kind.endswith("Store") for kind, _ in ws.embedded):
        return None
    if hidden(ws, "serviceAccountRef", "serviceAccount:", "SecretStore"):
        return None
    found: list[Reference] = []
    for resource in (*stores, *ws.all(Generator)):
        spec = resource.at("spec", "provider") if isinstance(resource, Store) else resource.at("spec")
        if isinstance(spec, Opaque) or (isinstance(resource, Store) and resource.provider is None):
            return None
        for reference in ws.references(resource, "service-account"):
            if not reference.name or not reference.namespace:
                return None
            found.append(reference)
    return tuple(found)


def tenants(ws: Workspace) -> int:
    """In how many namespaces the repository keeps stores of their own: more than one says that teams write them."""
    return len({store.namespace for store in ws.all(SecretStore) if store.namespace})


def first_store(ws: Workspace) -> Store | None:
    """The first ClusterSecretStore, else the first SecretStore."""
    found: tuple[Store, ...] = (*ws.all(ClusterSecretStore), *ws.all(SecretStore))
    return found[0] if found else None


def enforced(policy: AdmissionPolicy, ws: Workspace) -> bool:
    """Whether an admission policy acts, or may: a ValidatingAdmissionPolicy does nothing without a binding."""
    if policy.kind != "ValidatingAdmissionPolicy":
        return True
    bindings = [r for r in ws.resources if r.kind == "ValidatingAdmissionPolicyBinding"]
    return any(string(binding.at("spec", "policyName")) in (policy.name, None) for binding in bindings)


def unmintable(install: OperatorInstall, ws: Workspace) -> tuple[Reference, ...]:
    """ServiceAccounts whose tokens stores need, and of which no role here lets this operator mint any.

    Empty where the chart gives that right for all accounts, and where it cannot be told.
    """
    given = install.on("rbac.serviceAccountTokenCreate") is not False or install.on("rbac.create") is not True
    if given or install.at_least("2.5.0") is not True or hidden(ws, "serviceaccounts"):
        return ()
    users = [user for user in token_users(ws) or () if meets(user.source.world, install.world)]
    return tuple(user for user in users if not any(_may_mint(role, user, install, ws) for role in ws.all(Role)))


def _may_mint(role: Role, user: Reference, install: OperatorInstall, ws: Workspace) -> bool:
    """Whether a role lets an operator mint tokens of an account, or may."""
    rules = role.at("rules")
    known = isinstance(rules, Sequence) and not rules.open and role.at("aggregationRule") is None
    if known and not any(_mints(rule, user.name) for rule in role.rules):
        return False
    return any(
        (binding.kind == "ClusterRoleBinding" or binding.namespace in (None, user.namespace))
        and (subject.kind != "ServiceAccount" or None in (subject.namespace, install.namespace)
             or subject.namespace == install.namespace)
        for binding, subject in subjects_of(ws, role)
    )  # fmt: skip


def _mints(rule: PolicyRule, name: str | None) -> bool:
    resources, names = rule.values("resources"), rule.values("resourceNames")
    return (
        bool(rule.values("verbs") & {"create", "*"})
        and bool(rule.values("apiGroups") & {"", "*"})
        and bool(resources & {"serviceaccounts/token", "serviceaccounts/*", "*/token", "*"})
        and (not names or name in names)
    )
