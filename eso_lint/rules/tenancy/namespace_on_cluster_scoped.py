from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    ClusterExternalSecret,
    ClusterPushSecret,
    ClusterSecretStore,
    Edit,
    Fix,
    Generator,
    Mapping,
    Problem,
    Resource,
    Safety,
    Scalar,
    Severity,
    Span,
    Workspace,
    rule,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
  namespace: external-secrets  # <- ESO209
spec:
  provider:
    vault:
      server: https://vault.example.org
"""

BAD_GENERATOR = """
apiVersion: generators.external-secrets.io/v1alpha1
kind: ClusterGenerator
metadata: {name: password, namespace: shop}  # <- ESO209
spec:
  kind: Password
  generator:
    passwordSpec: {length: 32}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  provider:
    vault:
      server: https://vault.example.org
      namespace: shop
---
apiVersion: generators.external-secrets.io/v1alpha1
kind: Password
metadata:
  name: password
  namespace: shop
spec: {length: 32}
---
apiVersion: external-secrets.io/v1
kind: ClusterExternalSecret
metadata:
  name: pull
  namespace: ""
spec:
  namespaceSelectors: [{matchLabels: {pull: "true"}}]
  externalSecretSpec: {}
"""

GOOD_STAMPED = """
# file: kustomization.yaml
namespace: external-secrets
resources: [store.yaml]
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
  namespace: external-secrets
spec:
  provider:
    vault:
      server: https://vault.example.org
"""

GOOD_HELM = """
# file: chart/Chart.yaml
name: stores
version: 0.1.0
# file: chart/templates/store.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
  namespace: {{ .Release.Namespace }}
spec:
  provider:
    vault:
      server: https://vault.example.org
"""


@rule(
    id="ESO209",
    name="namespace-on-cluster-scoped",
    on=(ClusterSecretStore, ClusterExternalSecret, ClusterPushSecret, Generator),
    severity=Severity.INFO,
    since="0.1.0",
    bad=(BAD, BAD_GENERATOR),
    good=(GOOD, GOOD_STAMPED, GOOD_HELM),
)
def namespace_on_cluster_scoped(resource: Resource, ws: Workspace) -> Iterator[Problem]:
    """An object that belongs to the whole cluster is written with a namespace.

    Why: the API server has no place for it, so the object is the same with or without the line. Readers take it for the
    namespace in which Secrets and ServiceAccounts of the object are looked up, which it is not.

    Fix: remove the line, and name the namespace in the selectors where one is meant.
    """
    if isinstance(resource, Generator) and resource.kind != "ClusterGenerator":
        return
    node = resource.at("metadata", "namespace")
    # Where a kustomization stamps a namespace, it does so on everything, whatever is written.
    if not isinstance(node, Scalar) or node.file is not resource.file or not node.string:
        return
    yield Problem(
        at=node,
        message=f"a {resource.kind} has no namespace",
        label="has no effect",
        help="remove the line",
        fix=_removal(resource, node),
    )


def _removal(resource: Resource, node: Scalar) -> Fix | None:
    """Removal of the whole line, where it holds nothing else."""
    metadata, key = resource.at("metadata"), resource.key_at("metadata", "namespace")
    if not isinstance(metadata, Mapping) or metadata.flow or key is None or len(metadata.entries) < 2:
        return None
    number = node.file.position(key.start)[0]
    if node.file.position(node.start)[0] != number:
        return None
    starts = node.file.line_starts
    start = starts[number - 1]
    end = starts[number] if number < len(starts) else len(node.file.text)
    line = Span(node.file, start, end)
    # A comment, an anchor or a first key after `- ` would be lost with the line.
    if node.file.text[start : key.start].strip() or line.text[node.end - start :].strip() or "&" in line.text:
        return None
    return Fix("remove the namespace", (Edit(line, ""),), Safety.SAFE)
