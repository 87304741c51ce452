from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import OperatorInstall, Problem, Related, Severity, Workspace, idle_kinds, rule

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
    processClusterStore: false  # <- ESO822
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  provider:
    vault: {server: "https://vault.example.org", path: kv, auth: {tokenSecretRef: {name: t, namespace: eso, key: t}}}
"""

BAD_SCOPED = """
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
    scopedNamespace: shop
    scopedRBAC: true  # <- ESO822
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  provider:
    vault: {server: "https://vault.example.org", path: kv, auth: {tokenSecretRef: {name: t, namespace: eso, key: t}}}
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
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  provider:
    vault: {server: "https://vault.example.org", path: kv, auth: {tokenSecretRef: {name: t, namespace: eso, key: t}}}
"""

GOOD_FLAG = """
# The flag of the controller beats the value.
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
    processClusterStore: false
    extraArgs:
      enable-cluster-store-reconciler: true
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  provider:
    vault: {server: "https://vault.example.org", path: kv, auth: {tokenSecretRef: {name: t, namespace: eso, key: t}}}
"""


@rule(
    id="ESO822",
    name="reconciler-off-in-use",
    on=OperatorInstall,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_SCOPED),
    good=(GOOD, GOOD_FLAG),
)
def reconciler_off_in_use(install: OperatorInstall, ws: Workspace) -> Iterator[Problem]:
    """The install switches off a kind of which the repository has objects.

    Why: nobody looks after them. An ExternalSecret whose store is a ClusterSecretStore is then passed over with a line
    in the debug log: no status, no event, no Secret. `scopedRBAC` switches the cluster-wide kinds off as well.

    Fix: switch the reconciler on, or write the objects as the namespaced kind.

    When to ignore: another operator of the same cluster, installed elsewhere, looks after them.

    References: the chart's values, https://github.com/external-secrets/external-secrets/tree/main/deploy/charts/external-secrets
    """
    for idle in idle_kinds(install, ws):
        yield Problem(
            at=install.place(idle.path),
            message=f"`{idle.path}` leaves every {idle.kind} alone, and the repository has some",
            label="nobody looks after them",
            related=(Related(idle.waiting.name_node.span, f"waits in vain: {idle.waiting.title}"),),
            help=f"set `{idle.path}: true`" if idle.path != "scopedRBAC" else "use SecretStores, or widen the operator",
        )
