from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Severity, Store, Workspace, provider_problems, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: crd
spec:
  provider:
    crd:
      auth: {serviceAccount: {name: reader}}
      resource:
        group: ""
        version: v1
        kind: Secret  # <- ESO629
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: other
spec:
  provider:
    crd:
      auth: {serviceAccount: {name: reader}}
      resource: {group: example.org, version: v1, kind: Secret}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: config
spec:
  provider:
    crd:
      auth: {serviceAccount: {name: reader}}
      resource: {group: "", version: v1, kind: ConfigMap}
"""


@rule(
    id="ESO629",
    name="crd-secret-kind",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
    words=(
        "crd",
        "CRD",
    ),
)
def crd_secret_kind(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store of the crd provider reads Secrets.

    Why: Secrets have a provider of their own, and the operator's admission webhook refuses the store.

    Fix: use the kubernetes provider.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "crd-secret-kind")
