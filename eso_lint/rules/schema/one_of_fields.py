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
kind: SecretStore
metadata:
  name: vault
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth: {tokenSecretRef: {name: token, key: token}}
    aws: {service: SecretsManager, region: eu-central-1}  # <- ESO305
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
spec:
  provider: {}  # <- ESO305
"""

BAD_REWRITE = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault, kind: SecretStore}
  dataFrom:
    - extract: {key: shop/db}
      rewrite:
        - regexp: {source: a, target: b}
          transform: {template: "{{ .value }}"}  # <- ESO305
    - sourceRef:
        storeRef: {name: other}
        generatorRef: {kind: Password, name: random}  # <- ESO305
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth: {tokenSecretRef: {name: token, key: token}}
    aws:
"""

GOOD_TEMPLATED = """
# file: chart/Chart.yaml
apiVersion: v2
name: shop
version: 1.0.0
# file: chart/templates/store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault}
spec:
  provider:
    {{- toYaml .Values.provider | nindent 4 }}
"""


@rule(
    id="ESO305",
    name="one-of-fields",
    on=(BaseExternalSecret, BasePushSecret, Store, Generator, GeneratorState),
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(
        BAD,
        BAD_REWRITE,
    ),
    good=(
        GOOD,
        GOOD_TEMPLATED,
    ),
)
def one_of_fields(resource: Resource, ws: Workspace) -> Iterator[Problem]:
    """Too many or too few fields of a group stand where the CRD's schema asks for exactly one.

    Why: the API server refuses a store with two providers or none, a `sourceRef` that names a store and a generator,
    a `rewrite` step of two kinds.

    Fix: keep one of them. For two stores write two objects; for two steps write two items.
    """
    yield from problems_of(resource, ws, "one-of-fields")
