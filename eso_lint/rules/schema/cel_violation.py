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

BAD_BOTH = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: config}
spec:
  provider:
    doppler:
      auth:
        secretRef:
          dopplerToken: {name: doppler, key: token}
        oidcConfig:  # <- ESO308
          identity: 00000000-0000-0000-0000-000000000000
          serviceAccountRef: {name: doppler}
"""

BAD_NEITHER = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: config}
spec:
  provider:
    pulumi:  # <- ESO308
      organization: shop
      project: web
      environment: prod
"""

BAD_KEY = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: aws}
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      customSessionTags:
        team: shop
        esoNamespace: shop  # <- ESO308
"""

BAD_PUSH = """
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: {name: db}
spec:
  secretStoreRefs: [{name: vault}]
  selector: {secret: {name: db}}
  dataTo:
    - storeRef: {name: vault}
      remoteKey: shop/db
      rewrite:  # <- ESO308
        - regexp: {source: "^", target: db-}
    - storeRef:  # <- ESO308
        kind: SecretStore
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: config}
spec:
  provider:
    doppler:
      auth:
        secretRef:
          dopplerToken: {name: doppler, key: token}
---
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: {name: db}
spec:
  secretStoreRefs: [{name: vault}]
  selector: {secret: {name: db}}
  dataTo:
    - storeRef: {name: vault}
      remoteKey: shop/db
    - storeRef: {name: vault}
      rewrite:
        - regexp: {source: "^", target: db-}
"""

GOOD_TEMPLATED = """
# file: chart/Chart.yaml
apiVersion: v2
name: shop
version: 1.0.0
# file: chart/templates/store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: config}
spec:
  provider:
    pulumi:
      organization: shop
      project: web
      environment: prod
      {{- toYaml .Values.pulumi | nindent 6 }}
"""

GOOD_BEFORE = """
# file: .eso-lint.yaml
eso-version: "1.1"
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: config}
spec:
  provider:
    doppler:
      auth: {}
"""


@rule(
    id="ESO308",
    name="cel-violation",
    on=(BaseExternalSecret, BasePushSecret, Store, Generator, GeneratorState),
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD_BOTH, BAD_NEITHER, BAD_KEY, BAD_PUSH),
    good=(GOOD, GOOD_TEMPLATED, GOOD_BEFORE),
)
def cel_violation(resource: Resource, ws: Workspace) -> Iterator[Problem]:
    """An object breaks a rule that the operator's CRD states about its fields.

    Why: since release 1.2 the CRDs hold rules in the Common Expression Language, such as "exactly one of". The API
    server evaluates them and refuses what breaks one. The message is the CRD's own.

    Fix: add the field that the rule misses, or remove the one that is too many; the help says which would do.

    References: the rules are those of the object's own API version, in the release in play.
    """
    yield from problems_of(resource, ws, "cel-violation")
