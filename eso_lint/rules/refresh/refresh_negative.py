from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import BaseExternalSecret, BasePushSecret, Problem, Scalar, Severity, Workspace, parse_duration, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  refreshInterval: -1h  # <- ESO402
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
"""

BAD_PUSH = """
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata:
  name: push
spec:
  refreshInterval: "-1s"  # <- ESO402
  secretStoreRefs: [{name: vault}]
  selector:
    secret: {name: db}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  refreshInterval: 1h
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: zero
spec:
  refreshInterval: "-0"
  refreshPolicy: OnChange
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
"""

GOOD_POLICY = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: once
spec:
  refreshInterval: -1h
  refreshPolicy: CreatedOnce
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
"""


@rule(
    id="ESO402",
    name="refresh-negative",
    on=(BaseExternalSecret, BasePushSecret),
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD, BAD_PUSH),
    good=(GOOD, GOOD_POLICY),
    words=("refreshInterval",),
)
def refresh_negative(resource: BaseExternalSecret | BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """A refresh interval is negative.

    Why: Go accepts a negative duration, so nothing refuses it. For an ExternalSecret the controller treats it as zero:
    one sync, then no more. For a PushSecret it does the opposite: only exactly zero means "push once", and with a
    negative interval every event around the object pushes again.

    Fix: write the interval that is meant, such as `1h`; `refreshPolicy: CreatedOnce` or `OnChange` if an
    ExternalSecret is not to be refreshed by time; `"0"` if a PushSecret is to push once.
    """
    node = resource.refresh_interval
    nanoseconds = parse_duration(node.string or "") if isinstance(node, Scalar) else None
    if node is None or nanoseconds is None or nanoseconds >= 0:
        return
    if isinstance(resource, BaseExternalSecret):
        if resource.refresh_policy != "Periodic":
            return
        effect, label = "counts as zero: one sync, then no more", "no refresh after the first sync"
        advice = "write an interval such as `1h`, or state `refreshPolicy: OnChange` or `CreatedOnce`"
    else:
        effect, label = "pushes again on every event", "not a way to turn pushing off"
        advice = 'write an interval such as `1h`, or `"0"` to push once'
    yield Problem(at=node, message=f"negative `refreshInterval` {effect}", label=label, help=advice)
