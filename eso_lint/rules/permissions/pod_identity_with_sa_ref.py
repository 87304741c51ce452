from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    AWS_IAM,
    Problem,
    Related,
    Severity,
    Store,
    Workspace,
    associated,
    rule,
)

STORE = """
# file: store.yaml
apiVersion: v1
kind: ServiceAccount
metadata:
  name: reader
  namespace: shop
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
            name: reader  # <- ESO726
"""

ASSOCIATION = """
# file: pod.tf
resource "aws_eks_pod_identity_association" "eso" {
  cluster_name    = "shop"
  namespace       = "shop"
  service_account = "reader"
  role_arn        = aws_iam_role.eso.arn
}

resource "aws_iam_role" "eso" {
  name = "eso"
  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = "pods.eks.amazonaws.com" }
    }]
  })
}
"""

BAD = STORE + ASSOCIATION

GOOD = (
    STORE.replace("  # <- ESO726", "").replace(
        "  namespace: shop\n---",
        "  namespace: shop\n  annotations:\n    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/eso\n---",
    )
    + ASSOCIATION
)

GOOD_OTHER = STORE.replace("  # <- ESO726", "") + ASSOCIATION.replace('"reader"', '"writer"')


@rule(
    id="ESO726",
    name="pod-identity-with-sa-ref",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD, GOOD_OTHER),
    reads=("ServiceAccount",),
    words=AWS_IAM,
)
def pod_identity_with_sa_ref(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store signs in as a ServiceAccount that has its role by EKS Pod Identity, which does not work.

    Why: a Pod Identity association gives a role to pods that run as the ServiceAccount. The operator's pod does not; it
    reads the annotation `eks.amazonaws.com/role-arn` of the ServiceAccount, and finds none.

    Fix: associate the operator's own ServiceAccount and leave `auth` out of the store, with `role` where stores need
    different rights; or annotate the ServiceAccount and let the role trust the cluster's OIDC provider.

    References: https://external-secrets.io/latest/provider/aws-access/
    """
    for reference in ws.references(store, "service-account"):
        association = associated(reference, ws)
        if association is not None:
            yield Problem(
                at=reference.at,
                message=f"ServiceAccount `{reference.name}` has its role by Pod Identity, which stores cannot use",
                label="an association serves the pods of this account, not the operator",
                related=(Related(association.service_account.span, "the association"),),
                help="associate the operator's own ServiceAccount, and leave `auth` out",
            )
