from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Severity, Store, Workspace, provider_problems, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: scaleway
spec:
  provider:
    scaleway:
      region: fr-par
      projectId: 11111111-1111-4111-8111-111111111111
      accessKey: {}  # <- ESO614
      secretKey:
        value: abc  # <- ESO614
        secretRef: {name: login, key: secret}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: delinea
spec:
  provider:
    delinea:
      tenant: shop
      clientId: {}  # <- ESO614
      clientSecret: {secretRef: {name: login, key: secret}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: beyondtrust
spec:
  provider:
    beyondtrust:
      server: {apiUrl: "https://bt.example.org", verifyCA: true}
      auth:
        apiKey: {}  # <- ESO614
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: barbican
spec:
  provider:
    barbican:
      authURL: https://keystone.example.org/v3
      auth:
        username:  # <- ESO614
          value: ""
        password: {secretRef: {name: login, key: password}}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: scaleway
spec:
  provider:
    scaleway:
      region: fr-par
      projectId: 11111111-1111-4111-8111-111111111111
      accessKey: {value: SCW}
      secretKey: {secretRef: {name: login}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: delinea
spec:
  provider:
    delinea:
      tenant: shop
      clientId: {value: "${ID}"}
      clientSecret: {secretRef: {name: login, key: secret}}
"""


@rule(
    id="ESO614",
    name="auth-value-or-ref",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
)
def auth_value_or_ref(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A credential has both `value` and `secretRef`, or neither.

    Why: the operator does not guess which is meant: its admission webhook refuses the store.

    Fix: keep `secretRef`; a value in a manifest is no secret.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "auth-value-or-ref")
