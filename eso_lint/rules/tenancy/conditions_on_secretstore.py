from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Mapping, Problem, SecretStore, Sequence, Severity, Workspace, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
  namespace: shop
spec:
  conditions:  # <- ESO206
    - namespaces: [shop]
  provider:
    vault:
      server: https://vault.example.org
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  conditions:
    - namespaces: [shop]
  provider:
    vault:
      server: https://vault.example.org
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
  namespace: shop
spec:
  conditions: []
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
kind: {{ .Values.kind }}
metadata:
  name: vault
spec:
  conditions:
    - namespaces: [shop]
  provider:
    vault:
      server: https://vault.example.org
"""


@rule(
    id="ESO206",
    name="conditions-on-secretstore",
    on=SecretStore,
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD, GOOD_HELM),
    words=("conditions",),
)
def conditions_on_secretstore(store: SecretStore, ws: Workspace) -> Iterator[Problem]:
    """A namespaced SecretStore has conditions, which the operator reads for cluster stores only.

    Why: the schema accepts the field on both kinds, but a SecretStore serves its own namespace and no other. The
    conditions neither open it to other namespaces nor close it to its own.

    Fix: remove the block. If several namespaces shall share the store, make it a ClusterSecretStore.
    """
    conditions = store.at("spec", "conditions")
    # An empty or templated list makes no promise that is broken.
    if not isinstance(conditions, Sequence) or not conditions.items:
        return
    if not all(isinstance(item, Mapping) for item in conditions.items):
        return
    yield Problem(
        at=store.key_at("spec", "conditions") or store.name_node,
        message="`conditions` has no effect on a SecretStore",
        label="read for ClusterSecretStore only",
        help="remove the block, or make this a ClusterSecretStore",
    )
