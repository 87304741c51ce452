from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    BasePushSecret,
    Confidence,
    Generator,
    Problem,
    Profile,
    Related,
    Severity,
    Store,
    Workspace,
    idle,
    listed_neighbour,
    mentions_path,
    named_files,
    rule,
)

BAD = """
# file: kustomization.yaml
resources:
  - db.yaml
# file: db.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom: [{extract: {key: shop/db}}]
# file: backup.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: backup  # <- ESO812
  namespace: shop
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom: [{extract: {key: shop/backup}}]
"""

GOOD = """
# file: kustomization.yaml
resources:
  - db.yaml
  # - later.yaml
patches:
  - path: patch.yaml
configMapGenerator:
  - name: examples
    files: [text=example.yaml]
# file: db.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom: [{extract: {key: shop/db}}]
# file: later.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: later, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom: [{extract: {key: shop/later}}]
# file: patch.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec: {refreshInterval: 5m}
# file: example.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: example, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom: [{extract: {key: shop/example}}]
# file: by-hand.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: by-hand, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom: [{extract: {key: shop/by-hand}}]
# file: setup.sh
#!/bin/sh
kubectl apply -f by-hand.yaml
"""


@rule(
    id="ESO812",
    name="kustomize-not-listed",
    on=(BaseExternalSecret, Store, BasePushSecret, Generator),
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    profile=Profile.STRICT,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
)
def kustomize_not_listed(
    resource: BaseExternalSecret | Store | BasePushSecret | Generator, ws: Workspace
) -> Iterator[Problem]:
    """An object of the operator lies beside a kustomization that lists its neighbours, but not it.

    Why: kustomize delivers what is listed and nothing else. The file looks deployed and is not: whatever waits for its
    Secret waits for ever, and nobody is told.

    Fix: add the file to `resources`, or delete it.

    When to ignore: something else applies the file. Files that any kustomization names in any field or in a comment,
    that another file of the repository mentions by path, or that lie in archives, templates and examples are not
    reported.

    References: kustomize on resources, https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/resource/
    """
    path = resource.file.path
    if resource.placement.units or resource.document.dialect != "plain" or idle(path):
        return
    neighbour = listed_neighbour(ws, path)
    if neighbour is None or path in ws.index(named_files) or mentions_path(ws, path):
        return
    yield Problem(
        at=resource.name_node or resource.anchor("metadata", "name"),
        message=f"{resource.kind} `{resource.name}` is not delivered: `{neighbour.file.path}` does not list this file",
        label="not listed",
        related=(Related(neighbour.span, "its neighbours are listed here"),),
        note="no other kustomization, Flux Kustomization or Application of the repository delivers it",
        help="add it to `resources`, or delete it",
    )
