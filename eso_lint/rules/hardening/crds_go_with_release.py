from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    Confidence,
    Mapping,
    Opaque,
    OperatorInstall,
    Problem,
    Profile,
    Severity,
    Workspace,
    is_absent,
    lookup,
    rule,
    string,
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

BAD = _RELEASE + "  values:  # <- ESO831\n    installCRDs: true\n"

BAD_ARGO = """
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: external-secrets, namespace: argocd}
spec:
  source:
    repoURL: https://charts.external-secrets.io
    chart: external-secrets
    targetRevision: 2.9.0
    helm:
      valuesObject:
        crds:
          annotations:  # <- ESO831
            argocd.argoproj.io/sync-options: ServerSideApply=true
  destination: {namespace: external-secrets}
"""

GOOD = _RELEASE + "  values: {crds: {annotations: {helm.sh/resource-policy: keep}}}\n"

GOOD_ARGO = BAD_ARGO.replace("  # <- ESO831", "").replace("=true", "=true,Delete=false,Prune=false")

GOOD_ELSEWHERE = _RELEASE + "  values: {installCRDs: false}\n"


@rule(
    id="ESO831",
    name="crds-go-with-release",
    on=OperatorInstall,
    severity=Severity.INFO,
    confidence=Confidence.MEDIUM,
    profile=Profile.AUDIT,
    since="0.1.0",
    bad=(BAD, BAD_ARGO),
    good=(GOOD, GOOD_ARGO, GOOD_ELSEWHERE),
)
def crds_go_with_release(install: OperatorInstall, ws: Workspace) -> Iterator[Problem]:
    """Whoever removes the operator's release removes its CRDs, and every Secret that it made.

    Why: the chart ships its CRDs as templates, so that `helm uninstall`, the deletion of a HelmRelease or the pruning
    of an Application deletes them. With a CRD go all objects of its kind, and with an ExternalSecret the Secret that it
    owns: the workloads of the whole cluster lose their credentials.

    Fix: set `crds.annotations` to `helm.sh/resource-policy: keep`; for Argo CD to
    `argocd.argoproj.io/sync-options: Delete=false,Prune=false`. Or install the CRDs apart, with `installCRDs: false`.

    When to ignore: the cluster is thrown away together with the release.
    """
    if install.on("installCRDs") is not True or install.at_least("0.8.0") is not True:
        return
    written = install.value("crds.annotations")
    if isinstance(written, Opaque) or (isinstance(written, Mapping) and written.open):
        return
    kept = lookup(written, "helm.sh/resource-policy")
    options = lookup(written, "argocd.argoproj.io/sync-options")
    if string(kept) in ("keep", None) and not is_absent(kept):
        return
    words = (string(options) or "Delete=false").replace(" ", "").split(",") if not is_absent(options) else []
    if {"Delete=false", "Prune=false"}.intersection(words):
        return
    yield Problem(
        at=install.place("crds.annotations"),
        message="nothing keeps the CRDs when the release is removed",
        label="deleted with the release" if written is not None else "no `crds.annotations`",
        help="set `crds.annotations` to `helm.sh/resource-policy: keep`, or to `Delete=false,Prune=false` for Argo CD",
    )
