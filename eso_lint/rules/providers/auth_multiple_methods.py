from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Severity, Store, Workspace, provider_problems, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: ovh
spec:
  provider:
    ovh:
      server: https://eu-west-rbx.okms.ovh.net
      okmsid: 11111111-1111-4111-8111-111111111111
      auth:
        token: {tokenSecretRef: {name: login, key: token}}
        mtls:  # <- ESO616
          certSecretRef: {name: login, key: cert}
          keySecretRef: {name: login, key: key}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: nebius
spec:
  provider:
    nebiusmysterybox:
      apiDomain: api.eu.nebius.cloud
      auth:
        tokenSecretRef: {name: login, key: token}
        serviceAccountCredsSecretRef: {name: login, key: creds}  # <- ESO616
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: ovh
spec:
  provider:
    ovh:
      server: https://eu-west-rbx.okms.ovh.net
      okmsid: 11111111-1111-4111-8111-111111111111
      auth: {token: {tokenSecretRef: {name: login, key: token}}}
"""


@rule(
    id="ESO616",
    name="auth-multiple-methods",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
)
def auth_multiple_methods(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store has several ways to log in where its provider allows one.

    Why: the operator's admission webhook refuses the store.

    Fix: keep one of them.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "auth-multiple-methods")
