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

READ = """
# file: db.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: shop
spec:
  refreshInterval: 1h
  secretStoreRef:
    name: aws
  data:
    - secretKey: password
      remoteRef:
        key: shop/db
"""

MODULE = """
# file: irsa.tf
module "eso" {
  source  = "terraform-aws-modules/iam/aws//modules/iam-role-for-service-accounts"
  version = "~> 6.0"

  name = "eso-shop"
  use_name_prefix = false

  attach_external_secrets_policy = true  # <- ESO718

  oidc_providers = {
    main = {
      provider_arn               = var.provider_arn
      namespace_service_accounts = ["shop:reader"]
    }
  }
}
"""

BAD = STORE + READ + MODULE

GOOD = (
    STORE
    + READ
    + MODULE.replace(
        "policy = true  # <- ESO718",
        """policy = true
  external_secrets_secrets_manager_arns = ["arn:aws:secretsmanager:*:*:secret:shop/*"]""",
    )
)

GOOD_OLD = (
    STORE
    + READ
    + MODULE.replace('service-accounts"', 'service-accounts-eks"')
    .replace("~> 6.0", "~> 5.60")
    .replace("  # <- ESO718", "")
    .replace('name = "eso-shop"\n  use_name_prefix = false', 'role_name = "eso-shop"')
)


@rule(
    id="ESO718",
    name="tf-module-attach-without-arns",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD, GOOD_OLD),
    reads=("ServiceAccount",),
    words=AWS_IAM,
)
def tf_module_attach_without_arns(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A Terraform module is told to attach this operator's policy, but not for which secrets.

    Why: up to version 5 the module let the role read every secret where none were named. In version 6, and in the
    module for EKS Pod Identity, the lists are empty where they are not given, and the policy then grants no reading.

    Fix: give the module `external_secrets_secrets_manager_arns`, or `external_secrets_ssm_parameter_arns`.

    References: https://github.com/terraform-aws-modules/terraform-aws-iam/blob/master/docs/UPGRADE-6.0.md
    """
    for role, _ in own_aws_roles(store, ws):
        for switch, gaps in role_switches(role, ws):
            if switch.kind != "arns":
                continue
            gap = gaps[0]
            yield Problem(
                at=switch.at.key,
                message=f"the module attaches the policy without `{switch.missing}`, so it grants no reading",
                label="grants nothing on secrets",
                related=(Related(gap.use.at.span, f"{gap.use.source.title} needs `{gap.actions[0]}`"),),
                help=f"give `{switch.missing}`",
            )
