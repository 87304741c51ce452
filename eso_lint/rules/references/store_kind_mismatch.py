from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    BasePushSecret,
    Edit,
    Fix,
    Mapping,
    Missing,
    Problem,
    Reference,
    Related,
    Scalar,
    Severity,
    Workspace,
    distinct,
    is_absent,
    lookup,
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
  namespace: shop
spec:
  secretStoreRef:
    name: vault  # <- ESO102
  dataFrom:
    - extract: {key: shop/db}
---
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: {name: back, namespace: shop}
spec:
  secretStoreRefs:
    - name: vault
      kind: SecretStore  # <- ESO102
  selector: {secret: {name: db}}
"""

BAD_OVERRIDE = """
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
  secretStoreRef: {name: vault, kind: ClusterSecretStore}
  data:
    - secretKey: password
      remoteRef: {key: shop/db}
      sourceRef:
        storeRef: {name: vault}  # <- ESO102
"""

BAD_CLUSTER = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: shop}
spec:
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef:
    kind: ClusterSecretStore  # <- ESO102
    name: vault
  dataFrom:
    - extract: {key: shop/db}
"""

GOOD_BOTH = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault}
spec:
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
"""

GOOD_FAR = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: pay}
spec:
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: vault, kind: ClusterSecretStore}
  dataFrom:
    - extract: {key: shop/db}
"""

GOOD_PATCHED = """
# file: base/kustomization.yaml
resources: [store.yaml, db.yaml]
# file: base/store.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  provider:
    vault: {server: "https://vault.example.org"}
# file: base/db.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
# file: prod/kustomization.yaml
resources: [../base]
patches:
  - target: {kind: ExternalSecret}
    patch: |-
      - {op: add, path: /spec/secretStoreRef/kind, value: ClusterSecretStore}
"""


@rule(
    id="ESO102",
    name="store-kind-mismatch",
    on=(BaseExternalSecret, BasePushSecret),
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_OVERRIDE, BAD_CLUSTER),
    good=(GOOD_BOTH, GOOD_FAR, GOOD_PATCHED),
)
def store_kind_mismatch(resource: BaseExternalSecret | BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """A reference names a store that exists only as the other kind of store.

    Why: a store reference without `kind` means a SecretStore in the object's own namespace, also where an entry's
    `sourceRef.storeRef` overrides a cluster-wide store. The operator does not look for the other kind: the object
    stays at `Ready=False`, and its event says that the store was not found.

    Fix: write the kind of the store that exists, most often `kind: ClusterSecretStore`.
    """
    for ref in distinct(ws.references(resource, "store")):
        answer = ws.resolve(ref)
        if not isinstance(answer, Missing) or answer.reason != "other-kind":
            continue
        other = answer.near[0]
        written = lookup(ref.node, "kind")
        named = isinstance(written, Scalar) and written.text != ""
        yield Problem(
            at=written if named and written is not None else ref.at,
            message=f"no {ref.kind} named `{ref.name}`; it exists as {other.kind}",
            label="this kind" if named else "without `kind` this means a SecretStore",
            related=tuple(Related(near.name_node.span, f"the {near.kind}") for near in answer.near[:3]),
            note=f"{answer.searched or 'no'} {ref.kind}{'' if answer.searched == 1 else 's'} found in the repository",
            help=f"write `kind: {other.kind}`",
            fix=_fix(ref, other.kind),
        )


def _fix(ref: Reference, kind: str) -> Fix | None:
    """Replace the kind, or put one before the name."""
    if not isinstance(ref.node, Mapping):
        return None
    written, title = ref.node.get("kind"), f"set `kind: {kind}`"
    if isinstance(written, Scalar) and written.end > written.start:
        return Fix(title, (Edit(written.span, respelled(written.span.text, kind)),))
    name = ref.node.key("name")
    if "kind" in ref.node or not is_absent(written) or name is None:
        return None
    if not ref.node.start <= name.start < ref.node.end:
        return None  # merged in from elsewhere
    column = name.file.position(name.start)[1] - 1
    quote = '"' if name.style == '"' else ""
    text = f"{quote}kind{quote}: {quote}{kind}{quote}"
    return Fix(
        title, (Edit(name.span._replace(end=name.start), text + (", " if ref.node.flow else "\n" + " " * column)),)
    )
