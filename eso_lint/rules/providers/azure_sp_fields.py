from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Severity, Store, Workspace, provider_problems, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: tenant
spec:
  provider:
    azurekv:
      vaultUrl: https://shop.vault.azure.net
      authType: ServicePrincipal  # <- ESO641
      authSecretRef: {clientId: {name: login, key: id}, clientSecret: {name: login, key: secret}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: default
spec:
  provider:
    azurekv:  # <- ESO641
      vaultUrl: https://shop.vault.azure.net
      serviceAccountRef: {name: reader}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: both
spec:
  provider:
    azurekv:
      vaultUrl: https://shop.vault.azure.net
      tenantId: shop
      authSecretRef:
        clientId: {name: login, key: id}
        clientSecret: {name: login, key: secret}
        clientCertificate: {name: login, key: cert}  # <- ESO641
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: secret
spec:
  provider:
    azurekv:
      vaultUrl: https://shop.vault.azure.net
      tenantId: shop
      authSecretRef: {clientId: {name: login, key: id}, clientSecret: {name: login, key: secret}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: identity
spec:
  provider:
    azurekv:
      vaultUrl: https://shop.vault.azure.net
      authType: WorkloadIdentity
      serviceAccountRef: {name: reader}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: variable
spec:
  provider:
    azurekv:
      vaultUrl: https://shop.vault.azure.net
      authType: ${TYPE}
"""


@rule(
    id="ESO641",
    name="azure-sp-fields",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
    words=("azurekv",),
)
def azure_sp_fields(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store of Azure Key Vault logs in as a service principal without all that this needs.

    Why: `authType` is ServicePrincipal where nothing is written. The store is admitted, and the operator then
    refuses to build a client: it needs `tenantId`, `authSecretRef.clientId`, and a secret or a certificate.

    Fix: write what is missing, or `authType: WorkloadIdentity`.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "azure-sp-fields")
