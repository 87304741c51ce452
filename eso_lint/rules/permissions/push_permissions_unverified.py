from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BasePushSecret,
    Problem,
    Profile,
    Severity,
    Workspace,
    aws_logins,
    distinct,
    rule,
    stores_of,
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

PUSH = """
# file: push.yaml
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata:
  name: db
  namespace: shop
spec:
  updatePolicy: IfNotExists
  secretStoreRefs:
    - name: aws  # <- ESO732
  selector:
    secret:
      name: db
  data:
    - match:
        secretKey: password
        remoteRef:
          remoteKey: shop/db
"""

ROLE = """
# file: iam.tf
resource "aws_iam_role" "eso" {
  name = "eso-shop"
  assume_role_policy = var.trust
}
"""

BAD = STORE + PUSH

GOOD = STORE + PUSH.replace("  # <- ESO732", "") + ROLE


@rule(
    id="ESO732",
    name="push-permissions-unverified",
    on=BasePushSecret,
    severity=Severity.INFO,
    profile=Profile.STRICT,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
    reads=("ServiceAccount",),
    words=("aws",),
)
def push_permissions_unverified(push: BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """A PushSecret writes with an AWS role that the repository does not hold, so nothing checks what it may do.

    Why: pushing takes rights that reading does not, and what is missing shows only when the object is reconciled. With
    the role's policies beside the manifests they would be compared.

    Fix: keep the role's policies in this repository, or compare them with what `eso-lint permissions` prints.
    """
    for reference in distinct(ws.references(push, "store")):
        for store in stores_of(reference, ws)[:1]:
            if store.provider == "aws" and not any(login.last and login.last.roles for login in aws_logins(store, ws)):
                yield Problem(
                    at=reference.at,
                    message=f"what {store.title} may write cannot be checked: its role is not in this repository",
                    label="the rights to push are not verified",
                    help="`eso-lint permissions` prints the policy that is needed",
                )
