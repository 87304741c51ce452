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
  secretStoreRef: {name: vault, kind: SecretStore}
  data:
    - secretKey: password  # <- ESO306
    - secretKey: user
      remoteRef:  # <- ESO306
        property: user
  dataFrom:
    - extract:  # <- ESO306
        version: v1
"""

BAD_NULL = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:  # <- ESO306
  namespace: shop
spec:
  data:
    - secretKey: password
      remoteRef:
        key:  # <- ESO306
---
apiVersion: external-secrets.io/v1
kind: SecretStore  # <- ESO306
spec:
  provider: {aws: {service: SecretsManager, region: eu-central-1}}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault, kind: SecretStore}
  data:
    - secretKey: password
      remoteRef: {key: shop/db}
---
apiVersion: generators.external-secrets.io/v1alpha1
kind: Password
metadata: {generateName: random-}
spec: {}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
spec:
  provider:
    kubernetes:
      auth: {serviceAccount: {name: reader}}
"""


@rule(
    id="ESO306",
    name="missing-field",
    on=(BaseExternalSecret, BasePushSecret, Store, Generator, GeneratorState),
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(
        BAD,
        BAD_NULL,
    ),
    good=(GOOD,),
)
def missing_field(resource: Resource, ws: Workspace) -> Iterator[Problem]:
    """A field that the CRD's schema requires is missing.

    Why: the API server refuses the object. A field with nothing behind it (`remoteRef:`) is as good as missing, unless
    the schema has a default for it.

    Fix: add the field; the help says of which kind it is.
    """
    yield from problems_of(resource, ws, "missing-field")
