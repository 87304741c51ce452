from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    ClusterExternalSecret,
    ClusterPushSecret,
    Mapping,
    Problem,
    Severity,
    Workspace,
    items,
    matches_every_namespace,
    rule,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: ClusterExternalSecret
metadata:
  name: pull-secret
spec:
  namespaceSelectors:
    - {}  # <- ESO211
    - matchLabels: {team: shop}
  externalSecretSpec:
    secretStoreRef: {name: vault, kind: ClusterSecretStore}
    dataFrom:
      - extract: {key: pull}
"""

BAD_SINGLE = """
apiVersion: external-secrets.io/v1beta1
kind: ClusterExternalSecret
metadata:
  name: pull-secret
spec:
  namespaceSelector: {}  # <- ESO211
  externalSecretSpec:
    secretStoreRef: {name: vault, kind: ClusterSecretStore}
    dataFrom:
      - extract: {key: pull}
---
apiVersion: external-secrets.io/v1alpha1
kind: ClusterPushSecret
metadata:
  name: push
spec:
  namespaceSelectors:
    - matchLabels: {}  # <- ESO211
  pushSecretSpec: {}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ClusterExternalSecret
metadata:
  name: pull-secret
spec:
  namespaceSelector:
  namespaceSelectors:
    - matchLabels: {pull-secret: "true"}
    - matchExpressions:
        - {key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system]}
  externalSecretSpec:
    secretStoreRef: {name: vault, kind: ClusterSecretStore}
    dataFrom:
      - extract: {key: pull}
"""

GOOD_HELM = """
# file: chart/Chart.yaml
name: stores
version: 0.1.0
# file: chart/templates/ces.yaml
apiVersion: external-secrets.io/v1
kind: ClusterExternalSecret
metadata:
  name: pull-secret
spec:
  namespaceSelectors:
    - matchLabels:
        {{- toYaml .Values.labels | nindent 8 }}
  externalSecretSpec:
    secretStoreRef: {name: vault, kind: ClusterSecretStore}
    dataFrom:
      - extract: {key: pull}
"""


@rule(
    id="ESO211",
    name="ces-selects-all",
    on=(ClusterExternalSecret, ClusterPushSecret),
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD, BAD_SINGLE),
    good=(GOOD, GOOD_HELM),
    security=6.5,
)
def ces_selects_all(resource: ClusterExternalSecret | ClusterPushSecret, ws: Workspace) -> Iterator[Problem]:
    """A ClusterExternalSecret or ClusterPushSecret selects every namespace, system namespaces included.

    Why: an empty label selector matches everything, and one matching selector of the list is enough. A
    ClusterExternalSecret then copies its secret into `kube-system`, into every team's namespace, and into each one
    created later, where all who can read Secrets read it.

    Fix: select a label that the namespaces which need the secret carry.

    References: https://external-secrets.io/latest/api/clusterexternalsecret/
    """
    single = resource.at("spec", "namespaceSelector")
    places = [(("spec", "namespaceSelector"), single)] if resource.kind == "ClusterExternalSecret" else []
    listed = enumerate(items(resource.at("spec", "namespaceSelectors")))
    for path, selector in [*places, *((("spec", "namespaceSelectors", i), node) for i, node in listed)]:
        if isinstance(selector, Mapping) and matches_every_namespace(selector):
            yield Problem(
                at=resource.anchor(*path),
                message="this selector matches every namespace",
                label="nothing is selected out" if selector.index else "empty: selects all",
                help="select a label that only the intended namespaces carry",
            )
