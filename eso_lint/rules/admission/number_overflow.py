from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Scalar, Severity, Store, Workspace, is_seen, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
spec:
  retrySettings:
    maxRetries: 2147483648  # <- ESO321
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: fake
spec:
  provider:
    fake:
      validationResult: -5  # <- ESO321
      data: []
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
spec:
  retrySettings: {maxRetries: -1}
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: fake
spec:
  provider:
    fake: {validationResult: 255, data: []}
---
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: templated
spec:
  retrySettings: {maxRetries: "${RETRIES}"}
  provider:
    fake: {data: []}
"""

# What Go's types hold where the schema says no more than "integer". The interval has its own rule.
_RANGES = (
    (("retrySettings", "maxRetries"), -(2**31), 2**31 - 1),
    (("provider", "fake", "validationResult"), 0, 2**8 - 1),
    (("provider", "ovh", "okmsTimeout"), 0, 2**32 - 1),
)


@rule(
    id="ESO321",
    name="number-overflow",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
)
def number_overflow(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A number passes the schema, but does not fit into the operator's field.

    Why: the schema says "integer", the operator keeps the value in fewer bits. Its admission webhook cannot read such
    a store ("cannot unmarshal number into Go value of type int32"), and the API server takes that as a refusal.

    Fix: write a number in the range.
    """
    if not is_seen(store):
        return
    for path, least, most in _RANGES:
        node = store.at("spec", *path)
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if node is not None and type(value) is int and not least <= value <= most:
            yield Problem(
                at=node,
                message=f"`{path[-1]}` cannot hold {value}",
                label=f"must be from {least} to {most}",
                help=f"write a number from {least} to {most}",
            )
