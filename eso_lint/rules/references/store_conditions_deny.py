from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    BasePushSecret,
    ClusterExternalSecret,
    ClusterPushSecret,
    ClusterSecretStore,
    Denies,
    Found,
    Mapping,
    Namespace,
    Problem,
    Related,
    Scalar,
    Sequence,
    Severity,
    Workspace,
    admission,
    distinct,
    items,
    lookup,
    rule,
    same_world,
    selector_matches,
    string,
)

_NAME_LABEL = "kubernetes.io/metadata.name"

BAD = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  conditions:
    - namespaces: [shop, pay]
    - namespaceRegexes: ["^team-"]
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: mail
spec:
  secretStoreRef:
    kind: ClusterSecretStore
    name: vault  # <- ESO105
  dataFrom:
    - extract: {key: mail/db}
---
apiVersion: external-secrets.io/v1
kind: ClusterExternalSecret
metadata: {name: pull}
spec:
  namespaces: [shop, mail]
  externalSecretSpec:
    secretStoreRef: {kind: ClusterSecretStore, name: vault}  # <- ESO105
    dataFrom:
      - extract: {key: pull}
"""

BAD_LABELS = """
apiVersion: v1
kind: Namespace
metadata:
  name: mail
  labels: {team: mail}
---
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  conditions:
    - namespaceSelector:
        matchLabels: {team: shop}
    - namespaceSelector:
        matchLabels: {kubernetes.io/metadata.name: pay}
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: {name: back, namespace: mail}
spec:
  secretStoreRefs:
    - name: vault  # <- ESO105
      kind: ClusterSecretStore
  selector: {secret: {name: db}}
"""

BAD_IMPLIED = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  conditions:
    - namespaceSelector:
        matchExpressions:
          - {key: kubernetes.io/metadata.name, operator: In, values: [shop, pay]}
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: mail}
spec:
  secretStoreRef:
    kind: ClusterSecretStore
    name: vault  # <- ESO105
  dataFrom:
    - extract: {key: mail/db}
"""

BAD_PATCHED = """
# file: base/kustomization.yaml
resources: [store.yaml]
# file: base/store.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  conditions:
    - namespaces: [shop]
  provider:
    vault: {server: "https://vault.example.org"}
# file: prod/kustomization.yaml
resources: [../base]
patches:
  - target: {kind: ClusterSecretStore, name: vault}
    patch: |-
      - {op: add, path: /spec/conditions/0/namespaces/-, value: pay}
# file: mail.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: mail}
spec:
  secretStoreRef:
    kind: ClusterSecretStore
    name: vault  # <- ESO105
  dataFrom:
    - extract: {key: a}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  conditions:
    - namespaces: [pay]
    - namespaceSelector:
        matchLabels: {team: shop}
    - namespaceRegexes: ["-dev"]
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: unknown-labels, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom:
    - extract: {key: a}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: unanchored, namespace: mail-dev-1}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom:
    - extract: {key: a}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: nowhere}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom:
    - extract: {key: a}
"""

GOOD_EMPTY = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  conditions: []
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: mail}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom:
    - extract: {key: a}
"""

GOOD_PATCHED = """
# file: base/kustomization.yaml
resources: [store.yaml]
# file: base/store.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  conditions:
    - namespaces: [shop]
  provider:
    vault: {server: "https://vault.example.org"}
# file: prod/kustomization.yaml
resources: [../base]
patches:
  - target: {kind: ClusterSecretStore, name: vault}
    patch: |-
      - {op: add, path: /spec/conditions/0/namespaces/-, value: mail}
# file: mail.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: mail}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom:
    - extract: {key: a}
"""

GOOD_REPLACED = GOOD_PATCHED.replace(
    "{op: add, path: /spec/conditions/0/namespaces/-, value: mail}", "{op: remove, path: /spec/conditions}"
)

GOOD_NOTHING_NAMED = GOOD_EMPTY.replace("conditions: []", "conditions: [{namespaces: []}]")

GOOD_REGEX = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  conditions:
    - namespaceRegexes: ['^[[:lower:]]+$']
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: mail}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom:
    - extract: {key: a}
"""


@rule(
    id="ESO105",
    name="store-conditions-deny",
    on=(BaseExternalSecret, BasePushSecret),
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_LABELS, BAD_IMPLIED, BAD_PATCHED),
    good=(GOOD, GOOD_EMPTY, GOOD_NOTHING_NAMED, GOOD_PATCHED, GOOD_REPLACED, GOOD_REGEX),
    reads=("Namespace",),
)
def store_conditions_deny(resource: BaseExternalSecret | BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """A ClusterSecretStore's conditions do not admit the namespace that uses it.

    Why: the operator refuses the store for this namespace. The object stays at `Ready=False`, and its event ends with
    "denied by spec.condition".

    Fix: add the namespace to the store's `conditions` (a name, a label selector or a regex; one match is enough), or
    use a store that is meant for it.

    When to ignore: something adds labels to the Namespace after it is applied. Selectors are judged by the Namespace
    manifest alone, and not at all without one; `kubernetes.io/metadata.name` is always known.
    """
    namespaces = _namespaces(resource, ws)
    for ref in distinct(ws.references(resource, "store")):
        answer = ws.resolve(ref) if namespaces and ref.kind == "ClusterSecretStore" else None
        if not isinstance(answer, Found):
            continue
        stores = [s for s in answer.targets if isinstance(s, ClusterSecretStore) and same_world(s, resource)]
        for namespace in namespaces if stores else ():
            verdicts = [admission(store, namespace, ws) for store in stores]
            denied = [v for v in verdicts if isinstance(v, Denies)]
            # Conditions that hold nothing deny everyone: that is the finding css-condition-matches-none on the store.
            if len(denied) < len(stores) or not denied[0].looked_at:
                continue
            looked_at = denied[0].looked_at
            places = [Related(e.span, "does not match") for e in looked_at]
            if len(places) > 3:
                place = stores[0].key_at("spec", "conditions") or stores[0].name_node
                places = [Related(place.span, "none of these matches")]
            given = resource.given_namespace
            if given is not None:
                places.append(Related(given.span, "gives the namespace"))
            yield Problem(
                at=ref.at,
                message=f"ClusterSecretStore `{ref.name}` does not admit namespace `{namespace}`",
                label="denied by the store's conditions",
                related=tuple(places),
                note=f"none of the {len(looked_at)} elements of `conditions` matches"
                if len(looked_at) != 1
                else "the only element of `conditions` does not match",
                help=f"add `{namespace}` to the conditions of the store, or use another store",
            )
            break


def _namespaces(resource: BaseExternalSecret | BasePushSecret, ws: Workspace) -> list[str]:
    """The namespaces in which the object certainly uses its stores."""
    if not isinstance(resource, (ClusterExternalSecret, ClusterPushSecret)):
        return [resource.namespace] if resource.namespace else []
    found = [text for node in items(resource.at("spec", "namespaces")) if (text := string(node))]
    selectors = [s for s in (resource.at("spec", "namespaceSelector"),) if isinstance(s, Mapping) and s.entries]
    selectors += [s for s in items(resource.at("spec", "namespaceSelectors")) if isinstance(s, Mapping) and s.entries]
    for selector in selectors:
        named = lookup(selector, "matchLabels", _NAME_LABEL)
        if isinstance(named, Scalar) and selector_matches(selector, {_NAME_LABEL: named.text}, {}):
            found.append(named.text)
        for expression in items(lookup(selector, "matchExpressions")):
            values = lookup(expression, "values")
            if string(lookup(expression, "key")) == _NAME_LABEL and isinstance(values, Sequence):
                texts = [t for v in items(values) if (t := string(v))]
                found += [t for t in texts if selector_matches(selector, {_NAME_LABEL: t}, {})]
        found += [
            namespace.name
            for namespace in ws.all(Namespace)
            if namespace.name
            and same_world(namespace, resource)
            and selector_matches(selector, {}, namespace.effective_labels)
        ]
    return list(dict.fromkeys(found))
