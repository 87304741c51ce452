"""AWS: the role or user of each store, as Terraform and as plain JSON."""

from __future__ import annotations

from typing import Any

from eso_lint.setup.answers import Answers
from eso_lint.setup.provider_side import block, encoded, issuer, patterns, subject, symbol
from eso_lint.setup.rights import actions
from eso_lint.setup.stores import partition, role_arn
from eso_lint.setup.tenants import OPERATOR, Tenant, tenants
from eso_lint.setup.written import json_text

_OPERATOR_ROLE = "external-secrets-operator"


def files(answers: Answers) -> dict[str, str]:
    out: dict[str, str] = {}
    blocks = [
        "# The least that the stores need. Where secrets are encrypted with a key of your own, add kms:Decrypt on it"
        + (" and kms:GenerateDataKey.\n" if answers.push else ".\n")
    ]
    if answers.auth == "pod-identity":
        blocks += _operator(answers)
    for tenant in tenants(answers):
        name = tenant.role.rsplit("/", 1)[-1] or f"{answers.store}-{tenant.namespace}"
        policy = _policy(answers, tenant)
        trust = _trust(answers, tenant)
        out[f"{name}-policy.json"] = json_text(policy)
        if trust is not None:
            out[f"{name}-trust.json"] = json_text(trust)
        blocks += _resources(answers, tenant, name, policy, trust)
    return {"main.tf": "\n".join(blocks), **out}


def _resources(
    answers: Answers, tenant: Tenant, name: str, policy: dict[str, Any], trust: dict[str, Any] | None
) -> list[str]:
    label = symbol(tenant.namespace)
    if trust is None:
        user = block("resource", ("aws_iam_user", label), name=name)
        own = block(
            "resource",
            ("aws_iam_user_policy", label),
            name=OPERATOR,
            user=f"=aws_iam_user.{label}.name",
            policy=encoded(policy),
        )
        return [user, own]
    arguments: dict[str, object] = {"name": name}
    path = tenant.role.rpartition("/")[0].strip("/")
    if path:
        arguments["path"] = f"/{path}/"
    role = block("resource", ("aws_iam_role", label), **arguments, assume_role_policy=encoded(trust))
    own = block(
        "resource",
        ("aws_iam_role_policy", label),
        name=OPERATOR,
        role=f"=aws_iam_role.{label}.name",
        policy=encoded(policy),
    )
    return [role, own]


def _policy(answers: Answers, tenant: Tenant) -> dict[str, Any]:
    statement = {
        "Sid": "Secrets",
        "Effect": "Allow",
        "Action": actions(answers),
        "Resource": [_arn(answers, pattern) for pattern in patterns(answers, tenant)],
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _arn(answers: Answers, pattern: str) -> str:
    """The ARN of the secrets or parameters of a pattern. AWS adds a hyphen and six characters to names of secrets."""
    start = f"arn:{partition(answers.region)}"
    if answers.provider == "aws-parameter-store":
        return f"{start}:ssm:{answers.region}:{answers.account}:parameter/{pattern.lstrip('/')}"
    end = "" if pattern.endswith("*") else "-??????"
    return f"{start}:secretsmanager:{answers.region}:{answers.account}:secret:{pattern}{end}"


def _trust(answers: Answers, tenant: Tenant) -> dict[str, Any] | None:
    """Who may take the role: one ServiceAccount, or the operator's own role. None where a user has a key."""
    statement: dict[str, Any]
    if answers.auth == "irsa":
        provider = issuer(answers)
        federated = f"arn:{partition(answers.region)}:iam::{answers.account}:oidc-provider/{provider}"
        statement = {
            "Effect": "Allow",
            "Principal": {"Federated": federated},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {f"{provider}:sub": subject(tenant), f"{provider}:aud": "sts.amazonaws.com"}},
        }
    elif answers.auth == "pod-identity":
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": role_arn(answers, _OPERATOR_ROLE)},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        }
    else:
        return None
    return {"Version": "2012-10-17", "Statement": [statement]}


def _operator(answers: Answers) -> list[str]:
    """The operator's own role, which may take those of the stores and nothing else."""
    roles = [role_arn(answers, tenant.role) for tenant in tenants(answers)]
    may = {"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": roles}
    pods = {
        "Effect": "Allow",
        "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
    }
    trust = {"Version": "2012-10-17", "Statement": [pods]}
    return [
        block("variable", ("cluster_name",), type="=string", description="the name of the EKS cluster"),
        block("resource", ("aws_iam_role", "operator"), name=_OPERATOR_ROLE, assume_role_policy=encoded(trust)),
        block(
            "resource",
            ("aws_iam_role_policy", "operator"),
            name=OPERATOR,
            role="=aws_iam_role.operator.name",
            policy=encoded({"Version": "2012-10-17", "Statement": [may]}),
        ),
        block(
            "resource",
            ("aws_eks_pod_identity_association", "operator"),
            cluster_name="=var.cluster_name",
            namespace=answers.eso_namespace,
            service_account=OPERATOR,
            role_arn="=aws_iam_role.operator.arn",
        ),
    ]
