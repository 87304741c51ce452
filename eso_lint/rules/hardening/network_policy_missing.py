from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    CERT_CONTROLLER,
    CONTROLLER,
    WEBHOOK,
    Confidence,
    OperatorInstall,
    Problem,
    Profile,
    Severity,
    Workspace,
    network_policies,
    rule,
)

_SWITCH = "networkPolicy.enabled"
# What their values begin with, their labels, and what they are called.
_PODS = (
    ("", CONTROLLER, "the controller"),
    ("webhook.", WEBHOOK, "the webhook"),
    ("certController.", CERT_CONTROLLER, "the certificate controller"),
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

# The chart has no such value before 2.8.0; what is left is to write the policies.
BAD_OLD = """
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets, namespace: external-secrets}
spec:
  chart:
    spec:
      chart: external-secrets  # <- ESO804
      version: 2.7.0
      sourceRef: {kind: HelmRepository, name: external-secrets}
"""

BAD_HALF = """
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
    networkPolicy: {enabled: true, egress: [{}]}
    webhook:
      networkPolicy: {enabled: true, egress: [{}]}
    certController:  # <- ESO804
      replicaCount: 1
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
    networkPolicy: {enabled: true, egress: [{}]}
    webhook:
      certManager: {enabled: true}
      networkPolicy: {enabled: true, egress: [{}]}
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

# A version that something fills in: no telling what the chart brings.
GOOD_UNKNOWN = """
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets, namespace: external-secrets}
spec:
  chart:
    spec:
      chart: external-secrets
      version: ${ESO_VERSION}
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
    bad=(BAD, BAD_OFF, BAD_OLD, BAD_HALF),
    good=(GOOD_CHART, GOOD_MANIFEST, GOOD_CILIUM, GOOD_UNKNOWN),
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

    Why: the operator holds the credentials of every backend and can read Secrets of all its namespaces; its certificate
    controller can read them too, and its webhook decides what is admitted. A pod that may open connections to anywhere
    can also send them anywhere. From chart 2.8.0 on, NetworkPolicies come with the chart, off by default.

    Fix: set `networkPolicy.enabled: true` and list in `networkPolicy.egress` what the operator needs: DNS, the API
    server, the secret backends. With an empty list nothing gets out. `webhook.networkPolicy` and
    `certController.networkPolicy` do the same for the two other pods. Older charts have no such values: write a
    NetworkPolicy for each of the three pods.

    When to ignore: the cluster has a default policy that is kept elsewhere.
    """
    own = install.at_least("2.8.0")
    policies, other = network_policies(ws, install.namespace)
    if own is None or other:
        return
    bare: list[tuple[str, str]] = []
    for prefix, labels, pod in _PODS:
        if prefix and install.on(f"{prefix}create") is not True:
            continue
        # No policy reaches pods of the host network.
        if install.on(f"{prefix}hostNetwork") is True or (own and install.on(f"{prefix}{_SWITCH}") is not False):
            continue
        # cert-manager takes the place of the certificate controller.
        if labels is CERT_CONTROLLER and install.on("webhook.certManager.enabled") is not False:
            continue
        if not any(policy.selects(labels) is not False for policy in policies):
            bare.append((f"{prefix}{_SWITCH}", pod))
    if not bare:
        return
    at = next((path for path, _ in bare if install.value(path) is not None), bare[0][0])
    where = f"namespace `{install.namespace}`" if install.namespace else "the repository"
    said = " and ".join(filter(None, (", ".join(pod for _, pod in bare[:-1]), bare[-1][1])))
    switches = ", ".join(f"`{path}: true`" for path, _ in bare)
    yield Problem(
        at=install.place(at),
        message="no NetworkPolicy limits the operator's traffic"
        if bare[0][0] == _SWITCH
        else f"no NetworkPolicy limits the traffic of {said}",
        label=(f"`{at}` is off" if install.value(at) else "off by default") if own else "this chart brings none",
        note=f"no NetworkPolicy for {said} in {where}" + (", and none from the chart" if own else ""),
        help=f"set {switches}, and list DNS, the API server and the backends in `egress` beside each"
        if own
        else f"write a NetworkPolicy for {said}, with egress to DNS, the API server and the backends",
    )
