from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    BasePushSecret,
    Confidence,
    Edit,
    Fix,
    Missing,
    Problem,
    Related,
    Severity,
    Workspace,
    distinct,
    respelled,
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

BAD_OTHERS = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: aws-secrets, namespace: shop}
spec:
  provider:
    aws: {service: SecretsManager, region: eu-central-1}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  data:
    - secretKey: password
      remoteRef: {key: shop/db}
      sourceRef:
        storeRef:
          name: parameter-store  # <- ESO101
---
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: {name: back, namespace: shop}
spec:
  secretStoreRefs:
    - name: gone  # <- ESO101
  selector: {secret: {name: db}}
  dataTo:
    - storeRef: {name: gone}
"""

BAD_CLOSED = """
# file: .eso-lint.yaml
closed-world: true
# file: db.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: vault, kind: ClusterSecretStore}  # <- ESO101
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

GOOD_EXTERNAL = """
# file: .eso-lint.yaml
external:
  stores:
    - {kind: ClusterSecretStore, name: platform-vault}
# file: manifest.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: aws}
spec:
  provider:
    aws: {service: SecretsManager, region: eu-central-1}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: platform-vault, kind: ClusterSecretStore}
  dataFrom:
    - extract: {key: shop/db}
"""

GOOD_STAMPED = """
# file: store/store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault}
spec:
  provider:
    vault: {server: "https://vault.example.org"}
# file: shop/kustomization.yaml
namespace: shop
resources: [../store/store.yaml]
# file: pay/kustomization.yaml
namespace: pay
resources: [../store/store.yaml]
# file: apps.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
"""

GOOD_ELSEWHERE = """
# file: release.yaml
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets}
spec:
  values:
    extraObjects:
      - apiVersion: external-secrets.io/v1
        kind: ClusterSecretStore
        metadata: {name: from-values}
    manifests: |
      apiVersion: external-secrets.io/v1
      kind: ClusterSecretStore
      metadata:
        name: from-text
# file: external-secrets-conf/values.yaml
secretStores:
  from-map-key:
    vault: team-a
# file: main.tf
resource "kubernetes_manifest" "store" {
  manifest = { kind = "ClusterSecretStore", metadata = { name = "from-terraform" } }
}
# file: apps.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: written}
spec:
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: from-values, kind: ClusterSecretStore}
  data:
    - secretKey: a
      remoteRef: {key: a}
      sourceRef: {storeRef: {name: from-text, kind: ClusterSecretStore}}
    - secretKey: b
      remoteRef: {key: b}
      sourceRef: {storeRef: {name: from-map-key, kind: ClusterSecretStore}}
    - secretKey: c
      remoteRef: {key: c}
      sourceRef: {storeRef: {name: from-terraform, kind: ClusterSecretStore}}
    - secretKey: d
      remoteRef: {key: d}
      sourceRef: {storeRef: {name: "${STORE}", kind: ClusterSecretStore}}
"""

GOOD_OTHER_CLUSTER = """
# file: clusters/a/store.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault-of-a}
spec:
  provider:
    vault: {server: "https://vault.example.org"}
# file: clusters/b/db.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: made-by-hand, kind: ClusterSecretStore}
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
    bad=(BAD, BAD_OTHERS, BAD_CLOSED),
    good=(GOOD, GOOD_EXTERNAL, GOOD_STAMPED, GOOD_ELSEWHERE, GOOD_OTHER_CLUSTER),
)
def store_not_found(resource: BaseExternalSecret | BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """A reference names a store that nothing in the repository defines.

    Why: the manifest applies without complaint, then the object stays at `Ready=False` with reason
    `SecretSyncedError` and an event that the store could not be found. The Secret is never made, or it stops being
    refreshed, and the first to notice is usually the workload.

    Fix: correct the name, create the store, or say that it lives elsewhere:
    `external: {stores: [{kind: ClusterSecretStore, name: vault}]}`.

    When to ignore: the store is made by Terraform, a chart or another repository. The rule speaks only where the
    repository defines other stores of that kind, and stays silent where it defines none. With `closed-world: true`
    every missing store is an error.
    """
    for ref in distinct(ws.references(resource, "store")):
        answer = ws.resolve(ref)
        if not isinstance(answer, Missing) or answer.reason not in ("near-name", "others-of-kind", "closed-world"):
            continue
        related: tuple[Related, ...] = ()
        fix: Fix | None = None
        advice = "create the store, or list it under `external: stores:` if it lives elsewhere"
        if answer.reason == "near-name":
            near = answer.near[0]
            related = (Related(near.name_node.span, "closest name"),)
            advice = f"write `{near.name}`, or {advice}"
            fix = Fix(f"refer to `{near.name}`", (Edit(ref.at.span, respelled(ref.at.span.text, near.name or "")),))
        where = f" in namespace `{ref.namespace}`" if ref.namespace else ""
        yield Problem(
            at=ref.at,
            message=f"no {ref.kind} named `{ref.name}`{where}",
            label="nothing defines this name",
            related=related,
            note=f"{answer.searched or 'no'} {ref.kind}{'' if answer.searched == 1 else 's'} found in the repository",
            help=advice,
            fix=fix,
            severity=Severity.ERROR if ws.config.closed_world else None,
            confidence=Confidence.HIGH if ws.config.closed_world else None,
        )
