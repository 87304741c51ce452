"""What the webhook refuses depends on the release: errors stand only where every release in play refuses."""

from __future__ import annotations

import pytest

from eso_lint.lint.rule import Severity
from eso_lint.rules.index import INDEX
from eso_lint.testing import lint

HEAD = "apiVersion: external-secrets.io/{version}\nkind: {kind}\nmetadata: {{name: db}}\n"
NOTHING = HEAD + "spec: {{secretStoreRef: {{name: vault}}}}\n"
TWICE = HEAD + "spec:\n  data:\n" + "    - {{secretKey: a, remoteRef: {{key: x}}}}\n" * 2
BOOTSTRAP = (
    HEAD
    + "spec:\n  target: {{template: {{type: bootstrap.kubernetes.io/token}}}}\n"
    + "  dataFrom: [{{extract: {{key: x}}}}]\n"
)
CREATED = (
    HEAD
    + "spec:\n  target: {{deletionPolicy: Delete, creationPolicy: Merge}}\n"
    + "  dataFrom: [{{extract: {{key: x}}}}]\n"
)
STORE = HEAD + "spec:\n  refreshInterval: -5\n  provider: {{fake: {{data: []}}}}\n"
RELEASE = """
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: external-secrets, namespace: {namespace}}}
spec:
  chart:
    spec:
      chart: external-secrets
      version: {version}
      sourceRef: {{kind: HelmRepository, name: external-secrets}}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {{name: external-secrets, namespace: {namespace}}}
spec: {{url: "https://charts.external-secrets.io"}}
"""


def found(name: str, text: str, config: str = "", version: str = "v1", kind: str = "ExternalSecret") -> str:
    """The severity of a rule's only finding; "silent" where there is none."""
    rule = next(entry for entry in INDEX if entry.name == name).load()
    files = {"manifest.yaml": text.format(version=version, kind=kind)}
    if config:
        files[".eso-lint.yaml"] = f"eso-version: {config}\n"
    findings = lint(files, [rule])
    assert len(findings) < 2
    return findings[0].severity.label if findings else "silent"


@pytest.mark.parametrize(
    ("name", "text", "version", "before", "since"),
    [
        ("no-data-source", NOTHING, "v1beta1", "0.9.8", "0.9.9"),
        ("duplicate-secret-key", TWICE, "v1beta1", "0.9.11", "0.9.13"),
    ],
)
def test_older_releases_store_it(name: str, text: str, version: str, before: str, since: str) -> None:
    assert found(name, text, before, version) == "warning"
    assert found(name, text, since, version) == "error"


@pytest.mark.parametrize(
    ("name", "text", "before", "since", "kind"),
    [
        ("template-type-privileged", BOOTSTRAP, "2.4.0", "2.4.1", "ExternalSecret"),
        ("store-refresh-interval", STORE, "2.7.0", "2.8.0", "SecretStore"),
    ],
)
def test_older_releases_have_nothing_against_it(name: str, text: str, before: str, since: str, kind: str) -> None:
    assert found(name, text, before, kind=kind) == "silent"
    assert found(name, text, since, kind=kind) == "error"
    assert found(name, text, kind=kind) == "error"


def test_the_webhook_sees_no_v1alpha1() -> None:
    assert found("no-data-source", NOTHING, version="v1alpha1") == "silent"
    assert found("policy-combination", CREATED, version="v1alpha1") == "silent"


def test_several_releases_in_play_must_all_refuse() -> None:
    rule = next(entry for entry in INDEX if entry.name == "template-type-privileged").load()
    text = BOOTSTRAP.format(version="v1", kind="ExternalSecret")

    def severities(*versions: str) -> list[Severity]:
        installs = {
            f"install-{i}.yaml": RELEASE.format(namespace=f"eso-{i}", version=version)
            for i, version in enumerate(versions)
        }
        return [finding.severity for finding in lint({"manifest.yaml": text, **installs}, [rule])]

    assert severities("2.5.0") == [Severity.ERROR]
    assert severities("2.5.0", "2.9.0") == [Severity.ERROR]
    assert severities("2.3.0", "2.9.0") == []
