"""Roles of eksctl, ACK and Crossplane, with places."""

from __future__ import annotations

from eso_lint.config import Config
from eso_lint.iam.aws_objects import read
from eso_lint.iam.identities import Found
from eso_lint.model.workspace import Workspace
from eso_lint.source.node import SourceFile

EKSCTL = """\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: shop, region: eu-central-1}
iam:
  withOIDC: true
  serviceAccounts:
    - metadata: {name: reader, namespace: shop}
      roleName: eso-reader
      attachPolicy:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: ["secretsmanager:GetSecretValue"]
            Resource: "arn:aws:secretsmanager:*:${ACCOUNT}:secret:shop/*"
    - metadata: {name: other, namespace: shop}
      wellKnownPolicies: {externalSecrets: true}
  podIdentityAssociations:
    - namespace: external-secrets
      serviceAccountName: external-secrets
      permissionPolicy:
        Statement: [{Effect: Allow, Action: "ssm:GetParameter", Resource: "*"}]
"""

ACK = """\
apiVersion: iam.services.k8s.aws/v1alpha1
kind: Role
metadata: {name: eso}
spec:
  name: eso-reader
  assumeRolePolicyDocument: |
    {
      "Version": "2012-10-17",
      "Statement": [{"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"]}]
    }
  policyRefs:
    - from: {name: read}
  inlinePolicies:
    list: '{"Statement": [{"Effect": "Allow", "Action": "secretsmanager:ListSecrets", "Resource": "*"}]}'
---
apiVersion: iam.services.k8s.aws/v1alpha1
kind: Policy
metadata: {name: read}
spec:
  name: eso-read
  policyDocument: |
    {
      "Statement": [{
        "Effect": "Allow",
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "arn:aws:secretsmanager:eu-central-1:${ACCOUNT}:secret:shop/*"
      }]
    }
---
apiVersion: eks.services.k8s.aws/v1alpha1
kind: PodIdentityAssociation
metadata: {name: eso}
spec: {namespace: external-secrets, serviceAccount: external-secrets, clusterName: shop, roleRef: {from: {name: eso}}}
"""

CROSSPLANE = """\
apiVersion: iam.aws.upbound.io/v1beta1
kind: Role
metadata:
  name: eso
  annotations: {crossplane.io/external-name: eso-reader}
spec:
  forProvider:
    assumeRolePolicy: '{"Statement": []}'
    inlinePolicy:
      - name: list
        policy: '{"Statement": [{"Effect": "Allow", "Action": "secretsmanager:ListSecrets", "Resource": "*"}]}'
---
apiVersion: iam.aws.upbound.io/v1beta1
kind: Policy
metadata: {name: read}
spec:
  forProvider:
    policy: |
      {"Statement": [{"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": "*"}]}
---
apiVersion: iam.aws.upbound.io/v1beta1
kind: RolePolicyAttachment
metadata: {name: read}
spec: {forProvider: {roleRef: {name: eso}, policyArnRef: {name: read}}}
"""


def found(text: str) -> Found:
    return read(Workspace((), Config(), sources={"iam.yaml": SourceFile("iam.yaml", text.encode())}))


def actions(result: Found, at: int = 0) -> list[str]:
    return [s.actions[0].raw for p in result.roles[at].policies for s in p.statements]


def test_eksctl_makes_roles_for_accounts_and_pods() -> None:
    result = found(EKSCTL)
    named, well_known, pods = result.roles
    assert (named.name.raw, named.open, actions(result)) == ("eso-reader", False, ["secretsmanager:GetSecretValue"])
    assert named.policies[0].statements[0].resources[0].shown == "arn:aws:secretsmanager:*:…:secret:shop/*"
    assert named.trust is not None
    assert named.trust.statements[0].conditions[0].values[0].raw == "system:serviceaccount:shop:reader"
    assert well_known.open
    (association,) = result.associations
    assert association.role.raw == pods.name.raw
    assert (association.namespace.raw, association.service_account.raw) == ("external-secrets", "external-secrets")


def test_ack_roles_have_the_policies_that_they_refer_to() -> None:
    result = found(ACK)
    (role,) = result.roles
    assert (role.name.raw, role.open) == ("eso-reader", False)
    assert actions(result) == ["secretsmanager:GetSecretValue", "secretsmanager:ListSecrets"]
    statement = role.policies[0].statements[0]
    at = statement.resources[0].span
    assert at.file.line(at.file.position(at.start)[0]).strip().startswith('"Resource": "arn:aws:secretsmanager')
    assert role.trust is not None
    assert role.trust.statements[0].principals[0].value.raw == "pods.eks.amazonaws.com"
    (association,) = result.associations
    assert association.role.raw == "eso-reader"


def test_crossplane_attaches_policies() -> None:
    result = found(CROSSPLANE)
    (role,) = result.roles
    assert (role.name.raw, role.open) == ("eso-reader", False)
    assert actions(result) == ["secretsmanager:ListSecrets", "ssm:GetParameter"]


def test_a_policy_that_is_not_here_leaves_the_role_open() -> None:
    assert found(ACK.replace("from: {name: read}", "from: {name: elsewhere}")).roles[0].open
    assert found(CROSSPLANE.replace("policyArnRef: {name: read}", "policyArn: arn:aws:iam::aws:policy/X")).roles[0].open


def test_what_is_broken_is_no_reason_to_fail() -> None:
    for text in (ACK[:300], ACK.replace("policyDocument: |", "policyDocument: [1]"), "\ufeff" + EKSCTL, EKSCTL[:250]):
        assert isinstance(found(text), Found)
    assert found(ACK.replace('"Effect"', "Effect")).roles[0].policies[0].open
