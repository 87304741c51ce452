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
  target:
    immutable: "true"  # <- ESO302
    template:
      metadata:
        labels:
          release: 1.2  # <- ESO302
  data:
    - secretKey: password
      remoteRef:
        key: 44754  # <- ESO302
        version: 1  # <- ESO302
"""

BAD_SHAPE = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault, kind: SecretStore}
  data:  # <- ESO302
    password:
      remoteRef: {key: shop/db}
  dataFrom:
    - extract: shop/db  # <- ESO302
    - find:
        name: [a]  # <- ESO302
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
spec:
  provider:
    kubernetes:
      server:
        caBundle: |  # <- ESO302
          -----BEGIN CERTIFICATE-----
          MIIB
          -----END CERTIFICATE-----
      auth: {serviceAccount: {name: reader}}
"""

BAD_METADATA = """
apiVersion: generators.external-secrets.io/v1alpha1
kind: Password
metadata:
  name: random
  annotations:
    enabled: yes  # <- ESO302
    replicas: 3  # <- ESO302
spec:
  length: "32"  # <- ESO302
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault, kind: SecretStore}
  target:
    immutable: yes
    template:
      metadata:
        labels: {release: "1.2"}
      data:
        empty:
  data:
    - secretKey: password
      remoteRef: {key: "44754", version: v1}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
spec:
  refreshInterval: 3600
  provider:
    kubernetes:
      server: {caBundle: TUlJQg==}
      auth: {serviceAccount: {name: reader}}
"""


@rule(
    id="ESO302",
    name="scalar-type",
    on=(BaseExternalSecret, BasePushSecret, Store, Generator, GeneratorState),
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(
        BAD,
        BAD_SHAPE,
        BAD_METADATA,
    ),
    good=(GOOD,),
)
def scalar_type(resource: Resource, ws: Workspace) -> Iterator[Problem]:
    """A value has another type than the CRD's schema asks for.

    Why: the API server refuses the object. Most often YAML reads a number or a boolean where a text was meant:
    `key: 44754`, `version: 1`, a label `"on"` without its quotes.

    Fix: quote what is meant as text, and write numbers and booleans without quotes. A list begins each item with `-`.
    """
    yield from problems_of(resource, ws, "scalar-type")
