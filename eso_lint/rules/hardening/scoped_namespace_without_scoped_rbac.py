from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import OperatorInstall, Problem, Severity, Workspace, rule

BAD = """
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets, namespace: shop}
spec:
  chart:
    spec:
      chart: external-secrets
      version: 2.9.0
      sourceRef: {kind: HelmRepository, name: external-secrets}
  values:
    scopedNamespace: shop  # <- ESO803
"""

BAD_OLD = """
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: external-secrets, namespace: argocd}
spec:
  source:
    repoURL: https://charts.external-secrets.io
    chart: external-secrets
    targetRevision: 0.10.7
    helm:
      values: |
        installCRDs: true
        scopedRBAC: true  # <- ESO803
  destination: {namespace: shop}
"""

BAD_INLINE = """
# file: kustomization.yaml
helmCharts:
  - name: external-secrets
    repo: https://charts.external-secrets.io
    version: 2.4.1
    namespace: shop
    valuesInline:
      scopedRBAC: false
      scopedNamespace: "shop"  # <- ESO803
"""

GOOD = """
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets, namespace: shop}
spec:
  chart:
    spec:
      chart: external-secrets
      version: 0.10.7
      sourceRef: {kind: HelmRepository, name: external-secrets}
  values:
    scopedNamespace: shop
    scopedRBAC: true
"""

# From 2.5.0 on the namespace defaults to that of the release.
GOOD_NEW = """
# file: fleet.yaml
defaultNamespace: shop
helm:
  chart: external-secrets
  repo: https://charts.external-secrets.io
  version: 2.5.0
  values:
    scopedRBAC: true
"""

# The other value may stand in a values file that only the deliverer knows.
GOOD_ELSEWHERE = """
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: external-secrets, namespace: argocd}
spec:
  source:
    repoURL: https://charts.external-secrets.io
    chart: external-secrets
    targetRevision: 2.9.0
    helm:
      valueFiles: [common.yaml]
      valuesObject:
        scopedNamespace: shop
"""

# Without the chart's roles, somebody wrote narrower ones.
GOOD_OWN_ROLES = """
apiVersion: helm.cattle.io/v1
kind: HelmChart
metadata: {name: external-secrets, namespace: kube-system}
spec:
  chart: external-secrets
  repo: https://charts.external-secrets.io
  version: 2.9.0
  valuesContent: |-
    scopedNamespace: shop
    rbac:
      create: false
"""


@rule(
    id="ESO803",
    name="scoped-namespace-without-scoped-rbac",
    on=OperatorInstall,
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD, BAD_OLD, BAD_INLINE),
    good=(GOOD, GOOD_NEW, GOOD_ELSEWHERE, GOOD_OWN_ROLES),
    security=6.5,
)
def scoped_namespace_without_scoped_rbac(install: OperatorInstall, ws: Workspace) -> Iterator[Problem]:
    """The operator is told to watch one namespace but keeps permissions for all of them, or is not scoped at all.

    Why: `scopedNamespace` only filters what the controller watches. Its ClusterRole still reads and writes every Secret
    of the cluster, so whoever takes over the pod takes them all. The other way round, charts before 2.5.0 ignore
    `scopedRBAC` unless `scopedNamespace` is set as well: the install looks confined and is cluster-wide.

    Fix: set both `scopedNamespace: <namespace>` and `scopedRBAC: true`. From chart 2.5.0 on, `scopedRBAC` alone
    confines the operator to the namespace of its release.

    When to ignore: the watch filter is only there to share the work between several operators of one trust level.
    """
    if install.on("rbac.create") is False:
        return
    namespace, switch = install.setting("scopedNamespace"), install.on("scopedRBAC")
    if isinstance(namespace.value, str) and namespace.value and switch is False:
        yield Problem(
            at=install.place("scopedNamespace"),
            message="`scopedNamespace` confines what the operator watches, but not what it may read",
            label="its ClusterRole still covers every namespace",
            note=f"`scopedRBAC` is `false`{'' if install.value('scopedRBAC') else ', the default of the chart'}",
            help="set `scopedRBAC: true`",
        )
    elif switch is True and namespace.empty and install.at_least("2.5.0") is False:
        yield Problem(
            at=install.place("scopedRBAC"),
            message="`scopedRBAC` does nothing without `scopedNamespace` in this chart",
            label="the operator stays cluster-wide",
            note=f"chart version {install.version}; before 2.5.0 the templates ask for both values",
            help="set `scopedNamespace` to the namespace that the operator serves, or use chart 2.5.0 or newer",
            severity=Severity.ERROR,
        )
