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
    aws_logins,
    rule,
    subject_misses,
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
        "${local.issuer}:sub" = "system:serviceaccount:shop:writer"  # <- ESO720
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

BAD_NAMESPACE = STORE + ROLE.replace("shop:writer", "external-secrets:reader")

BAD_LIKE = STORE + ROLE.replace("StringEquals", "StringLike").replace("shop:writer", "shop-*:reader")

GOOD = STORE + ROLE.replace('shop:writer"  # <- ESO720', 'shop:reader"')

GOOD_LIKE = STORE + ROLE.replace("StringEquals", "StringLike").replace('shop:writer"  # <- ESO720', 'shop:*"')

GOOD_OPAQUE = STORE + ROLE.replace('shop:writer"  # <- ESO720', '${var.account}"')


@rule(
    id="ESO720",
    name="irsa-trust-subject-mismatch",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_NAMESPACE, BAD_LIKE),
    good=(GOOD, GOOD_LIKE, GOOD_OPAQUE),
    reads=("ServiceAccount",),
    words=AWS_IAM,
)
def irsa_trust_subject_mismatch(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A role's trust policy does not name the ServiceAccount that a store signs in with.

    Why: the operator asks STS for the role with a token of the ServiceAccount, whose subject is
    `system:serviceaccount:<namespace>:<name>`. Where no statement of the trust policy accepts that subject, STS answers
    AccessDenied and the store is not ready. For a ClusterSecretStore whose `serviceAccountRef` names no namespace, the
    token is that of the ServiceAccount in the namespace of each ExternalSecret.

    Fix: write the ServiceAccount's subject into the condition, or let the store use the ServiceAccount that is trusted.

    References: https://external-secrets.io/latest/provider/aws-access/
    """
    for login in aws_logins(store, ws):
        identity, subject = login.first, login.subject
        if identity is None or login.how not in ("irsa", "controller") or subject is None or not identity.roles:
            continue
        misses = [subject_misses(role, subject) for role in identity.roles]
        miss = misses[0]
        # Where several roles may be meant, one that lets the account in is enough.
        if miss is None or None in misses:
            continue
        account = login.object.name_node if login.object is not None else store.name_node
        yield Problem(
            at=miss.value.span,
            message=f"the trust policy of role `{identity.roles[0].name.shown}` does not accept `{subject}`",
            label="trusts another subject",
            related=(
                Related(account.span, f"{store.title} signs in as {'this' if login.object else 'a'} ServiceAccount"),
                Related(identity.arn.span, "which names the role"),
            ),
            help=f"write `{subject}`",
            confidence=None if identity.sure else Confidence.MEDIUM,
        )
