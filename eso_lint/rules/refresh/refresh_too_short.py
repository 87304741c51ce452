from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    SECOND,
    BaseExternalSecret,
    BasePushSecret,
    Confidence,
    Problem,
    Scalar,
    Severity,
    Workspace,
    format_duration,
    parse_duration,
    rule,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  refreshInterval: 10s  # <- ESO403
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: rotating
spec:
  refreshInterval: 500ms  # <- ESO403
  dataFrom:
    - sourceRef:
        generatorRef: {kind: Password, name: random}
"""

BAD_PUSH = """
apiVersion: external-secrets.io/v1alpha1
kind: ClusterPushSecret
metadata:
  name: push
spec:
  refreshTime: 5s
  pushSecretSpec:
    refreshInterval: 5s  # <- ESO403
    secretStoreRefs: [{name: vault}]
    selector:
      secret: {name: db}
"""

BAD_FLOOR = """
# file: es.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  refreshInterval: 1m  # <- ESO403
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
# file: .eso-lint.yaml
refresh-floor: 300
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: at-the-floor
spec:
  refreshInterval: 30s
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: not-by-time
spec:
  refreshInterval: 10s
  refreshPolicy: OnChange
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
spec:
  refreshInterval: 10
  provider:
    vault: {server: "https://vault.example.org"}
"""


@rule(
    id="ESO403",
    name="refresh-too-short",
    on=(BaseExternalSecret, BasePushSecret),
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD, BAD_PUSH, BAD_FLOOR),
    good=(GOOD,),
    words=("refreshInterval",),
)
def refresh_too_short(resource: BaseExternalSecret | BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """A refresh interval is shorter than the floor (30 seconds unless `refresh-floor` says otherwise).

    Why: each refresh calls the provider once per key, for every object and every namespace that a cluster-wide kind
    fans out to. Intervals of seconds run into throttling, which then fails the syncs of everybody who shares the
    account, and they cost money where calls are charged. Objects that are fed by a generator are included: there each
    refresh makes a new credential.

    Fix: use `1h`, or a few minutes where rotation must arrive soon; a force-sync annotation fetches at once when that
    is needed. Set `refresh-floor:` in the configuration to the seconds that your provider allows.

    When to ignore: a local provider in a test cluster.
    """
    node = resource.refresh_interval
    nanoseconds = parse_duration(node.string or "") if isinstance(node, Scalar) else None
    if node is None or nanoseconds is None or not 0 < nanoseconds < ws.config.refresh_floor * SECOND:
        return
    if isinstance(resource, BaseExternalSecret) and resource.refresh_policy != "Periodic":
        return
    calls = "a new credential is made" if _generates(resource) else "the provider is called"
    yield Problem(
        at=node,
        message=f"`refreshInterval` is below {format_duration(ws.config.refresh_floor * SECOND)}",
        label=f"{calls} every {format_duration(nanoseconds)}",
        help="write `1h`, or some minutes where changes must arrive soon",
    )


def _generates(resource: BaseExternalSecret | BasePushSecret) -> bool:
    if isinstance(resource, BaseExternalSecret):
        return not resource.reads_store and any(entry.generator_ref is not None for entry in resource.data_from)
    return resource.spec("selector", "generatorRef") is not None
