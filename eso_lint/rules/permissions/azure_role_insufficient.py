from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    BasePushSecret,
    Confidence,
    Problem,
    Related,
    Severity,
    Workspace,
    azure_gaps,
    rule,
)

TERRAFORM = """
# file: main.tf
resource "azurerm_user_assigned_identity" "eso" {
  name = "eso"
}
resource "azurerm_federated_identity_credential" "eso" {
  parent_id = azurerm_user_assigned_identity.eso.id
  subject   = "system:serviceaccount:shop:reader"
  audience  = ["api://AzureADTokenExchange"]
}
resource "azurerm_key_vault" "shop" {
  name                      = "shop-prod"
  enable_rbac_authorization = true
}
resource "azurerm_role_assignment" "eso" {
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.eso.principal_id
}
"""

STORE = """# file: store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: azure, namespace: shop}
spec:
  provider:
    azurekv:
      authType: WorkloadIdentity
      vaultUrl: https://shop-prod.vault.azure.net
      serviceAccountRef: {name: reader}
"""

READ = """# file: secret.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: azure}
  data:
    - secretKey: password
      remoteRef:
        key: db-password
"""

PUSH = """# file: push.yaml
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRefs: [{name: azure}]
  selector: {secret: {name: db}}
  data:
    - match:
        secretKey: password
        remoteRef:
          remoteKey: db-password
"""

BAD = TERRAFORM + STORE + PUSH.replace("remoteKey: db-password", "remoteKey: db-password  # <- ESO741")

BAD_CONTROL = (
    TERRAFORM.replace("Key Vault Secrets User", "Key Vault Contributor")
    + STORE
    + READ.replace("key: db-password", "key: db-password  # <- ESO741")
)

BAD_TYPE = TERRAFORM + STORE + READ.replace("key: db-password", "key: key/signing  # <- ESO741")

OPERATOR = """
# file: identity.yaml
apiVersion: managedidentity.azure.com/v1api20230131
kind: UserAssignedIdentity
metadata: {name: eso, namespace: shop}
spec:
  operatorSpec:
    configMaps:
      principalId: {name: eso-identity, key: principalId}
---
apiVersion: managedidentity.azure.com/v1api20230131
kind: FederatedIdentityCredential
metadata: {name: eso, namespace: shop}
spec:
  owner: {name: eso}
  audiences: [api://AzureADTokenExchange]
  subject: system:serviceaccount:shop:reader
---
apiVersion: authorization.azure.com/v1api20220401
kind: RoleAssignment
metadata: {name: eso, namespace: shop}
spec:
  owner: {group: keyvault.azure.com, kind: Vault, name: shop-prod}
  principalIdFromConfig: {name: eso-identity, key: principalId}
  roleDefinitionReference: {wellKnownName: Key Vault Reader}
"""

BAD_OPERATOR = OPERATOR + STORE + READ.replace("key: db-password", "key: db-password  # <- ESO741")

GOOD = TERRAFORM + STORE + READ

GOOD_PUSH = TERRAFORM.replace("Secrets User", "Secrets Officer") + STORE + PUSH

GOOD_OPERATOR = OPERATOR.replace("Key Vault Reader", "Key Vault Secrets User") + STORE + READ

GOOD_OTHER_VAULT = TERRAFORM.replace('"shop-prod"', '"shop-test"') + STORE + PUSH

GOOD_OTHER_ACCOUNT = TERRAFORM.replace("shop:reader", "ci:runner") + STORE + PUSH

GOOD_CUSTOM_ROLE = (
    TERRAFORM
    + """
resource "azurerm_role_assignment" "more" {
  scope              = azurerm_key_vault.shop.id
  role_definition_id = var.role
  principal_id       = azurerm_user_assigned_identity.eso.principal_id
}
"""
    + STORE
    + PUSH
)


@rule(
    id="ESO741",
    name="azure-role-insufficient",
    on=(BaseExternalSecret, BasePushSecret),
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD, BAD_CONTROL, BAD_TYPE, BAD_OPERATOR),
    good=(GOOD, GOOD_PUSH, GOOD_OPERATOR, GOOD_OTHER_VAULT, GOOD_OTHER_ACCOUNT, GOOD_CUSTOM_ROLE),
    reads=("ServiceAccount",),
    words=("azurekv",),
)
def azure_role_insufficient(resource: BaseExternalSecret | BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """The Azure roles of a store's identity lack a right that an ExternalSecret or PushSecret needs.

    Why: the key vault answers 403, and the object is not ready. "Key Vault Secrets User" reads and lists secrets,
    "Key Vault Secrets Officer" writes and deletes them as well; keys and certificates have roles of their own. "Key
    Vault Reader" sees no values, and "Key Vault Contributor", "Contributor" and "Owner" manage the vault and see
    nothing in it.

    Fix: assign the role on the vault.

    When to ignore: something outside the repository assigns more.
    """
    for gap in azure_gaps(resource, ws):
        if not gap.by_role:
            continue
        needed = ", ".join(f"`{need.action}`" for need in (gap.need, *gap.others))
        yield Problem(
            at=gap.use.at,
            message=f"{gap.use.words} needs {needed}, which the role `{gap.has}` does not have",
            label="the key vault will deny this",
            related=(
                Related(gap.near.span.one_line(), "what the identity has"),
                Related(gap.federation.span.one_line(), "the identity of the store's ServiceAccount"),
            ),
            help=f"assign `{gap.role_for}` on the vault",
            severity=None if gap.need.sure else Severity.WARNING,
        )
