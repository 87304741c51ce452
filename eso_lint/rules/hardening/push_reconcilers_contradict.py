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
    processPushSecret: false  # <- ESO825
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
    processPushSecret: false
    processClusterPushSecret: false
"""

GOOD_OLD = """
# file: release.yaml
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets, namespace: external-secrets}
spec:
  chart:
    spec:
      chart: external-secrets
      version: 0.14.4
      sourceRef: {kind: HelmRepository, name: external-secrets}
  values:
    processPushSecret: false
"""


@rule(
    id="ESO825",
    name="push-reconcilers-contradict",
    on=OperatorInstall,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD, GOOD_OLD),
)
def push_reconcilers_contradict(install: OperatorInstall, ws: Workspace) -> Iterator[Problem]:
    """The install switches PushSecrets off and leaves ClusterPushSecrets on.

    Why: a ClusterPushSecret only writes PushSecrets. From chart 0.19.1 on the templates refuse the pair, so that the
    release fails; before, the objects that are written stay where they are.

    Fix: set `processClusterPushSecret: false` too.

    References: the chart's values, https://github.com/external-secrets/external-secrets/tree/main/deploy/charts/external-secrets
    """
    off = install.value("processPushSecret") is not None and install.on("processPushSecret") is False
    if not off or install.on("processClusterPushSecret") is not True:
        return
    fails = install.at_least("0.19.1")
    yield Problem(
        at=install.place("processPushSecret"),
        message="PushSecrets are switched off, and ClusterPushSecrets, which need them, are not",
        label="the chart refuses this pair" if fails else "nobody looks after what a ClusterPushSecret writes",
        help="set `processClusterPushSecret: false` too",
        severity=None if fails else Severity.WARNING,
    )
