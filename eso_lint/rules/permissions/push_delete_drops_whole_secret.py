from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BasePushSecret,
    Problem,
    Related,
    Severity,
    Use,
    Workspace,
    deletes_whole,
    rule,
    string,
    uses_of,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: aws
  namespace: shop
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
---
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata:
  name: db
  namespace: shop
spec:
  deletionPolicy: Delete  # <- ESO730
  secretStoreRefs:
    - name: aws
  selector:
    secret:
      name: db
  data:
    - match:
        secretKey: user
        remoteRef:
          remoteKey: shop/db
          property: user
    - match:
        secretKey: password
        remoteRef:
          remoteKey: shop/db
          property: password
"""

BAD_ALONE = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: gcp
spec:
  provider:
    gcpsm:
      projectID: shop
---
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata:
  name: db
  namespace: shop
spec:
  deletionPolicy: Delete  # <- ESO730
  secretStoreRefs:
    - name: gcp
      kind: ClusterSecretStore
  selector:
    secret:
      name: db
  data:
    - match:
        secretKey: password
        remoteRef:
          remoteKey: shop-db
          property: password
"""

GOOD = BAD.replace("deletionPolicy: Delete  # <- ESO730", "deletionPolicy: None")

GOOD_VAULT = BAD.replace(
    "aws:\n      service: SecretsManager\n      region: eu-central-1", "vault: {path: kv}"
).replace("  # <- ESO730", "")

GOOD_WHOLE = BAD_ALONE.replace("\n          property: password", "").replace("  # <- ESO730", "")


@rule(
    id="ESO730",
    name="push-delete-drops-whole-secret",
    on=BasePushSecret,
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD, BAD_ALONE),
    good=(GOOD, GOOD_VAULT, GOOD_WHOLE),
)
def push_delete_drops_whole_secret(push: BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """A PushSecret that deletes names single properties, but the provider deletes the whole secret.

    Why: with `deletionPolicy: Delete` the operator removes what an entry pushed when the entry or the object goes.
    Of a property these providers remove the secret around it, and with it everything that other entries, other
    PushSecrets or people keep there.

    Fix: give each entry a remote key of its own, or leave `deletionPolicy` at `None`.
    """
    seen: set[tuple[int, str]] = set()
    for use in uses_of(push, ws):
        if use.feature != "delete" or use.key is None or not deletes_whole(use.store):
            continue
        if (id(use.store), use.key) in seen:
            continue
        seen.add((id(use.store), use.key))
        same = [u for u in uses_of(push, ws) if u.feature == "delete" and u.store is use.store and u.key == use.key]
        named = [u for u in same if _property(u)]
        if not named and len(same) < 2:
            continue
        keys = push.at(*named[0].path) if named else push.at(*same[0].path)
        yield Problem(
            at=use.at,
            message=f"deleting one entry of `{use.key}` deletes the whole secret at `{use.store.provider}`",
            label=f"{len(same)} entries share it" if len(same) > 1 else "its other properties go with it",
            related=(Related((keys or use.at).span, "the remote key"),),
            help="give each entry a remote key of its own, or write `deletionPolicy: None`",
        )


def _property(use: Use) -> bool:
    return bool(string(use.property))
