from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Misplaced, OperatorInstall, Problem, Severity, Workspace, misplaced, rule

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
    crds:
      create: false  # <- ESO820
    logLevel: debug  # <- ESO820
    webhook:
      replicaCounts: 2  # <- ESO820
"""

BAD_OLD = """
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: external-secrets, namespace: argocd}
spec:
  source:
    repoURL: https://charts.external-secrets.io
    chart: external-secrets
    targetRevision: 0.20.4
    helm:
      values: |
        prometheus:  # <- ESO820
          enabled: true
        rbac:
          serviceAccountTokenCreate: false  # <- ESO820
        livenessProbe:
          failureThreshold: 3  # <- ESO820
  destination: {namespace: external-secrets}
"""

BAD_TERRAFORM = """
# file: main.tf
resource "helm_release" "external_secrets" {
  name       = "external-secrets"
  repository = "https://charts.external-secrets.io"
  chart      = "external-secrets"
  version    = "2.9.0"
  set {
    name  = "installCrds"
    value = "true" # <- ESO820
  }
}
"""

GOOD = """
# file: helmfile.yaml
repositories:
  - {name: external-secrets, url: https://charts.external-secrets.io}
releases:
  - name: external-secrets
    namespace: external-secrets
    chart: external-secrets/external-secrets
    version: 2.9.0
    values:
      - x-tolerations: &tolerations [{operator: Exists}]
        resourcesOfAll: &resources {requests: {cpu: 10m}}
        resources: *resources
        tolerations: *tolerations
        installCRDs: true
        image: {repository: registry.example.org/external-secrets, tag: v2.9.0}
        podDisruptionBudget: {enabled: true, maxUnavailable: 1}
        podAnnotations: {example.org/team: platform}
        securityContext: {runAsUser: 65532, runAsGroup: 65532}
        bitwarden-sdk-server: {enabled: true, replicaCount: 2}
        global: {imageRegistry: registry.example.org}
"""

# The values of an umbrella chart's other parts are theirs.
GOOD_UMBRELLA = """
# file: charts/external-secrets/Chart.yaml
apiVersion: v2
name: secrets
version: 1.0.0
dependencies:
  - name: external-secrets
    version: 2.9.0
    repository: https://charts.external-secrets.io
    alias: eso
# file: charts/external-secrets/values.yaml
stores: {vault: https://vault.example.org}
external-secrets: {whatever: true}
eso:
  installCRDs: true
"""


@rule(
    id="ESO820",
    name="unknown-chart-value",
    on=OperatorInstall,
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD, BAD_OLD, BAD_TERRAFORM),
    good=(GOOD, GOOD_UMBRELLA),
)
def unknown_chart_value(install: OperatorInstall, ws: Workspace) -> Iterator[Problem]:
    """A value is set that the operator's chart does not have, or not in the release that is installed.

    Why: Helm takes any value, and a template that never asks for it leaves it out. The setting looks made and is not:
    CRDs are installed after all, the probe keeps its threshold, the metrics stay off. The chart's own schema lets every
    name pass.

    Fix: write the name that the chart has. For a value that is newer than the installed chart, upgrade the chart.

    When to ignore: the chart is a fork that has further values. Values of subcharts and `global`, maps that are printed
    whole (annotations, security contexts, resources) and keys that only hold YAML anchors are not looked at.

    References: the chart's values, https://github.com/external-secrets/external-secrets/tree/main/deploy/charts/external-secrets
    """
    for value in misplaced(install):
        if install.shape == "values" and value.near is None:
            continue  # known as values of this chart by its looks alone
        yield _problem(value, install)


def _problem(value: Misplaced, install: OperatorInstall) -> Problem:
    if value.since is not None:
        message = f"the chart has `{value.path}` from {value.since} on, and {install.release} is installed"
        return Problem(value.at, message, label="not in this release", help="upgrade the chart, or remove the value")
    if value.until is not None:
        message = f"the chart has had no `{value.path}` since {value.until}, and {install.release} is installed"
        help = f"write `{value.near}`" if value.near else "remove it"
        return Problem(value.at, message, label="no template asks for it any more", help=help)
    return Problem(
        at=value.at,
        message=f"the chart of the operator has no value `{value.path}`",
        label="no template asks for it",
        note="Helm accepts any name and says nothing",
        help=f"did you mean `{value.near}`?" if value.near else "remove it, or look the name up in the chart's values",
    )
