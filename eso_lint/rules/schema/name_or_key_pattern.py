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
  name: Shop_DB  # <- ESO304
  labels:
    app/: shop  # <- ESO304
    tier: "data base"  # <- ESO304
spec:
  secretStoreRef:
    name: Vault  # <- ESO304
  target:
    name: shop_db  # <- ESO304
  data:
    - secretKey: pass word  # <- ESO304
      remoteRef: {key: shop/db}
    - secretKey: ""  # <- ESO304
      remoteRef: {key: shop/db}
"""

BAD_BREAK = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: team.a  # <- ESO304
spec:
  secretStoreRef:
    name: |  # <- ESO304
      vault
  syncWindows:
    kind: allow
    windows:
      - {schedule: "at night", duration: 1h}  # <- ESO304
  dataFrom:
    - extract: {key: shop/db}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: shop.db-1
  annotations: {Example.com/note: anything at all}
spec:
  secretStoreRef:
    name: |-
      vault
  data:
    - secretKey: Pass_Word.1
      remoteRef: {key: "any key, of any shape"}
---
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: css, namespace: is.dropped}
spec:
  provider: {aws: {service: SecretsManager, region: eu-central-1}}
"""

GOOD_OLD_RELEASE = """
# file: .eso-lint.yaml
eso-version: 0.9.20
# file: manifest.yaml
apiVersion: external-secrets.io/v1beta1
kind: ExternalSecret
metadata: {name: db}
spec:
  secretStoreRef: {name: Vault_Store}
  data:
    - secretKey: pass word
      remoteRef: {key: shop/db}
"""


@rule(
    id="ESO304",
    name="name-or-key-pattern",
    on=(BaseExternalSecret, BasePushSecret, Store, Generator, GeneratorState),
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(
        BAD,
        BAD_BREAK,
    ),
    good=(
        GOOD,
        GOOD_OLD_RELEASE,
    ),
)
def name_or_key_pattern(resource: Resource, ws: Workspace) -> Iterator[Problem]:
    """A name or key has characters or a length that the API server does not take.

    Why: names of objects are DNS names: lower-case letters, digits, `-` and `.`, at most 253 characters; namespaces
    are DNS labels of at most 63. Keys of a Secret have letters, digits, `-`, `_` and `.`. Since release 0.11 the CRDs
    check all references, too, and an empty name is refused. A block scalar (`|`, `>`) ends with a line break, which is
    part of the name.

    Fix: write a name that fits; end a block scalar's header with `-`.
    """
    yield from problems_of(resource, ws, "name-or-key-pattern")
