"""What AWS says of a call: the verdict of a role's policies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from eso_lint.iam.aws import allowed, trusts
from eso_lint.iam.grant import HOLE, RANDOM, Policy, Principal, Role, Value
from eso_lint.iam.policy import policy_of
from eso_lint.source.file import SourceFile, Span

SECRET = f"arn:aws:secretsmanager:eu-west-1:{HOLE}:secret:shop/db-{RANDOM * 6}"
GET = "secretsmanager:GetSecretValue"
ANY = {"Effect": "Allow", "Action": GET, "Resource": "*"}


def policy(*statements: Mapping[str, Any]) -> Policy:
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    span = Span(SourceFile("policy.json", text.encode()), 0, len(text))
    return policy_of(Value(text, span), span)


def role(*policies: Policy, **more: Any) -> Role:
    span = Span(SourceFile("main.tf", b"x"), 0, 1)
    return Role(Value("eso", span), span, policies=policies, **more)


def allow(**more: Any) -> dict[str, Any]:
    return {**ANY, **more}


def deny(**more: Any) -> dict[str, Any]:
    return {**ANY, "Effect": "Deny", **more}


@pytest.mark.parametrize(
    ("statements", "verdict", "why"),
    [
        ([ANY], "granted", ""),
        ([allow(Action="secretsmanager:*")], "granted", ""),
        ([allow(Action="SecretsManager:getsecret*")], "granted", ""),
        ([allow(Action=["s3:GetObject", "secretsmanager:Get?ecretValue"])], "granted", ""),
        ([allow(Action="*")], "granted", ""),
        ([allow(Action="secretsmanager:DescribeSecret")], "missing", "action"),
        ([allow(Action="s3:*")], "missing", ""),
        ([allow(Resource="arn:aws:secretsmanager:*:*:secret:shop/*")], "granted", ""),
        ([allow(Resource="arn:aws:secretsmanager:*:*:secret:shop/db-??????")], "granted", ""),
        ([allow(Resource="arn:aws:secretsmanager:*:*:secret:shop/db")], "missing", "resource"),
        ([allow(Resource="arn:aws:secretsmanager:*:*:secret:SHOP/*")], "missing", "resource"),
        ([allow(Resource="arn:aws:secretsmanager:us-east-1:*:secret:*")], "missing", "resource"),
        ([allow(Resource="arn:aws:secretsmanager:eu-west-1:123456789012:secret:*")], "granted", ""),
        ([allow(Resource=f"arn:aws:secretsmanager:eu-west-1:{HOLE}:secret:web/*")], "missing", "resource"),
        ([allow(Resource=f"{HOLE}/*")], "unknown", ""),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], "granted", ""),
        ([{"Effect": "Allow", "NotAction": "secretsmanager:*", "Resource": "*"}], "missing", ""),
        ([{"Effect": "Allow", "Action": GET, "NotResource": "arn:aws:secretsmanager:*"}], "missing", "resource"),
        ([{"Effect": "Allow", "Action": GET, "NotResource": "arn:aws:s3:::x"}], "granted", ""),
        ([ANY, deny()], "denied", "deny"),
        ([ANY, deny(Action="secretsmanager:Delete*")], "granted", ""),
        ([ANY, deny(Condition={"Bool": {"aws:SecureTransport": "false"}})], "unknown", "deny"),
        ([ANY, deny(Resource=f"{HOLE}:secret:shop/*")], "unknown", "deny"),
        ([deny(Condition={"Bool": {"aws:SecureTransport": "false"}})], "missing", ""),
        ([allow(Condition={"StringEquals": {"aws:ResourceTag/team": "x"}})], "unknown", ""),
        ([], "missing", ""),
    ],
)
def test_statements(statements: list[Mapping[str, Any]], verdict: str, why: str) -> None:
    answer = allowed(role(policy(*statements)), GET, SECRET)
    assert (answer.verdict, answer.why) == (verdict, why)


def test_the_closest_statement_is_the_one_that_lacks_least() -> None:
    answer = allowed(
        role(
            policy(allow(Action="secretsmanager:ListSecrets")), policy(allow(Resource="arn:aws:secretsmanager:*:*:x"))
        ),
        GET,
        SECRET,
    )
    assert answer.why == "resource"
    assert answer.statement is not None
    assert answer.statement.resources[0].raw == "arn:aws:secretsmanager:*:*:x"


def test_a_call_without_a_resource_is_granted_on_everything_alone() -> None:
    listing = "secretsmanager:ListSecrets"
    scoped = allow(Action=listing, Resource="arn:aws:secretsmanager:*:*:secret:*")
    assert allowed(role(policy(scoped)), listing, "*").why == "resource"
    assert allowed(role(policy(allow(Action=listing))), listing, "*").verdict == "granted"


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({"open": True}, "unknown"),
        ({"maybe": True}, "unknown"),
        ({}, "missing"),
    ],
)
def test_a_role_of_which_not_all_is_seen_lacks_nothing_for_certain(more: dict[str, bool], verdict: str) -> None:
    assert allowed(role(policy(allow(Action="s3:*")), **more), GET, SECRET).verdict == verdict


def test_an_open_policy_may_grant() -> None:
    unread = policy()._replace(open=True)
    assert allowed(role(unread), GET, SECRET).verdict == "unknown"
    assert allowed(role(unread, policy(ANY)), GET, SECRET).verdict == "granted"


@pytest.mark.parametrize(
    ("boundary", "verdict"),
    [
        (policy(allow(Action="secretsmanager:*")), "granted"),
        (policy(allow(Action="s3:*")), "denied"),
        (policy(ANY, deny()), "denied"),
        (policy()._replace(open=True), "unknown"),
    ],
)
def test_a_boundary_grants_nothing_and_limits_all(boundary: Policy, verdict: str) -> None:
    assert allowed(role(policy(ANY), boundary=boundary), GET, SECRET).verdict == verdict
    assert allowed(role(policy(allow(Action="s3:*")), boundary=boundary), GET, SECRET).verdict == "missing"


TAG = "secretsmanager:ResourceTag/managed-by"


@pytest.mark.parametrize(
    ("condition", "tag", "verdict"),
    [
        ({"StringEquals": {TAG: "external-secrets"}}, "external-secrets", "granted"),
        ({"StringEquals": {TAG.lower(): ["x", "external-secrets"]}}, "external-secrets", "granted"),
        ({"StringEquals": {TAG: "terraform"}}, "external-secrets", "missing"),
        ({"StringEquals": {TAG: "external-*"}}, "external-secrets", "missing"),
        ({"StringLike": {TAG: "external-*"}}, "external-secrets", "granted"),
        ({"StringNotEquals": {TAG: "external-secrets"}}, "external-secrets", "missing"),
        ({"StringEquals": {TAG: "external-secrets"}}, None, "missing"),
        ({"StringEqualsIfExists": {TAG: "external-secrets"}}, None, "granted"),
        ({"StringNotEquals": {TAG: "external-secrets"}}, None, "granted"),
        ({"Null": {TAG: "true"}}, None, "granted"),
        ({"Null": {TAG: "true"}}, "x", "missing"),
        ({"StringEquals": {TAG: HOLE}}, "external-secrets", "unknown"),
        ({"NumericEquals": {TAG: "1"}}, "1", "unknown"),
        ({"StringEquals": {TAG: "external-secrets", "aws:PrincipalTag/x": "y"}}, "external-secrets", "unknown"),
        ({"StringEquals": {TAG: "other", "aws:PrincipalTag/x": "y"}}, "external-secrets", "missing"),
    ],
)
def test_conditions(condition: dict[str, Any], tag: str | None, verdict: str) -> None:
    answer = allowed(role(policy(allow(Condition=condition))), GET, SECRET, {TAG.lower(): tag})
    assert answer.verdict == verdict


WEB = "sts:AssumeRoleWithWebIdentity"
ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/ABC"
PROVIDER = Principal("Federated", Value(f"arn:aws:iam::{HOLE}:oidc-provider/{HOLE}", role().span))
SUBJECT = "system:serviceaccount:shop:reader"


def trust(**more: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Action": WEB,
        "Principal": {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{ISSUER}"},
        **more,
    }


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        (trust(), "granted"),
        (trust(Condition={"StringEquals": {f"{ISSUER}:sub": SUBJECT}}), "granted"),
        (trust(Condition={"StringEquals": {f"{HOLE}:sub": SUBJECT}}), "granted"),
        (trust(Condition={"StringEquals": {f"{ISSUER}:sub": "system:serviceaccount:web:reader"}}), "missing"),
        (trust(Condition={"StringEquals": {f"{ISSUER}:sub": "system:serviceaccount:shop:*"}}), "missing"),
        (trust(Condition={"StringLike": {f"{ISSUER}:sub": "system:serviceaccount:shop:*"}}), "granted"),
        (
            trust(Condition={"StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com", f"{ISSUER}:sub": SUBJECT}}),
            "granted",
        ),
        (trust(Condition={"StringEquals": {f"{ISSUER}:aud": "other"}}), "missing"),
        (trust(Action="sts:AssumeRole"), "missing"),
        (trust(Principal={"Service": "ec2.amazonaws.com"}), "missing"),
        (trust(Principal="*"), "granted"),
    ],
)
def test_who_may_assume_a_role(statement: dict[str, Any], verdict: str) -> None:
    context = {":sub": SUBJECT, ":aud": "sts.amazonaws.com"}
    known = {f"{ISSUER}{key}".lower(): text for key, text in context.items()}
    principal = Principal("Federated", Value(f"arn:aws:iam::123456789012:oidc-provider/{ISSUER}", role().span))
    assert trusts(policy(statement), WEB, [principal], known).verdict == verdict


@pytest.mark.parametrize(
    ("principal", "verdict"),
    [
        ("arn:aws:iam::123456789012:role/first", "granted"),
        ("arn:aws:iam::123456789012:root", "granted"),
        ("123456789012", "granted"),
        ("*", "granted"),
        ("arn:aws:iam::123456789012:role/other", "missing"),
        ("arn:aws:iam::210987654321:root", "missing"),
        (f"arn:aws:iam::{HOLE}:root", "unknown"),
    ],
)
def test_roles_that_assume_roles(principal: str, verdict: str) -> None:
    asked = Principal("AWS", Value("arn:aws:iam::123456789012:role/first", role().span))
    written = policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": principal}})
    assert trusts(written, "sts:AssumeRole", [asked], {}).verdict == verdict
