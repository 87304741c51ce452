from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import OperatorInstall, Problem, Severity, Workspace, rule

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
    metrics:
      listen:
        auth:
          enabled: true  # <- ESO829
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
    metrics: {listen: {auth: {enabled: true}, secure: {enabled: true}}}
"""


@rule(
    id="ESO829",
    name="metrics-auth-without-tls",
    on=OperatorInstall,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
)
def metrics_auth_without_tls(install: OperatorInstall, ws: Workspace) -> Iterator[Problem]:
    """Metrics ask for a token, but are served without TLS.

    Why: the controller refuses to start: tokens would travel in the clear. The Deployment never becomes ready.

    Fix: set `metrics.listen.secure.enabled: true`, or leave `metrics.listen.auth.enabled` off.

    References: the chart's values, https://github.com/external-secrets/external-secrets/tree/main/deploy/charts/external-secrets
    """
    if install.on("metrics.listen.auth.enabled") is True and install.on("metrics.listen.secure.enabled") is False:
        yield Problem(
            at=install.place("metrics.listen.auth.enabled"),
            message="metrics with authentication need TLS, which is off",
            label="the controller exits at start",
            help="set `metrics.listen.secure.enabled: true`",
        )
