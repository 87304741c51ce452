from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Severity, Suppression, Workspace, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: shop
spec:
  refreshInterval: 1h # eso-lint: ignore[refresh-zero] rotated by hand  # <- ESO003
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
"""

BAD_ONE_OF_TWO = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: shop
spec:
  refreshInterval: "0" # eso-lint: ignore[refresh-zero, invalid-duration] read once  # <- ESO003
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
"""

BAD_IN_TEXT = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: shop
spec:
  secretStoreRef: {name: vault}
  target:
    template:
      data:
        app.conf: |
          # eso-lint: ignore[refresh-zero] read once  # <- ESO003
          password = {{ .password }}
  dataFrom:
    - extract: {key: shop/db}
"""

BAD_LATE = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  # eso-lint: ignore-file[refresh-zero] read once  # <- ESO003
  namespace: shop
spec:
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
spec:
  refreshInterval: "0" # eso-lint: ignore[refresh-zero] a bootstrap token, read once
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
"""

GOOD_ABOVE = """
# eso-lint: ignore-file[ESO401] tokens of the bootstrap, read once
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: shop
spec:
  refreshInterval: "0"
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
"""


@rule(
    id="ESO003",
    name="unused-suppression",
    on=Suppression,
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD, BAD_ONE_OF_TWO, BAD_IN_TEXT, BAD_LATE),
    good=(GOOD, GOOD_ABOVE),
)
def unused_suppression(marker: Suppression, ws: Workspace) -> Iterator[Problem]:
    """A suppression hides nothing.

    Why: what it once excused is gone, or it stands where it cannot work. Left in place it would hide the next, real
    finding of that rule without anyone having decided so.

    Fix: delete the name, or the whole comment when no name is left. Inside a block text `#` begins no comment: put
    the marker at the end of the line with the key. `ignore-file` belongs above the first document.
    """
    if marker.fault == "text":
        yield Problem(
            at=marker.span,
            message="this suppression is part of a text value and hides nothing",
            label="`#` begins no comment here",
            help="put it at the end of the line with the key, or above the key",
        )
    elif marker.fault == "late":
        yield Problem(
            at=marker.span,
            message="`ignore-file` after the beginning of the first document hides nothing",
            label="too late in the file",
            help="move it above the first document, or write `ignore-document`",
        )
    for name in marker.unused:
        yield Problem(
            at=name.span,
            message=f"the suppression of `{name.text}` hides nothing",
            label="no such finding here",
            help="delete the name" if len(marker.names) > 1 else "delete the comment",
        )
