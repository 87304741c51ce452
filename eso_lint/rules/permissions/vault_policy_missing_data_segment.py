from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Confidence, Problem, Related, Severity, Store, Workspace, rule, segment_gaps

STORE = """
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: shop}
spec:
  provider:
    vault:
      server: https://vault.example.com
      path: kv
      version: v2
      auth:
        kubernetes:
          mountPath: kubernetes
          role: shop
          serviceAccountRef: {name: reader}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
# file: role.yaml
apiVersion: vault.banzaicloud.com/v1alpha1
kind: Vault
metadata: {name: vault, namespace: vault}
spec:
  externalConfig:
    policies:
      - name: shop
        rules: |
          path "kv/shop/*" {
            capabilities = ["read", "list"]
          }
    auth:
      - type: kubernetes
        roles:
          - name: shop
            bound_service_account_names: [reader]
            bound_service_account_namespaces: [shop]
            policies: [shop]
"""

BAD = STORE.replace('path "kv/shop/*" {', 'path "kv/shop/*" {  # <- ESO736')

GOOD = STORE.replace('path "kv/shop/*" {', 'path "kv/data/shop/*" {')

GOOD_V1 = STORE.replace("version: v2", "version: v1")

GOOD_BOTH = STORE.replace(
    'path "kv/shop/*" {', 'path "kv/data/shop/*" { capabilities = ["read"] }\n          path "kv/shop/*" {'
)


@rule(
    id="ESO736",
    name="vault-policy-missing-data-segment",
    on=Store,
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD, GOOD_V1, GOOD_BOTH),
    reads=("AuthBackendRole", "JWTOIDCAuthEngineRole", "KubernetesAuthEngineRole", "Policy", "Vault"),
    words=("server", "openBao"),
)
def vault_policy_missing_data_segment(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A Vault policy allows a path as people write it, but version 2 of the KV engine has `data/` in it.

    Why: `vault kv get kv/shop/db` asks for `kv/data/shop/db`, and so does the operator. A policy for `kv/shop/*` allows
    neither, and Vault answers "permission denied". Lists and metadata are at `kv/metadata/shop/`.

    Fix: put `data/` behind the mount, and give `metadata/` a path of its own where the store's objects find or push.
    """
    for gap in segment_gaps(store, ws):
        segment = gap.segment
        if segment is None:
            continue
        yield Problem(
            at=segment.path.span,
            message=f"policy path `{segment.path.shown}` does not cover `{gap.need.shown}`, which {gap.use.words} of "
            f"{gap.use.source.title} needs",
            label="version 2 of the KV engine has `data/` or `metadata/` behind the mount",
            related=(Related(gap.use.at.span, "what asks for it"), Related(store.name_node.span, "through this store")),
            help=f"allow `{gap.need.action}` on `{gap.need.shown}`",
        )
