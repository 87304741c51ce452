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
  name = "shop-prod"
}
resource "azurerm_key_vault_access_policy" "eso" {
  key_vault_id       = azurerm_key_vault.shop.id
  object_id          = azurerm_user_assigned_identity.eso.principal_id
  secret_permissions = ["Get"]
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

FIND = """# file: find.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: all, namespace: shop}
spec:
  secretStoreRef: {name: azure}
  dataFrom:
    - find:
        name: {regexp: ^db}
"""

PUSH = """# file: push.yaml
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRefs: [{name: azure}]
  deletionPolicy: Delete
  selector: {secret: {name: db}}
  data:
    - match:
        secretKey: password
        remoteRef:
          remoteKey: db-password
"""

BAD_FIND = TERRAFORM + STORE + FIND.replace("name: {regexp: ^db}", "name: {regexp: ^db}  # <- ESO742")

BAD_DELETE = TERRAFORM.replace('["Get"]', '["Get", "Set"]') + STORE + PUSH.replace("Delete\n", "Delete  # <- ESO742\n")

BAD_INLINE = (
    TERRAFORM.split('resource "azurerm_key_vault"')[0]
    + """resource "azurerm_key_vault" "shop" {
  name = "shop-prod"
  access_policy {
    object_id          = azurerm_user_assigned_identity.eso.principal_id
    secret_permissions = ["Set", "Delete"]
  }
}
"""
    + STORE
    + PUSH.replace("Delete\n", "Delete  # <- ESO742\n").replace(
        "remoteKey: db-password", "remoteKey: db-password  # <- ESO742"
    )
)

GOOD = TERRAFORM.replace('["Get"]', '["get", "list", "Set", "Delete"]') + STORE + FIND + PUSH

GOOD_SPLIT = (
    TERRAFORM
    + """
resource "azurerm_key_vault_access_policy" "more" {
  key_vault_id       = azurerm_key_vault.shop.id
  object_id          = azurerm_user_assigned_identity.eso.principal_id
  secret_permissions = var.more
}
"""
    + STORE
    + FIND
)

GOOD_OTHER_IDENTITY = TERRAFORM.replace("shop:reader", "ci:runner") + STORE + FIND


@rule(
    id="ESO742",
    name="azure-access-policy-missing",
    on=(BaseExternalSecret, BasePushSecret),
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD_FIND, BAD_DELETE, BAD_INLINE),
    good=(GOOD, GOOD_SPLIT, GOOD_OTHER_IDENTITY),
    reads=("ServiceAccount",),
    words=("azurekv",),
)
def azure_access_policy_missing(resource: BaseExternalSecret | BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """The access policy of a store's identity lacks a right that an ExternalSecret or PushSecret needs.

    Why: the key vault answers 403, and the object is not ready. `find` lists before it reads; a push looks at what is
    there before it writes, so it takes Get as well as Set (Import for keys and certificates), and
    `deletionPolicy: Delete` takes Get and Delete.

    Fix: add the right to the access policy.

    When to ignore: something outside the repository adds a policy.
    """
    for gap in azure_gaps(resource, ws):
        if gap.by_role:
            continue
        needed = ", ".join(f"`{need.action}`" for need in (gap.need, *gap.others))
        yield Problem(
            at=gap.use.at,
            message=f"{gap.use.words} needs {needed}, which the vault's access policy does not give",
            label="the key vault will deny this",
            related=(
                Related(gap.near.span.one_line(), "the identity's access policy"),
                Related(gap.federation.span.one_line(), "the identity of the store's ServiceAccount"),
            ),
            help=f"add {needed} to the access policy",
            severity=None if gap.need.sure else Severity.WARNING,
        )
