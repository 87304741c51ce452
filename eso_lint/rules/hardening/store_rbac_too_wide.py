from __future__ import annotations

import re
from collections.abc import Iterator

from eso_lint.api import (
    WRITE_VERBS,
    Confidence,
    Node,
    OperatorInstall,
    PolicyRule,
    Problem,
    Profile,
    Related,
    Role,
    Severity,
    Subject,
    Workspace,
    rule,
    subjects_of,
)

_GROUP = "external-secrets.io"
_STORES = frozenset({"secretstores", "clustersecretstores", "*"})
# Roles and groups whose members are trusted with stores already.
_TRUSTED = re.compile(r"admin|cluster-?owner|platform|\bops\b|operator|sre\b|system:masters|argocd|flux|gitops", re.I)

BAD = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: secrets-editor
  labels:
    rbac.authorization.k8s.io/aggregate-to-edit: "true"
rules:
  - apiGroups: [external-secrets.io]
    resources: [externalsecrets, secretstores]  # <- ESO806
    verbs: [get, list, watch, create, update, patch, delete]
"""

BAD_BOUND = """
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: team, namespace: shop}
rules:
  - apiGroups: [external-secrets.io]
    resources:
      - "*"  # <- ESO806
    verbs: ["*"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: team, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: team}
subjects:
  - {kind: Group, name: developers, apiGroup: rbac.authorization.k8s.io}
"""

BAD_CHART = """
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets, namespace: external-secrets}
spec:
  chart:
    spec:
      chart: external-secrets
      version: 2.9.0
      sourceRef: {kind: HelmRepository, name: external-secrets}
  values:
    rbac:
      aggregateToEdit: true  # <- ESO806
"""

GOOD_CHART = """
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets, namespace: external-secrets}
spec:
  chart:
    spec:
      chart: external-secrets
      version: 2.9.0
      sourceRef: {kind: HelmRepository, name: external-secrets}
  values:
    rbac:
      aggregateToEdit: false
"""

# The operator's own role has to write stores: it sets their status.
GOOD_OWN = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: external-secrets-controller
  labels: {app.kubernetes.io/name: external-secrets, helm.sh/chart: external-secrets-2.9.0}
rules:
  - apiGroups: [external-secrets.io]
    resources: [secretstores, secretstores/status]
    verbs: [get, list, watch, update, patch]
"""

GOOD_ADMINS = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: store-writer}
rules:
  - apiGroups: [external-secrets.io]
    resources: [secretstores, clustersecretstores]
    verbs: [create, update, patch, delete]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: store-writer}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: store-writer}
subjects:
  - {kind: Group, name: cluster-admins, apiGroup: rbac.authorization.k8s.io}
  - {kind: ServiceAccount, name: kustomize-controller, namespace: flux-system}
"""

# A cloud service that applies what was reviewed in git.
GOOD_MACHINE = GOOD_ADMINS.replace(
    "kind: Group, name: cluster-admins", "kind: User, name: capabilities.eks.amazonaws.com"
)

# Reading stores is no danger, and writing ExternalSecrets is what teams are there for.
GOOD_READ = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: secrets-user
  labels: {rbac.authorization.k8s.io/aggregate-to-edit: "true"}
rules:
  - apiGroups: [external-secrets.io]
    resources: [secretstores, clustersecretstores]
    verbs: [get, list, watch]
  - apiGroups: [external-secrets.io]
    resources: [externalsecrets]
    verbs: ["*"]
"""

GOOD_UNBOUND = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: store-writer}
rules:
  - apiGroups: [external-secrets.io]
    resources: [secretstores]
    verbs: [create]
"""


@rule(
    id="ESO806",
    name="store-rbac-too-wide",
    on=(OperatorInstall, Role),
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    profile=Profile.STRICT,
    since="0.1.0",
    bad=(BAD, BAD_BOUND, BAD_CHART),
    good=(GOOD_CHART, GOOD_OWN, GOOD_ADMINS, GOOD_MACHINE, GOOD_READ, GOOD_UNBOUND),
    reads=("RoleBinding", "ClusterRoleBinding"),
    security=6.5,
)
def store_rbac_too_wide(subject: OperatorInstall | Role, ws: Workspace) -> Iterator[Problem]:
    """People who are no administrators may write SecretStores or ClusterSecretStores.

    Why: a store decides which backend is asked and with whose identity. Who may write one can point it at a server of
    his own, at a ServiceAccount with a cloud role, or (ClusterSecretStore) at credentials in any namespace. The chart
    adds its `-edit` role to the built-in `edit`, so every namespace editor has that right unless
    `rbac.aggregateToEdit` is `false`.

    Fix: leave `externalsecrets` to teams and stores to administrators: take the store resources out of the role, and
    set `rbac.aggregateToEdit: false` on the chart (charts 0.16.2 and newer) where editors are no administrators.

    When to ignore: every namespace belongs to a team that brings its own backend and its own stores.
    """
    if isinstance(subject, OperatorInstall):
        yield from _install(subject)
    else:
        yield from _role(subject, ws)


def _install(install: OperatorInstall) -> Iterator[Problem]:
    # Roles (as opposed to ClusterRoles) are never aggregated, so a scoped install gives editors nothing.
    if install.at_least("0.16.2") is not True or install.on("rbac.create") is not True or install.scoped is not False:
        return
    if install.on("rbac.aggregateToEdit") is True:
        written = install.value("rbac.aggregateToEdit") is not None
        yield Problem(
            at=install.place("rbac.aggregateToEdit"),
            message="the chart lets everyone with the role `edit` write stores",
            label="`rbac.aggregateToEdit` is on" if written else "`rbac.aggregateToEdit` is on by default",
            help="set `rbac.aggregateToEdit: false`, and give teams a role for `externalsecrets` alone",
            severity=None if written else Severity.INFO,
        )


def _role(role: Role, ws: Workspace) -> Iterator[Problem]:
    name = role.name
    if name is None or _TRUSTED.search(name) or _controller(role):
        return
    rendered = _rendered(role)
    advice = (
        "render the chart with `rbac.aggregateToEdit: false`"
        if rendered
        else "leave only `externalsecrets` here, and keep stores in a role for administrators"
    )
    for policy in role.rules:
        at = _writes_stores(policy)
        if at is None:
            continue
        aggregated = next((r for r in ("view", "edit") if role.kind == "ClusterRole" and role.aggregates_to(r)), None)
        bound = [(b, s) for b, s in subjects_of(ws, role) if _outsider(s)]
        if aggregated is not None:
            yield Problem(
                at=at,
                message=f"everyone with the role `{aggregated}` may write stores",
                label="stores are for administrators",
                related=(Related(_label(role, aggregated).span, "added to the built-in role here"),),
                help=advice,
                severity=Severity.INFO if rendered else None,
            )
        elif bound:
            binding, who = bound[0]
            yield Problem(
                at=at,
                message=f"{who.kind} `{who.name}` may write stores",
                label="stores are for administrators",
                related=(Related(binding.name_node.span, "bound here"),),
                help=advice,
            )


def _writes_stores(policy: PolicyRule) -> Node | None:
    """The scalar that names stores in a rule that lets write them; None where the rule does not."""
    # `apiGroups: ["*"]` is the role of an administrator, whatever its name.
    if _GROUP not in policy.values("apiGroups") or not policy.values("verbs") & WRITE_VERBS or policy.narrowed:
        return None
    return next((node for text, node in policy.texts("resources") if text in _STORES), None)


def _controller(role: Role) -> bool:
    """The operator's own roles, which must write the status of stores."""
    return bool(re.search(r"external-secrets.*-(?:cert-)?controller\Z|external-secrets\Z", role.name or ""))


def _rendered(role: Role) -> bool:
    """Whether the role comes out of the operator's chart, committed as rendered."""
    return (role.labels or {}).get("helm.sh/chart", "").startswith("external-secrets-")


def _outsider(subject: Subject) -> bool:
    """A person or group that is not of the administrators by name. Machines and cloud services are none."""
    name = subject.name or ""
    person = subject.kind == "User" and "@" in name and not name.endswith(".gserviceaccount.com")
    return (person or (subject.kind == "Group" and bool(name))) and not _TRUSTED.search(name)


def _label(role: Role, name: str) -> Node:
    return role.anchor("metadata", "labels", f"rbac.authorization.k8s.io/aggregate-to-{name}")
