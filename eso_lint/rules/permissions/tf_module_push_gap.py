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
    role_switches,
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

PUSH = """
# file: push.yaml
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata:
  name: db
  namespace: shop
spec:
  secretStoreRefs:
    - name: aws
  selector:
    secret:
      name: db
  data:
    - match:
        secretKey: password
        remoteRef:
          remoteKey: shop/db
"""

MODULE = """
# file: irsa.tf
module "eso" {
  source  = "terraform-aws-modules/iam/aws//modules/iam-role-for-service-accounts"
  version = "~> 6.0"

  name = "eso-shop"
  use_name_prefix = false

  attach_external_secrets_policy = true
  external_secrets_create_permission = true  # <- ESO719
  external_secrets_secrets_manager_arns = ["arn:aws:secretsmanager:*:*:secret:shop/*"]

  oidc_providers = {
    main = {
      provider_arn               = var.provider_arn
      namespace_service_accounts = ["shop:reader"]
    }
  }
}
"""

BAD = STORE + PUSH + MODULE

BAD_OFF = (
    STORE
    + PUSH
    + MODULE.replace("  external_secrets_create_permission = true  # <- ESO719\n", "").replace(
        "attach_external_secrets_policy = true", "attach_external_secrets_policy = true  # <- ESO719"
    )
)

GOOD = (
    STORE
    + PUSH
    + MODULE.replace("  # <- ESO719", "")
    + """
data "aws_iam_policy_document" "more" {
  statement {
    actions   = ["secretsmanager:DeleteResourcePolicy"]
    resources = ["arn:aws:secretsmanager:*:*:secret:shop/*"]
  }
}

resource "aws_iam_role_policy" "more" {
  role   = "eso-shop"
  policy = data.aws_iam_policy_document.more.json
}
"""
)


@rule(
    id="ESO719",
    name="tf-module-push-gap",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_OFF),
    good=(GOOD,),
    reads=("ServiceAccount",),
    words=AWS_IAM,
)
def tf_module_push_gap(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A PushSecret writes with a role of a Terraform module whose switches do not grant all that a push needs.

    Why: the module's switch for pushing grants creating, writing and tagging secrets. It leaves out
    `DeleteResourcePolicy`, which the operator calls at every push since 0.20.4, and everything about the Parameter
    Store; without the switch the role can only read.

    Fix: turn the switch on, and attach a policy of your own with the rest.

    References: https://github.com/aws-samples/appmod-blueprints/issues/691
    """
    for role, _ in own_aws_roles(store, ws):
        for switch, gaps in role_switches(role, ws):
            if switch.kind != "push":
                continue
            actions = tuple(dict.fromkeys(action for gap in gaps for action in gap.actions))
            listed = ", ".join(f"`{action}`" for action in actions)
            turn = f"turn `{switch.missing}` on, and " if switch.missing else ""
            yield Problem(
                at=switch.at.key,
                message=f"the module's switches leave out what pushing needs: {listed}",
                label="not all that a push needs",
                related=(Related(gaps[0].use.at.span, f"{gaps[0].use.source.title} pushes here"),),
                help=f"{turn}attach a policy that grants what is missing",
            )
