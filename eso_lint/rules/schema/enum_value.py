from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    BasePushSecret,
    Generator,
    GeneratorState,
    Problem,
    Resource,
    Severity,
    Store,
    Workspace,
    problems_of,
    rule,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault, kind: clustersecretstore}  # <- ESO303
  refreshPolicy: OnUpdate  # <- ESO303
  target:
    creationPolicy: owner  # <- ESO303
  data:
    - secretKey: password
      remoteRef:
        key: shop/db
        decodingStrategy: "base64"  # <- ESO303
  dataFrom:
    - sourceRef:
        generatorRef:
          kind: PasswordGenerator  # <- ESO303
          name: random
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault, kind: SecretStore}
  refreshPolicy: OnChange
  target: {creationPolicy: Owner, deletionPolicy:}
  data:
    - secretKey: password
      remoteRef: {key: shop/db, decodingStrategy: Base64}
"""

GOOD_VARIABLE = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault, kind: "${STORE_KIND}"}
  data:
    - secretKey: password
      remoteRef: {key: shop/db}
"""


@rule(
    id="ESO303",
    name="enum-value",
    on=(BaseExternalSecret, BasePushSecret, Store, Generator, GeneratorState),
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(
        GOOD,
        GOOD_VARIABLE,
    ),
)
def enum_value(resource: Resource, ws: Workspace) -> Iterator[Problem]:
    """A value is none of those that the CRD's schema lists.

    Why: the API server refuses the object. Upper and lower case count: `owner` is not `Owner`, and
    `clustersecretstore` is no kind of store.

    Fix: write one of the values that the help names.
    """
    yield from problems_of(resource, ws, "enum-value")
