from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Severity, Store, Workspace, provider_problems, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: sdk
spec:
  provider:
    azurekv:
      vaultUrl: https://shop.vault.azure.net
      authType: WorkloadIdentity
      customCloudConfig:  # <- ESO623
        activeDirectoryEndpoint: https://login.example.org
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: endpoint
spec:
  provider:
    azurekv:
      vaultUrl: https://shop.vault.azure.net
      authType: WorkloadIdentity
      useAzureSDK: true
      customCloudConfig:
        activeDirectoryEndpoint: ""  # <- ESO623
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: stack
spec:
  provider:
    azurekv:
      vaultUrl: https://shop.vault.azure.net
      authType: WorkloadIdentity
      environmentType: AzureStackCloud  # <- ESO623
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: stack
spec:
  provider:
    azurekv:
      vaultUrl: https://shop.vault.azure.net
      authType: WorkloadIdentity
      environmentType: AzureStackCloud
      useAzureSDK: true
      customCloudConfig: {activeDirectoryEndpoint: "https://login.example.org"}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: china
spec:
  provider:
    azurekv:
      vaultUrl: https://shop.vault.azure.net
      authType: WorkloadIdentity
      environmentType: ChinaCloud
"""


@rule(
    id="ESO623",
    name="azure-custom-cloud-sdk",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
    words=("azurekv",),
)
def azure_custom_cloud_sdk(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store has settings of a custom Azure cloud that do not fit together.

    Why: only the newer SDK knows custom clouds, it needs to know where to log in, and Azure Stack is one. The
    operator's admission webhook refuses other combinations.

    Fix: write `useAzureSDK: true` and `customCloudConfig.activeDirectoryEndpoint`.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "azure-custom-cloud-sdk")
