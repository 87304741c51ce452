from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    ClusterSecretStore,
    Confidence,
    Problem,
    Reference,
    Related,
    Severity,
    Span,
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
  name: aws
spec:
  conditions:
    - namespaces: [shop]
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      auth:
        jwt:
          serviceAccountRef:
            name: reader  # <- ESO207
"""

BAD_STRICT = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: onepassword
spec:
  provider:
    onepassword:
      connectHost: https://connect.example.org
      vaults: {shop: 1}
      auth:
        secretRef:
          connectTokenSecretRef:
            name: connect  # <- ESO207
            key: token
"""

BAD_CLIENT = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  provider:
    vault:
      server: https://vault.example.org
      caProvider: {type: ConfigMap, name: ca, key: ca.crt}  # <- ESO207
      auth:
        kubernetes:
          mountPath: kubernetes
          role: eso
          serviceAccountRef: {name: eso, namespace: external-secrets}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: aws
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      auth:
        jwt:
          serviceAccountRef: {name: reader, namespace: external-secrets}
---
# No auth block: the identity of the operator's own pod.
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: ambient
spec:
  provider:
    aws: {service: SecretsManager, region: eu-central-1}
---
# In a SecretStore its own namespace is meant.
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: aws
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      auth:
        jwt:
          serviceAccountRef: {name: reader}
---
# caBundle wins, so caProvider is not read.
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  provider:
    vault:
      server: https://vault.example.org
      caBundle: LS0tLS1CRUdJTg==
      caProvider: {type: ConfigMap, name: ca, key: ca.crt}
"""

GOOD_HELM = """
# file: chart/Chart.yaml
name: stores
version: 0.1.0
# file: chart/templates/store.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: aws
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      auth:
        jwt:
          serviceAccountRef:
            {{- toYaml .Values.serviceAccount | nindent 12 }}
            name: reader
"""

_NOTES = {
    Unset.ADMISSION: "for this provider the operator's webhook refuses a cluster store whose selector has no namespace",
    Unset.CLIENT: "the store is admitted, but the operator refuses to work with it",
    Unset.CONSUMER: "the store's own validation is put off until it is used",
    Unset.UNCHECKED: "the operator's own check of the store has no namespace to look in, so it may not become ready",
}


@rule(
    id="ESO207",
    name="css-ref-needs-namespace",
    on=ClusterSecretStore,
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD, BAD_STRICT, BAD_CLIENT),
    good=(GOOD, GOOD_HELM),
    reads=("ServiceAccount",),
)
def css_ref_needs_namespace(store: ClusterSecretStore, ws: Workspace) -> Iterator[Problem]:
    """A ClusterSecretStore refers to a Secret, ServiceAccount or ConfigMap without saying in which namespace.

    Why: a cluster store has no namespace of its own. Many providers (1Password, Doppler, GitLab, IBM and others) refuse
    such a store when it is applied, and some admit it and then fail with `when using a ClusterSecretStore, namespaces
    must be explicitly set` or `missing namespace on caProvider secret`: both are errors. The large clouds and Vault
    accept it, and look the object up in the namespace of each ExternalSecret that uses the store: a warning, because a
    credential that lies beside the operator is then not found, and because whoever owns the namespace chooses it.

    Fix: write `namespace:` beside `name:`, with the namespace that holds the object.

    When to ignore: each tenant is meant to bring a credential of that name along.

    References: https://external-secrets.io/latest/api/clustersecretstore/
    """
    for ref in ws.references(store):
        scope = selector_scope(ref.path)
        # An empty name is another fault; a written but empty namespace is the schema's.
        if scope is None or scope.unset is Unset.UNUSED or ref.name == "" or not is_absent(ref.namespace_node):
            continue
        if scope.unset is Unset.CLIENT and ref.path[-1] == "caProvider" and _has_bundle(store, ref):
            continue
        field = next(str(step) for step in reversed(ref.path) if isinstance(step, str))
        certain = scope.unset in (Unset.ADMISSION, Unset.CLIENT)
        where = _holders(ref, ws)
        advice = f"add `namespace: {next(iter(where))}`" if len(where) == 1 else "add `namespace:` beside the name"
        yield Problem(
            at=ref.at,
            message=f"`{field}` in a ClusterSecretStore has no namespace",
            label="refused" if certain else "looked up in the namespace of each ExternalSecret that uses the store",
            related=tuple(Related(span, f"{ref.kind} of that name") for span in where.values()),
            note=_NOTES[scope.unset] + ("" if certain else _users(store, ws)),
            help=advice if certain else f"{advice}, unless each namespace brings its own {ref.kind or 'object'}",
            severity=Severity.ERROR if certain else None,
            # A tenant store is written in the same way.
            confidence=None if certain else Confidence.MEDIUM,
        )


def _has_bundle(store: ClusterSecretStore, ref: Reference) -> bool:
    """Whether an inline bundle stands beside the CA source, or may: it is read first."""
    bundle = store.at(*ref.path[:-1], "caBundle")
    return not is_absent(bundle)


def _holders(ref: Reference, ws: Workspace) -> dict[str, Span]:
    """Known namespaces that hold an object of that kind and name, with its name's place."""
    if not ref.kind or not ref.name:
        return {}
    return {r.namespace: r.name_node.span for r in ws.named(ref.kind, ref.name) if r.namespace}


def _users(store: ClusterSecretStore, ws: Workspace) -> str:
    known = sorted({r.source.namespace for r in ws.referrers(store) if r.source.namespace})
    if not known:
        return ""
    shown = ", ".join(f"`{name}`" for name in known[:5])
    return f"; used from {shown}" + (f" and {len(known) - 5} more" if len(known) > 5 else "")
