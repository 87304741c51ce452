from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    Problem,
    Related,
    Scalar,
    Severity,
    Workspace,
    is_seen,
    refused,
    rule,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: merged
spec:
  secretStoreRef: {name: vault}
  target:
    name: app
    creationPolicy: Merge
    deletionPolicy: Delete  # <- ESO314
  dataFrom:
    - extract: {key: shop/db}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: none
spec:
  secretStoreRef: {name: vault}
  target: {deletionPolicy: Merge, creationPolicy: None}  # <- ESO314
  dataFrom:
    - extract: {key: shop/db}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: created
spec:
  secretStoreRef: {name: vault}
  target:
    deletionPolicy: Delete  # <- ESO314
    creationPolicy: CreateOrMerge
  dataFrom:
    - extract: {key: shop/db}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: owner
spec:
  secretStoreRef: {name: vault}
  target: {deletionPolicy: Delete, creationPolicy: Owner}
  dataFrom:
    - extract: {key: shop/db}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: default
spec:
  secretStoreRef: {name: vault}
  target: {deletionPolicy: Delete}
  dataFrom:
    - extract: {key: shop/db}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: merge
spec:
  secretStoreRef: {name: vault}
  target: {deletionPolicy: Merge, creationPolicy: Merge}
  dataFrom:
    - extract: {key: shop/db}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: templated
spec:
  secretStoreRef: {name: vault}
  target: {deletionPolicy: Delete, creationPolicy: "${POLICY}"}
  dataFrom:
    - extract: {key: shop/db}
"""

_REFUSED = {
    ("Delete", "Merge"): "the operator does not own that Secret, and may not delete it",
    ("Delete", "None"): "the operator makes no Secret that it could delete",
    ("Delete", "CreateOrMerge"): "the operator may not own that Secret, and so may not delete it",
    ("Merge", "None"): "the operator makes no Secret into which it could merge",
}


@rule(
    id="ESO314",
    name="policy-combination",
    on=BaseExternalSecret,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
    words=("Policy",),
)
def policy_combination(es: BaseExternalSecret, ws: Workspace) -> Iterator[Problem]:
    """`deletionPolicy` and `creationPolicy` contradict each other.

    Why: with `creationPolicy` Merge, None or CreateOrMerge the operator does not own the Secret, so `deletionPolicy:
    Delete` has nothing that it may delete; and nothing can be merged where no Secret is made. The admission webhook
    refuses such an object.

    Fix: write `creationPolicy: Owner` if the Secret is to vanish with the remote secret, else `deletionPolicy:
    Retain`.

    References: https://external-secrets.io/latest/guides/ownership-deletion-policy/
    """
    deletion, creation = es.spec("target", "deletionPolicy"), es.spec("target", "creationPolicy")
    if not isinstance(deletion, Scalar) or not isinstance(creation, Scalar) or not is_seen(es):
        return
    why = _REFUSED.get((deletion.text, creation.text))
    if why:
        yield Problem(
            at=deletion,
            message=f"`deletionPolicy: {deletion.text}` cannot go with `creationPolicy: {creation.text}`",
            label=why,
            related=(Related(creation.span, "the other policy"),),
            help="write `creationPolicy: Owner`, or `deletionPolicy: Retain`",
            severity=None if refused(es, ws, "0.5.0") else Severity.WARNING,
        )
