from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Severity, Store, Workspace, provider_problems, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: none
spec:
  provider:
    onepasswordSDK:  # <- ESO625
      auth: {serviceAccountSecretRef: {name: login, key: token}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: empty
spec:
  provider:
    onepasswordSDK:
      vault: ""  # <- ESO625
      auth: {serviceAccountSecretRef: {name: login, key: token}}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
spec:
  provider:
    onepasswordSDK:
      vault: shop
      auth: {serviceAccountSecretRef: {name: login, key: token}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: environment
spec:
  provider:
    onepasswordSDK:
      environment: abc
      auth: {serviceAccountSecretRef: {name: login, key: token}}
"""


@rule(
    id="ESO625",
    name="onepassword-sdk-target",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
    words=("onepassword",),
)
def onepassword_sdk_target(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store of the 1Password SDK names neither a vault nor an environment.

    Why: the operator's admission webhook refuses the store.

    Fix: write `vault`, or `environment`.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "onepassword-sdk-target")
