from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    AWS_IAM,
    BaseExternalSecret,
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
        key: payments/db  # <- ESO711
"""

BAD = STORE + ROLE + READ

BAD_PARAMETER = (
    (STORE + ROLE + READ)
    .replace("SecretsManager", "ParameterStore")
    .replace("secretsmanager:GetSecretValue", "ssm:GetParameter")
    .replace("arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop", "arn:aws:ssm:*:*:parameter/shop")
    .replace("payments/db", "/payments/db")
)

BAD_PREFIX = (
    (STORE + ROLE + READ)
    .replace("region: eu-central-1\n", "region: eu-central-1\n      prefix: prod/\n")
    .replace("payments/db", "shop/db")
)

GOOD = (STORE + ROLE + READ).replace("payments/db  # <- ESO711", "shop/db")

GOOD_OPAQUE = (STORE + ROLE + READ).replace("secret:shop/*", "secret:${var.team}/*").replace("  # <- ESO711", "")

GOOD_TEMPLATED = (STORE + ROLE + READ).replace("payments/db  # <- ESO711", "${TEAM}/db")


@rule(
    id="ESO711",
    name="iam-resource-not-covering-key",
    on=(BaseExternalSecret, BasePushSecret),
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_PARAMETER, BAD_PREFIX),
    good=(GOOD, GOOD_OPAQUE, GOOD_TEMPLATED),
    reads=("ServiceAccount",),
    words=AWS_IAM,
)
def iam_resource_not_covering_key(resource: BaseExternalSecret | BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """A remote key lies outside of what the store's AWS role may reach.

    Why: the action is granted, but on other secrets: no resource of the role's policies matches the name that the
    operator asks for, the store's `prefix` included. AWS answers AccessDenied.

    Fix: correct the key, or widen the resources of the statement that is shown.

    When to ignore: a policy of the secret itself lets the role in.

    References: https://external-secrets.io/latest/provider/aws-secrets-manager/
    """
    for gap in aws_gaps(resource, ws):
        if gap.kind == "resource":
            yield gap_problem(gap)
