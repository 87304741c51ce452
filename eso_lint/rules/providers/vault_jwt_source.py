from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Severity, Store, Workspace, provider_problems, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth:
        jwt:  # <- ESO620
          path: jwt
          role: eso
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: account
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth:
        jwt:
          path: jwt
          role: eso
          kubernetesServiceAccountToken: {serviceAccountRef: {name: reader}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: secret
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth:
        jwt: {path: jwt, role: eso, secretRef: {name: login, key: token}}
"""


@rule(
    id="ESO620",
    name="vault-jwt-source",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
    words=(
        "vault",
        "openbao",
        "OpenBao",
    ),
)
def vault_jwt_source(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store logs in to Vault by JWT without saying where the token is.

    Why: the operator's admission webhook refuses the store.

    Fix: write `kubernetesServiceAccountToken`, or `secretRef`.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "vault-jwt-source")
