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
  syncWindows:
    kind: allow
    windows: []  # <- ESO307
  dataFrom:
    - extract: {key: shop/db}
---
apiVersion: generators.external-secrets.io/v1alpha1
kind: Grafana
metadata: {name: dashboards}
spec:
  url: https://grafana.example.org
  auth: {token: {name: grafana, key: token}}
  serviceAccount:
    name: reader
    role: Viewer
    secondsToLive: 0  # <- ESO307
---
apiVersion: generators.external-secrets.io/v1alpha1
kind: SSHKey
metadata: {name: deploy}
spec:
  keyType: rsa
  keySize: 100000  # <- ESO307
"""

GOOD = """
apiVersion: generators.external-secrets.io/v1alpha1
kind: SSHKey
metadata: {name: deploy}
spec: {keyType: rsa, keySize: 8192}
"""


@rule(
    id="ESO307",
    name="value-out-of-range",
    on=(BaseExternalSecret, BasePushSecret, Store, Generator, GeneratorState),
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
)
def value_out_of_range(resource: Resource, ws: Workspace) -> Iterator[Problem]:
    """A number, or the number of items in a list, is outside the range of the CRD's schema.

    Why: the API server refuses the object.

    Fix: write a number in the range; add or remove items.
    """
    yield from problems_of(resource, ws, "value-out-of-range")
