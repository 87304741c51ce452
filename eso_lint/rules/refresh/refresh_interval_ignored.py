from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import BaseExternalSecret, Problem, Related, Scalar, Severity, Workspace, parse_duration, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  refreshPolicy: CreatedOnce
  refreshInterval: 1h  # <- ESO405
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: cache
spec:
  refreshPolicy: OnChange
  refreshInterval: 15m  # <- ESO405
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/cache}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: zero-says-the-same
spec:
  refreshPolicy: OnChange
  refreshInterval: "0"
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: periodic
spec:
  refreshPolicy: Periodic
  refreshInterval: 1h
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: no-interval
spec:
  refreshPolicy: CreatedOnce
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
"""


@rule(
    id="ESO405",
    name="refresh-interval-ignored",
    on=BaseExternalSecret,
    severity=Severity.INFO,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
    words=("refreshPolicy",),
)
def refresh_interval_ignored(es: BaseExternalSecret, ws: Workspace) -> Iterator[Problem]:
    """An interval is written where the refresh policy does not go by time.

    Why: with `CreatedOnce` and `OnChange` the controller still looks in at that interval, but fetches nothing as long
    as the target Secret is intact. A reader of the manifest expects rotated values to arrive, and they never do.

    Fix: remove the interval, or use `refreshPolicy: Periodic`.

    When to ignore: the interval is kept on purpose, because it decides how soon a deleted Secret is made again.
    """
    node = es.refresh_interval
    policy = es.refresh_policy
    if not isinstance(node, Scalar) or policy not in ("CreatedOnce", "OnChange"):
        return
    nanoseconds = parse_duration(node.string or "")
    if nanoseconds is None or nanoseconds <= 0:
        return
    yield Problem(
        at=node,
        message=f"`refreshInterval` refreshes nothing under `refreshPolicy: {policy}`",
        label="has no refreshing effect",
        related=(Related(es.spec_anchor("refreshPolicy").span, "the policy"),),
        help="remove the interval, or write `refreshPolicy: Periodic`",
    )
