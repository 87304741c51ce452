from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    AWS_IAM,
    Problem,
    Related,
    Severity,
    Store,
    Workspace,
    pod_trusts,
    rule,
)

INSTALL = """
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: aws
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: external-secrets
  namespace: external-secrets
spec:
  interval: 1h
  chart:
    spec:
      chart: external-secrets
      version: 2.9.0
      sourceRef: {kind: HelmRepository, name: external-secrets}
"""

ASSOCIATION = """
# file: pod.tf
resource "aws_eks_pod_identity_association" "eso" {
  cluster_name    = "shop"
  namespace       = "external-secrets"
  service_account = "external-secrets"
  role_arn        = aws_iam_role.eso.arn
}

resource "aws_iam_role" "eso" {
  name = "eso"
  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole"]  # <- ESO727
      Principal = { Service = "pods.eks.amazonaws.com" }
    }]
  })
}
"""

BAD = INSTALL + ASSOCIATION

BAD_PRINCIPAL = INSTALL + ASSOCIATION.replace("  # <- ESO727", "").replace("pods.eks", "eks").replace(
    "assume_role_policy = jsonencode({", "assume_role_policy = jsonencode({  # <- ESO727"
)

GOOD = INSTALL + ASSOCIATION.replace('["sts:AssumeRole"]  # <- ESO727', '["sts:AssumeRole", "sts:TagSession"]')

GOOD_NO_STORE = ASSOCIATION.replace("  # <- ESO727", "")


@rule(
    id="ESO727",
    name="pod-identity-trust",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_PRINCIPAL),
    good=(GOOD, GOOD_NO_STORE),
    reads=("ServiceAccount",),
    words=AWS_IAM,
)
def pod_identity_trust(store: Store, ws: Workspace) -> Iterator[Problem]:
    """The role of the operator's Pod Identity association does not let EKS hand it out.

    Why: EKS assumes the role as the service `pods.eks.amazonaws.com` and tags the session. The trust policy must allow
    that service both `sts:AssumeRole` and `sts:TagSession`.

    Fix: allow the service both actions.

    References: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    """
    for found in pod_trusts(store, ws):
        statement = found.statement
        trust = found.role.trust
        place = statement.actions[0].span if statement is not None and statement.actions else None
        at = place or (trust.span if trust is not None else found.role.span)
        yield Problem(
            at=at,
            message=f"the trust policy of role `{found.role.name.shown}` does not allow EKS `{found.action}`",
            label=f"`{found.action}` is missing" if statement is not None else "names no pods.eks.amazonaws.com",
            related=(
                Related(found.association.role.span, "the association"),
                Related(store.name_node.span, "the store that signs in as the operator"),
            ),
            help="allow `pods.eks.amazonaws.com` both `sts:AssumeRole` and `sts:TagSession`",
        )
