from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    AWS_IAM,
    Problem,
    Related,
    Severity,
    Store,
    Workspace,
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
      Principal = { Federated = aws_iam_openid_connect_provider.eks.arn }
      Condition = { StringEquals = {
        "${local.issuer}:sub" = "system:serviceaccount:shop:*"  # <- ESO722
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

GOOD = STORE + ROLE.replace("StringEquals", "StringLike").replace("  # <- ESO722", "")

GOOD_WHOLE = STORE + ROLE.replace('shop:*"  # <- ESO722', 'shop:reader"')


@rule(
    id="ESO722",
    name="irsa-trust-wildcard-stringequals",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD, GOOD_WHOLE),
    reads=("ServiceAccount",),
    words=AWS_IAM,
)
def irsa_trust_wildcard_stringequals(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A trust policy writes a wildcard where AWS compares letter by letter.

    Why: under `StringEquals` a `*` is a star. No ServiceAccount has such a name, so STS answers AccessDenied.

    Fix: use `StringLike`, or write the subject out.

    References: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    for role, led in own_aws_roles(store, ws):
        for trusted in federated(role):
            for test in (*trusted.tests("sub"), *trusted.tests("aud")):
                operator = test.operator.raw
                if "equals" not in operator.lower() or "not" in operator.lower():
                    continue
                for value in test.values:
                    text = value.text
                    if text is None or not ("*" in text or "?" in text):
                        continue
                    yield Problem(
                        at=value.span,
                        message=f"`{operator}` compares `{text}` letter by letter",
                        label="a wildcard, taken as a letter",
                        related=(
                            Related(test.operator.span, "the operator"),
                            Related(led.identity.arn.span, f"{led.store.title} uses the role"),
                        ),
                        help="write `StringLike` in place of the operator, or the whole subject",
                    )
