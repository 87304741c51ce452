from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    Confidence,
    OperatorInstall,
    Problem,
    Severity,
    WebhookConfiguration,
    Workspace,
    items,
    lookup,
    rule,
    string,
    tenants,
)

_NAMES = ("secretstore-validate", "externalsecret-validate")

BAD = """
# file: infra/external-secrets/Chart.yaml
apiVersion: v2
name: wrapper
version: 1.0.0
dependencies:
  - name: external-secrets
    version: 2.9.0
    repository: https://charts.external-secrets.io
# file: infra/external-secrets/values.yaml
external-secrets:
  webhook:
    create: true
    failurePolicy: Ignore  # <- ESO808
"""

BAD_OFF = """
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: external-secrets, namespace: argocd}
spec:
  source:
    repoURL: https://charts.external-secrets.io
    chart: external-secrets
    targetRevision: 2.9.0
    helm:
      parameters:
        - name: webhook.create
          value: "false"  # <- ESO808
"""

BAD_MANIFEST = """
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: secretstore-validate
  labels: {external-secrets.io/component: webhook}
webhooks:
  - name: validate.secretstore.external-secrets.io
    failurePolicy: Ignore  # <- ESO808
  - name: validate.clustersecretstore.external-secrets.io
    failurePolicy: Fail
"""

GOOD = """
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
    webhook:
      failurePolicy: Fail
      certManager: {enabled: true}
"""

# One webhook serves the cluster: the second, scoped operator must not bring another.
GOOD_SECOND = """
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
    scopedNamespace: shop
    scopedRBAC: true
    controllerClass: shop
    installCRDs: false
    webhook: {create: false}
    certController: {create: false}
"""

GOOD_FOREIGN = """
# file: external-secrets/webhook.yaml
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: team-validate}
webhooks:
  - name: validate.example.org
    failurePolicy: Ignore
"""


@rule(
    id="ESO808",
    name="webhook-fails-open",
    on=(OperatorInstall, WebhookConfiguration),
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD, BAD_OFF, BAD_MANIFEST),
    good=(GOOD, GOOD_SECOND, GOOD_FOREIGN),
    security=4.3,
)
def webhook_fails_open(subject: OperatorInstall | WebhookConfiguration, ws: Workspace) -> Iterator[Problem]:
    """Stores and ExternalSecrets reach the cluster unchecked when the operator's webhook is away, or always.

    Why: the validating webhook refuses what the schema cannot: a SecretStore that names a Secret or ServiceAccount of
    another namespace, a ClusterSecretStore whose selectors lack a namespace, an ExternalSecret whose policies exclude
    each other. With `failurePolicy: Ignore` all of it is admitted whenever the webhook does not answer, and with
    `webhook.create: false` it always is; then the mistake shows, if at all, as a status condition of an object that
    nobody watches.

    Fix: remove `webhook.failurePolicy: Ignore` (the default is `Fail`), or set `webhook.create: true`. If certificates
    were the reason, let cert-manager make them: `webhook.certManager.enabled: true`.

    When to ignore: a cluster of one team that checks its manifests before they are merged may do without the webhook.
    It is reported as advice there, and as a warning where several namespaces have stores of their own.
    """
    if isinstance(subject, OperatorInstall):
        yield from _install(subject, ws)
        return
    if subject.name not in _NAMES:
        return
    for webhook in items(subject.at("webhooks")):
        policy = lookup(webhook, "failurePolicy")
        if policy is not None and string(policy) == "Ignore":
            yield Problem(
                at=policy,
                message="the operator's webhook admits objects unchecked when it does not answer",
                label="fails open",
                help="write `Fail`, and run two replicas of the webhook if it must stay available",
            )


def _install(install: OperatorInstall, ws: Workspace) -> Iterator[Problem]:
    if install.on("webhook.create") is False:
        if any(_serves(other, install) for other in ws.views(OperatorInstall)):
            return
        count = tenants(ws)
        yield Problem(
            at=install.place("webhook.create"),
            message="the operator runs without its validating webhook",
            label="nothing checks stores at admission",
            note=f"{count} namespaces have stores of their own" if count > 1 else "",
            help="set `webhook.create: true` (cert-manager can issue its certificate: `webhook.certManager.enabled`)",
            severity=None if count > 1 else Severity.INFO,
            confidence=None if count > 1 else Confidence.MEDIUM,
        )
        return
    policy = install.setting("webhook.failurePolicy")
    if policy.known and policy.value == "Ignore":
        old = install.at_least("2.0.0") is False
        yield Problem(
            at=install.place("webhook.failurePolicy"),
            message="the operator's webhook admits objects unchecked when it does not answer",
            label="fails open",
            note="before chart 2.0.0 the value reaches the ExternalSecret hook only" if old else "",
            help="write `Fail`, and set `webhook.replicaCount: 2` if it must stay available",
        )


def _serves(other: OperatorInstall, install: OperatorInstall) -> bool:
    """Whether another install of the same cluster brings the webhook."""
    return other is not install and other.world == install.world and other.on("webhook.create") is True
