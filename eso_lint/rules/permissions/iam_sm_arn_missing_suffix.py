from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    AWS_IAM,
    Problem,
    Related,
    Severity,
    Store,
    Workspace,
    own_aws_roles,
    rule,
    suffixless,
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
      Resource = ["arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop/db"]  # <- ESO713
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

BAD = STORE + ROLE + READ

GOOD = STORE + ROLE.replace('shop/db"]  # <- ESO713', 'shop/db-??????"]') + READ

GOOD_UNUSED = STORE + ROLE.replace("  # <- ESO713", "")

GOOD_WHOLE = STORE + ROLE.replace('shop/db"]  # <- ESO713', 'shop/db-Ab12Cd"]') + READ


@rule(
    id="ESO713",
    name="iam-sm-arn-missing-suffix",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD, GOOD_UNUSED, GOOD_WHOLE),
    reads=("ServiceAccount",),
    words=AWS_IAM,
)
def iam_sm_arn_missing_suffix(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A policy names a secret by an ARN without the six characters that AWS appends.

    Why: the ARN of every secret ends in `-` and six characters that AWS draws. A pattern that ends with the name
    matches no secret, so the role may not read it.

    Fix: end the ARN in `-??????`, which fits that one name, or in `-*`.

    References: https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
    """
    for role, _ in own_aws_roles(store, ws):
        for value, gap in suffixless(role, ws):
            yield Problem(
                at=value.span,
                message=f"`{value.shown}` is the ARN of no secret: AWS appends six characters to the name",
                label="matches nothing",
                related=(Related(gap.use.at.span, f"{gap.use.source.title} needs it"),),
                help=f"write `{value.shown}-??????`",
            )
