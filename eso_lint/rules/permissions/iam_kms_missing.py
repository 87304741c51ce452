from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    AWS_IAM,
    BaseExternalSecret,
    Confidence,
    Problem,
    Related,
    Severity,
    Workspace,
    locked,
    rule,
    uses_of,
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
        key: shop/db  # <- ESO715
"""

SECRET = """
# file: secret.tf
resource "aws_secretsmanager_secret" "db" {
  name       = "shop/db"
  kms_key_id = aws_kms_key.shop.arn
}

resource "aws_kms_key" "shop" {
  description = "shop"
}
"""

BAD = STORE + ROLE + READ + SECRET

GOOD = (STORE + ROLE + READ).replace("  # <- ESO715", "")

GOOD_GRANTED = (
    STORE
    + ROLE.replace(
        "    Statement = [{\n      Effect   = ",
        """    Statement = [{
      Effect   = "Allow"
      Action   = "kms:Decrypt"
      Resource = aws_kms_key.shop.arn
    }, {
      Effect   = """,
    )
    + (READ + SECRET).replace("  # <- ESO715", "")
)

GOOD_KEY_POLICY = (
    (STORE + ROLE + READ + SECRET)
    .replace('description = "shop"', "policy = var.key_policy")
    .replace("  # <- ESO715", "")
)


@rule(
    id="ESO715",
    name="iam-kms-missing",
    on=BaseExternalSecret,
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD, GOOD_GRANTED, GOOD_KEY_POLICY),
    reads=("ServiceAccount",),
    words=AWS_IAM,
)
def iam_kms_missing(resource: BaseExternalSecret, ws: Workspace) -> Iterator[Problem]:
    """An object reads a secret that is encrypted with a customer's key, and its role may not use the key.

    Why: to read such a secret AWS decrypts it in the caller's name. Without `kms:Decrypt` on the key the answer is
    AccessDenied, though the role may read the secret.

    Fix: grant the role `kms:Decrypt` on the key.

    When to ignore: the key's policy names the role.

    References: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    """
    seen: set[str] = set()
    for use in uses_of(resource, ws):
        found = locked(use, ws)
        if found is None or found.name in seen:
            continue
        seen.add(found.name)
        yield Problem(
            at=use.at,
            message=f"role `{found.role.name.shown}` may not decrypt `{found.name}`: it lacks `kms:Decrypt`",
            label="encrypted with a customer's key",
            related=(
                Related(found.key, "the key of the secret"),
                Related(found.role.name.span, "the role"),
            ),
            help="grant `kms:Decrypt` on the key to the role",
        )
