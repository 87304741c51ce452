from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    AWS_IAM,
    Problem,
    Related,
    Severity,
    Store,
    Workspace,
    refused_steps,
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
      role: arn:aws:iam::444455556666:role/secrets
      auth:
        jwt:
          serviceAccountRef:
            name: reader
"""

FIRST = """
# file: iam.tf
resource "aws_iam_role" "eso" {
  name = "eso-shop"
  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = var.provider }
      Condition = { StringEquals = { "${var.issuer}:sub" = "system:serviceaccount:shop:reader" } }
    }]
  })
}

resource "aws_iam_role_policy" "eso" {
  role = aws_iam_role.eso.id
  policy = jsonencode({
    Statement = [{
      Effect   = "Allow"
      Action   = ["sts:AssumeRole"]
      Resource = ["arn:aws:iam::444455556666:role/secrets"]
    }]
  })
}
"""

SECOND = """
# file: target.tf
resource "aws_iam_role" "secrets" {
  name = "secrets"
  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:role/eso-shop" }
    }]
  })
}
"""

MARKED = STORE.replace("role/secrets", "role/secrets  # <- ESO728")

BAD_TRUST = MARKED + FIRST + SECOND.replace("role/eso-shop", "role/eso-other")

BAD_POLICY = (
    MARKED
    + FIRST.replace("444455556666:role/secrets", "444455556666:role/other")
    + SECOND.replace("111122223333:role/eso-shop", "111122223333:root")
)

GOOD = STORE + FIRST + SECOND

GOOD_ROOT = STORE + FIRST + SECOND.replace("role/eso-shop", "root")

GOOD_FAR = STORE + FIRST

GOOD_OPAQUE = STORE + FIRST + SECOND.replace("arn:aws:iam::111122223333:role/eso-shop", "${var.trusted}")


@rule(
    id="ESO728",
    name="aws-assume-role-untrusted",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD_TRUST, BAD_POLICY),
    good=(GOOD, GOOD_ROOT, GOOD_FAR, GOOD_OPAQUE),
    reads=("ServiceAccount",),
    words=AWS_IAM,
)
def aws_assume_role_untrusted(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store assumes a role that does not trust it, or that it may not ask for.

    Why: to assume `role` (and each of `additionalRoles`) the identity before it needs `sts:AssumeRole` on that role,
    and the role's trust policy must name the identity or its account. Otherwise STS answers AccessDenied, and the store
    is not ready.

    Fix: name the first role in the trust policy of the second, and grant it `sts:AssumeRole` on that role.

    References: https://external-secrets.io/latest/provider/aws-access/
    """
    for step in refused_steps(store, ws):
        first, second = step.first.arn.shown, step.second.arn.shown
        statement = step.answer.statement
        if step.by == "trust":
            trust = step.role.trust
            message = f"role `{second}` does not trust `{first}`"
            place = statement.span if statement is not None else trust.span if trust is not None else step.role.span
            related = Related(place, "the trust policy")
        else:
            message = f"role `{first}` may not assume `{second}`"
            place = statement.span if statement is not None else step.role.name.span
            related = Related(place, "the closest statement" if statement is not None else "the role that asks")
        yield Problem(
            at=step.second.arn.span,
            message=message,
            label="STS refuses it",
            related=(related, Related(step.first.arn.span, "the role that asks for it")),
            help=f"let its trust policy name `{first}`"
            if step.by == "trust"
            else f"grant `sts:AssumeRole` on `{second}` to the first role",
        )
