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
        key: shop/db
"""

FIND = """
# file: all.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: all
  namespace: shop
spec:
  refreshInterval: 1h
  secretStoreRef:
    name: aws
  dataFrom:
    - find:
        name:  # <- ESO710
          regexp: ^shop/
"""

PUSH = """
# file: push.yaml
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata:
  name: db
  namespace: shop
spec:
  updatePolicy: IfNotExists
  secretStoreRefs:
    - name: aws
  selector:
    secret:
      name: db
  data:
    - match:
        secretKey: password
        remoteRef:
          remoteKey: shop/db  # <- ESO710
"""

BAD = STORE + ROLE + READ + FIND

BAD_PUSH = STORE + ROLE + PUSH

BAD_METADATA = STORE + ROLE + READ.replace("key: shop/db", "key: shop/db  # <- ESO710\n        metadataPolicy: Fetch")

GOOD = STORE + ROLE + READ

GOOD_WILDCARD = (
    STORE
    + ROLE.replace('"secretsmanager:GetSecretValue"', '"secretsmanager:*"')
    .replace("secret:shop/*", "*")
    .replace('"arn:aws:secretsmanager:eu-central-1:111122223333:*"', '"*"')
    + READ
    + FIND.replace("  # <- ESO710", "")
)

GOOD_NO_ROLE = STORE + READ + FIND.replace("  # <- ESO710", "")

GOOD_OPEN = (
    STORE
    + ROLE
    + """
resource "aws_iam_role_policy_attachment" "more" {
  role       = aws_iam_role.eso.name
  policy_arn = var.more
}
"""
    + READ
    + FIND.replace("  # <- ESO710", "")
)


@rule(
    id="ESO710",
    name="iam-missing-action",
    on=(BaseExternalSecret, BasePushSecret),
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_PUSH, BAD_METADATA),
    good=(GOOD, GOOD_WILDCARD, GOOD_NO_ROLE, GOOD_OPEN),
    reads=("ServiceAccount",),
    words=AWS_IAM,
)
def iam_missing_action(resource: BaseExternalSecret | BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """An object uses a feature for which its store's AWS role has no permission.

    Why: the operator calls AWS with the role of the store, and AWS answers AccessDenied. Which calls a feature makes is
    read in the operator's sources; its documentation names others in places. Reading needs `GetSecretValue`, `find`
    needs `ListSecrets` as well (or `BatchGetSecretValue`, where it filters by path or tags), `metadataPolicy: Fetch`
    needs `DescribeSecret`, and a push needs all of those that read, create, tag and write.

    Fix: add the action to the policy of the role, or use another store.

    When to ignore: something outside of the repository attaches a policy to the role.

    References: https://external-secrets.io/latest/provider/aws-secrets-manager/
    """
    for gap in aws_gaps(resource, ws):
        if gap.kind == "action":
            yield gap_problem(gap)
