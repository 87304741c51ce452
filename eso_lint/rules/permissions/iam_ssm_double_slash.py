from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    AWS_IAM,
    Problem,
    Related,
    Severity,
    Store,
    Workspace,
    double_slashes,
    own_aws_roles,
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
      service: ParameterStore
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
      Action   = ["ssm:GetParameter"]
      Resource = ["arn:aws:ssm:eu-central-1:111122223333:parameter//shop/*"]  # <- ESO717
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
        key: /shop/db
"""

BAD = STORE + ROLE + READ

GOOD = STORE + ROLE.replace("parameter//shop", "parameter/shop").replace("  # <- ESO717", "") + READ


@rule(
    id="ESO717",
    name="iam-ssm-double-slash",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
    reads=("ServiceAccount",),
    words=AWS_IAM,
)
def iam_ssm_double_slash(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A policy names parameters with two slashes where their ARN has one.

    Why: the ARN of the parameter `/app/db` is `...:parameter/app/db`. A pattern with `parameter//` matches no
    parameter at all.

    Fix: take one slash out.

    References: https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html
    """
    for role, led in own_aws_roles(store, ws):
        for value in double_slashes(role):
            yield Problem(
                at=value.span,
                message=f"`{value.shown}` matches no parameter: an ARN has one slash after `parameter`",
                label="one slash too many",
                related=(Related(led.identity.arn.span, f"{led.store.title} uses the role"),),
                help=f"write `{value.shown.replace('parameter//', 'parameter/')}`",
            )
