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
  refreshinterval: 1h  # <- ESO301
  target:
    template:
      labels: {app: shop}  # <- ESO301
  data:
    - secretKey: password
      key: shop/db  # <- ESO301
      remoteRef: {key: shop/db}
"""

BAD_PLACE = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault, kind: SecretStore}
  target:
    refreshInterval: 1h  # <- ESO301
  dataFrom:
    - extract:
        key: shop/db
        propertie: password  # <- ESO301
  description: the database  # <- ESO301
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth:
        tokenSecretRef: {name: token, key: token}
        token: x  # <- ESO301
"""

BAD_METADATA = """
apiVersion: generators.external-secrets.io/v1alpha1
kind: Password
metadata:
  name: random
  label: {app: shop}  # <- ESO301
spec:
  length: 32
status: {}  # <- ESO301
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault, kind: SecretStore}
  target:
    template:
      metadata:
        labels: {app: shop}
  data:
    - secretKey: password
      remoteRef: {key: shop/db}
status:
  refreshTime: null
---
apiVersion: generators.external-secrets.io/v1alpha1
kind: VaultDynamicSecret
metadata: {name: pki}
spec:
  path: pki/issue/web
  parameters: {anything: {goes: here}}
  provider:
    server: https://vault.example.org
    auth: {tokenSecretRef: {name: token, key: token}}
"""

GOOD_OLD_VERSION = """
apiVersion: external-secrets.io/v1alpha1
kind: ExternalSecret
metadata: {name: db}
spec:
  refreshInterval: 1h
  secretStoreRef: {name: vault}
  dataFrom:
    - key: shop/db
"""

GOOD_TEMPLATED = """
# file: chart/Chart.yaml
apiVersion: v2
name: shop
version: 1.0.0
# file: chart/templates/secret.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db}
spec:
  {{- toYaml .Values.spec | nindent 2 }}
"""


@rule(
    id="ESO301",
    name="unknown-field",
    on=(BaseExternalSecret, BasePushSecret, Store, Generator, GeneratorState),
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(
        BAD,
        BAD_PLACE,
        BAD_METADATA,
    ),
    good=(
        GOOD,
        GOOD_OLD_VERSION,
        GOOD_TEMPLATED,
    ),
)
def unknown_field(resource: Resource, ws: Workspace) -> Iterator[Problem]:
    """A field is not in the schema of the operator's CRD.

    Why: kubectl, Flux and Argo CD refuse an object with a field that its CRD does not know (strict field validation).
    Where validation is not strict the API server drops the field without a word, and what it was to do does not
    happen.

    Fix: correct the name, or move the field where the schema has it. The help says which fields are known there.

    When to ignore: the cluster runs a CRD with fields of its own. Put that CRD into the repository, or add it with
    `eso-lint schemas add`.

    References: the schema is that of the object's own API version, in the release in play.
    """
    yield from problems_of(resource, ws, "unknown-field")
