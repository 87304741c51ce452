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
    replicaCount: 2  # <- ESO828
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
    replicaCount: 2
    leaderElect: true
    webhook: {replicaCount: 2}
"""


@rule(
    id="ESO828",
    name="replicas-without-leader-election",
    on=OperatorInstall,
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
)
def replicas_without_leader_election(install: OperatorInstall, ws: Workspace) -> Iterator[Problem]:
    """Several replicas of the controller run without electing a leader.

    Why: every one of them reconciles every object. They write the same Secrets in turn, ask the provider several times
    as often, and PushSecrets and generators act more than once.

    Fix: set `leaderElect: true`.

    References: the chart's values, https://github.com/external-secrets/external-secrets/tree/main/deploy/charts/external-secrets
    """
    replicas = install.setting("replicaCount")
    count = replicas.value if replicas.known and replicas.node is not None else None
    if not isinstance(count, int) or isinstance(count, bool) or count < 2:
        return
    if install.on("leaderElect") is False and not install.has_flag("enable-leader-election"):
        yield Problem(
            at=install.place("replicaCount"),
            message=f"{count} controllers run, and none is the leader",
            label="all of them reconcile",
            note=f"`leaderElect` is false{'' if install.value('leaderElect') else ', the default of the chart'}",
            help="set `leaderElect: true`",
        )
