from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    AWS_IAM,
    Problem,
    Related,
    Severity,
    Store,
    Workspace,
    absent_roles,
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
    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/eso-shpo  # <- ESO725
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

BAD = STORE + ROLE

BAD_ACCOUNT = (
    STORE.replace("eso-shpo", "billing")
    + ROLE
    + """
# file: other.yaml
apiVersion: v1
kind: ServiceAccount
metadata:
  name: other
  namespace: shop
  annotations:
    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/eso-shop
"""
)

GOOD = STORE.replace("eso-shpo  # <- ESO725", "eso-shop") + ROLE

GOOD_ELSEWHERE = STORE.replace("  # <- ESO725", "")

GOOD_PREFIX = STORE.replace("eso-shpo  # <- ESO725", "eso-shop-20260101") + ROLE.replace("  name =", "  name_prefix =")

GOOD_HOLES = STORE.replace("  # <- ESO725", "") + ROLE.replace('"eso-shop"', '"${var.name}"')


@rule(
    id="ESO725",
    name="irsa-role-not-found",
    on=Store,
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD, BAD_ACCOUNT),
    good=(GOOD, GOOD_ELSEWHERE, GOOD_HOLES, GOOD_PREFIX),
    reads=("ServiceAccount",),
    words=AWS_IAM,
)
def irsa_role_not_found(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store signs in with a role that the repository's infrastructure code does not make, though it makes others.

    Why: STS answers AccessDenied for a role that does not exist, and the store is not ready. It is reported where
    the code makes a role whose name is a slip away, and (for information) where it makes others of that account.

    Fix: correct the ARN, or create the role.

    When to ignore: the role is made elsewhere.
    """
    for absent in absent_roles(store, ws):
        near = absent.near
        yield Problem(
            at=absent.arn.span,
            message=f"no role `{absent.name}` is made in this repository",
            label="no such role" if near is None else f"did you mean `{near.name.shown}`?",
            related=(
                Related(absent.store.name_node.span, "the store that signs in with it"),
                *((Related(near.name.span, "a role of nearly that name"),) if near is not None else ()),
            ),
            help=f"write `{near.name.shown}`" if near is not None else "create the role, or correct the ARN",
            severity=None if near is not None else Severity.INFO,
        )
