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
        appRole:  # <- ESO619
          path: approle
          secretRef: {name: login, key: secret}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: id
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth:
        appRole:
          path: approle
          roleId: eso
          secretRef: {name: login, key: secret}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: ref
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth:
        appRole:
          path: approle
          roleRef: {name: login, key: role}
          secretRef: {name: login, key: secret}
"""


@rule(
    id="ESO619",
    name="vault-approle-role-id",
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
def vault_approle_role_id(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store logs in to Vault by AppRole without naming the role.

    Why: the operator's admission webhook refuses the store.

    Fix: write `roleId`, or `roleRef` with the name and key of a Secret.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "vault-approle-role-id")
