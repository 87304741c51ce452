from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import ExternalSecret, Problem, Related, Severity, Workspace, allows_manifests, rule

BAD = """
# file: release.yaml
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets, namespace: external-secrets}
spec:
  chart:
    spec:
      chart: external-secrets
      version: 2.9.0
      sourceRef: {kind: HelmRepository, name: external-secrets}
  values:
    installCRDs: true
# file: config.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: config, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  target:
    name: config
    manifest:  # <- ESO826
      apiVersion: v1
      kind: ConfigMap
  dataFrom: [{extract: {key: shop/config}}]
"""

GOOD = """
# file: release.yaml
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets, namespace: external-secrets}
spec:
  chart:
    spec:
      chart: external-secrets
      version: 2.9.0
      sourceRef: {kind: HelmRepository, name: external-secrets}
  values:
    genericTargets: {enabled: true}
# file: config.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: config, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  target:
    name: config
    manifest:
      apiVersion: v1
      kind: ConfigMap
  dataFrom: [{extract: {key: shop/config}}]
"""

GOOD_FLAG = """
# file: release.yaml
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets, namespace: external-secrets}
spec:
  chart:
    spec:
      chart: external-secrets
      version: 2.9.0
      sourceRef: {kind: HelmRepository, name: external-secrets}
  values:
    extraArgs: {unsafe-allow-generic-targets: true}
# file: config.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: config, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  target:
    name: config
    manifest:
      apiVersion: v1
      kind: ConfigMap
  dataFrom: [{extract: {key: shop/config}}]
"""


@rule(
    id="ESO826",
    name="generic-target-not-allowed",
    on=ExternalSecret,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD, GOOD_FLAG),
    words=("manifest",),
)
def generic_target_not_allowed(es: ExternalSecret, ws: Workspace) -> Iterator[Problem]:
    """An ExternalSecret writes something other than a Secret, and the operator that is installed may not.

    Why: `target.manifest` needs the chart's value `genericTargets.enabled`. Without it the operator marks the
    ExternalSecret as failed and does not try again.

    Fix: set `genericTargets.enabled: true`, with the resources that it shall write, or write a Secret.

    References: generic targets, https://external-secrets.io/latest/guides/targeting-custom-resources/
    """
    key = es.key_at("spec", "target", "manifest")
    if key is None:
        return
    install = allows_manifests(es, ws)
    if install is None:
        return
    yield Problem(
        at=key,
        message="`target.manifest` needs generic targets, and the operator is installed without",
        label="marked as failed, and not tried again",
        related=(Related(install.at.span, "this install does not allow it"),),
        help="set the chart's value `genericTargets.enabled: true`",
    )
