from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    AWS_IAM,
    Confidence,
    Problem,
    Related,
    Severity,
    Store,
    Workspace,
    audience_misses,
    audiences,
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
        "${local.issuer}:aud" = "eso"  # <- ESO724
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

BAD_ANNOTATION = STORE.replace(
    "  annotations:\n", "  annotations:\n    eks.amazonaws.com/audience: vault\n"
) + ROLE.replace('"eso"', '"sts.amazonaws.com"')

GOOD = STORE + ROLE.replace('"eso"  # <- ESO724', '"sts.amazonaws.com"')

GOOD_ANNOTATION = STORE.replace(
    "  annotations:\n", "  annotations:\n    eks.amazonaws.com/audience: eso\n"
) + ROLE.replace("  # <- ESO724", "")

GOOD_AUDIENCES = STORE.replace("name: reader\n", "name: reader\n            audiences: [eso]\n").replace(
    "name: reader\n            audiences: [eso]\n  namespace", "name: reader\n  namespace"
) + ROLE.replace("  # <- ESO724", "")


@rule(
    id="ESO724",
    name="irsa-aud-mismatch",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_ANNOTATION),
    good=(GOOD, GOOD_ANNOTATION, GOOD_AUDIENCES),
    reads=("ServiceAccount",),
    words=AWS_IAM,
)
def irsa_aud_mismatch(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A trust policy expects another audience than the tokens that the operator asks for.

    Why: the token's audience is the ServiceAccount's annotation `eks.amazonaws.com/audience`, or `sts.amazonaws.com`,
    and whatever `serviceAccountRef.audiences` adds. STS refuses a token that does not meet the condition.

    Fix: write `sts.amazonaws.com` in the condition, or annotate the ServiceAccount with the audience that is expected.

    References: https://external-secrets.io/latest/provider/aws-access/
    """
    for role, led in own_aws_roles(store, ws):
        claims = audiences(led)
        if led.login.how != "irsa" or claims is None or led.login.first is not led.identity:
            continue
        for miss in audience_misses(role, claims):
            said = " and ".join(f"`{claim}`" for claim in claims)
            yield Problem(
                at=miss.value.span,
                message=f"the trust policy of role `{role.name.shown}` expects the audience `{miss.value.shown}`",
                label=f"the operator's tokens have {said}",
                related=(Related(led.identity.arn.span, f"{led.store.title} signs in with this ServiceAccount"),),
                help=f"write `{claims[0]}`, or annotate the ServiceAccount with `eks.amazonaws.com/audience`",
                confidence=None if led.identity.sure else Confidence.MEDIUM,
            )
