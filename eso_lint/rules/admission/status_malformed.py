from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    ExternalSecret,
    Mapping,
    Opaque,
    Problem,
    Resource,
    Severity,
    Store,
    Workspace,
    is_absent,
    is_seen,
    rule,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault}
  data:
    - secretKey: password
      remoteRef: {key: shop/db}
status: ready  # <- ESO322
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault}
  data:
    - secretKey: password
      remoteRef: {key: shop/db}
status:
  conditions: []
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
spec:
  provider:
    vault: {server: "https://vault.example.org"}
status:
"""


@rule(
    id="ESO322",
    name="status-malformed",
    on=(ExternalSecret, Store),
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
    words=("status",),
)
def status_malformed(resource: Resource, ws: Workspace) -> Iterator[Problem]:
    """`status` is written in a manifest, and is no mapping.

    Why: the operator writes the status. The API server leaves it out of account, but the admission webhook cannot
    read an object whose `status` is of another type, which counts as a refusal.

    Fix: remove `status`.
    """
    status = resource.at("status")
    if is_seen(resource) and status is not None and not isinstance(status, Mapping | Opaque) and not is_absent(status):
        yield Problem(
            at=resource.anchor("status"),
            message="`status` must be a mapping, and is the operator's to write",
            label="not readable as a status",
            help="remove `status`",
        )
