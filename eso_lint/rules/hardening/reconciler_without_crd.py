from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Confidence, OperatorInstall, Problem, Severity, Workspace, missing_crds, rule

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
    crds:
      createClusterExternalSecret: false  # <- ESO824
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
    processClusterExternalSecret: false
    crds:
      createClusterExternalSecret: false
"""


@rule(
    id="ESO824",
    name="reconciler-without-crd",
    on=OperatorInstall,
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
)
def reconciler_without_crd(install: OperatorInstall, ws: Workspace) -> Iterator[Problem]:
    """The install leaves out the CRD of a kind and lets its reconciler run.

    Why: the controller watches a kind that the API server does not have, and cannot start its caches. The chart's
    documentation asks for both switches at once.

    Fix: set both values to the same.

    When to ignore: the CRD is applied from another repository.

    References: the chart's values, https://github.com/external-secrets/external-secrets/tree/main/deploy/charts/external-secrets
    """
    for switch, _ in missing_crds(install, ws):
        if install.on(switch.process) is True and not (switch.flag and install.has_flag(switch.flag)):
            default = "" if install.value(switch.process) else ", the default of the chart"
            yield Problem(
                at=install.place(f"crds.{switch.crd}"),
                message=f"the CRD of {switch.kind} is left out, and its reconciler runs",
                label="its CRD is not installed",
                note=f"`{switch.process}` is true{default}",
                help=f"set `{switch.process}: false` too",
            )
