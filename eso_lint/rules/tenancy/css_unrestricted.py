from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    ClusterSecretStore,
    Node,
    Problem,
    Sequence,
    Severity,
    Unset,
    Workspace,
    is_absent,
    rule,
    selector_scope,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:  # <- ESO201
  provider:
    vault:
      server: https://vault.example.org
"""

BAD_EMPTY = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  conditions: []  # <- ESO201
  provider:
    vault:
      server: https://vault.example.org
"""

BAD_NULL_AND_REFERENT = """
apiVersion: external-secrets.io/v1beta1
kind: ClusterSecretStore
metadata:
  name: aws
spec:
  conditions:  # <- ESO201
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      auth:
        jwt:
          serviceAccountRef: {name: reader}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  conditions:
    - namespaceSelector:
        matchLabels: {team: shop}
  provider:
    vault:
      server: https://vault.example.org
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
spec:
  provider:
    vault:
      server: https://vault.example.org
"""

GOOD_PATCHED = """
# file: base/kustomization.yaml
resources: [store.yaml]
# file: base/store.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  provider:
    vault:
      server: https://vault.example.org
# file: production/kustomization.yaml
resources: [../base]
patches:
  - path: conditions.yaml
    target: {kind: ClusterSecretStore}
# file: production/conditions.yaml
- op: add
  path: /spec/conditions
  value: [{namespaces: [shop]}]
"""

GOOD_PATCH_ITSELF = """
# A merge patch that no kustomization here names.
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  controller: dev
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
spec:
  {{- with .Values.conditions }}
  conditions:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  provider:
    vault:
      server: https://vault.example.org
"""


@rule(
    id="ESO201",
    name="css-unrestricted",
    on=ClusterSecretStore,
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD, BAD_EMPTY, BAD_NULL_AND_REFERENT),
    good=(GOOD, GOOD_PATCHED, GOOD_PATCH_ITSELF, GOOD_HELM),
    security=6.5,
)
def css_unrestricted(store: ClusterSecretStore, ws: Workspace) -> Iterator[Problem]:
    """A ClusterSecretStore has no conditions, so every namespace may use it.

    Why: whoever may create an ExternalSecret in any namespace reads whatever the store's credential can read. An empty
    list is the same as no list: the operator checks nothing.

    Fix: list who may use the store under `spec.conditions`, by namespace labels, names or regexes. Where each team
    should only see its own paths, give each team a SecretStore with an identity of its own instead.

    When to ignore: a cluster with one owner, where nobody else can create ExternalSecrets. Where every selector of the
    store is without a namespace, each namespace brings its own credential, and the finding is only a remark.

    References: https://external-secrets.io/latest/api/clustersecretstore/
    """
    conditions = store.at("spec", "conditions")
    empty = isinstance(conditions, Sequence) and not conditions.items and not conditions.open
    # Without a provider it is a merge patch, not a store.
    if store.provider is None or not (is_absent(conditions) or empty):
        return
    own = _brings_own_credential(store, ws)
    at: Node = store.key_at("spec", "conditions") or store.key_at("spec") or store.name_node
    yield Problem(
        at=at,
        message=f"{_title(store)} may be used from every namespace",
        label="no conditions",
        note="its credentials are looked up in the namespace that uses it, so none is shared" if own else "",
        help="name the namespaces that may use it under `spec.conditions`",
        severity=Severity.INFO if own else None,
    )


def _title(store: ClusterSecretStore) -> str:
    return store.title if store.name else f"this {store.kind}"


def _brings_own_credential(store: ClusterSecretStore, ws: Workspace) -> bool:
    """Whether all that the store authenticates with is looked up where it is used."""
    references = [r for r in ws.references(store) if r.path[-1] != "caProvider"]
    scopes = [selector_scope(r.path) for r in references if is_absent(r.namespace_node)]
    return bool(references) and len(scopes) == len(references) and all(s and s.unset is Unset.CONSUMER for s in scopes)
