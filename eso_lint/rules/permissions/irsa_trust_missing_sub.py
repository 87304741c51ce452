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
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.eks.arn }  # <- ESO721
      Condition = { StringEquals = {
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

GOOD = STORE + ROLE.replace(
    '"${local.issuer}:aud"',
    '"${local.issuer}:sub" = "system:serviceaccount:shop:reader"\n        "${local.issuer}:aud"',
).replace("  # <- ESO721", "")

GOOD_OPAQUE = STORE + ROLE.replace('"${local.issuer}:aud"', '"${var.key}"').replace("  # <- ESO721", "")


@rule(
    id="ESO721",
    name="irsa-trust-missing-sub",
    on=Store,
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD, GOOD_OPAQUE),
    reads=("ServiceAccount",),
    security=7.0,
    words=AWS_IAM,
)
def irsa_trust_missing_sub(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A role that a store uses can be assumed by every ServiceAccount of the cluster.

    Why: the trust policy accepts tokens of the cluster's OIDC provider and does not look at their subject. Any pod that
    can get a token for STS reads what the store reads.

    Fix: add a condition on `<issuer>:sub` with `system:serviceaccount:<namespace>:<name>`.

    References: https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
    """
    for role, led in own_aws_roles(store, ws):
        for trusted in federated(role):
            open_trust = role.trust is None or role.trust.open or role.maybe
            if open_trust or not trusted.whole or trusted.tests("sub") or not allows_web(trusted.statement):
                continue
            subject = led.login.subject or "system:serviceaccount:<namespace>:<name>"
            yield Problem(
                at=trusted.principal.value.span,
                message=f"the trust policy of role `{role.name.shown}` accepts every ServiceAccount of the cluster",
                label="no condition on the subject",
                related=(Related(led.identity.arn.span, f"{led.store.title} uses the role"),),
                help=f'add a condition `StringEquals` on `<issuer>:sub`: "{subject}"',
            )
