from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    BasePushSecret,
    Edit,
    Fix,
    Generator,
    GeneratorState,
    Problem,
    Related,
    Scalar,
    Serving,
    Severity,
    Store,
    Stray,
    Workspace,
    kind_since,
    meant_kind,
    respelled,
    rule,
    serving,
)

BAD = """
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
# file: db.yaml
apiVersion: external-secrets.io/v1beta1  # <- ESO330
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom: [{extract: {key: shop/db}}]
# file: push.yaml
apiVersion: external-secrets.io/v1  # <- ESO330
kind: PushSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRefs: [{kind: ClusterSecretStore, name: vault}]
  selector: {secret: {name: db}}
"""

BAD_NEW = """
# file: Chart.yaml
apiVersion: v2
name: platform
version: 1.0.0
dependencies:
  - {name: external-secrets, version: 0.15.1, repository: "https://charts.external-secrets.io"}
# file: db.yaml
apiVersion: external-secrets.io/v1  # <- ESO330
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom: [{extract: {key: shop/db}}]
"""

# Nothing says which release runs: the newest, 2.9.0, does not serve it.
BAD_UNKNOWN = """
apiVersion: external-secrets.io/v1alpha1  # <- ESO330
kind: SecretStore
metadata: {name: vault, namespace: shop}
spec:
  provider:
    vault: {server: "https://vault.example.org", path: kv, auth: {tokenSecretRef: {name: t, key: t}}}
"""

BAD_KIND = """
# file: db.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecrets  # <- ESO330
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom: [{extract: {key: shop/db}}]
# file: password.yaml
apiVersion: external-secrets.io/v1alpha1  # <- ESO330
kind: Password
metadata: {name: password, namespace: shop}
spec: {length: 24}
"""

GOOD = """
# file: external-secrets.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: external-secrets, namespace: argocd}
spec:
  source:
    repoURL: https://charts.external-secrets.io
    chart: external-secrets
    targetRevision: 0.16.2
  destination: {namespace: external-secrets}
# file: db.yaml
apiVersion: external-secrets.io/v1beta1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom: [{extract: {key: shop/db}}]
# file: cache.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: cache, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom: [{extract: {key: shop/cache}}]
"""


BAD_GROUP = """
apiVersion: external-secret.io/v1  # <- ESO330
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom: [{extract: {key: shop/db}}]
"""

# Another operator has a kind of this name.
GOOD_GROUP = """
apiVersion: kubernetes-client.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec: {backendType: secretsManager, data: [{key: shop/db, name: password}]}
"""


@rule(
    id="ESO330",
    name="unsupported-api-version",
    on=(BaseExternalSecret, BasePushSecret, Store, Generator, GeneratorState, Stray),
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_NEW, BAD_UNKNOWN, BAD_KIND, BAD_GROUP),
    good=(GOOD, GOOD_GROUP),
)
def unsupported_api_version(
    resource: BaseExternalSecret | BasePushSecret | Store | Generator | GeneratorState | Stray, ws: Workspace
) -> Iterator[Problem]:
    """An object is written in an API version, or as a kind, that the operator's release in play does not serve.

    Why: the API server answers `no matches for kind`, and whoever applies the object fails: a Flux Kustomization or an
    Argo CD Application stops as a whole. `v1` came with 0.16.0, which took `v1alpha1` away; 0.17.0 stopped serving
    `v1beta1`. A kind that no release has fares no better.

    The release is the one that the configuration names (`eso-version`), else the one that the repository installs in
    the same cluster. Where several may run, a version that only some of them serve is a warning. Where nothing says
    which release runs, a version that the newest does not serve is told for information.

    Fix: write the version that is served. From `v1beta1` to `v1` nothing but the version changes in 0.16.

    When to ignore: CRDs from elsewhere serve the version. Chart value `crds.unsafeServeV1Beta1` is taken into account.

    References: deprecation policy, https://external-secrets.io/latest/introduction/stability-support/
    """
    if isinstance(resource, Stray):
        yield from _stray(resource, ws)
        return
    state = serving(resource, ws)
    at = resource.at("apiVersion")
    if state is None or not isinstance(at, Scalar) or not state.refused:
        return
    if state.first is None:
        yield _never(resource, at, state)
        return
    if any(version < kind_since(resource.kind) for version in state.refused):
        return  # the kind itself is too new
    fix = None
    if at.file is resource.file and state.best and not state.accepted:
        edit = Edit(at.span, respelled(at.span.text, f"{resource.group}/{state.best}"))
        fix = Fix(f"write {resource.group}/{state.best}", (edit,))
    which = " and ".join(map(str, state.refused))
    message = f"{resource.kind} {resource.version} is not served by release {which}"
    note = state.play.why
    sure = state.play.version is not None and not state.accepted and not state.open
    if state.switched:
        message = f"{resource.kind} {resource.version} is served by a value of the chart alone"
        note, sure, fix = "`crds.unsafeServeV1Beta1` is to be removed from the chart", False, None
    elif state.accepted:
        note = f"release {' and '.join(map(str, state.accepted))}, which may run as well, serves it"
    yield Problem(
        at=at,
        message=message,
        label=f"served up to {state.last}" if state.last and state.last < state.refused[-1] else _since(state),
        related=(Related(state.play.at, "the release in play"),) if state.play.at is not None else (),
        note=note,
        help=f"write `{resource.group}/{state.best}`" if state.best else "upgrade the operator",
        fix=fix,
        severity=None if sure else Severity.INFO if state.play.version is None else Severity.WARNING,
    )


def _since(state: Serving) -> str:
    return f"served from {state.first} on"


def _stray(resource: Stray, ws: Workspace) -> Iterator[Problem]:
    meant = meant_kind(resource, ws)
    if meant is None or not resource.placement.deployed:
        return
    at = resource.kind_node if resource.at("kind") is not None else resource.key_at("apiVersion") or resource.root
    if meant.group and meant.kind == resource.kind:
        yield Problem(
            at=resource.at("apiVersion") or at,
            message=f"`{resource.group}` has no kind `{resource.kind}`",
            label="the other group" if resource.group.endswith("external-secrets.io") else "no group of the operator",
            help=f"did you mean `{meant.group}`?",
        )
        return
    written = resource.kind.strip()
    wrong = f"`{resource.group}` has no kind `{written}`" if written else "the object names no kind"
    if written != resource.kind and meant.kind == written:
        wrong = f"the kind `{written}` ends in a line break"
    yield Problem(
        at=at,
        message=wrong,
        label="no release knows it" if written else "no kind",
        help=f"did you mean `{meant.kind}`?" if meant.kind else f"write one of the kinds of `{resource.group}`",
    )


def _never(
    resource: BaseExternalSecret | BasePushSecret | Store | Generator | GeneratorState, at: Scalar, state: Serving
) -> Problem:
    return Problem(
        at=at,
        message=f"{resource.kind} has no version {resource.version}",
        label="no release serves it",
        help=f"write `{resource.group}/{state.best}`" if state.best else "look the version up in the CRD",
    )
