from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Severity, Store, Workspace, provider_problems, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: two
spec:
  provider:
    kubernetes:
      auth: {serviceAccount: {name: reader}}
      authRef: {name: login, key: config}  # <- ESO645
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: none
spec:
  provider:
    kubernetes:  # <- ESO645
      remoteNamespace: shop
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: auth
spec:
  provider:
    kubernetes:
      auth: {serviceAccount: {name: reader}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: ref
spec:
  provider:
    kubernetes:
      authRef: {name: login, key: config}
"""


@rule(
    id="ESO645",
    name="kubernetes-authref-and-auth",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
    words=("kubernetes",),
)
def kubernetes_authref_and_auth(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store of the kubernetes provider has two ways to log in, or none.

    Why: the store is admitted, and the operator then refuses to build a client. Its own ServiceAccount is never
    used.

    Fix: write `auth` or `authRef`, and not both.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "kubernetes-authref-and-auth")
