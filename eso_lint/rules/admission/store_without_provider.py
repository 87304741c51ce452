from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Severity, Store, Workspace, is_absent, is_seen, may_grow, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore  # <- ESO320
metadata:
  name: vault
---
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:  # <- ESO320
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
spec:
  provider:
    vault: {server: "https://vault.example.org"}
"""

GOOD_CHART = """
# file: chart/Chart.yaml
name: shop
# file: chart/templates/store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
{{- with .Values.store }}
spec: {{ toYaml . | nindent 2 }}
{{- end }}
"""


@rule(
    id="ESO320",
    name="store-without-provider",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD, GOOD_CHART),
)
def store_without_provider(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store has no `spec`, and so no provider.

    Why: the schema requires a provider only inside of `spec`, and does not require `spec`. The operator's admission
    webhook refuses the store ("secret stores must only have exactly one backend specified, found 0").

    Fix: write `spec.provider` with one provider.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    if is_seen(store) and not may_grow(store) and is_absent(store.at("spec")):
        yield Problem(
            at=store.anchor("spec"),
            message="the store has no `spec`, and so no provider",
            label="exactly one provider is needed",
            help="write `spec.provider` with one provider",
        )
