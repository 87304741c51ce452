from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BasePushSecret,
    Problem,
    Related,
    Severity,
    Workspace,
    distinct,
    push_works,
    rule,
    stores_of,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: bao
spec:
  provider:
    openBao:
      server: https://bao.example.org
---
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata:
  name: db
  namespace: shop
spec:
  secretStoreRefs:
    - name: bao  # <- ESO729
      kind: ClusterSecretStore
  selector:
    secret:
      name: db
  data:
    - match:
        secretKey: password
        remoteRef:
          remoteKey: shop/db
          property: password
"""

BAD_SILENT = BAD.replace(
    "openBao:\n      server: https://bao.example.org", "onboardbase:\n      apiHost: https://x.org"
)

GOOD = BAD.replace("openBao", "vault").replace("  # <- ESO729", "")

GOOD_DOPPLER = GOOD.replace("vault:\n      server: https://bao.example.org", "doppler:\n      project: shop")


@rule(
    id="ESO729",
    name="push-to-readonly-provider",
    on=BasePushSecret,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_SILENT),
    good=(GOOD, GOOD_DOPPLER),
)
def push_to_readonly_provider(push: BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """A PushSecret writes to a store whose provider can only read.

    Why: nothing refuses the object when it is applied, since the operator never asks whether a provider can write.
    Each reconcile then fails, or (onboardbase) is reported as done although nothing was written.

    Fix: push to a store that can write, or keep the secret where it is and read it from there.
    """
    for reference in distinct(ws.references(push, "store")):
        stores = stores_of(reference, ws)
        if not stores or any(push_works(store) is not False for store in stores):
            continue
        store = stores[0]
        silent = store.provider == "onboardbase"
        yield Problem(
            at=reference.at,
            message=f"{reference.kind} `{reference.name}` is of provider `{store.provider}`, which cannot be written",
            label="nothing is pushed, and no error says so" if silent else "each push fails",
            related=(Related(store.provider_key.span, "the store's provider"),),
            help="push to a store of a provider that can write",
        )
