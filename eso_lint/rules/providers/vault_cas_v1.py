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
      version: v1
      checkAndSet:
        required: true  # <- ESO622
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: two
spec:
  provider:
    vault:
      server: https://vault.example.org
      checkAndSet: {required: true}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: off
spec:
  provider:
    vault:
      server: https://vault.example.org
      version: v1
      checkAndSet: {required: false}
"""


@rule(
    id="ESO622",
    name="vault-cas-v1",
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
def vault_cas_v1(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store wants check-and-set of version v1 of Vault's KV engine.

    Why: that version has none, and the operator's admission webhook refuses the store.

    Fix: drop `checkAndSet`, or write `version: v2` if the engine is one.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "vault-cas-v1")
