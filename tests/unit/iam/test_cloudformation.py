"""CloudFormation templates, as roles with places."""

from __future__ import annotations

from eso_lint.config import Config
from eso_lint.iam.cloudformation import read
from eso_lint.iam.grant import Role, Value
from eso_lint.model.workspace import Workspace
from eso_lint.source.node import SourceFile

TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Issuer: {Type: String, Default: x}
Resources:
  Reader:
    Type: AWS::IAM::Role
    Properties:
      RoleName: eso-reader
      AssumeRolePolicyDocument: !Sub |
        {
          "Version": "2012-10-17",
          "Statement": [{
            "Effect": "Allow",
            "Principal": {"Federated": "arn:aws:iam::${AWS::AccountId}:oidc-provider/${Issuer}"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {"${Issuer}:sub": "system:serviceaccount:shop:reader"}}
          }]
        }
      ManagedPolicyArns:
        - !Ref Extra
      Policies:
        - PolicyName: read
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: [secretsmanager:GetSecretValue]
                Resource: !Sub "arn:${AWS::Partition}:secretsmanager:eu-central-1:${AWS::AccountId}:secret:shop/*"
              - Effect: Allow
                Action: secretsmanager:ListSecrets
                Resource: !Join ["", ["arn:aws:", !Ref "AWS::Region", ":x"]]
              - !If [Writes, {Effect: Allow, Action: "*", Resource: "*"}, !Ref "AWS::NoValue"]
  Extra:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Statement: {Effect: Allow, Action: "ssm:GetParameter", Resource: "*"}
  Push:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: push
      Roles: [!Ref Reader]
      PolicyDocument:
        Statement: {Effect: Allow, Action: "secretsmanager:PutSecretValue", Resource: "*"}
  Unnamed:
    Type: AWS::IAM::Role
    Condition: Sometimes
    Properties:
      ManagedPolicyArns: [arn:aws:iam::aws:policy/SecretsManagerReadWrite]
      AssumeRolePolicyDocument:
        Statement:
          - {Effect: Allow, Principal: {Service: pods.eks.amazonaws.com}, Action: [sts:AssumeRole, sts:TagSession]}
  Association:
    Type: AWS::EKS::PodIdentityAssociation
    Properties: {Namespace: external-secrets, ServiceAccount: external-secrets, RoleArn: !GetAtt Reader.Arn}
"""


def workspace(files: dict[str, str]) -> Workspace:
    return Workspace((), Config(), sources={path: SourceFile(path, text.encode()) for path, text in files.items()})


def roles(text: str = TEMPLATE) -> dict[str, Role]:
    return {role.span.text: role for role in read(workspace({"iam.yaml": text})).roles}


def line(value: Value) -> str:
    return value.span.file.line(value.span.file.position(value.span.start)[0]).strip()


def test_statements_of_all_policies_of_a_role_are_found_where_they_are_written() -> None:
    role = roles()["Reader"]
    assert role.name.text == "eso-reader"
    assert not role.open
    actions = [s.actions[0].raw for p in role.policies for s in p.statements]
    assert actions == [
        "secretsmanager:GetSecretValue", "secretsmanager:ListSecrets", "\0", "ssm:GetParameter",
        "secretsmanager:PutSecretValue",
    ]  # fmt: skip
    first, second, third = role.policies[0].statements
    assert first.resources[0].shown == "arn:…:secretsmanager:eu-central-1:…:secret:shop/*"
    assert first.resources[0].span.text.startswith("arn:${AWS::Partition}")
    assert second.resources[0].shown == "arn:aws:…:x"
    assert third.maybe


def test_trust_in_a_text_keeps_its_lines() -> None:
    trust = roles()["Reader"].trust
    assert trust is not None
    (statement,) = trust.statements
    assert line(statement.actions[0]) == '"Action": "sts:AssumeRoleWithWebIdentity",'
    condition = statement.conditions[0]
    assert condition.key.shown == "…:sub"
    assert condition.values[0].raw == "system:serviceaccount:shop:reader"
    assert condition.values[0].span.text.strip('"') == "system:serviceaccount:shop:reader"


def test_what_the_template_does_not_hold_leaves_a_role_open() -> None:
    role = roles()["Unnamed"]
    assert role.open
    assert role.maybe
    assert role.name.text is None


def test_an_association_names_the_role_beside_it() -> None:
    (found,) = read(workspace({"iam.yaml": TEMPLATE})).associations
    assert (found.namespace.raw, found.service_account.raw, found.role.raw) == (
        "external-secrets", "external-secrets", "eso-reader",
    )  # fmt: skip


def test_json_with_functions_as_keys() -> None:
    text = """{"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {
      "RoleName": {"Fn::Sub": "eso-${AWS::Region}"},
      "AssumeRolePolicyDocument": {"Statement": []},
      "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [
        {"Effect": "Allow", "Action": "ssm:*", "Resource": {"Fn::GetAtt": ["Key", "Arn"]}}]}}]}}}}"""
    (role,) = read(workspace({"iam.json": text})).roles
    assert role.name.shown == "eso-…"
    assert role.policies[0].statements[0].actions[0].raw == "ssm:*"


def test_broken_and_odd_templates_are_no_reason_to_fail() -> None:
    deep = "AWS::IAM::Role\nResources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      Policies: " + "[" * 500
    for text in (
        TEMPLATE[:700],
        "\ufeff" + TEMPLATE,
        deep,
        "Resources: {R: {Type: 'AWS::IAM::Role', Properties: [1, 2]}}",
        "Resources: {R: {Type: 'AWS::IAM::Role', Properties: {Policies: !Ref X, ManagedPolicyArns: !Ref Y}}}",
    ):
        for role in read(workspace({"iam.yaml": text})).roles:
            assert role.name.raw
