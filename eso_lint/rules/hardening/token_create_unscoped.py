from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    ClusterRole,
    ClusterRoleBinding,
    Confidence,
    Node,
    OperatorInstall,
    PolicyRule,
    Problem,
    Profile,
    Reference,
    Related,
    Severity,
    Subject,
    Version,
    Workspace,
    parse_version,
    rule,
    subjects_of,
    token_users,
)

# The first chart in which the right can be switched off.
_SWITCHABLE = Version(2, 5, 0)

_STORE = """
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: shop}
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth:
        tokenSecretRef: {name: vault-token, key: token}
"""

_STORE_WITH_ACCOUNT = """
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: shop}
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth:
        kubernetes: {mountPath: kubernetes, role: shop, serviceAccountRef: {name: shop-secrets}}
"""

_RELEASE = """
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets, namespace: external-secrets}
spec:
  chart:
    spec:
      chart: external-secrets
      version: 2.9.0
      sourceRef: {kind: HelmRepository, name: external-secrets}
"""

_OWN_ROLE = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: eso-tokens}
rules:
  - apiGroups: [""]
    resources: [serviceaccounts/token]  # <- ESO807
    verbs: [create]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: eso-tokens}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: eso-tokens}
subjects:
  - {kind: ServiceAccount, name: external-secrets, namespace: external-secrets}
"""

BAD = _RELEASE + "  values:  # <- ESO807\n    installCRDs: true\n" + _STORE

BAD_ACCOUNT = (
    _RELEASE
    + """  values:
    rbac:
      serviceAccountTokenCreate: true  # <- ESO807
"""
    + _STORE_WITH_ACCOUNT
)

BAD_ROLE = _OWN_ROLE + _STORE_WITH_ACCOUNT

GOOD = _RELEASE + "  values: {rbac: {serviceAccountTokenCreate: false}}\n" + _STORE

# Not switchable before 2.5.0.
GOOD_OLD = _RELEASE.replace("2.9.0", "2.4.1") + _STORE

# The account is one of each consumer's namespace: no list of names can hold them.
GOOD_REFERENT = (
    _RELEASE
    + """---
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth:
        kubernetes: {mountPath: kubernetes, role: shop, serviceAccountRef: {name: vault-auth}}
"""
)

# Permissions of one namespace only.
GOOD_SCOPED = _RELEASE + "  values: {scopedRBAC: true, scopedNamespace: shop}\n" + _STORE

GOOD_NAMED = (
    _OWN_ROLE.replace("  # <- ESO807", "").replace("    verbs:", "    resourceNames: [shop-secrets]\n    verbs:")
    + _STORE_WITH_ACCOUNT
)

# Rendered from a chart that cannot leave the rule out.
GOOD_RENDERED = (
    _OWN_ROLE.replace("  # <- ESO807", "").replace(
        "{name: eso-tokens}\nrules", "{name: eso-tokens, labels: {helm.sh/chart: external-secrets-2.4.1}}\nrules"
    )
    + _STORE
)

# Another controller's right.
GOOD_FOREIGN = (
    _OWN_ROLE.replace("  # <- ESO807", "").replace(
        "external-secrets, namespace: external-secrets", "csi, namespace: csi"
    )
    + _STORE
)


@rule(
    id="ESO807",
    name="token-create-unscoped",
    on=(OperatorInstall, ClusterRole),
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    profile=Profile.STRICT,
    since="0.1.0",
    bad=(BAD, BAD_ACCOUNT, BAD_ROLE),
    good=(GOOD, GOOD_OLD, GOOD_REFERENT, GOOD_SCOPED, GOOD_NAMED, GOOD_RENDERED, GOOD_FOREIGN),
    reads=("ClusterRole", "ClusterRoleBinding"),
    security=6.5,
)
def token_create_unscoped(subject: OperatorInstall | ClusterRole, ws: Workspace) -> Iterator[Problem]:
    """The operator may mint a token for every ServiceAccount of the cluster.

    Why: `create` on `serviceaccounts/token` makes the operator's pod equal to every workload and controller that has a
    ServiceAccount, cluster administrators' controllers included. Stores need it for `serviceAccountRef` alone, and then
    for the accounts they name.

    Fix: set `rbac.serviceAccountTokenCreate: false` (chart 2.5.0 and newer). For each ServiceAccount that a store
    names, add a Role in its namespace with `resources: [serviceaccounts/token]`, `resourceNames: [<name>]` and
    `verbs: [create]`, bound to the operator's ServiceAccount.

    When to ignore: stores of other repositories use `serviceAccountRef` on the same cluster.
    """
    if isinstance(subject, OperatorInstall):
        if subject.at_least("2.5.0") is not True or subject.scoped is not False:
            return
        if subject.on("rbac.create") is not True or subject.on("rbac.serviceAccountTokenCreate") is not True:
            return
        written = subject.value("rbac.serviceAccountTokenCreate") is not None
        yield from _problem(
            subject.place("rbac.serviceAccountTokenCreate"),
            "`rbac.serviceAccountTokenCreate` is on" + ("" if written else " by default"),
            "set `rbac.serviceAccountTokenCreate: false`",
            ws,
        )
        return
    chart = (subject.labels or {}).get("helm.sh/chart", "")
    rendered = chart.startswith("external-secrets-")
    version = parse_version(chart.removeprefix("external-secrets-"))
    if rendered and (version is None or version < _SWITCHABLE):
        return
    at = next((node for policy in subject.rules if (node := _mints(policy)) is not None), None)
    if at is None:
        return
    for binding, who in subjects_of(ws, subject):
        if isinstance(binding, ClusterRoleBinding) and _operator(who):
            related = (Related(binding.name_node.span, "bound to the operator here"),)
            advice = "render the chart with `rbac.serviceAccountTokenCreate: false`" if rendered else "drop this rule"
            yield from _problem(at, "holds for the whole cluster", advice, ws, related)
            return


def _problem(at: Node, label: str, advice: str, ws: Workspace, related: tuple[Related, ...] = ()) -> Iterator[Problem]:
    users = token_users(ws)
    if users is None:
        return
    yield Problem(
        at=at,
        message="the operator may mint tokens for every ServiceAccount",
        label=label,
        related=related + tuple(Related(u.at.span, "a token of this account is needed") for u in users[:3]),
        note=_note(users),
        help=advice + (", and add a Role with `resourceNames` for each account that a store names" if users else ""),
        severity=Severity.INFO if users else None,
    )


def _note(users: tuple[Reference, ...]) -> str:
    names = sorted({f"`{u.namespace}/{u.name}`" for u in users})
    if not names:
        return "no store or generator of the repository uses a ServiceAccount"
    return "the stores of the repository need " + ", ".join(names[:5]) + (", …" if len(names) > 5 else "")


def _mints(policy: PolicyRule) -> Node | None:
    if policy.narrowed or not policy.values("verbs") & {"create", "*"} or "" not in policy.values("apiGroups"):
        return None
    return next((node for text, node in policy.texts("resources") if text == "serviceaccounts/token"), None)


def _operator(subject: Subject) -> bool:
    """Whether a subject is the operator's ServiceAccount, by the names that its chart and its guides use."""
    if subject.kind != "ServiceAccount" or subject.name is None:
        return False
    return subject.name in ("external-secrets", "external-secrets-operator", "external-secrets-sa") and (
        subject.namespace is None or "external-secrets" in subject.namespace or subject.namespace == "kube-system"
    )
