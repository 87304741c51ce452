from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Confidence, Generator, Problem, Severity, Store, Workspace, controller_classes, rule, string

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
    controllerClass: platform
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: shop}
spec:
  controller: tenants  # <- ESO827
  provider:
    vault: {server: "https://vault.example.org", path: kv, auth: {tokenSecretRef: {name: t, key: t}}}
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
    controllerClass: platform
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: shop}
spec:
  controller: platform
  provider:
    vault: {server: "https://vault.example.org", path: kv, auth: {tokenSecretRef: {name: t, key: t}}}
"""

GOOD_DEFAULT = """
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
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: shop}
spec:
  controller: default
  provider:
    vault: {server: "https://vault.example.org", path: kv, auth: {tokenSecretRef: {name: t, key: t}}}
"""


@rule(
    id="ESO827",
    name="controller-class-unserved",
    on=(Store, Generator),
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD, GOOD_DEFAULT),
)
def controller_class_unserved(resource: Store | Generator, ws: Workspace) -> Iterator[Problem]:
    """A store or generator asks for a controller class that no operator of its cluster has.

    Why: an operator looks only after stores and generators of its own class (chart value `controllerClass`, `default`
    where it is empty), and after those that name none. The others it passes over without a word. The rule assumes that
    the repository has all installs of the cluster.

    Fix: write the class of an operator that is there, or leave `spec.controller` out.

    References: controller classes, https://external-secrets.io/latest/guides/controller-class/
    """
    at = resource.at("spec", "controller")
    wanted = string(at)
    if at is None or not wanted:
        return
    known = controller_classes(resource, ws)
    if known is None or wanted in known:
        return
    names = ", ".join(f"`{name}`" for name in sorted(known))
    yield Problem(
        at=at,
        message=f"no operator of this repository has the class `{wanted}`",
        label="passed over by all of them",
        note=f"the installs here have the class {names}",
        help="write one of them, or remove `controller`",
    )
