from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Confidence, OperatorInstall, Problem, Profile, Severity, Workspace, rule, uses_kind

# Value -> (kind it reconciles, controller flag that beats it, whether a scoped install has it off anyway).
_RECONCILERS = (
    ("processClusterStore", "ClusterSecretStore", "enable-cluster-store-reconciler", True),
    ("processClusterExternalSecret", "ClusterExternalSecret", "enable-cluster-external-secret-reconciler", True),
    ("processClusterPushSecret", "ClusterPushSecret", "enable-cluster-push-secret-reconciler", True),
    ("processPushSecret", "PushSecret", "enable-push-secret-reconciler", False),
    ("processClusterGenerator", "ClusterGenerator", "", True),
)

_STORE = """
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: shop}
spec:
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {kind: SecretStore, name: vault}
  dataFrom:
    - extract: {key: shop/db}
"""

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

BAD = (
    _RELEASE
    + """  values:  # <- ESO802
    installCRDs: true
"""
    + _STORE
)

BAD_ONE = (
    _RELEASE
    + """  values:
    processClusterStore: false
    processClusterExternalSecret: false
    processClusterPushSecret: false
    processPushSecret: true  # <- ESO802
    processClusterGenerator: false
"""
    + _STORE
)

GOOD = (
    _RELEASE
    + """  values:
    processClusterStore: false
    processClusterExternalSecret: false
    processClusterPushSecret: false
    processPushSecret: false
    processClusterGenerator: false
"""
    + _STORE
)

# Flux merges a ConfigMap's values, which may switch the reconcilers off.
GOOD_ELSEWHERE = (
    _RELEASE
    + """  valuesFrom:
    - kind: ConfigMap
      name: external-secrets-values
"""
    + _STORE
)

# A repository that only installs the operator says nothing about what its users create.
GOOD_NO_OBJECTS = _RELEASE + "  values: {installCRDs: true}\n"

GOOD_FLAGS = (
    _RELEASE
    + """  values:
    scopedNamespace: shop
    scopedRBAC: true
    extraArgs:
      enable-push-secret-reconciler: false
"""
    + _STORE
)


@rule(
    id="ESO802",
    name="unused-reconciler-enabled",
    on=OperatorInstall,
    severity=Severity.INFO,
    confidence=Confidence.MEDIUM,
    profile=Profile.STRICT,
    since="0.1.0",
    bad=(BAD, BAD_ONE),
    good=(GOOD, GOOD_ELSEWHERE, GOOD_NO_OBJECTS, GOOD_FLAGS),
)
def unused_reconciler_enabled(install: OperatorInstall, ws: Workspace) -> Iterator[Problem]:
    """The operator reconciles kinds of which the repository holds no object.

    Why: every reconciler is on unless its value says otherwise, and each brings permissions with it: the cluster-wide
    ones read Secrets of all namespaces into one store, or write ExternalSecrets into other people's namespaces. Who can
    create such an object can use them, whether or not anybody meant to.

    Fix: set the values named in the message to `false`. Switch `processClusterPushSecret` off together with
    `processPushSecret`: the chart refuses to render the second without the first. Leave the CRDs installed, or set the
    matching `crds.create...` value to `false` as well.

    When to ignore: other repositories deliver objects of that kind to the same cluster.
    """
    if not any(r.group == "external-secrets.io" for r in ws.resources):
        return
    scoped = install.scoped
    unused: list[tuple[str, str]] = []
    for value, kind, flag, clustered in _RECONCILERS:
        if clustered and scoped is not False:
            continue
        if install.on(value) is True and not (flag and install.has_flag(flag)) and not uses_kind(ws, kind):
            unused.append((value, kind))
    # A ClusterPushSecret writes PushSecrets, so their reconciler is needed where that one is.
    if uses_kind(ws, "ClusterPushSecret"):
        unused = [pair for pair in unused if pair[0] != "processPushSecret"]
    if not unused:
        return
    values = ", ".join(f"`{value}`" for value, _ in unused)
    kinds = ", ".join(kind for _, kind in unused)
    written = next((value for value, _ in unused if install.value(value) is not None), unused[0][0])
    yield Problem(
        at=install.place(written),
        message=f"reconcilers run for kinds that nothing here uses: {values}",
        label="on by default" if install.value(written) is None else "on",
        note=f"no object of these kinds, and no reference to one, in the repository: {kinds}",
        help=f"set to `false`: {values}",
    )
