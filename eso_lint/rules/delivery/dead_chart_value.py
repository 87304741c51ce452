from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import OperatorInstall, Problem, Scalar, Severity, Workspace, declared_by, items, lookup, rule

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
  install:
    crds: Skip  # <- ESO821
  values:
    crds:
      createSecretStore: false  # <- ESO821
      conversion:
        enabled: true  # <- ESO821
"""

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
      skipCrds: true  # <- ESO821
  destination: {namespace: external-secrets}
  syncPolicy: {syncOptions: [ServerSideApply=true]}
"""

GOOD = """
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets, namespace: external-secrets}
spec:
  chart:
    spec:
      chart: external-secrets
      version: 0.15.1
      sourceRef: {kind: HelmRepository, name: external-secrets}
  install: {crds: Skip}
  values:
    installCRDs: false
    crds: {conversion: {enabled: true}}
"""


@rule(
    id="ESO821",
    name="dead-chart-value",
    on=OperatorInstall,
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD, BAD_ARGO),
    good=(GOOD,),
)
def dead_chart_value(install: OperatorInstall, ws: Workspace) -> Iterator[Problem]:
    """A setting of the install exists, but has no effect on this chart.

    Why: the operator's CRDs are templates of its chart, not files in its `crds/` folder, so what tells Helm, Flux or
    Argo CD to skip CRDs skips nothing: they are installed, and collide with those that are applied elsewhere.
    `crds.createSecretStore` gates no template. `crds.conversion.enabled` turns nothing on since 0.16.1, which knows no
    conversion.

    Fix: set `installCRDs: false` where CRDs come from elsewhere; remove the setting.

    References: the chart's values, https://github.com/external-secrets/external-secrets/tree/main/deploy/charts/external-secrets
    """
    if install.on("crds.createSecretStore") is False and install.value("crds.createSecretStore") is not None:
        yield Problem(
            at=install.place("crds.createSecretStore"),
            message="`crds.createSecretStore` gates nothing: the CRD of SecretStore is always installed",
            label="has no effect",
            help="remove it; `installCRDs: false` leaves out all CRDs",
        )
    conversion = install.value("crds.conversion.enabled")
    if isinstance(conversion, Scalar) and conversion.value is True and install.at_least("0.16.1"):
        yield Problem(
            at=install.place("crds.conversion.enabled"),
            message="`crds.conversion.enabled` turns nothing on in this chart",
            label="has no effect",
            note=f"chart version {install.version or install.release}; there is no conversion from 0.16.1 on",
            help="remove it",
            severity=Severity.INFO,
        )
    if install.on("installCRDs") is not True:
        return
    for node, name in _skips(install, ws):
        yield Problem(
            at=node,
            message=f"`{name}` skips no CRDs of this chart",
            label="has no effect",
            note="the chart's CRDs are templates: they are installed all the same",
            help="set the value `installCRDs: false`",
        )


def _skips(install: OperatorInstall, ws: Workspace) -> Iterator[tuple[Scalar, str]]:
    """Settings that tell the deliverer to leave CRDs out."""
    resource = declared_by(install, ws)
    if resource is None:
        return
    if resource.kind == "HelmRelease":
        for step in ("install", "upgrade"):
            node = resource.at("spec", step, "crds")
            if isinstance(node, Scalar) and node.text == "Skip":
                yield node, f"spec.{step}.crds: Skip"
    base = ("spec", "template", "spec") if resource.kind == "ApplicationSet" else ("spec",)
    spec = resource.at(*base)
    for source in (lookup(spec, "source"), *items(lookup(spec, "sources"))):
        node = lookup(source, "helm", "skipCrds")
        mine = source is not None and source.start <= install.at.start < source.end
        if mine and isinstance(node, Scalar) and node.value is True:
            yield node, "skipCrds: true"
