from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    Confidence,
    Edit,
    Fix,
    Generator,
    Missing,
    Problem,
    Related,
    Severity,
    Store,
    Workspace,
    respelled,
    rule,
)

BAD = """
apiVersion: v1
kind: ServiceAccount
metadata:
  name: vault-reader
  namespace: shop
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
  namespace: shop
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth:
        kubernetes:
          role: shop
          serviceAccountRef:
            name: vault-raeder  # <- ESO107
"""

BAD_NAMESPACE = """
apiVersion: v1
kind: ServiceAccount
metadata: {name: secrets-reader, namespace: platform}
---
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: aws}
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      auth:
        jwt:
          serviceAccountRef:
            name: secrets-reader  # <- ESO107
            namespace: external-secrets
"""

BAD_CLOSED = """
# file: .eso-lint.yaml
closed-world: true
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: aws, namespace: shop}
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      auth:
        jwt:
          serviceAccountRef: {name: secrets-reader}  # <- ESO107
"""

GOOD_OPEN = """
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: external-secrets}
---
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: aws}
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      auth:
        jwt:
          serviceAccountRef: {name: secrets-reader, namespace: external-secrets}
"""

GOOD_CHART = """
# file: values.yaml
external-secrets:
  serviceAccount:
    create: true
    name: eso-reader
# file: store.yaml
apiVersion: v1
kind: ServiceAccount
metadata: {name: eso-reader, namespace: elsewhere}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: default, namespace: elsewhere}
---
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: aws}
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      auth:
        jwt:
          serviceAccountRef: {name: eso-reader, namespace: external-secrets}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: aws, namespace: shop}
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      auth:
        jwt:
          serviceAccountRef: {name: default}
"""

GOOD_SIBLINGS = """
apiVersion: v1
kind: ServiceAccount
metadata: {name: reader-1, namespace: shop}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: aws, namespace: shop}
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      auth:
        jwt:
          serviceAccountRef: {name: reader-2}
"""


@rule(
    id="ESO107",
    name="service-account-not-found",
    on=(Store, Generator),
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD, BAD_NAMESPACE, BAD_CLOSED),
    good=(GOOD_OPEN, GOOD_CHART, GOOD_SIBLINGS),
    reads=("ServiceAccount",),
)
def service_account_not_found(resource: Store | Generator, ws: Workspace) -> Iterator[Problem]:
    """A store or generator authenticates as a ServiceAccount that does not exist where the operator looks.

    Why: the operator asks Kubernetes for a token of this ServiceAccount. Where it is missing, no client can be made:
    the store turns to `Ready=False`, and everything that uses it stops syncing.

    Fix: correct the name or the namespace, or create the ServiceAccount.

    When to ignore: charts and Terraform make many ServiceAccounts, so other ServiceAccounts in the repository are no
    reason to expect this one. The rule speaks only where one of the same name stands in another namespace, or one
    whose name is a slip away in this namespace. List the others under `external: service-accounts:`.
    """
    for ref in ws.references(resource, "service-account"):
        answer = ws.resolve(ref)
        if not isinstance(answer, Missing) or (answer.reason != "closed-world" and not ref.namespace):
            continue
        advice = "create the ServiceAccount, or list it under `external: service-accounts:`"
        instead, fix, says = "", None, ""
        if answer.reason == "near-name":
            near = answer.near[0].name or ""
            advice, says = f"write `{near}`, or {advice}", "closest name"
            fix = Fix(f"refer to `{near}`", (Edit(ref.at.span, respelled(ref.at.span.text, near)),))
        elif answer.reason == "other-namespace":
            says = "the ServiceAccount of that name"
            if answer.near[0].namespace:
                instead = f"; it exists in namespace `{answer.near[0].namespace}`"
        where = f" in namespace `{ref.namespace}`" if ref.namespace else ""
        yield Problem(
            at=ref.at,
            message=f"no ServiceAccount named `{ref.name}`{where}{instead}",
            label="the operator asks for a token of this account",
            related=tuple(Related(near.name_node.span, says) for near in answer.near[:3]),
            note=f"ServiceAccounts found in the repository: {answer.searched}",
            help=advice,
            fix=fix,
        )
