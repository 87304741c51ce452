from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    AdmissionPolicy,
    Confidence,
    Node,
    OperatorInstall,
    Problem,
    Profile,
    Severity,
    Store,
    Workspace,
    first_store,
    hidden,
    rule,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault  # <- ESO809
spec:
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: require-labels}
spec:
  rules:
    - name: labels
      match: {any: [{resources: {kinds: [Pod]}}]}
      validate: {message: labels, pattern: {metadata: {labels: {team: "?*"}}}}
"""

BAD_INSTALL = """
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets, namespace: external-secrets}
spec:
  chart:
    spec:
      chart: external-secrets  # <- ESO809
      version: 2.9.0
      sourceRef: {kind: HelmRepository, name: external-secrets}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: shop}
spec:
  provider:
    vault: {server: "https://vault.example.org"}
"""

GOOD_KYVERNO = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: own-paths}
spec:
  rules:
    - name: own-paths
      match: {any: [{resources: {kinds: [ExternalSecret]}}]}
      validate:
        message: keys must begin with the namespace
        foreach:
          - list: request.object.spec.data
            pattern: {remoteRef: {key: "{{request.namespace}}/*"}}
"""

GOOD_VAP = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: providers}
spec:
  matchConstraints:
    resourceRules:
      - apiGroups: [external-secrets.io]
        apiVersions: ["*"]
        operations: [CREATE, UPDATE]
        resources: [secretstores, clustersecretstores]
  validations:
    - expression: has(object.spec.provider.vault)
"""


@rule(
    id="ESO809",
    name="admission-policy-missing",
    on=(OperatorInstall, Store),
    severity=Severity.INFO,
    confidence=Confidence.LOW,
    profile=Profile.AUDIT,
    since="0.1.0",
    bad=(BAD, BAD_INSTALL),
    good=(GOOD_KYVERNO, GOOD_VAP),
    reads=("ValidatingAdmissionPolicy", "ClusterPolicy", "Policy", "ValidatingPolicy", "ConstraintTemplate"),
    security=4.3,
)
def admission_policy_missing(subject: OperatorInstall | Store, ws: Workspace) -> Iterator[Problem]:
    """No admission policy limits which providers stores may use, or which remote keys a namespace may read.

    Why: RBAC decides who may create a store or an ExternalSecret, never what is in it. Whoever may create a SecretStore
    may point it at any of the operator's providers, `webhook` and `fake` included, and whoever may create an
    ExternalSecret may ask a shared store for the keys of another team.

    Fix: add a ValidatingAdmissionPolicy, a Kyverno policy or a Gatekeeper constraint for the kinds of
    `external-secrets.io` that denies the providers you do not use and remote keys outside the namespace's own path.

    When to ignore: every namespace has a store whose identity can read its own path alone, and only administrators
    write stores.
    """
    # A loose values file says less than what declares an install.
    installs = sorted(ws.views(OperatorInstall), key=lambda install: install.shape == "values")
    store = first_store(ws)
    if store is None or subject is not (installs[0] if installs else store):
        return
    if any(policy.about_operator for policy in ws.all(AdmissionPolicy)):
        return
    if hidden(ws, "AdmissionPolicy", "ClusterPolicy", "ConstraintTemplate"):
        return
    at: Node = subject.at if isinstance(subject, OperatorInstall) else subject.name_node
    yield Problem(
        at=at,
        message="no admission policy covers stores and ExternalSecrets",
        label="any provider and any remote key is admitted",
        note=f"looked at {len(ws.all(AdmissionPolicy))} admission policies of the repository",
        help="deny unused providers and foreign remote keys with a ValidatingAdmissionPolicy, Kyverno or Gatekeeper",
    )
