from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    AWS_IAM,
    Problem,
    Related,
    Severity,
    Store,
    Workspace,
    allows_web,
    federated,
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
      Action    = "sts:AssumeRole"  # <- ESO723
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

GOOD = STORE + ROLE.replace('"sts:AssumeRole"  # <- ESO723', '"sts:AssumeRoleWithWebIdentity"')

GOOD_WILDCARD = STORE + ROLE.replace('"sts:AssumeRole"  # <- ESO723', '"sts:*"')


@rule(
    id="ESO723",
    name="irsa-trust-wrong-action",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD, GOOD_WILDCARD),
    reads=("ServiceAccount",),
    words=AWS_IAM,
)
def irsa_trust_wrong_action(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A trust policy names a cluster's OIDC provider, and an action that tokens cannot be used for.

    Why: a federated principal assumes a role by `sts:AssumeRoleWithWebIdentity`. With `sts:AssumeRole` alone no token
    is accepted, and AccessDenied is all that is seen.

    Fix: write `sts:AssumeRoleWithWebIdentity`.

    References: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html
    """
    for role, led in own_aws_roles(store, ws):
        for trusted in federated(role):
            actions = trusted.statement.actions
            if allows_web(trusted.statement) is not False or not actions or role.maybe:
                continue
            yield Problem(
                at=actions[0].span,
                message=f"`{actions[0].shown}` does not let an OIDC provider assume role `{role.name.shown}`",
                label="not for federated principals",
                related=(
                    Related(trusted.principal.value.span, "the federated principal"),
                    Related(led.identity.arn.span, f"{led.store.title} uses the role"),
                ),
                help="write `sts:AssumeRoleWithWebIdentity`",
            )
