"""The policies that the operator's documentation prints, taken as facts, against what its code calls."""

from __future__ import annotations

import json

import pytest

from eso_lint.iam.grant import Policy, Role, Value
from eso_lint.iam.needs import needs
from eso_lint.iam.policy import policy_of
from eso_lint.iam.rights import judge
from eso_lint.model.kinds.store import Store
from eso_lint.source.file import SourceFile, Span
from tests.unit.iam.test_needs import READ, SM, SSM, push, store, workspace

ARN = "arn:aws:secretsmanager:us-west-2:111122223333:secret:dev-*"
PARAMETER = "arn:aws:ssm:us-east-2:123456789012:parameter/dev-*"
LISTS = {
    "Effect": "Allow",
    "Action": ["secretsmanager:ListSecrets", "secretsmanager:BatchGetSecretValue"],
    "Resource": "*",
}
READS = {
    "Effect": "Allow",
    "Action": [
        "secretsmanager:GetResourcePolicy",
        "secretsmanager:GetSecretValue",
        "secretsmanager:DescribeSecret",
        "secretsmanager:ListSecretVersionIds",
    ],
    "Resource": [ARN],
}
WRITES = {
    "Effect": "Allow",
    "Action": ["secretsmanager:CreateSecret", "secretsmanager:PutSecretValue", "secretsmanager:TagResource"],
    "Resource": [ARN],
}
DELETES = {
    "Effect": "Allow",
    "Action": ["secretsmanager:DeleteSecret"],
    "Resource": [ARN],
    "Condition": {"StringEquals": {"secretsmanager:ResourceTag/managed-by": "external-secrets"}},
}
PARAMETERS = {"Effect": "Allow", "Action": ["ssm:GetParameter*"], "Resource": PARAMETER}
PUSHES_PARAMETERS = {
    "Effect": "Allow",
    "Action": [
        "ssm:GetParameter",
        "ssm:PutParameter",
        "ssm:AddTagsToResource",
        "ssm:ListTagsForResource",
    ],
    "Resource": PARAMETER,
}


def role(*statements: dict[str, object]) -> Role:
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    span = Span(SourceFile("policy.json", text.encode()), 0, len(text))
    policy: Policy = policy_of(Value(text, span), span)
    assert len(policy.statements) == len(statements)
    return Role(Value("eso", span), span, policies=(policy,))


def lacking(provider: str, objects: str, *statements: dict[str, object]) -> set[str]:
    ws = workspace(store(provider) + objects)
    (one,) = ws.all(Store)
    found = needs(one, ws)
    assert found
    return {need.action for need in found if judge(role(*statements), need).fails}


def read(field: str) -> str:
    return READ.replace("FIELD", field)


FETCH = "data: [{secretKey: a, remoteRef: {key: dev-x, metadataPolicy: Fetch}}]"


@pytest.mark.parametrize(
    ("provider", "objects", "statements", "expected"),
    [
        (SM, read("dataFrom: [{extract: {key: dev-x}}]"), (LISTS, READS), set()),
        (SM, read(FETCH), (LISTS, READS), set()),
        (SM, read("dataFrom: [{find: {name: {regexp: ^dev-}}}]"), (LISTS, READS), set()),
        (SM, read("dataFrom: [{find: {tags: {a: b}}}]"), (LISTS, READS), set()),
        # Listing cannot be granted on single secrets.
        (
            SM,
            read("dataFrom: [{find: {name: {regexp: ^dev-}}}]"),
            ({**LISTS, "Resource": [ARN]}, READS),
            {"secretsmanager:ListSecrets"},
        ),
        (SM, read("dataFrom: [{extract: {key: prod-x}}]"), (LISTS, READS), {"secretsmanager:GetSecretValue"}),
        # The documentation asks for the right to remove resource policies with such metadata only.
        (SM, push("dev-x"), (LISTS, READS, WRITES, DELETES), {"secretsmanager:DeleteResourcePolicy"}),
        (SM, push("dev-x", "updatePolicy: IfNotExists"), (LISTS, READS, WRITES, DELETES), set()),
        (
            SM,
            push("dev-x", "deletionPolicy: Delete"),
            (READS, WRITES, DELETES),
            {"secretsmanager:DeleteResourcePolicy"},
        ),
        # A condition on tags cannot hold for a secret that is not there yet.
        (
            SM,
            push("dev-x", "updatePolicy: IfNotExists"),
            (
                {**READS, "Condition": DELETES["Condition"]},
                WRITES,
                {**READS, "Action": "secretsmanager:GetSecretValue"},
            ),
            {"secretsmanager:DescribeSecret"},
        ),
        (SSM, read("dataFrom: [{extract: {key: dev-x}}]"), (PARAMETERS,), set()),
        # Only the tags are asked for, which the documentation's wildcard does not cover.
        (SSM, read(FETCH), (PARAMETERS,), {"ssm:ListTagsForResource"}),
        (SSM, push("dev-x"), (PUSHES_PARAMETERS,), set()),
        # The documentation's list has no right to delete.
        (SSM, push("dev-x", "deletionPolicy: Delete"), (PUSHES_PARAMETERS,), {"ssm:DeleteParameter"}),
        (SSM, read("dataFrom: [{find: {tags: {a: b}}}]"), (PARAMETERS,), {"ssm:DescribeParameters"}),
    ],
)
def test_documented_policies(
    provider: str, objects: str, statements: tuple[dict[str, object], ...], expected: set[str]
) -> None:
    provider = provider.replace("eu-central-1", "us-west-2" if provider is SM else "us-east-2")
    assert lacking(provider, objects, *statements) == expected
