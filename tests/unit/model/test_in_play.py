"""The version in play, from every shape in which a repository states it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eso_lint.app import build, charts_of, choose, interest_of, read
from eso_lint.config import Cluster, Config
from eso_lint.model.crd_claims import tagged
from eso_lint.model.in_play import InPlay, assumed, version_in_play
from eso_lint.model.workspace import Workspace
from eso_lint.rules.index import INDEX
from eso_lint.source.node import SourceFile

ES = """\
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom: [{extract: {key: shop/db}}]
"""
RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets, namespace: eso}
spec:
  chart:
    spec: {chart: external-secrets, version: "%s", sourceRef: {kind: HelmRepository, name: external-secrets}}
"""
OCI = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: external-secrets, namespace: eso}
spec: {url: oci://ghcr.io/external-secrets/charts/external-secrets, ref: {%s}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets, namespace: eso}
spec: {chartRef: {kind: OCIRepository, name: external-secrets}}
"""
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: external-secrets, namespace: argocd}
spec:
  source: {%s}
  destination: {namespace: eso}
"""
CHART = """\
apiVersion: v2
name: platform
version: 1.0.0
dependencies:
  - {name: external-secrets, version: "%s", repository: "https://charts.external-secrets.io"}
"""
LOCK = """\
dependencies:
- name: external-secrets
  repository: https://charts.external-secrets.io
  version: 1.2.0
"""
TERRAFORM = """\
locals { eso_version = "0.16.2" }
resource "helm_release" "eso" {
  repository = "https://charts.external-secrets.io"
  chart      = "external-secrets"
  version    = %s
}
variable "eso_chart" {
  default = "1.1.0"
}
"""
BLUEPRINTS = """\
module "eks_blueprints_addons" {
  enable_external_secrets = true
  external_secrets = {
    chart_version = "0.9.13" # the add-on's chart
  }
}
"""
RAW = "https://raw.githubusercontent.com/external-secrets/external-secrets/v0.19.2/deploy/crds/bundle.yaml"
CLONE = "https://github.com/external-secrets/external-secrets"
FLUX_CRDS = f"""\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {{name: eso, namespace: flux-system}}
spec: {{url: {CLONE}, ref: {{tag: v2.3.0}}}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: eso-crds, namespace: flux-system}}
spec: {{path: ./config/crds/bases, sourceRef: {{kind: GitRepository, name: eso}}}}
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: external-secrets, labels: {app.kubernetes.io/name: external-secrets%s}}
spec: {template: {spec: {containers: [{name: main, image: "%s"}]}}}
"""
IMAGE = "ghcr.io/external-secrets/external-secrets:v1.0.0-ubi"
HELMFILE = "releases:\n  - {name: eso, chart: external-secrets/external-secrets, version: 0.18.2}\n"
KUSTOMIZE = "helmCharts: [{name: external-secrets, repo: https://charts.external-secrets.io, version: 0.20.4}]\n"

SHAPES: dict[str, tuple[dict[str, str], str]] = {
    "HelmRelease": ({"eso.yaml": RELEASE % "0.16.2"}, "0.16.2"),
    "HelmRelease, range": ({"eso.yaml": RELEASE % "0.9.x"}, "0.9.20"),
    "OCIRepository, tag": ({"eso.yaml": OCI % "tag: 2.4.1"}, "2.4.1"),
    "OCIRepository, semver": ({"eso.yaml": OCI % "semver: ~1.2.0"}, "1.2.1"),
    "Argo CD": (
        {"app.yaml": APPLICATION % "chart: external-secrets, repoURL: https://charts.external-secrets.io, targetRevision: 0.17.0"},
        "0.17.0",
    ),
    "Argo CD, OCI": (
        {"app.yaml": APPLICATION % "repoURL: ghcr.io/external-secrets/charts/external-secrets, targetRevision: v1.0.0"},
        "1.0.0",
    ),
    "Argo CD, CRDs": (
        {"app.yaml": APPLICATION % f"repoURL: {CLONE}, path: config/crds/bases, targetRevision: v2.2.0"},
        "2.2.0",
    ),
    "kustomize helmCharts": ({"eso/kustomization.yaml": KUSTOMIZE}, "0.20.4"),
    "kustomize, CRDs by address": ({"eso/kustomization.yaml": f"resources: [{RAW}]\n"}, "0.19.2"),
    "helmfile": ({"helmfile.yaml": HELMFILE}, "0.18.2"),
    "helmfile.d": ({"helmfile.d/10-eso.yaml.gotmpl": HELMFILE}, "0.18.2"),
    "Chart.yaml": ({"platform/Chart.yaml": CHART % "0.15.1"}, "0.15.1"),
    "Chart.lock": ({"platform/Chart.yaml": CHART % "^1.0.0", "platform/Chart.lock": LOCK}, "1.2.0"),
    "Terraform": ({"infra/eso.tf": TERRAFORM % '"0.13.0"'}, "0.13.0"),
    "Terraform, local": ({"infra/eso.tf": TERRAFORM % "local.eso_version"}, "0.16.2"),
    "Terraform, variable": ({"infra/eso.tf": TERRAFORM % "var.eso_chart"}, "1.1.0"),
    "EKS Blueprints": ({"infra/addons.tf": BLUEPRINTS}, "0.9.13"),
    "Flux, CRDs from git": ({"eso.yaml": FLUX_CRDS}, "2.3.0"),
    "Deployment, chart label": ({"eso.yaml": DEPLOYMENT % (", helm.sh/chart: external-secrets-0.14.4", "x")}, "0.14.4"),
    "Deployment, image": ({"eso.yaml": DEPLOYMENT % ("", IMAGE)}, "1.0.0"),
    "script, CRDs": ({"setup.sh": f"#!/bin/sh\nkubectl apply --server-side -f {RAW}\n"}, "0.19.2"),
    "script, helm": (
        {"setup.sh": "#!/bin/sh\nV=0.10.7\nhelm upgrade -i eso external-secrets/external-secrets --version $V\n"},
        "0.10.7",
    ),
}  # fmt: skip


def workspace(files: dict[str, str], config: Config | None = None) -> Workspace:
    sources = {path: SourceFile(path, text.encode()) for path, text in sorted({"db.yaml": ES, **files}.items())}
    wanted, interest = choose(sources.values(), interest_of(INDEX))
    return build(read(wanted, interest, charts_of(sources)), config or Config(), frozenset(sources), sources)


def play(files: dict[str, str], config: Config | None = None, path: str = "db.yaml") -> InPlay:
    ws = workspace(files, config)
    return version_in_play(next(r for r in ws.of_kind("ExternalSecret") if r.file.path == path), ws)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_says_its_version_and_where(shape: str) -> None:
    files, version = SHAPES[shape]
    found = play(files)
    assert str(found.version) == version
    assert found.at is not None and found.at.file.path in files
    assert found.certain


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"eso.yaml": OCI % "digest: 'sha256:1'"},
        {"infra/eso.tf": TERRAFORM % "var.eso_chart", "infra/prod.tfvars": 'eso_chart = "2.0.0"\n'},
        {"infra/eso.tf": TERRAFORM % "module.versions.eso"},
        {"README.md": f"```sh\nkubectl apply -f {RAW}\n```\n"},
        {"eso/kustomization.yaml": f"resources: [{RAW.replace('v0.19.2', 'main')}]\n"},
        {"infra/eso.tf": TERRAFORM.replace('chart      = "external-secrets"', 'chart = "other"') % '"1.0.0"'},
    ],
)  # fmt: skip
def test_what_does_not_say_it_is_not_guessed(files: dict[str, str]) -> None:
    found = play(files)
    assert (found.version, found.versions) == (None, ())
    assert str(found.judged) == "2.9.0"


def test_the_configuration_beats_the_repository() -> None:
    files = {"eso.yaml": RELEASE % "0.16.2"}
    assert str(play(files, Config(eso_version="v1.3.2")).version) == "1.3.2"
    assert str(play(files, Config(eso_version="0.9")).version) == "0.9.20"
    clusters = (Cluster("prod", "clusters/prod", "2.4.1"),)
    found = play({**files, "clusters/prod/db.yaml": ES}, Config("1.0.0", clusters=clusters), "clusters/prod/db.yaml")
    assert str(found.version) == "2.4.1" and "`prod`" in found.why


def test_each_cluster_has_its_own() -> None:
    files = {
        f"clusters/{name}/{path}": text
        for name, version in (("staging", "2.9.0"), ("production", "1.3.2"))
        for path, text in (("eso.yaml", RELEASE % version), ("db.yaml", ES))
    }
    assert str(play(files, path="clusters/staging/db.yaml").version) == "2.9.0"
    assert str(play(files, path="clusters/production/db.yaml").version) == "1.3.2"
    # What belongs to no cluster may go to both.
    shared = play(files)
    assert [str(version) for version in shared.versions] == ["1.3.2", "2.9.0"]
    assert str(shared.version) == "2.9.0" and not shared.certain


def test_the_nearest_install_serves() -> None:
    files = {"aws/eso.yaml": RELEASE % "2.0.1", "gcp/eso.yaml": RELEASE % "0.9.20", "aws/apps/db.yaml": ES}
    assert [str(v) for v in play(files, path="aws/apps/db.yaml").versions] == ["2.0.1"]
    assert [str(v) for v in play(files).versions] == ["0.9.20", "2.0.1"]


def test_crds_that_come_apart_are_what_judges() -> None:
    release = RELEASE % "2.9.0" + "  values: {installCRDs: false}\n"
    found = play({"eso.yaml": release, "crds/kustomization.yaml": f"resources: [{RAW}]\n"})
    assert str(found.version) == "0.19.2"
    # A chart that brings its own is trusted more than a copy, which may be a leftover.
    both = play({"eso.yaml": RELEASE % "2.9.0", "crds.yaml": crd("MFA", 0)})
    assert str(both.version) == "2.9.0"


def crd(kind: str, extra: int) -> str:
    """A CRD as a release has it, descriptions and all; `extra` adds a field that none has."""
    key = {"type": "string", "minLength": 1, "maxLength": 253, "description": "a key"}
    name = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"
    namespace = {"type": "string", "minLength": 1, "maxLength": 63, "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}
    spec: dict[str, Any] = {
        "type": "object",
        "required": ["secret"],
        "properties": {
            "algorithm": {"type": "string", "description": "of the code"},
            "length": {"type": "integer"},
            "timePeriod": {"type": "integer"},
            "when": {"type": "string", "format": "date-time"},
            "secret": {
                "type": "object",
                "properties": {
                    "key": {**key, "pattern": "^[-._a-zA-Z0-9]+$"},
                    "name": {**key, "pattern": name},
                    "namespace": namespace,
                },
            },
            **({"later": {"type": "string"}} if extra else {}),
        },
    }
    top = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}, "spec": spec}
    schema = {"type": "object", "description": "codes", "properties": top}
    version = {"name": "v1alpha1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    group = "generators.external-secrets.io"
    return json.dumps(
        {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": f"mfas.{group}"},
            "spec": {"group": group, "names": {"kind": kind, "plural": "mfas"}, "versions": [version]},
        }
    )


def test_copies_of_crds_are_known_by_their_content() -> None:
    found = play({"vendor/mfa.yaml": crd("MFA", 0)})
    assert [str(version) for version in found.versions] == ["0.18.0", "2.9.0"]
    assert "`vendor`" in found.why
    assert play({"vendor/mfa.yaml": crd("MFA", 1)}).version is None
    assert play({"_archive/mfa.yaml": crd("MFA", 0)}).version is None


def test_the_summary_says_once_that_a_version_was_assumed() -> None:
    ws = workspace({})
    assert assumed(ws) is None
    for resource in ws.resources:
        version_in_play(resource, ws)
    said = assumed(ws)
    assert said is not None and "2.9.0" in said and "`eso-version`" in said


@pytest.mark.parametrize(
    ("address", "tag"),
    [
        (RAW, "v0.19.2"),
        (f"{CLONE}/releases/download/v0.9.0/external-secrets.yaml", "v0.9.0"),
        (f"{CLONE}/raw/v1.0.0/config/crds/bases/external-secrets.io_secretstores.yaml", "v1.0.0"),
        (f"{CLONE}//config/crds/bases?ref=v2.1.0", "v2.1.0"),
        ("https://raw.githubusercontent.com/external-secrets/external-secrets/main/docs/x.json", None),
        ("https://github.com/example/external-secrets//config/crds/bases?ref=v1.0.0", None),
    ],
)
def test_addresses_of_crds(address: str, tag: str | None) -> None:
    assert tagged(address) == tag


def test_the_tables_are_those_of_the_facts() -> None:
    root = Path(__file__).parents[3]
    kinds = json.loads((root / "schemas/fingerprints.json").read_text())["kinds"]
    assert set(kinds) >= {"ExternalSecret", "SecretStore", "PushSecret", "MFA"}


def test_a_copy_that_unfolds_without_end_is_no_copy() -> None:
    text = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
    text += "metadata: {name: mfas.generators.external-secrets.io}\nx:\n  - &a0 {type: string}\n"
    text += "".join(f"  - &a{i} {{anyOf: [{', '.join([f'*a{i - 1}'] * 10)}]}}\n" for i in range(1, 12))
    text += "spec:\n  group: generators.external-secrets.io\n  names: {kind: MFA}\n"
    text += "  versions: [{name: v1alpha1, served: true, schema: {openAPIV3Schema: *a11}}]\n"
    assert play({"vendor/mfa.yaml": text}).version is None
