from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Severity, Store, Workspace, provider_problems, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: cert
spec:
  provider:
    vault:
      server: https://vault.example.org
      tls:
        certSecretRef: {name: client, key: tls.crt}  # <- ESO621
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: key
spec:
  provider:
    vault:
      server: https://vault.example.org
      tls:
        keySecretRef: {name: client, key: tls.key}  # <- ESO621
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: both
spec:
  provider:
    vault:
      server: https://vault.example.org
      tls:
        certSecretRef: {name: client, key: tls.crt}
        keySecretRef: {name: client, key: tls.key}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: none
spec:
  provider:
    vault:
      server: https://vault.example.org
      tls: {}
"""


@rule(
    id="ESO621",
    name="vault-tls-pair",
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
def vault_tls_pair(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store has a client certificate for Vault without its key, or a key without the certificate.

    Why: the operator's admission webhook refuses the store.

    Fix: write `certSecretRef` and `keySecretRef`, or neither.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "vault-tls-pair")
