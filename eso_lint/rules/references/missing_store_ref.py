from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    BasePushSecret,
    Mapping,
    Node,
    Problem,
    Scalar,
    Severity,
    Workspace,
    is_absent,
    lookup,
    rule,
    string,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:  # <- ESO104
  dataFrom:
    - extract: {key: shop/db}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: smtp
spec:
  secretStoreRef:
    kind: ClusterSecretStore
    name: ""  # <- ESO104
  data:
    - secretKey: password
      remoteRef: {key: shop/smtp}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: api
spec:
  secretStoreRef:  # <- ESO104
    kind: ClusterSecretStore
  data:
    - secretKey: token
      remoteRef: {key: shop/api}
"""

BAD_MIXED = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: mixed}
spec:  # <- ESO104
  data:
    - secretKey: user
      remoteRef: {key: shop/db}
      sourceRef:
        storeRef: {name: vault}
    - secretKey: password
      remoteRef: {key: shop/db}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: override}
spec:
  secretStoreRef: {name: vault}
  data:
    - secretKey: user
      remoteRef: {key: shop/db}
      sourceRef:
        storeRef:  # <- ESO104
          kind: ClusterSecretStore
"""

BAD_PUSH = """
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: {name: back}
spec:
  secretStoreRefs:
    - kind: ClusterSecretStore  # <- ESO104
    - name: ""  # <- ESO104
  selector: {secret: {name: db}}
"""

GOOD_GENERATOR = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: random}
spec:
  refreshInterval: "0"
  target: {name: random}
  dataFrom:
    - sourceRef:
        generatorRef: {apiVersion: generators.external-secrets.io/v1alpha1, kind: Password, name: random}
"""

GOOD_EACH = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db}
spec:
  data:
    - secretKey: password
      remoteRef: {key: shop/db}
      sourceRef:
        storeRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
      sourceRef:
        storeRef: {name: vault}
"""

GOOD_TEMPLATED = """
# file: chart/Chart.yaml
name: app
version: 1.0.0
# file: chart/templates/db.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  {{- include "app.store" . | nindent 2 }}
  dataFrom:
    - extract: {key: shop/db}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: api
spec:
  secretStoreRef:
    {{- toYaml .Values.store | nindent 4 }}
  dataFrom:
    - extract: {key: shop/api}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: web
spec:
  secretStoreRef:
    name: {{ .Values.store.name }}
  dataFrom:
    - extract: {key: shop/web}
"""

GOOD_PATCHED = """
# file: base/kustomization.yaml
resources: [db.yaml]
# file: base/db.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db}
spec:
  dataFrom:
    - extract: {key: shop/db}
# file: overlays/prod/kustomization.yaml
resources: [../../base]
patches:
  - path: store.yaml
# file: overlays/prod/store.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db}
spec:
  secretStoreRef: {name: vault}
"""

GOOD_PUSH = """
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: {name: back}
spec:
  secretStoreRefs:
    - labelSelector: {matchLabels: {team: shop}}
  selector: {secret: {name: db}}
"""


@rule(
    id="ESO104",
    name="missing-store-ref",
    on=(BaseExternalSecret, BasePushSecret),
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_MIXED, BAD_PUSH),
    good=(GOOD_GENERATOR, GOOD_EACH, GOOD_TEMPLATED, GOOD_PATCHED, GOOD_PUSH),
)
def missing_store_ref(resource: BaseExternalSecret | BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """An entry reads a store, but no store is named.

    Why: neither the schema nor the webhook asks for a name. The operator then looks for a store called "" and the
    object never becomes ready.

    Fix: name the store in `spec.secretStoreRef`, or in the entry's own `sourceRef.storeRef`. Entries with a
    `generatorRef` need none.
    """
    push = isinstance(resource, BasePushSecret)
    for ref in ws.references(resource, "store"):
        top = "secretStoreRef" in ref.path
        if ref.name == "" and (push or not top or _needing_top(resource)):
            yield Problem(
                at=ref.at,
                message="the store reference has no name",
                label="a name is missing here",
                note='the operator looks for a store called ""',
                help=f"write the `name` of the {ref.kind or 'store'}",
            )
    if isinstance(resource, BaseExternalSecret) and is_absent(resource.spec("secretStoreRef")):
        needing = _needing_top(resource)
        if needing:
            yield Problem(
                at=resource.spec_anchor("secretStoreRef"),
                message=f"{needing} is read from a store, but no store is named",
                label="no `secretStoreRef` here",
                note='the operator looks for a store called ""',
                help="add `secretStoreRef` with the name and kind of the store",
            )


def _needing_top(resource: BaseExternalSecret | BasePushSecret) -> str | None:
    """The first entry that certainly depends on the common reference, as messages say it."""
    if not isinstance(resource, BaseExternalSecret):
        return None
    for i, data in enumerate(resource.data):
        if isinstance(data.node, Mapping) and _plain(data.node):
            return f"`data[{i}]`"
    for i, entry in enumerate(resource.data_from):
        old = resource.version == "v1alpha1" and string(lookup(entry.node, "key")) is not None
        reads = isinstance(entry.extract, Mapping) or isinstance(entry.find, Mapping) or old
        if reads and _plain(entry.node):
            return f"`dataFrom[{i}]`"
    return None


def _plain(node: Node) -> bool:
    """Whether an entry certainly has no source of its own."""
    source = lookup(node, "sourceRef")
    if isinstance(source, Mapping):
        return not source.open and all(is_absent(source.get(key)) for key in ("storeRef", "generatorRef"))
    return is_absent(source) or (isinstance(source, Scalar) and source.text == "")
