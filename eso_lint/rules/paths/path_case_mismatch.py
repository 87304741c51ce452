from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    BasePushSecret,
    Confidence,
    Edit,
    Fix,
    Problem,
    Related,
    Safety,
    Severity,
    Span,
    Workspace,
    key_slips,
    remote_keys,
    rule,
)

STORE = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: shared
spec:
  provider:
    aws: {service: SecretsManager, region: eu-central-1}
---
"""

BAD = (
    STORE
    + """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: shared, kind: ClusterSecretStore}
  data:
    - secretKey: user
      remoteRef:
        key: prod/shop/database
        property: user
    - secretKey: password
      remoteRef:
        key: prod/shop/Database  # <- ESO603
        property: password
"""
)

BAD_RARER = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: first
spec:
  secretStoreRef: {name: shared, kind: ClusterSecretStore}
  dataFrom:
    - extract: {key: prod/shop_api}  # <- ESO603
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: second
spec:
  secretStoreRef: {name: shared, kind: ClusterSecretStore}
  dataFrom:
    - extract: {key: prod/shop-api}
---
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata:
  name: third
spec:
  secretStoreRefs: [{name: shared, kind: ClusterSecretStore}]
  selector:
    secret: {name: api}
  data:
    - match:
        remoteRef: {remoteKey: prod/shop-api}
"""

BAD_SEGMENT = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: grafana
spec:
  secretStoreRef: {name: shared, kind: ClusterSecretStore}
  dataFrom:
    - extract: {key: observability/grafana}
    - extract: {key: observability/loki}
    - extract: {key: observability/mimir}
    - extract: {key: observabliity/slack}  # <- ESO603
"""

BAD_INVENTORY = """
# file: es.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: shared, kind: ClusterSecretStore}
  dataFrom:
    - extract: {key: prod/shop/DB}  # <- ESO603
    - extract: {key: prod/shop/cache}
    - extract: {key: prod/shop/unlisted}
# file: inventory.txt
# what the account holds
prod/shop/db
prod/shop/cache
# file: .eso-lint.yaml
inventory: inventory.txt
"""

GOOD = (
    STORE
    + """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: apart
spec:
  secretStoreRef: {name: shared, kind: ClusterSecretStore}
  dataFrom:
    - extract: {key: team-a/db}
    - extract: {key: team-a/cache}
    - extract: {key: team-a/queue}
    - extract: {key: team-b/db}
    - extract: {key: prod1/db}
    - extract: {key: prod2/db}
    - extract: {key: tokens/api_key}
    - extract: {key: tokens/api-key}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: another-store
spec:
  secretStoreRef: {name: other, kind: ClusterSecretStore}
  dataFrom:
    - extract: {key: TEAM-A/DB}
"""
)

GOOD_INSENSITIVE = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: shared
spec:
  provider:
    azurekv: {vaultUrl: "https://shop.vault.azure.net"}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: shared, kind: ClusterSecretStore}
  dataFrom:
    - extract: {key: shop-db}
    - extract: {key: Shop-DB}
"""


@rule(
    id="ESO603",
    name="path-case-mismatch",
    on=(BaseExternalSecret, BasePushSecret),
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD, BAD_RARER, BAD_SEGMENT, BAD_INVENTORY),
    good=(GOOD, GOOD_INSENSITIVE),
)
def path_case_mismatch(resource: BaseExternalSecret | BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """A remote key differs from another key of the same store only by case, by separators, or by a slip in its folder.

    Why: nearly every provider compares names exactly, so `prod/shop/Database` is not `prod/shop/database`. One of the
    two is most likely not there, and its ExternalSecret never becomes ready; a push makes a second copy that nobody
    reads.

    Fix: use one spelling. The rarer one is reported; of two that are as frequent, the one that comes later. With
    `inventory:` in the configuration (a file that lists the keys which exist, one per line) the listed spelling is
    the right one.

    When to ignore: both secrets exist. Name the reason in the suppression, since the next reader will stumble too.
    """
    slips = ws.index(key_slips)
    seen: set[int] = set()
    for key in remote_keys(resource, ws):
        slip = slips.get(id(key.node))
        if slip is None or id(key.node) in seen:
            continue
        seen.add(id(key.node))
        span = key.node.span
        at = span.text.find(key.text)
        edit = Edit(Span(span.file, span.start + at, span.start + at + len(key.text)), slip.right)
        yield Problem(
            at=key.node,
            message=f"`{key.text}` differs from `{slip.other}` only by {slip.how}",
            label="most likely the same secret",
            related=(Related(slip.place, slip.where),),
            note=slip.note,
            help=f"write `{slip.right}` if that secret is meant",
            fix=Fix(f"write {slip.right}", (edit,), Safety.UNSAFE) if at >= 0 else None,
            confidence=None if slip.sure else Confidence.LOW,
        )
