"""From stores to roles: which are found, and what is said of those that are not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from eso_lint.app import build, charts_of, choose, read
from eso_lint.config import Config
from eso_lint.iam.join import aws_logins, unverified
from eso_lint.model.kinds.store import Store
from eso_lint.model.workspace import Workspace
from eso_lint.source.node import SourceFile
from eso_lint.source.prefilter import Interest
from eso_lint.testing import files_of

ROOT = Path(__file__).parents[3]

ROLE = """
# file: iam.tf
resource "aws_iam_role" "eso" {
  name               = "%s"
  assume_role_policy = var.trust
}
"""

STORE = """
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: aws}
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      auth: {jwt: {serviceAccountRef: {name: reader%s}}}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: reader
  namespace: shop
  annotations: {eks.amazonaws.com/role-arn: "%s"}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: reader
  namespace: billing
  annotations: {eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/billing}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: aws}
  dataFrom: [{extract: {key: shop/db}}]
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: billing}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: aws}
  dataFrom: [{extract: {key: billing/db}}]
"""


def workspace(text: str) -> Workspace:
    sources = {path: SourceFile(path, body.encode()) for path, body in files_of(text).items()}
    wanted, interest = choose(sources.values(), Interest(("ServiceAccount", "HelmRelease")))
    return build(read(wanted, interest, charts_of(sources)), Config(), frozenset(sources), sources)


def found(text: str) -> list[tuple[str | None, list[str], bool]]:
    """Namespace of the ServiceAccount, the roles as written, and whether the role is certain."""
    ws = workspace(text)
    (store,) = ws.all(Store)
    return [
        (
            login.namespace,
            [role.name.raw for role in login.last.roles] if login.last is not None else [],
            login.last is not None and login.last.sure,
        )
        for login in aws_logins(store, ws)
    ]


ARN = "arn:aws:iam::111122223333:role/eso-shop"


def test_the_account_is_the_one_that_the_store_names() -> None:
    assert found(STORE % (", namespace: shop", ARN) + ROLE % "eso-shop") == [("shop", ["eso-shop"], True)]


def test_without_a_namespace_each_user_signs_in_with_its_own() -> None:
    assert found(STORE % ("", ARN) + ROLE % "eso-shop") == [("shop", ["eso-shop"], True), ("billing", [], False)]


@pytest.mark.parametrize(
    ("arn", "name", "roles"),
    [
        (ARN, "${var.cluster}-shop", []),  # `shop` alone is too little to go by
        (
            "arn:aws:iam::111122223333:role/prod-external-secrets",
            "${var.cluster}-external-secrets",
            ["\0-external-secrets"],
        ),
        ("arn:aws:iam::${ACCOUNT}:role/eso-shop", "eso-shop", ["eso-shop"]),
        ("${ROLE_ARN}", "eso-shop", []),
        (ARN, "${var.name}", []),
    ],
)
def test_a_name_with_holes_counts_where_enough_of_it_is_known(arn: str, name: str, roles: list[str]) -> None:
    ((_, names, _),) = found(STORE % (", namespace: shop", arn) + ROLE % name)
    assert names == roles


def test_roles_of_one_name_in_two_places_are_not_certain() -> None:
    other = (ROLE % "eso-shop").replace("iam.tf", "dev/iam.tf")
    ((_, names, sure),) = found(STORE % (", namespace: shop", ARN) + ROLE % "eso-shop" + other)
    assert names == ["eso-shop", "eso-shop"]
    assert not sure


ADDONS = """
# file: addons.tf
module "addons" {
  source = "aws-ia/eks-blueprints-addons/aws"
  %s
}
"""

AMBIENT = """
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: aws}
spec: {provider: {aws: {service: SecretsManager, region: eu-central-1%s}}}
"""

OTHER = """
# file: eso.tf
resource "helm_release" "eso" {
  repository = "https://charts.external-secrets.io"
  chart      = "external-secrets"
  namespace  = "external-secrets"
}
"""

ON = "enable_external_secrets = true\n  "


@pytest.mark.parametrize(
    ("arguments", "more", "roles"),
    [
        (ON, "", ["external-secrets-\0"]),
        (ON + 'external_secrets = { chart_version = "2.9.0" }', "", ["external-secrets-\0"]),
        (ON + 'external_secrets = {\n chart_version = "2.9.0"\n role_name = "eso"\n}', "", ["eso-\0"]),
        (ON + "create_kubernetes_resources = true", "", ["external-secrets-\0"]),
        (ON + 'external_secrets = { set = [{ name = "replicaCount", value = "2" }] }', "", ["external-secrets-\0"]),
        # Something else installs the operator.
        (ON + "create_kubernetes_resources = false", "", []),
        (ON + "create_kubernetes_resources = var.here", "", []),
        (ON, OTHER, []),
        (ON + 'external_secrets = {\n chart_version = "2.9.0"\n}', OTHER, []),
        # The operator has another role, or one that is not known.
        (ON + "external_secrets = { create_role = false }", "", []),
        (ON + "external_secrets = var.config", "", []),
        (ON + "external_secrets = { values = [var.more] }", "", []),
        (ON + 'external_secrets = { values = ["serviceAccount: {name: x}"] }', "", []),
        (ON + 'external_secrets = { set = [{ name = "serviceAccount.name", value = "x" }] }', "", []),
        (ON + "external_secrets = { set = var.more }", "", []),
        (ON + "external_secrets = { set = [var.more] }", "", []),
        (ON + "external_secrets = { set = [{ name = var.x, value = 1 }] }", "", []),
        # The add-on is off where nothing turns it on.
        ("enable_external_secrets = false", "", []),
        ("enable_metrics_server = true", "", []),
    ],
)
def test_the_add_on_of_eks_blueprints_is_the_operator(arguments: str, more: str, roles: list[str]) -> None:
    ((_, *identity),) = found(AMBIENT % "" + ADDONS % arguments + more)
    assert identity == [roles, bool(roles)]


@pytest.mark.parametrize(
    ("account", "roles"), [("external-secrets-sa", ["external-secrets-\0"]), ("external-secrets", []), ("reader", [])]
)
def test_a_store_may_name_the_add_ons_service_account(account: str, roles: list[str]) -> None:
    auth = f", auth: {{jwt: {{serviceAccountRef: {{name: {account}, namespace: external-secrets}}}}}}"
    assert found(AMBIENT % auth + ADDONS % ON) == [("external-secrets", roles, bool(roles))]


def test_of_two_add_ons_either_may_be_the_operator() -> None:
    second = (
        'external_secrets = { namespace = "eso" }\n}\nmodule "b" {\n  source = "aws-ia/eks-blueprints-addons/aws"\n  '
    )
    roles = ["external-secrets-\0"] * 2
    assert found(AMBIENT % "" + ADDONS % (ON + second + ON)) == [(None, roles, False)]


@pytest.mark.parametrize("config", ["var.config", "{ create_role = false }"])
def test_where_one_add_on_is_not_known_none_is(config: str) -> None:
    second = '}\nmodule "b" {\n  source = "aws-ia/eks-blueprints-addons/aws"\n  '
    ((_, *identity),) = found(AMBIENT % "" + ADDONS % (ON + second + ON + f"external_secrets = {config}"))
    assert identity == [[], False]


def test_an_add_on_that_may_be_off_is_not_certain() -> None:
    assert found(AMBIENT % "" + ADDONS % "enable_external_secrets = var.on") == [
        ("external-secrets", ["external-secrets-\0"], False)
    ]


def test_the_summary_says_once_which_roles_are_not_here() -> None:
    assert unverified(workspace(STORE % (", namespace: shop", ARN) + ROLE % "eso-shop")) == ()
    (said,) = unverified(workspace(STORE % (", namespace: shop", ARN)))
    assert said.startswith("what 1 AWS store may do is not checked: its role is not in this repository")


def run(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "eso_lint", "permissions", *args]
    return subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path, text in files_of(STORE % (", namespace: shop", ARN) + ROLE % "eso-shop").items():
        (tmp_path / path).write_text(text)
    return tmp_path


def test_the_command_prints_what_is_needed(folder: Path) -> None:
    done = run(folder)
    assert done.returncode == 0
    assert "ClusterSecretStore aws (aws) store.yaml:1" in done.stdout
    assert f"role {ARN}" in done.stdout
    assert [line.split()[:3] for line in done.stdout.splitlines() if "GetSecretValue" in line] == [
        [
            "secretsmanager:GetSecretValue",
            f"arn:aws:secretsmanager:eu-central-1:111122223333:secret:{key}-??????",
            "unknown",  # nothing here attaches a policy to the role, so something elsewhere may
        ]
        for key in ("shop/db", "billing/db")
    ]


def test_the_command_prints_the_smallest_policy(folder: Path) -> None:
    done = run(folder, "--format", "json", "--provider", "aws")
    printed = json.loads(done.stdout)
    jsonschema.validate(printed, json.loads((ROOT / "schemas" / "permissions.json").read_text()))
    (store,) = printed["stores"]
    assert store["policy"]["Statement"] == [
        {
            "Sid": "Read1",
            "Effect": "Allow",
            "Action": ["secretsmanager:GetSecretValue"],
            "Resource": [
                f"arn:aws:secretsmanager:eu-central-1:111122223333:secret:{key}-??????"
                for key in ("billing/db", "shop/db")
            ],
        }
    ]
    (trust,) = store["trust"]["Statement"]
    assert trust["Condition"]["StringEquals"]["<issuer>:sub"] == "system:serviceaccount:shop:reader"
    assert json.loads(run(folder, "--format", "json", "--provider", "gcp").stdout)["stores"] == []


def test_the_terraform_that_is_printed_is_read_back_as_the_same_policy(folder: Path) -> None:
    (folder / "iam.tf").write_text((ROLE % "eso-shop").partition("\n# file: iam.tf\n")[2])
    printed = run(folder, "--format", "terraform").stdout
    attached = 'resource "aws_iam_role_policy" "x" {\n  role = aws_iam_role.eso.id\n  policy = data.aws_iam_policy_document.aws.json\n}\n'
    (folder / "policy.tf").write_text(printed + attached)
    lines = [line for line in run(folder).stdout.splitlines() if "GetSecretValue" in line]
    assert [line.split()[2] for line in lines] == ["granted", "granted"]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--format", "yaml"), "`--format` knows no `yaml`"),
        (("--provider", "gpc"), "did you mean `gcp`?"),
        (("--fail-on", "error"), "is no flag of `eso-lint permissions`"),
    ],
)
def test_unknown_words_are_answered(folder: Path, argv: tuple[str, ...], said: str) -> None:
    done = run(folder, *argv)
    assert done.returncode == 2
    assert said in done.stderr
