from __future__ import annotations

import re
from collections.abc import Iterator

from eso_lint.api import (
    Foreign,
    Problem,
    Reference,
    SecretStore,
    Severity,
    Unset,
    Workspace,
    rule,
    selector_scope,
    string,
)

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")

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
      auth:
        jwt:
          serviceAccountRef:
            name: reader
            namespace: external-secrets  # <- ESO208
"""

BAD_STAMPED = """
# file: kustomization.yaml
namespace: shop
resources: [store.yaml]
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: bitwarden
spec:
  provider:
    bitwardensecretsmanager:
      auth:
        secretRef:
          credentials:
            name: token
            namespace: external-secrets  # <- ESO208
            key: token
      organizationID: 11111111-1111-1111-1111-111111111111
      projectID: 11111111-1111-1111-1111-111111111111
"""

BAD_FORBIDDEN = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: kubernetes
spec:
  provider:
    kubernetes:
      server:
        caProvider:
          type: ConfigMap
          name: kube-root-ca.crt
          key: ca.crt
          namespace: shop  # <- ESO208
      auth:
        serviceAccount: {name: reader, namespace: shop}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
  namespace: shop
spec:
  provider:
    vault:
      server: https://vault.example.org
      caProvider: {type: Secret, name: ca, key: ca.crt, namespace: shop}
      auth:
        tokenSecretRef: {name: token, key: token, namespace: shop}
---
# Its own namespace is not known here.
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth:
        tokenSecretRef: {name: token, key: token, namespace: shop}
---
# The Vault namespace and the namespace of the remote cluster are other things.
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: remote
  namespace: shop
spec:
  provider:
    kubernetes:
      remoteNamespace: billing
      server: {url: https://remote.example.org}
      auth:
        token:
          bearerToken: {name: token, key: token}
"""

GOOD_PLACEHOLDER = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
  namespace: shop
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth:
        tokenSecretRef: {name: token, key: token, namespace: <NAMESPACE>}
"""

GOOD_STAMPED = """
# file: base/kustomization.yaml
resources: [store.yaml]
# file: base/store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth:
        tokenSecretRef: {name: token, key: token, namespace: team-a}
# file: team-a/kustomization.yaml
namespace: team-a
resources: [../base]
"""


@rule(
    id="ESO208",
    name="ss-foreign-namespace",
    on=SecretStore,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_STAMPED, BAD_FORBIDDEN),
    good=(GOOD, GOOD_PLACEHOLDER, GOOD_STAMPED),
)
def ss_foreign_namespace(store: SecretStore, ws: Workspace) -> Iterator[Problem]:
    """A SecretStore refers to an object in another namespace than its own.

    Why: a namespaced store may only use what lies beside it. Most providers refuse the store with `namespace should
    either be empty or match the namespace of the SecretStore`; the `caProvider` of kubernetes, crd and infisical
    refuses any value at all. A few providers check nothing: there the written namespace is silently ignored, a warning.

    Fix: put the Secret or ServiceAccount beside the store and drop `namespace:`, or use a ClusterSecretStore with
    conditions.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    own = store.namespace
    for ref in ws.references(store):
        node, scope = ref.namespace_node, selector_scope(ref.path)
        written = string(node)
        if node is None or not written or scope is None or scope.unset is Unset.UNUSED:
            continue
        field = next(step for step in reversed(ref.path) if isinstance(step, str))
        # What is no namespace name at all is a placeholder, or the schema's finding.
        if scope.foreign is Foreign.FORBIDDEN:
            yield Problem(
                at=node,
                message=f"`{field}` of a SecretStore must not name a namespace",
                label="any value is refused",
                help="remove the line: the store's own namespace is meant",
            )
        elif own and written != own and _LABEL.fullmatch(written) and _LABEL.fullmatch(own):
            ignored = scope.foreign is Foreign.IGNORED or _before_the_check(ref, ws)
            yield Problem(
                at=node,
                message=f"`{field}` names namespace `{written}`, but the store is in `{own}`",
                label="ignored" if ignored else "refused",
                note=f"it is looked up in `{own}`" if ignored else "",
                help=f"put the {ref.kind or 'object'} into `{own}` and drop the line, or use a ClusterSecretStore",
                severity=Severity.WARNING if ignored else None,
            )


def _before_the_check(ref: Reference, ws: Workspace) -> bool:
    """Whether the stated release is older than the check of CA sources (v2.4.0)."""
    if ref.path[-1] != "caProvider" or not ws.config.eso_version:
        return False
    parts = ws.config.eso_version.lstrip("v").split(".")[:2]
    return all(part.isdigit() for part in parts) and tuple(int(part) for part in parts) < (2, 4)
