"""Which values the operator's chart has, by release."""

from __future__ import annotations

import pytest

from eso_lint.model.chart_values import changed_defaults, misplaced
from eso_lint.model.kinds.install import OperatorInstall
from eso_lint.model.versions import parse_version
from eso_lint.source.node import Scalar, SourceFile
from eso_lint.source.parse import parse


def install(values: str, version: str | None = "2.9.0", parameters: tuple[str, ...] = ()) -> OperatorInstall:
    file = SourceFile("values.yaml", values.encode())
    documents = parse(file).documents
    release = parse_version(version) if version else None
    given = {name: Scalar(file, 0, 0, "x") for name in parameters}
    layers = tuple(document.root for document in documents)
    at = Scalar(file, 0, 0, "external-secrets")
    return OperatorInstall("values", at, version=version, release=release, layers=layers, parameters=given)


def names(found: OperatorInstall) -> list[tuple[str, str | None]]:
    return [(value.path, value.near) for value in misplaced(found)]


@pytest.mark.parametrize(
    ("values", "near"),
    [
        ("crds: {create: false}", "installCRDs"),
        ("crds: {install: false}", "installCRDs"),
        ("installCrds: true", "installCRDs"),
        ("logLevel: debug", "log.level"),
        ("webhook: {enabled: false}", "webhook.create"),
        ("certController: {replicas: 2}", None),
        ("processClusterStores: false", "processClusterStore"),
        ("serviceMonitor: {labels: {a: b}}", None),
    ],
)
def test_a_name_that_never_was(values: str, near: str | None) -> None:
    ((_, found),) = names(install(values))
    assert found == near
    assert names(install(values, None)) == names(install(values))


@pytest.mark.parametrize(
    "values",
    [
        "global: {imageRegistry: example.org}",
        "bitwarden-sdk-server: {anything: {at: all}}",
        "x-labels: &labels {a: b}\npodLabels: *labels",
        "labels: &labels {a: b}\npodLabels: *labels",
        "_comment: text",
        "image: {repository: a, tag: b, digest: c}",
        "resources: {limits: {memory: 1Gi}}",
        "podSecurityContext: {enabled: true, fsGroup: 1}",
        "webhook: {certManager: {cert: {issuerRef: {name: a, other: b}}}}",
        "extraArgs: {loglevel: debug}",
        "serviceAccount: {annotations: {a.b/c: d}}",
        "affinity: {nodeAffinity: {}}",
        "tolerations: [{key: a, nonsense: b}]",
        "metrics: {listen: {secure: {enabled: true, certDir: /etc/tls, certFile: a, keyFile: b}}}",
        "podDisruptionBudget: {enabled: true, maxUnavailable: 1}",
        "{{ if .x }}\nwhatever: {{ .y }}\n{{ end }}\n",
        "",
        "[]",
        "installCRDs: {odd: true}",
    ],
)
def test_what_is_not_judged(values: str) -> None:
    assert names(install(values)) == []


def test_names_of_other_releases() -> None:
    (gone,) = misplaced(install("prometheus: {enabled: true}", "0.9.10"))
    assert (gone.path, str(gone.until), gone.since) == ("prometheus", "0.9.10", None)
    assert names(install("prometheus: {enabled: true}", "0.9.9")) == []
    (early,) = misplaced(install("genericTargets: {enabled: true}", "0.20.4"))
    assert (str(early.since), early.until) == ("1.0.0", None)
    (moved,) = misplaced(install("livenessProbe: {enabled: true, failureThreshold: 3}", "0.20.2"))
    assert (moved.path, moved.near) == ("livenessProbe.failureThreshold", "livenessProbe.spec.failureThreshold")
    # A release that is not known yet may have anything that was ever there.
    assert names(install("prometheus: {enabled: true}", "3.0.0")) == []
    assert names(install("prometheus: {enabled: true}", None)) == []


def test_single_values_are_judged_by_their_path() -> None:
    given = ("crds.create", "extraArgs.a.b", "tolerations[0].key", "podAnnotations.a.b", "webhook.replicaCount")
    assert names(install("", parameters=given)) == [("crds.create", "installCRDs")]


def test_the_key_is_where_it_is_reported() -> None:
    values = "webhook:\n  replicaCounts: 2\n"
    (found,) = misplaced(install(values))
    assert found.at.span.text == "replicaCounts" and found.near == "webhook.replicaCount"


def test_defaults_that_change_between_releases() -> None:
    old, new = parse_version("0.15.1"), parse_version("0.16.0")
    assert old is not None and new is not None
    assert list(changed_defaults(old, new)) == [("crds.conversion.enabled", True, False)]
    assert list(changed_defaults(new, new)) == []
