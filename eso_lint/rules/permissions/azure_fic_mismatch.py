from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Confidence, Problem, Related, Severity, Store, Workspace, federation_faults, rule

STORE = """
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: azure, namespace: shop}
spec:
  provider:
    azurekv:
      authType: WorkloadIdentity
      vaultUrl: https://shop-prod.vault.azure.net
      serviceAccountRef: {name: eso-reader}
"""

TERRAFORM = """
# file: main.tf
resource "azurerm_federated_identity_credential" "eso" {
  parent_id = azurerm_user_assigned_identity.eso.id
  issuer    = azurerm_kubernetes_cluster.shop.oidc_issuer_url
  subject   = "system:serviceaccount:shop:eso-reader"
  audience  = ["api://AzureADTokenExchange"]
}
"""

BAD = TERRAFORM.replace(':shop:eso-reader"', ':default:eso-reader"  # <- ESO743') + STORE

BAD_AUDIENCE = TERRAFORM.replace('TokenExchange"]', 'TokenExchanges"]  # <- ESO743') + STORE

OPERATOR = """
# file: identity.yaml
apiVersion: managedidentity.azure.com/v1api20230131
kind: FederatedIdentityCredential
metadata: {name: eso, namespace: shop}
spec:
  owner: {name: eso}
  audiences: [api://AzureADTokenExchange]
  subject: system:serviceaccount:shop:eso-raeder
"""

BAD_OPERATOR = OPERATOR.replace("eso-raeder", "eso-raeder  # <- ESO743") + STORE

GOOD = TERRAFORM + STORE

GOOD_OPERATOR = OPERATOR.replace("eso-raeder", "eso-reader") + STORE

# An identity of something else.
GOOD_OTHER = TERRAFORM.replace("shop:eso-reader", "ci:runner") + STORE

GOOD_VARIABLE = TERRAFORM.replace("shop:eso-reader", "${var.namespace}:${var.account}") + STORE


@rule(
    id="ESO743",
    name="azure-fic-mismatch",
    on=Store,
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD, BAD_AUDIENCE, BAD_OPERATOR),
    good=(GOOD, GOOD_OPERATOR, GOOD_OTHER, GOOD_VARIABLE),
    reads=("ServiceAccount",),
    words=("azurekv",),
)
def azure_fic_mismatch(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A federated credential is for another subject or audience than the tokens of a store's ServiceAccount have.

    Why: Azure takes a token where the credential's subject is `system:serviceaccount:<namespace>:<name>`, letter by
    letter, and its audience `api://AzureADTokenExchange`, which is what the operator asks for. Else the login fails
    with AADSTS70021 or AADSTS700212, and the store is not ready.

    Fix: correct the credential, or make another for this ServiceAccount.

    When to ignore: the credential is for a ServiceAccount outside the repository, and the store's is made elsewhere.
    """
    for fault in federation_faults(store, ws):
        yield Problem(
            at=fault.at,
            message=fault.message,
            label="Azure will refuse the token",
            related=(Related(fault.reference.at.span, "the ServiceAccount that the store logs in with"),),
            help=fault.help,
        )
