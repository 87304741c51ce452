from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import OperatorInstall, Problem, Severity, Workspace, missing_chart, rule, version_place

BAD = """
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: external-secrets, namespace: argocd}
spec:
  source:
    repoURL: https://charts.external-secrets.io
    chart: external-secrets
    targetRevision: 0.20.0  # <- ESO333
  destination: {namespace: external-secrets}
"""

BAD_FLUX = """
# file: repository.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: external-secrets, namespace: flux-system}
spec: {interval: 1h, url: https://charts.external-secrets.io}
# file: release.yaml
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets, namespace: external-secrets}
spec:
  chart:
    spec:
      chart: external-secrets
      version: 1.2.5  # <- ESO333
      sourceRef: {kind: HelmRepository, name: external-secrets, namespace: flux-system}
"""

GOOD = """
# file: fleet.yaml
defaultNamespace: external-secrets
helm:
  chart: external-secrets
  repo: https://charts.external-secrets.io
  version: 0.20.1
"""

# A mirror may number its charts in its own way, and a later release is not known yet.
GOOD_MIRROR = """
# file: a/fleet.yaml
helm:
  chart: external-secrets
  repo: https://charts.example.org
  version: 0.20.0
# file: b/fleet.yaml
helm:
  chart: external-secrets
  repo: https://charts.external-secrets.io
  version: 2.11.0
# file: c/fleet.yaml
helm:
  chart: external-secrets
  repo: https://charts.external-secrets.io
  version: 1.2.x
"""


@rule(
    id="ESO333",
    name="chart-version-without-release",
    on=OperatorInstall,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_FLUX),
    good=(GOOD, GOOD_MIRROR),
)
def chart_version_without_release(install: OperatorInstall, ws: Workspace) -> Iterator[Problem]:
    """An install pins a version of the operator's chart that was never published.

    Why: not every release of the operator has a chart: 0.12.0, 0.20.0 and 1.3.0 have none, nor have 0.8.8 to 0.8.17.
    Helm, Flux and Argo CD cannot find the chart, and the operator stays as it is, or is never there.

    Fix: pin the next version that exists.

    When to ignore: never for the public chart repository. Mirrors and versions newer than those that are known are not
    looked at.

    References: releases of the operator, https://github.com/external-secrets/external-secrets/releases
    """
    missing = missing_chart(install, ws)
    if missing is None:
        return
    yield Problem(
        at=version_place(install, ws),
        message=f"there is no chart {missing.version} of the operator",
        label="never published",
        note=f"release {missing.version} of the operator exists, its chart does not"
        if missing.released
        else "the operator has no such release",
        help=f"write `{missing.near}`",
    )
