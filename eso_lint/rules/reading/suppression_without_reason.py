from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Profile, Severity, Suppression, Workspace, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: shop
spec:
  refreshInterval: "0" # eso-lint: ignore[refresh-zero]  # <- ESO005
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
"""

BAD_ANNOTATION = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: shop
  annotations:
    eso-lint/ignore-ESO401: ""  # <- ESO005
spec:
  refreshInterval: "0"
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: shop
  annotations:
    eso-lint/ignore-ESO101: the store is made by the platform team
spec:
  refreshInterval: "0" # eso-lint: ignore[refresh-zero] a bootstrap token, read once
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
"""


@rule(
    id="ESO005",
    name="suppression-without-reason",
    on=Suppression,
    severity=Severity.INFO,
    profile=Profile.STRICT,
    since="0.1.0",
    bad=(BAD, BAD_ANNOTATION),
    good=(GOOD,),
)
def suppression_without_reason(marker: Suppression, ws: Workspace) -> Iterator[Problem]:
    """A suppression gives no reason.

    Why: whoever reads it next cannot tell whether it still holds, so it is never removed.

    Fix: add the reason after the list: `# eso-lint: ignore[refresh-zero] a bootstrap token, read once`; for an
    annotation the reason is its value.
    """
    if not marker.fault and not marker.reason:
        yield Problem(
            at=marker.span,
            message="this suppression gives no reason",
            label="why?",
            help="add the reason after the list" if marker.scope != "object" else "write the reason as the value",
        )
