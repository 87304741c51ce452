from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Confidence, OperatorInstall, Problem, Related, Severity, Workspace, rule, unmintable

_RELEASE = """
# file: release.yaml
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
      serviceAccountTokenCreate: false  # <- ESO830
"""

_STORE = """
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: shop}
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth: {kubernetes: {mountPath: kubernetes, role: shop, serviceAccountRef: {name: shop-secrets}}}
"""

_ROLE = """
# file: role.yaml
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: tokens, namespace: shop}
rules:
  - {apiGroups: [""], resources: [serviceaccounts/token], resourceNames: [shop-secrets], verbs: [create]}
"""

_BINDING = """
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: tokens, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: tokens}
subjects: [{kind: ServiceAccount, name: external-secrets, namespace: external-secrets}]
"""

BAD = _RELEASE + _STORE

BAD_OTHER_ACCOUNT = _RELEASE + _STORE + _ROLE.replace("[shop-secrets]", "[shop]") + _BINDING

BAD_UNBOUND = _RELEASE + _STORE + _ROLE

_QUIET = _RELEASE.replace("  # <- ESO830", "")

GOOD = _QUIET + _STORE + _ROLE + _BINDING

GOOD_ON = _QUIET.replace("Create: false", "Create: true") + _STORE

# Before 2.5.0 the chart gives the right whatever the values say.
GOOD_OLD = _QUIET.replace("2.9.0", "2.4.1") + _STORE

# The account is one of each consumer's namespace: which, no file says.
GOOD_REFERENT = _QUIET + _STORE.replace("kind: SecretStore", "kind: ClusterSecretStore").replace(
    ", namespace: shop", ""
)


@rule(
    id="ESO830",
    name="token-create-denied",
    on=OperatorInstall,
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD, BAD_OTHER_ACCOUNT, BAD_UNBOUND),
    good=(GOOD, GOOD_ON, GOOD_OLD, GOOD_REFERENT),
    reads=("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"),
)
def token_create_denied(install: OperatorInstall, ws: Workspace) -> Iterator[Problem]:
    """The operator may mint no tokens, and stores log in by them.

    Why: with `rbac.serviceAccountTokenCreate: false` the operator may create tokens of those ServiceAccounts alone for
    which a Role says so. A store whose `serviceAccountRef` names another is not ready: its first request is forbidden.
    The rule assumes that such Roles lie in the repository.

    Fix: in the namespace of the ServiceAccount, bind a Role with `resources: [serviceaccounts/token]`,
    `resourceNames: [<name>]` and `verbs: [create]` to the operator's ServiceAccount.

    When to ignore: the Roles are made elsewhere, by Terraform for instance.
    """
    users = unmintable(install, ws)
    if not users:
        return
    names = sorted({f"`{user.namespace}/{user.name}`" for user in users})
    said = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
    yield Problem(
        at=install.place("rbac.serviceAccountTokenCreate"),
        message=f"no Role lets the operator mint tokens of {said}",
        label="tokens of named accounts only",
        related=tuple(Related(user.at.span, "logs in by such a token") for user in users[:3]),
        help="bind a Role for `serviceaccounts/token` with `resourceNames` to the operator in each namespace",
    )
