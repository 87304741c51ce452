from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    CONTROLLER,
    Confidence,
    OperatorInstall,
    Problem,
    Profile,
    Severity,
    Workspace,
    network_policies,
    rule,
)

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
  values:  # <- ESO804
    installCRDs: true
"""

BAD_OFF = """
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: external-secrets, namespace: argocd}
spec:
  sources:
    - repoURL: ghcr.io/external-secrets/charts
      chart: external-secrets
      targetRevision: 2.8.0
      helm:
        valuesObject:
          networkPolicy:
            enabled: false  # <- ESO804
  destination: {namespace: external-secrets}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Ingress]
"""

GOOD_CHART = """
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
    networkPolicy:
      enabled: true
      egress:
        - {}
"""

GOOD_MANIFEST = """
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets, namespace: external-secrets}
spec:
  chart:
    spec:
      chart: external-secrets
      version: 2.9.0
      sourceRef: {kind: HelmRepository, name: external-secrets}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: operator, namespace: external-secrets}
spec:
  podSelector:
    matchLabels: {app.kubernetes.io/instance: external-secrets}
  policyTypes: [Ingress]
"""

# A cluster-wide policy of the network plug-in may cover the operator.
GOOD_CILIUM = """
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets, namespace: external-secrets}
spec:
  chart:
    spec:
      chart: external-secrets
      version: 2.9.0
      sourceRef: {kind: HelmRepository, name: external-secrets}
---
apiVersion: cilium.io/v2
kind: CiliumClusterwideNetworkPolicy
metadata: {name: default}
spec:
  endpointSelector: {}
  egress: [{toEntities: [kube-apiserver]}]
"""

# The chart has no such value before 2.8.0.
GOOD_OLD = """
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets, namespace: external-secrets}
spec:
  chart:
    spec:
      chart: external-secrets
      version: 2.7.0
      sourceRef: {kind: HelmRepository, name: external-secrets}
"""


@rule(
    id="ESO804",
    name="network-policy-missing",
    on=OperatorInstall,
    severity=Severity.INFO,
    confidence=Confidence.MEDIUM,
    profile=Profile.STRICT,
    since="0.1.0",
    bad=(BAD, BAD_OFF),
    good=(GOOD_CHART, GOOD_MANIFEST, GOOD_CILIUM, GOOD_OLD),
    reads=(
        "NetworkPolicy",
        "CiliumNetworkPolicy",
        "CiliumClusterwideNetworkPolicy",
        "GlobalNetworkPolicy",
        "AdminNetworkPolicy",
        "BaselineAdminNetworkPolicy",
        "ClusterNetworkPolicy",
        "ClusterPolicy",
    ),
    security=3.7,
)
def network_policy_missing(install: OperatorInstall, ws: Workspace) -> Iterator[Problem]:
    """Nothing limits whom the operator's pods may talk to.

    Why: the operator holds the credentials of every backend and can read Secrets of all its namespaces. A pod that may
    open connections to anywhere can also send them anywhere. From chart 2.8.0 on, a NetworkPolicy comes with the chart,
    off by default.

    Fix: set `networkPolicy.enabled: true` and list in `networkPolicy.egress` what the operator needs: DNS, the API
    server, the secret backends. With an empty list nothing gets out. `webhook.networkPolicy` and
    `certController.networkPolicy` do the same for the two other pods.

    When to ignore: the cluster has a default policy that is kept elsewhere.
    """
    if install.at_least("2.8.0") is not True or install.on("networkPolicy.enabled") is not False:
        return
    if install.on("hostNetwork") is True:
        # No policy reaches pods of the host network.
        return
    policies, other = network_policies(ws, install.namespace)
    if other or any(policy.selects(CONTROLLER) is not False for policy in policies):
        return
    yield Problem(
        at=install.place("networkPolicy.enabled"),
        message="no NetworkPolicy limits the operator's traffic",
        label="`networkPolicy.enabled` is off" if install.value("networkPolicy.enabled") else "off by default",
        note=f"no NetworkPolicy for its pods in {_where(install)}, and none from the chart",
        help="set `networkPolicy.enabled: true`, and list DNS, the API server and the backends in its `egress`",
    )


def _where(install: OperatorInstall) -> str:
    return f"namespace `{install.namespace}`" if install.namespace else "the repository"
