"""Calls of well-known modules of the registry: the roles that they make."""

from __future__ import annotations

import pytest

from eso_lint.config import Config
from eso_lint.iam.aws import allowed
from eso_lint.iam.grant import HOLE, RANDOM, Role
from eso_lint.iam.identities import Found
from eso_lint.iam.terraform_found import read
from eso_lint.model.workspace import Workspace
from eso_lint.source.file import SourceFile

SECRET = f"arn:aws:secretsmanager:eu-west-1:{HOLE}:secret:shop/db-{RANDOM * 6}"
PARAMETER = f"arn:aws:ssm:eu-west-1:{HOLE}:parameter/shop/db"
FIVE = "terraform-aws-modules/iam/aws//modules/iam-role-for-service-accounts-eks"
SIX = "terraform-aws-modules/iam/aws//modules/iam-role-for-service-accounts"
POD = "terraform-aws-modules/eks-pod-identity/aws"
OIDC = "terraform-aws-modules/iam/aws//modules/iam-assumable-role-with-oidc"
ADDONS = "aws-ia/eks-blueprints-addons/aws"
PROVIDERS = """
  oidc_providers = {
    main = {
      provider_arn               = "arn:aws:iam::111122223333:oidc-provider/host/id/A"
      namespace_service_accounts = ["shop:reader", "web:reader"]
    }
  }
"""
ATTACH = "  attach_external_secrets_policy = true\n"
ARNS = ATTACH + '  external_secrets_secrets_manager_arns = ["arn:aws:secretsmanager:*:*:secret:shop/*"]\n'
CREATE = ARNS + "  external_secrets_secrets_manager_create_permission = true\n"


def found(source: str, body: str, version: str = "", more: str = "") -> Found:
    line = f'  version = "{version}"\n' if version else ""
    text = f'module "eso" {{\n  source = "{source}"\n{line}{body}}}\n{more}'
    return read(Workspace([], Config(), sources={"main.tf": SourceFile("main.tf", text.encode())}))


def role(source: str, body: str, version: str = "", more: str = "") -> Role:
    (made,) = found(source, body, version, more).roles
    return made


@pytest.mark.parametrize(
    ("source", "body", "version", "name"),
    [
        (FIVE, '  role_name = "eso"\n', "5.30.0", "eso"),
        (FIVE, '  role_name_prefix = "eso-"\n', "~> 5.0", "eso-…"),
        (FIVE, "", "", "…"),
        (SIX, '  name = "eso"\n', "~> 6.0", "eso-…"),
        (SIX, '  name = "eso"\n  use_name_prefix = false\n', "", "eso"),
        (SIX + "?ref=v6.2.0", '  name = "eso"\n  use_name_prefix = false\n', "", "eso"),
        (POD, '  name = "eso"\n', "~> 1.0", "eso-…"),
        (POD, '  name = "eso"\n  use_name_prefix = false\n', "2.0.0", "eso"),
        (OIDC, '  create_role = true\n  role_name = "eso"\n', "", "eso"),
        (ADDONS, "  enable_external_secrets = true\n", "", "external-secrets-…"),
        (ADDONS, '  enable_external_secrets = true\n  external_secrets = { role_name = "x" }\n', "", "x-…"),
    ],
)
def test_names(source: str, body: str, version: str, name: str) -> None:
    assert role(source, body, version).name.shown == name


@pytest.mark.parametrize(
    ("source", "body"),
    [
        (FIVE, "  create_role = false\n"),
        (SIX, "  create = false\n"),
        (OIDC, '  role_name = "eso"\n'),
        (ADDONS, "  enable_external_secrets = false\n"),
        (ADDONS, "  enable_metrics_server = true\n"),
        (ADDONS, "  enable_external_secrets = true\n  external_secrets = { create_role = false }\n"),
        ("terraform-aws-modules/vpc/aws", ""),
    ],
)
def test_calls_that_make_no_role(source: str, body: str) -> None:
    marker = 'resource "aws_iam_policy" "x" {}\n'
    assert found(source, body, more=marker).roles == ()


GET = ("secretsmanager:GetSecretValue", SECRET)
BATCH = ("secretsmanager:BatchGetSecretValue", "*")
LIST = ("secretsmanager:ListSecrets", "*")
PUT = ("secretsmanager:PutSecretValue", SECRET)
DELETE = ("secretsmanager:DeleteSecret", SECRET)
DROP = ("secretsmanager:DeleteResourcePolicy", SECRET)
BY_PATH = ("ssm:GetParametersByPath", PARAMETER)
PARAMETER_GET = ("ssm:GetParameter", PARAMETER)


@pytest.mark.parametrize(
    ("source", "body", "version", "question", "verdict"),
    [
        (FIVE, ATTACH, "5.30.0", GET, "granted"),
        (FIVE, ATTACH, "5.30.0", BATCH, "missing"),
        (FIVE, ATTACH, "5.49.0", BATCH, "granted"),
        (FIVE, ATTACH, "~> 5.0", BATCH, "granted"),
        (FIVE, ATTACH, "~> 5.30.0", BY_PATH, "missing"),
        (FIVE, ATTACH, "5.60.0", BY_PATH, "granted"),
        (FIVE, ATTACH, "", PARAMETER_GET, "granted"),
        (FIVE, ARNS.replace("shop/*", "web/*"), "", GET, "missing"),
        (FIVE, ARNS.replace("shop/*", "${var.x}/*"), "", GET, "unknown"),
        (FIVE, ATTACH.replace("true", "var.on"), "", GET, "unknown"),
        (FIVE, ATTACH, "", PUT, "missing"),
        (FIVE, CREATE, "", PUT, "granted"),
        (FIVE, CREATE, "", DROP, "missing"),
        (FIVE, CREATE, "", DELETE, "unknown"),
        (FIVE, ATTACH + "  attach_ebs_csi_policy = true\n", "", PUT, "unknown"),
        (SIX, ATTACH, "", GET, "missing"),
        (SIX, ATTACH, "", LIST, "granted"),
        (SIX, ARNS, "", GET, "granted"),
        (SIX, ARNS, "", PARAMETER_GET, "missing"),
        (SIX, "  create_policy = true\n  permissions = { a = { actions = [\"s3:*\"], resources = [\"*\"] } }\n", "", GET, "missing"),
        (SIX, "  permissions = { a = { actions = [\"secretsmanager:*\"], resources = [\"*\"] } }\n", "", GET, "granted"),
        (SIX, ATTACH + "  override_policy_documents = [var.x]\n", "", GET, "unknown"),
        (POD, ATTACH, "~> 2.0", GET, "missing"),
        (POD, ATTACH, "1.4.0", GET, "granted"),
        (POD, ARNS + "  external_secrets_create_permission = true\n", "", PUT, "granted"),
        (ADDONS, "  enable_external_secrets = true\n", "", GET, "granted"),
        (ADDONS, "  enable_external_secrets = true\n", "", BATCH, "missing"),
        (ADDONS, "  enable_external_secrets = true\n", "", BY_PATH, "missing"),
        (ADDONS, "  enable_external_secrets = var.on\n", "", BATCH, "unknown"),
        (ADDONS, "  enable_external_secrets = true\n  external_secrets = { policy_statements = [] }\n", "", BATCH, "unknown"),
    ],
)  # fmt: skip
def test_what_is_granted(source: str, body: str, version: str, question: tuple[str, str], verdict: str) -> None:
    assert allowed(role(source, body, version), *question).verdict == verdict


@pytest.mark.parametrize(
    ("source", "argument"),
    [
        (FIVE, "  role_policy_arns = { x = aws_iam_policy.x.arn }\n"),
        (SIX, "  policies = { x = aws_iam_policy.x.arn }\n"),
        (POD, "  additional_policy_arns = { x = aws_iam_policy.x.arn }\n"),
        (OIDC, "  create_role = true\n  role_policy_arns = [aws_iam_policy.x.arn]\n"),
    ],
)
def test_policies_that_the_call_names(source: str, argument: str) -> None:
    policy = (
        'resource "aws_iam_policy" "x" {\n  policy = jsonencode({ Statement = [{\n'
        '    Effect = "Allow", Action = "secretsmanager:*", Resource = "*" }] })\n}\n'
    )
    made = role(source, argument, more=policy)
    assert allowed(made, *DROP).verdict == "granted"
    assert allowed(made, *PARAMETER_GET).verdict == "missing"


def test_policies_that_are_attached_to_the_role_of_a_call() -> None:
    more = (
        'resource "aws_iam_role_policy" "x" {\n  role = module.eso.iam_role_name\n  policy = jsonencode({\n'
        '    Statement = [{ Effect = "Allow", Action = "secretsmanager:*", Resource = "*" }] })\n}\n'
    )
    assert allowed(role(FIVE, ATTACH, more=more), *DROP).verdict == "granted"


@pytest.mark.parametrize(("add_on", "verdict"), [("external_secrets", "granted"), ("karpenter", "unknown")])
def test_of_many_add_ons_each_has_its_role(add_on: str, verdict: str) -> None:
    more = (
        f'resource "aws_iam_role_policy" "x" {{\n  role = module.eso.{add_on}.iam_role_name\n  policy = jsonencode({{\n'
        '    Statement = [{ Effect = "Allow", Action = "secretsmanager:*", Resource = "*" }] })\n}\n'
    )
    assert allowed(role(ADDONS, "  enable_external_secrets = true\n", more=more), *DROP).verdict == verdict


@pytest.mark.parametrize(
    ("source", "body", "operator", "subjects"),
    [
        (FIVE, PROVIDERS, "StringEquals", ["shop:reader", "web:reader"]),
        (
            FIVE,
            PROVIDERS + '  assume_role_condition_test = "StringLike"\n',
            "StringLike",
            ["shop:reader", "web:reader"],
        ),
        (SIX, PROVIDERS + '  trust_condition_test = "StringLike"\n', "StringLike", ["shop:reader", "web:reader"]),
        (
            OIDC,
            (
                '  create_role = true\n  provider_url = "https://host/id/A"\n'
                '  oidc_fully_qualified_subjects = ["system:serviceaccount:shop:reader"]\n'
            ),
            "StringEquals",
            ["shop:reader"],
        ),
        (ADDONS, "  enable_external_secrets = true\n", "StringEquals", ["external-secrets:external-secrets-sa"]),
    ],
)
def test_trust(source: str, body: str, operator: str, subjects: list[str]) -> None:
    trust = role(source, body).trust
    assert trust is not None
    (statement,) = trust.statements
    assert [a.raw for a in statement.actions] == ["sts:AssumeRoleWithWebIdentity"]
    condition = statement.conditions[0]
    assert condition.operator.raw == operator
    assert condition.key.raw.endswith(":sub")
    assert [v.raw for v in condition.values] == [f"system:serviceaccount:{s}" for s in subjects]
    if source in (FIVE, SIX):
        assert condition.values[0].span.text == '"shop:reader"'
        assert condition.key.raw == "host/id/A:sub"


def test_pod_identity_associations() -> None:
    body = (
        '  name = "eso"\n  use_name_prefix = false\n  association_defaults = { namespace = "shop" }\n'
        '  associations = { a = { service_account = "reader" }, b = { namespace = "web", service_account = "x" } }\n'
    )
    made = found(POD, body)
    assert [(a.namespace.raw, a.service_account.raw) for a in made.associations] == [("shop", "reader"), ("web", "x")]
    assert made.associations[0].role.shown == "arn:…:iam::…:role/eso"
    trust = made.roles[0].trust
    assert trust is not None
    assert [a.raw for a in trust.statements[0].actions] == ["sts:AssumeRole", "sts:TagSession"]
