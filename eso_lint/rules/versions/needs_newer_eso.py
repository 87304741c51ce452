from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    BasePushSecret,
    Generator,
    GeneratorState,
    Problem,
    Related,
    Severity,
    Store,
    Verdict,
    Workspace,
    kind_since,
    rule,
    serving,
    verdicts,
)

BAD = """
# file: external-secrets.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: external-secrets, namespace: argocd}
spec:
  source:
    repoURL: https://charts.external-secrets.io
    chart: external-secrets
    targetRevision: 2.2.0
  destination: {namespace: external-secrets}
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: ovh}
spec:
  provider:
    ovh:  # <- ESO331
      server: https://eu-west-rbx.okms.ovh.net
      okmsid: 734b9b45-8b1a-469c-b140-b10bd6540017
      auth: {token: {tokenSecretRef: {name: ovh, namespace: eso, key: token}}}
# file: db.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: ovh}
  syncWindows: []  # <- ESO331
  dataFrom: [{extract: {key: shop/db}}]
"""

BAD_KIND = """
# file: external-secrets.yaml
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets, namespace: external-secrets}
spec:
  chart:
    spec:
      chart: external-secrets
      version: 0.17.0
      sourceRef: {kind: HelmRepository, name: external-secrets}
# file: key.yaml
apiVersion: generators.external-secrets.io/v1alpha1
kind: SSHKey  # <- ESO331
metadata: {name: deploy, namespace: shop}
spec: {keyType: ed25519}
"""

GOOD = """
apiVersion: generators.external-secrets.io/v1alpha1
kind: SSHKey
metadata: {name: deploy, namespace: shop}
spec: {keyType: ed25519}
"""


@rule(
    id="ESO331",
    name="needs-newer-eso",
    on=(BaseExternalSecret, BasePushSecret, Store, Generator, GeneratorState),
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_KIND),
    good=(GOOD,),
)
def needs_newer_eso(
    resource: BaseExternalSecret | BasePushSecret | Store | Generator | GeneratorState, ws: Workspace
) -> Iterator[Problem]:
    """An object uses a kind, provider, field or value that only a later release of the operator knows.

    Why: the API server of the cluster has the CRDs of the release that is installed. A kind that it lacks is refused
    with `no matches for kind`, a field under strict validation with `unknown field`; without strict validation the
    field is dropped without a word, and the operator never sees it.

    Fix: upgrade the operator first, or do without.

    References: releases of the operator, https://github.com/external-secrets/external-secrets/releases
    """
    state = serving(resource, ws)
    if state is None:
        return
    since = kind_since(resource.kind)
    lacking = tuple(version for version in state.refused if version < since)
    place = (Related(state.play.at, "the release in play"),) if state.play.at is not None else ()
    if lacking:
        yield Problem(
            at=resource.kind_node,
            message=f"{resource.kind} came with release {since}, and {' and '.join(map(str, lacking))} is in play",
            label="no such kind in that release",
            related=place,
            note=state.play.why,
            help=f"upgrade the operator to {since} or later",
            severity=Severity.WARNING if state.accepted else None,
        )
        return
    if state.refused:
        return
    for verdict in verdicts(resource, ws):
        if verdict.kind == "needs-newer-eso":
            yield _problem(verdict, place)


def _problem(verdict: Verdict, place: tuple[Related, ...]) -> Problem:
    return Problem(
        at=verdict.at,
        message=verdict.message,
        label=verdict.label,
        related=(*(Related(span, text) for span, text in verdict.related), *place),
        note=verdict.note,
        help=verdict.help or f"upgrade the operator to {verdict.since} or later",
        severity=Severity.WARNING if verdict.releases or verdict.soft else None,
    )
