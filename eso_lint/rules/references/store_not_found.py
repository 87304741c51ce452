from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    BasePushSecret,
    Confidence,
    Missing,
    Problem,
    Related,
    Severity,
    Workspace,
    rule,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef:
    kind: ClusterSecretStore
    name: vualt  # <- ESO101
  dataFrom:
    - extract: {key: shop/db}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef:
    kind: ClusterSecretStore
    name: defined-elsewhere
  dataFrom:
    - extract: {key: shop/db}
"""


@rule(
    id="ESO101",
    name="store-not-found",
    on=(BaseExternalSecret, BasePushSecret),
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
)
def store_not_found(resource: BaseExternalSecret | BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """A reference names a store that nothing in the repository defines.

    Why: the operator never syncs the object, and nothing fails when the manifest is applied.

    Fix: correct the name, kind or namespace, create the store, or list it under `external: stores:`.
    """
    for ref in ws.references(resource, "store"):
        answer = ws.resolve(ref)
        if not isinstance(answer, Missing) or answer.reason not in ("near-name", "others-of-kind", "closed-world"):
            continue
        related: tuple[Related, ...] = ()
        advice = "create the store, or list it under `external: stores:` if it lives elsewhere"
        if answer.reason == "near-name":
            near = answer.near[0]
            related = (Related(near.name_node.span, "closest name"),)
            advice = f"write `{near.name}`, or {advice}"
        yield Problem(
            at=ref.at,
            message=f"no {ref.kind} named `{ref.name}`",
            label="nothing defines this name",
            related=related,
            note=f"{answer.searched} {ref.kind}{'' if answer.searched == 1 else 's'} found in the repository",
            help=advice,
            severity=Severity.ERROR if ws.config.closed_world else None,
        )
