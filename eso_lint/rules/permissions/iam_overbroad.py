from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    AWS_IAM,
    Problem,
    Related,
    Severity,
    Store,
    Workspace,
    overbroad,
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
      Resource = "*"  # <- ESO716
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

BAD_ACTION = (
    STORE
    + ROLE.replace("  # <- ESO716", "").replace(
        '["secretsmanager:GetSecretValue"]', '["secretsmanager:*"]  # <- ESO716'
    )
    + READ
)

GOOD = STORE + ROLE.replace('"*"  # <- ESO716', '"arn:aws:secretsmanager:*:*:secret:shop/*"') + READ

GOOD_MIXED = (
    STORE
    + ROLE.replace("  # <- ESO716", "")
    + READ
    + """    - secretKey: token
      remoteRef:
        key: payments
"""
)


@rule(
    id="ESO716",
    name="iam-overbroad",
    on=Store,
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD, BAD_ACTION),
    good=(GOOD, GOOD_MIXED),
    reads=("ServiceAccount",),
    security=5.5,
    words=AWS_IAM,
)
def iam_overbroad(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store's role may do far more than the objects of the repository ask of it.

    Why: whoever can create an ExternalSecret for the store can read all that its role may read. Where all keys in use
    lie below one prefix, a role that may read every secret of the account gives the others away; one with every action
    of the service can change and delete them, too.

    Fix: name the actions and the prefix. `eso-lint permissions` prints the smallest policy.

    When to ignore: objects of other repositories use the role.
    """
    for role, led in own_aws_roles(store, ws):
        for broad in overbroad(role, ws):
            yield Problem(
                at=broad.value.span,
                message=f"role `{role.name.shown}` is granted {broad.what}, and needs little of it",
                label=f"`{broad.value.shown}`",
                related=(Related(led.identity.arn.span, f"{led.store.title} uses the role"),),
                help=f"write {broad.instead if ' ' in broad.instead else f'`{broad.instead}`'}",
            )
