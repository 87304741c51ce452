from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    AdmissionPolicy,
    Confidence,
    Node,
    OperatorInstall,
    Problem,
    Profile,
    Related,
    Severity,
    Store,
    Workspace,
    enforced,
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

# A ValidatingAdmissionPolicy without a binding does nothing.
BAD_UNBOUND = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault  # <- ESO809
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
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: others}
spec: {policyName: others, validationActions: [Deny]}
"""

# Providers are limited; the convention that the configuration states is enforced by nothing.
BAD_KEYS = """
# file: .eso-lint.yaml
paths: [{store: vault, pattern: "{namespace}/*"}]
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault  # <- ESO809
spec:
  provider:
    vault: {server: "https://vault.example.org"}
# file: policy.yaml
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: providers}
spec:
  rules:
    - name: providers
      match: {any: [{resources: {kinds: [SecretStore, ClusterSecretStore]}}]}
      validate: {message: vault, pattern: {spec: {provider: {vault: {server: "?*"}}}}}
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
    - name: providers
      match: {any: [{resources: {kinds: [SecretStore, ClusterSecretStore]}}]}
      validate: {message: vault, pattern: {spec: {provider: {vault: {server: "?*"}}}}}
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
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: providers}
spec: {policyName: providers, validationActions: [Deny]}
"""


@rule(
    id="ESO809",
    name="admission-policy-missing",
    on=(OperatorInstall, Store),
    severity=Severity.INFO,
    confidence=Confidence.LOW,
    profile=Profile.AUDIT,
    since="0.1.0",
    bad=(BAD, BAD_INSTALL, BAD_UNBOUND, BAD_KEYS),
    good=(GOOD_KYVERNO, GOOD_VAP),
    reads=(
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ClusterPolicy",
        "Policy",
        "ValidatingPolicy",
        "ConstraintTemplate",
    ),
    security=4.3,
)
def admission_policy_missing(subject: OperatorInstall | Store, ws: Workspace) -> Iterator[Problem]:
    """No admission policy limits which providers stores may use, or which remote keys a namespace may read.

    Why: RBAC decides who may create a store or an ExternalSecret, never what is in it. Whoever may create a SecretStore
    may point it at any of the operator's providers, `webhook` and `fake` included, and whoever may create an
    ExternalSecret may ask a shared store for the keys of another team.

    Fix: add a ValidatingAdmissionPolicy with its binding, a Kyverno policy or a Gatekeeper constraint for the kinds of
    `external-secrets.io` that denies the providers you do not use and remote keys outside the namespace's own path.
    Keys are asked about where the configuration states a convention (`paths:`).

    When to ignore: every namespace has a store whose identity can read its own path alone, and only administrators
    write stores.
    """
    # A loose values file says less than what declares an install.
    installs = sorted(ws.views(OperatorInstall), key=lambda install: install.shape == "values")
    store = first_store(ws)
    if store is None or subject is not (installs[0] if installs else store):
        return
    if hidden(ws, "AdmissionPolicy", "ClusterPolicy", "ConstraintTemplate"):
        return
    policies = [policy for policy in ws.all(AdmissionPolicy) if policy.about_operator]
    acting = [policy for policy in policies if enforced(policy, ws)]
    stores = any(policy.about_stores for policy in acting)
    # Without a convention there is nothing that keys could be held to.
    keys = not ws.config.paths or any(policy.about_keys for policy in acting)
    if stores and keys:
        return
    idle = tuple(Related(policy.name_node.span, "nothing binds this") for policy in policies if policy not in acting)
    at: Node = subject.at if isinstance(subject, OperatorInstall) else subject.name_node
    what = "stores and ExternalSecrets" if not stores and not (keys and acting) else "stores" if keys else "remote keys"
    yield Problem(
        at=at,
        message=f"no admission policy covers {what}",
        label="any provider and any remote key is admitted"
        if what.startswith("stores and")
        else "any provider is admitted"
        if keys
        else "`paths:` in the configuration is enforced by nothing",
        related=idle,
        note=f"looked at {len(ws.all(AdmissionPolicy))} admission policies of the repository",
        help="deny unused providers and foreign remote keys with a ValidatingAdmissionPolicy and its binding, "
        "Kyverno or Gatekeeper",
    )
