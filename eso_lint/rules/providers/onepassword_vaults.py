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
    onepassword:
      connectHost: https://connect.example.org
      auth: {secretRef: {connectTokenSecretRef: {name: login, key: token}}}
      vaults: {}  # <- ESO624
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: twice
spec:
  provider:
    onepassword:
      connectHost: https://connect.example.org
      auth: {secretRef: {connectTokenSecretRef: {name: login, key: token}}}
      vaults:
        shop: 1
        shared: 1  # <- ESO624
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: two
spec:
  provider:
    onepassword:
      connectHost: https://connect.example.org
      auth: {secretRef: {connectTokenSecretRef: {name: login, key: token}}}
      vaults: {shop: 1, shared: 2}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: variable
spec:
  provider:
    onepassword:
      connectHost: https://connect.example.org
      auth: {secretRef: {connectTokenSecretRef: {name: login, key: token}}}
      vaults: {shop: "${ONE}", shared: 2}
"""


@rule(
    id="ESO624",
    name="onepassword-vaults",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
    words=("onepassword",),
)
def onepassword_vaults(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store of 1Password Connect lists no vault, or two with the same number.

    Why: the numbers say in which order the vaults are searched. The operator's admission webhook refuses the
    store.

    Fix: list the vaults, each with a number of its own.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "onepassword-vaults")
