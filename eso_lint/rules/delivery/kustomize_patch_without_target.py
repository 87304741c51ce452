from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Note, Problem, Related, Severity, Workspace, rule, settled_notes

BAD = """
# file: base/kustomization.yaml
resources: [store.yaml]
# file: base/store.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  provider:
    vault:
      server: https://vault.example.org
      path: kv
      auth: {kubernetes: {mountPath: kubernetes, role: reader}}
# file: production/kustomization.yaml
resources: [../base]
patches:
  - target:
      group: external-secrets.io
      version: v1beta1  # <- ESO810
      kind: ClusterSecretStore
      name: vault
    patch: |
      - op: replace
        path: /spec/provider/vault/auth/kubernetes/role
        value: production-reader
"""

BAD_NAMES = """
# file: base/kustomization.yaml
resources: [db.yaml]
# file: base/db.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: shop-database}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom: [{extract: {key: shop/db}}]
# file: dev/kustomization.yaml
resources: [../base]
patches:
  - path: interval.yaml
# file: dev/interval.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: shop-databases  # <- ESO810
spec: {refreshInterval: 5m}
# file: staging/kustomization.yaml
resources: [../base]
patches:
  - target: {kind: SecretStore, name: gone}  # <- ESO810
    patch: '[{"op": "remove", "path": "/spec/refreshInterval"}]'
# file: production/kustomization.yaml
resources: [../base]
patchesJson6902:
  - target:
      group: external-secrets.io
      version: v1
      kind: ExternalSecret
      name: shop-database
      namespace: shop  # <- ESO810
    patch: '[{"op": "add", "path": "/spec/refreshInterval", "value": "1h"}]'
"""

BAD_FLUX = """
# file: clusters/prod/shop.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: shop, namespace: flux-system}
spec:
  interval: 10m
  path: ./shop
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
  patches:
    - target: {kind: SecretStore, name: vault}  # <- ESO810
      patch: |
        - op: replace
          path: /spec/provider/vault/path
          value: production
# file: shop/store.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  provider:
    vault: {server: "https://vault.example.org", path: kv, auth: {tokenSecretRef: {name: t, namespace: eso, key: t}}}
"""

GOOD = """
# file: component/kustomization.yaml
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - target: {kind: ExternalSecret, name: only-in-dev}
    patch: '[{"op": "add", "path": "/spec/refreshInterval", "value": "5m"}]'
# file: dev/kustomization.yaml
resources: [db.yaml]
components: [../component]
# file: dev/db.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: only-in-dev}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom: [{extract: {key: dev/db}}]
# file: production/kustomization.yaml
resources: [db.yaml]
components: [../component]
patches:
  - target: {kind: PushSecret}
    patch: '[{"op": "add", "path": "/spec/refreshInterval", "value": "5m"}]'
  - target: {kind: ExternalSecret, name: .*-backup}
    patch: '[{"op": "add", "path": "/spec/refreshInterval", "value": "24h"}]'
  - target: {kind: Deployment, name: shop}
    patch: '[{"op": "add", "path": "/spec/replicas", "value": 3}]'
# file: production/db.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom: [{extract: {key: production/db}}]
"""

GOOD_UNKNOWN = """
# file: kustomization.yaml
resources:
  - https://github.com/example/base?ref=v1
  - db.yaml
patches:
  - target: {kind: ClusterSecretStore, name: vault}
    patch: '[{"op": "add", "path": "/spec/refreshInterval", "value": 60}]'
# file: db.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom: [{extract: {key: db}}]
"""


@rule(
    id="ESO810",
    name="kustomize-patch-without-target",
    on=Note,
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD, BAD_NAMES, BAD_FLUX),
    good=(GOOD, GOOD_UNKNOWN),
)
def kustomize_patch_without_target(note: Note, ws: Workspace) -> Iterator[Problem]:
    """A patch is for an object that its kustomization does not have.

    Why: kustomize says nothing of a `patches` entry whose `target` selects no object, and neither do Flux and Argo CD.
    The patch simply stops working, mostly when the base moves to a new API version, a new name or another kind: the
    store in production goes on with the role, the path or the conditions of the base. A merge patch that names its
    object itself, without a `target`, is no better off: kustomize builds nothing at all and fails with
    `no matches for Id`.

    The rule looks at patches for the operator's kinds, and for those that decide what it may do and where it runs
    (Namespaces, ServiceAccounts, Secrets, ConfigMaps, RBAC, HelmReleases, Flux Kustomizations, Applications).

    Fix: write group, version, kind, name and namespace as the object has them, or delete the patch. A `target` needs
    no version at all.

    When to ignore: never where the base is known. With remote bases, charts, generators or templates in it, with a
    target that selects by pattern, label or kind alone, and for a component whose patch fits in another overlay, the
    rule is silent.

    References: kustomize on patches, https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/
    """
    if note.kind != "patch" or note not in ws.index(settled_notes):
        return
    what = "this patch is for no object" if note.fails else "the target of this patch selects nothing"
    yield Problem(
        at=note.at,
        message=f"{what}: {note.message}",
        label="fits no object",
        related=(Related(note.near.span, "the nearest object"),) if note.near is not None else (),
        note="kustomize fails with `no matches for Id`" if note.fails else "kustomize leaves it out without a word",
        help=f"did you mean `{note.suggestion}`?" if note.suggestion else "correct it, or delete the patch",
    )
