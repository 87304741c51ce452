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
    scoped_stars,
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
      Action   = ["secretsmanager:GetSecretValue", "secretsmanager:ListSecrets"]
      Resource = ["arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop/*"]  # <- ESO712
    }]
  })
}
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
        name:
          regexp: ^shop/
"""

BAD = STORE + ROLE + FIND

BAD_UNUSED = STORE + ROLE

GOOD = STORE + ROLE.replace(', "secretsmanager:ListSecrets"', "").replace("  # <- ESO712", "")

GOOD_BESIDE = (
    STORE
    + ROLE.replace(
        "    Statement = [{\n      Effect   = ",
        """    Statement = [{
      Effect   = "Allow"
      Action   = "secretsmanager:ListSecrets"
      Resource = "*"
    }, {
      Effect   = """,
    ).replace("  # <- ESO712", "")
    + FIND
)


@rule(
    id="ESO712",
    name="iam-star-only-action-scoped",
    on=Store,
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD, BAD_UNUSED),
    good=(GOOD, GOOD_BESIDE),
    reads=("ServiceAccount",),
    words=AWS_IAM,
)
def iam_star_only_action_scoped(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A policy grants an action on single secrets that AWS grants on all or none.

    Why: `ListSecrets`, `BatchGetSecretValue` and `DescribeParameters` have no resource. A statement that names ARNs
    grants nothing of them, and a `find` that needs them is answered with AccessDenied. It is an error where an object
    of the repository uses such a `find`.

    Fix: move the action into a statement of its own, with `Resource: "*"`; or take it out, where nothing uses it.

    References: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
    """
    for role, led in own_aws_roles(store, ws):
        for scoped in scoped_stars(role, ws):
            actions = " and ".join(f"`{action}`" for action in scoped.actions)
            use = scoped.use
            yield Problem(
                at=scoped.resource.span,
                message=f"{actions} cannot be granted on single secrets",
                label="AWS grants it on `*` only",
                related=(
                    Related(use.at.span, f"{use.source.title} needs it")
                    if use is not None
                    else Related(led.identity.arn.span, f"{led.store.title} uses the role"),
                ),
                help='write a statement of its own for it, with the resource `"*"`',
                severity=Severity.ERROR if use is not None else None,
            )
