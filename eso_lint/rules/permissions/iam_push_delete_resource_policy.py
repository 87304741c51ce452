from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    AWS_IAM,
    BasePushSecret,
    Problem,
    Severity,
    Workspace,
    aws_gaps,
    gap_problem,
    rule,
)

STORE = """
# file: store.yaml
apiVersion: v1
kind: ServiceAccount
metadata:
  name: reader
  namespace: shop
  annotations:
    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/eso-shop
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: aws
  namespace: shop
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      auth:
        jwt:
          serviceAccountRef:
            name: reader
"""

ROLE = """
# file: iam.tf
resource "aws_iam_role" "eso" {
  name = "eso-shop"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.eks.arn }
      Condition = { StringEquals = {
        "${local.issuer}:sub" = "system:serviceaccount:shop:reader"
        "${local.issuer}:aud" = "sts.amazonaws.com"
      } }
    }]
  })
}

resource "aws_iam_role_policy" "eso" {
  name = "read"
  role = aws_iam_role.eso.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["secretsmanager:GetSecretValue"]
      Resource = ["arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop/*"]
    }]
  })
}
"""

READ = """
# file: db.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: shop
spec:
  refreshInterval: 1h
  secretStoreRef:
    name: aws
  data:
    - secretKey: password
      remoteRef:
        key: shop/db
"""

PUSH = """
# file: push.yaml
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata:
  name: db
  namespace: shop
spec:
  secretStoreRefs:
    - name: aws
  selector:
    secret:
      name: db
  data:
    - match:
        secretKey: password
        remoteRef:
          remoteKey: shop/db  # <- ESO714
"""

WRITES = """[
        "secretsmanager:GetSecretValue",
        "secretsmanager:DescribeSecret",
        "secretsmanager:CreateSecret",
        "secretsmanager:PutSecretValue",
        "secretsmanager:TagResource",
      ]"""

BAD = STORE + ROLE.replace('["secretsmanager:GetSecretValue"]', WRITES) + PUSH

GOOD = BAD.replace(
    '"secretsmanager:TagResource"', '"secretsmanager:TagResource", "secretsmanager:DeleteResourcePolicy"'
).replace("  # <- ESO714", "")

GOOD_OLD = """
# file: .eso-lint.yaml
eso-version: 0.19.0
""" + BAD.replace("  # <- ESO714", "")

GOOD_READ = STORE + ROLE + READ


@rule(
    id="ESO714",
    name="iam-push-delete-resource-policy",
    on=BasePushSecret,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD, GOOD_OLD, GOOD_READ),
    reads=("ServiceAccount",),
    words=AWS_IAM,
)
def iam_push_delete_resource_policy(push: BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """A PushSecret writes to Secrets Manager with a role that may not remove resource policies.

    Why: since 0.20.4 the operator calls `DeleteResourcePolicy` whenever the entry's metadata names no resource policy,
    even where there is none to remove, and fails without the right. The documentation asks for it with such metadata
    only.

    Fix: add `secretsmanager:DeleteResourcePolicy` to the statement that lets the role write.

    References: https://github.com/external-secrets/external-secrets/issues/6806
    """
    for gap in aws_gaps(push, ws):
        if gap.kind == "policy":
            yield gap_problem(gap)
