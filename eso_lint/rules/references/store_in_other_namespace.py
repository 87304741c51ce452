from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    BasePushSecret,
    Missing,
    Problem,
    Related,
    Resource,
    Severity,
    Workspace,
    distinct,
    rule,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
  namespace: platform
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
    name: vault  # <- ESO103
  dataFrom:
    - extract: {key: shop/db}
"""

BAD_STAMPED = """
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
# file: mail/kustomization.yaml
namespace: mail
resources: [smtp.yaml]
# file: mail/smtp.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: smtp}
spec:
  secretStoreRef:
    name: vault  # <- ESO103
  dataFrom:
    - extract: {key: mail/smtp}
"""

GOOD_UNWRITTEN = """
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

GOOD_TEMPLATED = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: "${NAMESPACE}"}
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

GOOD_STAMPED = """
# file: base/store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: anything}
spec:
  provider:
    vault: {server: "https://vault.example.org"}
# file: base/kustomization.yaml
resources: [store.yaml]
# file: shop/kustomization.yaml
namespace: shop
resources: [../base, db.yaml]
# file: shop/db.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db}
spec:
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
"""

GOOD_CLUSTERS = """
# file: clusters/a/store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: platform}
spec:
  provider:
    vault: {server: "https://vault.example.org"}
# file: clusters/b/db.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
"""


@rule(
    id="ESO103",
    name="store-in-other-namespace",
    on=(BaseExternalSecret, BasePushSecret),
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_STAMPED),
    good=(GOOD_UNWRITTEN, GOOD_TEMPLATED, GOOD_STAMPED, GOOD_CLUSTERS),
)
def store_in_other_namespace(resource: BaseExternalSecret | BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """A reference names a SecretStore that exists only in another namespace.

    Why: a SecretStore serves its own namespace alone, and a reference has no field for another one. The operator
    looks in the namespace of the ExternalSecret or PushSecret, finds nothing, and reports `SecretSyncedError`.

    Fix: create a SecretStore in this namespace, or use a ClusterSecretStore whose `conditions` admit it.

    When to ignore: something outside of the repository creates the same store in every namespace; list it under
    `external: stores:`.
    """
    for ref in distinct(ws.references(resource, "store")):
        answer = ws.resolve(ref)
        if not isinstance(answer, Missing) or answer.reason != "other-namespace" or ref.kind != "SecretStore":
            continue
        given = resource.given_namespace
        yield Problem(
            at=ref.at,
            message=f"no SecretStore named `{ref.name}` in namespace `{ref.namespace}`; "
            f"it exists in namespace {_places(answer.near)}",
            label="a SecretStore serves its own namespace alone",
            related=(
                *(Related(near.name_node.span, "the store of that name") for near in answer.near[:3]),
                *((Related(given.span, "gives the namespace"),) if given is not None else ()),
            ),
            note=f"{answer.searched} SecretStore{'' if answer.searched == 1 else 's'} found in the repository",
            help=f"create the store in `{ref.namespace}`, or use a ClusterSecretStore",
        )


def _places(stores: tuple[Resource, ...]) -> str:
    names = sorted({s.namespace for s in stores if s.namespace})
    shown = ", ".join(f"`{name}`" for name in names[:3])
    return shown + (f" and {len(names) - 3} more" if len(names) > 3 else "")
