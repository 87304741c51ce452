from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Confidence, OperatorInstall, Problem, Related, Severity, Workspace, missing_crds, rule

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
    processPushSecret: false
    processClusterPushSecret: false
    crds:
      createPushSecret: false  # <- ESO823
# file: push.yaml
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRefs: [{kind: SecretStore, name: vault}]
  selector: {secret: {name: db}}
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
    installCRDs: false
    crds:
      createPushSecret: false
# file: push.yaml
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRefs: [{kind: SecretStore, name: vault}]
  selector: {secret: {name: db}}
"""

GOOD_ELSEWHERE = """
# file: kustomization.yaml
resources:
  - https://raw.githubusercontent.com/external-secrets/external-secrets/v2.9.0/deploy/crds/bundle.yaml
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
    crds:
      createPushSecret: false
# file: push.yaml
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRefs: [{kind: SecretStore, name: vault}]
  selector: {secret: {name: db}}
"""


@rule(
    id="ESO823",
    name="crd-not-installed",
    on=OperatorInstall,
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD, GOOD_ELSEWHERE),
)
def crd_not_installed(install: OperatorInstall, ws: Workspace) -> Iterator[Problem]:
    """The install leaves out the CRD of a kind of which the repository has objects.

    Why: the API server answers `no matches for kind`, and whoever applies the objects fails as a whole. The rule
    assumes that a CRD which neither the chart nor the repository brings is not there.

    Fix: let the chart install the CRD, or remove the objects.

    When to ignore: the CRD is applied from another repository.

    References: the chart's values, https://github.com/external-secrets/external-secrets/tree/main/deploy/charts/external-secrets
    """
    for switch, waiting in missing_crds(install, ws):
        if waiting is not None:
            yield Problem(
                at=install.place(f"crds.{switch.crd}"),
                message=f"the CRD of {switch.kind} is left out, and the repository has objects of that kind",
                label="no such kind in the cluster",
                related=(Related(waiting.name_node.span, "cannot be applied"),),
                help=f"set `crds.{switch.crd}: true`",
            )
