from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Related, Severity, Store, Workspace, provider_removed, rule

BAD = """
# file: external-secrets.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: external-secrets, namespace: argocd}
spec:
  source:
    repoURL: https://charts.external-secrets.io
    chart: external-secrets
    targetRevision: 2.0.1
  destination: {namespace: external-secrets}
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: alibaba, namespace: shop}
spec:
  provider:
    alibaba:  # <- ESO332
      regionID: eu-central-1
      auth:
        secretRef:
          accessKeyIDSecretRef: {name: alibaba, key: id}
          accessKeySecretSecretRef: {name: alibaba, key: secret}
# file: old.yaml
apiVersion: external-secrets.io/v1beta1
kind: SecretStore
metadata: {name: device42, namespace: shop}
spec:
  provider:
    device42:  # <- ESO332
      host: device42.example.org
      auth: {secretRef: {credentials: {name: device42, key: password}}}
"""

GOOD = """
# file: external-secrets.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: external-secrets, namespace: argocd}
spec:
  source:
    repoURL: https://charts.external-secrets.io
    chart: external-secrets
    targetRevision: 1.3.2
  destination: {namespace: external-secrets}
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: device42, namespace: shop}
spec:
  provider:
    device42:
      host: device42.example.org
      auth: {secretRef: {credentials: {name: device42, key: password}}}
"""


@rule(
    id="ESO332",
    name="removed-provider",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
)
def removed_provider(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store names a provider that the release in play no longer has.

    Why: release 2.0.0 removed the providers `alibaba` and `device42`, and their fields from the CRDs. The API server
    refuses the store, or drops the provider and leaves a store without one.

    Fix: move the secrets to another provider before the upgrade, or stay on 1.3.

    References: release 2.0.0, https://github.com/external-secrets/external-secrets/releases/tag/v2.0.0
    """
    gone = provider_removed(store, ws)
    if gone is None:
        return
    yield Problem(
        at=store.provider_key,
        message=f"provider `{gone.provider}` was removed after release {gone.last}",
        label="no such provider any more",
        related=(Related(gone.play.at, "the release in play"),) if gone.play.at is not None else (),
        note=gone.play.why,
        help="move to another provider, or stay on the last release that has it",
        severity=None if gone.all else Severity.WARNING,
    )
