"""Every shape in which a repository declares the operator's chart, and the values that are in effect."""

from __future__ import annotations

import pytest

from eso_lint.app import build, charts_of, interest_of, read
from eso_lint.config import Config
from eso_lint.model.kinds.install import OperatorInstall
from eso_lint.source.node import SourceFile


def installs(files: dict[str, str], config: Config | None = None) -> tuple[OperatorInstall, ...]:
    sources = {path: SourceFile(path, text.encode()) for path, text in files.items()}
    interest = interest_of(())
    wanted = [file for path, file in sources.items() if interest.file(path, file.data)]
    workspace = build(read(wanted, interest, charts_of(sources)), config or Config(), frozenset(sources), sources)
    return workspace.views(OperatorInstall)


RELEASE = """
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets, namespace: flux-system}
spec:
  targetNamespace: secrets
  chart:
    spec:
      chart: external-secrets
      version: %s
      sourceRef: {kind: %s, name: external-secrets}
  values:
    webhook: {create: false}
"""
OCI = """
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: eso}
spec:
  url: oci://registry.example.org/mirror/external-secrets
  ref: {%s}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets}
spec:
  chartRef: {kind: OCIRepository, name: eso}
"""
APPLICATION = """
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: external-secrets}
spec:
  sources:
    - repoURL: https://git.example.org/values.git
      ref: values
    - repoURL: https://charts.external-secrets.io
      chart: external-secrets
      targetRevision: v2.4.1
      helm:
        values: |
          webhook:
            create: true
            failurePolicy: Ignore
        parameters:
          - {name: webhook.create, value: "false"}
          - {name: controllerClass, value: "true", forceString: true}
  destination: {namespace: secrets}
"""


def test_flux_release() -> None:
    (install,) = installs({"a.yaml": RELEASE % ("2.9.0", "HelmRepository")})
    assert (install.shape, install.version, install.namespace) == ("HelmRelease", "2.9.0", "secrets")
    assert install.on("webhook.create") is False
    assert install.on("processClusterStore") is True
    assert install.at_least("2.8.0") and not install.at_least("2.9.1")


def test_a_chart_of_that_name_in_git_is_another() -> None:
    assert not installs({"a.yaml": RELEASE % ("2.9.0", "GitRepository")})


@pytest.mark.parametrize(
    ("ref", "version", "known"),
    [
        ("tag: 2.9.0@sha256:aa", "2.9.0@sha256:aa", True),
        ("semver: 2.x", "2.x", True),
        ("digest: sha256:aa", None, False),
    ],
)
def test_oci_release(ref: str, version: str | None, known: bool) -> None:
    (install,) = installs({"external-secrets.yaml": OCI % ref})
    assert install.version == version
    assert (install.release is not None) == known


def test_patched_values_are_what_the_patch_says() -> None:
    patch = RELEASE.replace("create: false", "create: true") % ("2.9.0", "HelmRepository")
    kustomization = "resources: [a.yaml]\npatches: [{path: p.yaml}]\n"
    (install,) = installs(
        {"a.yaml": RELEASE % ("2.9.0", "HelmRepository"), "p.yaml": patch, "kustomization.yaml": kustomization}
    )
    create = install.value("webhook.create")
    assert create is not None and create.file.path == "p.yaml" and install.on("webhook.create") is True


def test_argo_application() -> None:
    (install,) = installs({"a.yaml": APPLICATION})
    assert install.at_least("2.4.1")
    assert install.on("webhook.create") is False
    assert install.setting("controllerClass").value == "true"
    place = install.place("webhook.failurePolicy")
    assert place.file.path == "a.yaml" and place.span.text == "Ignore"
    assert install.place("webhook.port").span.text == "webhook"
    assert install.place("rbac.create").span.text == "values"


def test_argo_value_files_are_unknown() -> None:
    text = APPLICATION.replace("        values: |", "        valueFiles: [$values/eso.yaml]\n        values: |")
    (install,) = installs({"a.yaml": text})
    assert install.on("processPushSecret") is None
    assert install.setting("webhook.failurePolicy").value == "Ignore"


def test_kustomize_with_a_vendored_chart() -> None:
    (install,) = installs(
        {
            "eso/kustomization.yaml": (
                "namespace: secrets\nhelmGlobals: {chartHome: .}\n"
                "helmCharts: [{name: external-secrets, valuesFile: v.yaml, valuesInline: {leaderElect: true}}]\n"
            ),
            "eso/v.yaml": "scopedRBAC: true\nleaderElect: false\n",
            "eso/external-secrets/Chart.yaml": "name: external-secrets\nversion: 2.0.0\n",
            "eso/external-secrets/values.yaml": "scopedRBAC: false\ncertController: {}\n",
        }
    )
    assert (install.version, install.namespace) == ("2.0.0", "secrets")
    assert install.on("scopedRBAC") is True and install.on("leaderElect") is True
    assert install.scoped is None or install.scoped is False
    assert install.place("scopedRBAC").file.path == "eso/v.yaml"


def test_umbrella_by_alias_and_lock() -> None:
    (install,) = installs(
        {
            "external-secrets/Chart.yaml": (
                "name: wrapper\ndependencies:\n  - {name: external-secrets, alias: eso, version: ^2.0.0, repository: r}\n"
            ),
            "external-secrets/Chart.lock": "dependencies:\n- name: external-secrets\n  repository: r\n  version: 2.3.0\n",
            "external-secrets/values.yaml": "eso:\n  webhook: {create: false}\n",
        }
    )
    assert install.version == "2.3.0" and install.on("webhook.create") is False
    assert install.on("processClusterStore") is True


@pytest.mark.parametrize(
    ("path", "text", "shape"),
    [
        (
            "fleet.yaml",
            "defaultNamespace: s\nhelm: {chart: external-secrets, repo: https://charts.external-secrets.io, version: 2.9.0}\n",
            "fleet",
        ),
        (
            "helmfile.yaml",
            "releases:\n  - {name: eso, namespace: s, chart: external-secrets/external-secrets, version: 2.9.0}\n",
            "helmfile",
        ),
        (
            "chart.yaml",
            (
                "apiVersion: helm.cattle.io/v1\nkind: HelmChart\nmetadata: {name: eso}\n"
                "spec: {chart: external-secrets, version: 2.9.0, targetNamespace: s}\n"
            ),
            "HelmChart",
        ),
    ],
)
def test_other_shapes(path: str, text: str, shape: str) -> None:
    (install,) = installs({path: text})
    assert (install.shape, install.version, install.namespace) == (shape, "2.9.0", "s")
    assert install.on("webhook.create") is True


def test_plain_values_file() -> None:
    text = "installCRDs: true\nwebhook: {create: false}\n"
    (install,) = installs({"apps/external-secrets/values-prod.yaml": text})
    assert install.on("webhook.create") is False
    assert install.on("processPushSecret") is None
    # An unrelated chart that happens to lie in such a folder.
    assert not installs(
        {"charts/external-secrets/values.yaml": text, "charts/external-secrets/Chart.yaml": "name: x\n"}
    )
    assert not installs({"apps/external-secrets/values.yaml": "replicaCount: 2\n"})


def test_version_from_the_configuration() -> None:
    text = "helm: {chart: external-secrets, repo: https://charts.external-secrets.io}\n"
    (install,) = installs({"fleet.yaml": text}, Config(eso_version="0.10.7"))
    assert install.at_least("0.16.0") is False
    assert install.on("processClusterGenerator") is None


def test_null_and_templated_values_are_unknown() -> None:
    for value in ("null", "'{{ x }}'", "'${WEBHOOK}'"):
        text = (RELEASE % ("2.9.0", "HelmRepository")).replace("create: false", f"create: {value}")
        (install,) = installs({"a.yaml": text})
        assert install.on("webhook.create") is None, value
