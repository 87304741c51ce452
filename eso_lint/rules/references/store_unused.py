from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    BasePushSecret,
    Confidence,
    Problem,
    Profile,
    Severity,
    Store,
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
kind: ClusterSecretStore
metadata:
  name: vault-old  # <- ESO109
spec:
  provider:
    vault: {server: "https://vault-old.example.org"}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom:
    - extract: {key: shop/db}
"""

GOOD_PLATFORM = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  provider:
    vault: {server: "https://vault.example.org"}
"""

GOOD_SELECTED = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: target, namespace: shop, labels: {push: "true"}}
spec:
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: {name: back, namespace: shop}
spec:
  secretStoreRefs:
    - labelSelector: {matchLabels: {push: "true"}}
  selector: {secret: {name: db}}
"""

GOOD_TEMPLATED = """
# file: chart/Chart.yaml
name: app
version: 1.0.0
# file: chart/templates/db.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db}
spec:
  secretStoreRef:
    kind: ClusterSecretStore
    name: {{ .Values.store }}
  dataFrom:
    - extract: {key: shop/db}
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  provider:
    vault: {server: "https://vault.example.org"}
"""

GOOD_VALUES = """
# file: values.yaml
app:
  secretStoreRef:
    name: from-values
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: from-values}
spec:
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom:
    - extract: {key: shop/db}
"""


@rule(
    id="ESO109",
    name="store-unused",
    on=Store,
    severity=Severity.INFO,
    confidence=Confidence.LOW,
    profile=Profile.STRICT,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD_PLATFORM, GOOD_SELECTED, GOOD_TEMPLATED, GOOD_VALUES),
)
def store_unused(store: Store, ws: Workspace) -> Iterator[Problem]:
    """Nothing in the repository uses a store.

    Why: a store that is not used still holds access to a provider, and is checked against it again and again.

    Fix: delete the store, and the identity behind it.

    When to ignore: the store serves other repositories. The rule speaks only where this repository has ExternalSecrets
    or PushSecrets, no template can name the store, and no other file writes its name.
    """
    if store.name is None or not store.placement.deployed or store.document.dialect != "plain" or not ws.index(_closed):
        return
    if ws.referrers(store) or ws.writes_name(store.name, store.file.path):
        return
    yield Problem(
        at=store.name_node,
        message=f"nothing in the repository uses {store.kind} `{store.name}`",
        label="not used",
        note="ExternalSecrets, PushSecrets and their cluster-wide kinds were looked at",
        help="delete the store, if no other repository uses it",
    )


def _closed(ws: Workspace) -> bool:
    """Whether the repository uses stores, and every use says which."""
    users = [*ws.all(BaseExternalSecret), *ws.all(BasePushSecret)]
    for user in users:
        if any(not ref.name or ref.kind is None for ref in ws.references(user, "store")):
            return False
        if isinstance(user, BasePushSecret) and any(node.get("labelSelector") is not None for node in user.store_refs):
            return False
        if (
            isinstance(user, BaseExternalSecret)
            and user.document.dialect != "plain"
            and not ws.references(user, "store")
        ):
            return False
    return bool(users)
