from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import OperatorInstall, Problem, Related, Severity, Workspace, disagreements, rule

BAD = """
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
    image:
      tag: v2.4.1  # <- ESO334
"""

BAD_CRDS = """
# file: kustomization.yaml
resources:
  - https://raw.githubusercontent.com/external-secrets/external-secrets/v1.3.2/deploy/crds/bundle.yaml
helmCharts:
  - name: external-secrets
    repo: https://charts.external-secrets.io
    version: 2.9.0  # <- ESO334
    valuesInline:
      installCRDs: false
"""

GOOD = """
# file: kustomization.yaml
resources:
  - https://raw.githubusercontent.com/external-secrets/external-secrets/v2.9.0/deploy/crds/bundle.yaml
helmCharts:
  - name: external-secrets
    repo: https://charts.external-secrets.io
    version: 2.9.0
    valuesInline:
      installCRDs: false
      image: {tag: v2.9.0-ubi}
"""

# Environments may differ.
GOOD_CLUSTERS = """
# file: clusters/staging/fleet.yaml
helm: {chart: external-secrets, repo: "https://charts.external-secrets.io", version: 2.9.0}
# file: clusters/production/fleet.yaml
helm: {chart: external-secrets, repo: "https://charts.external-secrets.io", version: 2.4.1}
"""


@rule(
    id="ESO334",
    name="eso-versions-disagree",
    on=OperatorInstall,
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD, BAD_CRDS),
    good=(GOOD, GOOD_CLUSTERS),
)
def eso_versions_disagree(install: OperatorInstall, ws: Workspace) -> Iterator[Problem]:
    """The chart, the image and the CRDs of one cluster are of different releases of the operator.

    Why: chart and CRDs are made for the operator of the same number. An older controller misses flags that the chart
    gives it and exits; older CRDs drop fields that the controller needs, newer ones offer fields that it ignores.

    Fix: give all of them one version. Leave `image.tag` empty: the chart's own version is its default.

    When to ignore: an upgrade goes through CRDs first, and the second commit follows.

    References: upgrades, https://external-secrets.io/latest/introduction/getting-started/
    """
    for found in disagreements(install, ws):
        if found.what == "image":
            message = f"the image is of release {found.version}, the chart of {install.release}"
            help = "leave `image.tag` out: the chart knows its image"
        elif found.what == "CRDs":
            message = f"the chart is of release {install.release}, the CRDs are of {found.version}"
            help = "take the CRDs of the release that is installed"
        else:
            message = f"this cluster gets release {install.release} here and {found.version} elsewhere"
            help = "install one release; CRDs are there once for a cluster"
        yield Problem(
            at=found.at,
            message=message,
            label="another release",
            related=(Related(found.other, "the other one"),) if found.other is not None else (),
            help=help,
        )
