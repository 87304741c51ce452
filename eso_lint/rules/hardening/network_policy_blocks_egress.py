from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    CERT_CONTROLLER,
    CONTROLLER,
    NetworkPolicy,
    OperatorInstall,
    Problem,
    Severity,
    Workspace,
    items,
    network_policies,
    rule,
)

_RELEASE = """
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets, namespace: external-secrets}
spec:
  chart:
    spec:
      chart: external-secrets
      version: 2.9.0
      sourceRef: {kind: HelmRepository, name: external-secrets}
"""

BAD_CHART = (
    _RELEASE
    + """  values:
    networkPolicy:
      enabled: true  # <- ESO805
"""
)

BAD_EMPTY = (
    _RELEASE
    + """  values:
    networkPolicy:
      enabled: true
      egress: []  # <- ESO805
    certController:
      networkPolicy:
        enabled: true  # <- ESO805
"""
)

BAD_MANIFEST = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: operator, namespace: external-secrets}
spec:
  podSelector:
    matchLabels: {app.kubernetes.io/name: external-secrets}
  policyTypes:
    - Ingress
    - Egress  # <- ESO805
  ingress:
    - ports: [{port: 8080}]
"""

BAD_DENY_ALL = (
    _RELEASE
    + """---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny-all, namespace: external-secrets}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]  # <- ESO805
"""
)

GOOD_CHART = (
    _RELEASE
    + """  values:
    networkPolicy:
      enabled: true
      egress:
        - ports: [{port: 53, protocol: UDP}]
        - ports: [{port: 443}, {port: 6443}]
"""
)

GOOD_HOST = (
    _RELEASE
    + """  values:
    hostNetwork: true
    networkPolicy:
      enabled: true
"""
)

# Policies add up: deny everything, then allow what is needed.
GOOD_PAIR = (
    _RELEASE
    + """---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny-all, namespace: external-secrets}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: allow, namespace: external-secrets}
spec:
  podSelector:
    matchLabels: {app.kubernetes.io/instance: external-secrets}
  policyTypes: [Egress]
  egress:
    - to: [{ipBlock: {cidr: 0.0.0.0/0}}]
"""
)

# Before 2.8.0 the chart knows no such value: nothing is created.
GOOD_OLD = _RELEASE.replace("2.9.0", "2.7.0") + "  values: {networkPolicy: {enabled: true}}\n"

# An empty list of egress rules without the policy type isolates nothing.
GOOD_INGRESS = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: operator, namespace: external-secrets}
spec:
  podSelector:
    matchLabels: {app.kubernetes.io/name: external-secrets}
  ingress:
    - ports: [{port: 8080}]
  egress: []
"""

GOOD_OTHER_NAMESPACE = (
    _RELEASE
    + """---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny-all, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Egress]
"""
)


@rule(
    id="ESO805",
    name="network-policy-blocks-egress",
    on=(OperatorInstall, NetworkPolicy),
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD_CHART, BAD_EMPTY, BAD_MANIFEST, BAD_DENY_ALL),
    good=(GOOD_CHART, GOOD_HOST, GOOD_PAIR, GOOD_OLD, GOOD_INGRESS, GOOD_OTHER_NAMESPACE),
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
)
def network_policy_blocks_egress(subject: OperatorInstall | NetworkPolicy, ws: Workspace) -> Iterator[Problem]:
    """A NetworkPolicy cuts the operator off from the API server and from every secret backend.

    Why: a policy of type Egress without egress rules lets no packet out. The chart's own policy is of both types and
    its `egress` list is empty by default, so `networkPolicy.enabled: true` alone does exactly that: the pods lose the
    API server, the leader lease and DNS, stores turn to Ready=False and nothing syncs any more.

    Fix: list what must be reachable in `networkPolicy.egress` (or in the policy's `egress`): DNS on port 53, the API
    server, and the endpoints of the stores. Another policy that selects the same pods may allow it as well, since
    policies add up.

    When to ignore: the network plug-in does not enforce NetworkPolicies.
    """
    if isinstance(subject, OperatorInstall):
        yield from _install(subject, ws)
    else:
        yield from _manifest(subject, ws)


def _install(install: OperatorInstall, ws: Workspace) -> Iterator[Problem]:
    if install.at_least("2.8.0") is not True:
        return
    for prefix, labels, pod in (
        ("", CONTROLLER, "the controller"), ("certController.", CERT_CONTROLLER, "the certificate controller"),
    ):  # fmt: skip
        switch, rules = f"{prefix}networkPolicy.enabled", f"{prefix}networkPolicy.egress"
        if install.on(switch) is not True or not install.setting(rules).empty:
            continue
        if prefix and install.on("certController.create") is not True:
            continue
        # Policies do not reach pods of the host network.
        if install.on(f"{prefix}hostNetwork") is True:
            continue
        if _allowed(ws, install.namespace, labels, None):
            continue
        written = install.value(rules) is not None
        yield Problem(
            at=install.place(rules if written else switch),
            message=f"`{prefix}networkPolicy` lets no traffic out of {pod}",
            label="no egress rule" if written else "on, and `egress` is empty by default",
            note="the chart's policy has the types Ingress and Egress, and no other policy here allows egress",
            help=f"list DNS, the API server and the backends in `{rules}`",
        )


def _manifest(policy: NetworkPolicy, ws: Workspace) -> Iterator[Problem]:
    if policy.isolates_egress is not True or policy.allows_egress is not False:
        return
    homes = {install.namespace for install in ws.views(OperatorInstall)} - {None, ""}
    labels = CONTROLLER
    if policy.selects(CONTROLLER, exact=True) is not True and not (
        policy.namespace in homes and policy.selects(CONTROLLER) is True
    ):
        return
    if policy.namespace is None or _allowed(ws, policy.namespace, labels, policy):
        return
    types = policy.at("spec", "policyTypes")
    egress = next((i for i in items(types) if i.span.text.strip("\"'") == "Egress"), None)
    written = policy.at("spec", "egress")
    yield Problem(
        at=egress if egress is not None and written is None else policy.anchor("spec", "egress"),
        message="the policy lets no traffic out of the operator's pods",
        label="type Egress without an egress rule",
        note=f"no other policy in namespace `{policy.namespace}` allows egress for them",
        help="add egress rules for DNS, the API server and the backends, or drop the type Egress",
    )


def _allowed(ws: Workspace, namespace: str | None, labels: dict[str, str], but: NetworkPolicy | None) -> bool:
    """Whether another policy allows egress for these pods, or may."""
    policies, other = network_policies(ws, namespace)
    if other:
        return True
    if any(p is not but and p.selects(labels) is not False and p.allows_egress is not False for p in policies):
        return True
    prefix = "certController." if labels is CERT_CONTROLLER else ""
    return any(
        install.on(f"{prefix}networkPolicy.enabled") is not False
        and not install.setting(f"{prefix}networkPolicy.egress").empty
        for install in ws.views(OperatorInstall)
        if but is not None and install.namespace in (None, namespace) and install.at_least("2.8.0") is not False
    )
