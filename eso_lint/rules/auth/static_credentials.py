from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Confidence, Generator, Problem, Severity, Store, Workspace, rule, static_credential

HEAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: store
spec:
  provider:
"""

BAD_AWS = (
    HEAD
    + """    aws:
      service: SecretsManager
      region: eu-central-1
      auth:
        secretRef:  # <- ESO701
          accessKeyIDSecretRef: {name: aws, key: id}
          secretAccessKeySecretRef: {name: aws, key: secret}
"""
)

BAD_GCP = (
    HEAD
    + """    gcpsm:
      projectID: shop
      auth:
        secretRef:  # <- ESO701
          secretAccessKeySecretRef: {name: gcp, key: credentials.json}
"""
)

BAD_AZURE = (
    HEAD
    + """    azurekv:
      tenantId: 00000000-0000-0000-0000-000000000000
      vaultUrl: https://shop.vault.azure.net
      authSecretRef:  # <- ESO701
        clientId: {name: azure, key: id}
        clientSecret: {name: azure, key: secret}
"""
)

BAD_VAULT = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: token
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth:
        tokenSecretRef: {name: vault, key: token}  # <- ESO701
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: approle
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth:
        appRole:
          path: approle
          roleId: shop
          secretRef: {name: vault, key: secret-id}  # <- ESO701
"""

BAD_GENERATOR = """
apiVersion: generators.external-secrets.io/v1alpha1
kind: ECRAuthorizationToken
metadata:
  name: ecr
spec:
  region: eu-central-1
  auth:
    secretRef:  # <- ESO701
      accessKeyIDSecretRef: {name: aws, key: id}
      secretAccessKeySecretRef: {name: aws, key: secret}
---
apiVersion: generators.external-secrets.io/v1alpha1
kind: ClusterGenerator
metadata:
  name: acr
spec:
  kind: ACRAccessToken
  generator:
    acrAccessTokenSpec:
      registry: shop.azurecr.io
      auth:
        servicePrincipal:
          secretRef:  # <- ESO701
            clientId: {name: azure, key: id}
            clientSecret: {name: azure, key: secret}
"""

GOOD_IDENTITY = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: irsa
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      auth:
        jwt:
          serviceAccountRef: {name: shop}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: workload-identity-with-a-client-id
spec:
  provider:
    azurekv:
      authType: WorkloadIdentity
      vaultUrl: https://shop.vault.azure.net
      serviceAccountRef: {name: shop}
      authSecretRef:
        clientId: {name: azure, key: id}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: kubernetes
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth:
        kubernetes:
          mountPath: kubernetes
          role: shop
          serviceAccountRef: {name: shop}
"""

GOOD_NOTHING_ELSE = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: connect
spec:
  provider:
    onepassword:
      connectHost: http://connect
      vaults: {shop: 1}
      auth:
        secretRef:
          connectTokenSecretRef: {name: connect, key: token}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: gitlab
spec:
  provider:
    gitlab:
      projectID: "1"
      auth:
        SecretRef:
          accessToken: {name: gitlab, key: token}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: doppler
spec:
  provider:
    doppler:
      auth:
        secretRef:
          dopplerToken: {name: doppler, key: token}
---
apiVersion: generators.external-secrets.io/v1alpha1
kind: STSSessionToken
metadata:
  name: sts-serves-user-keys-only
spec:
  region: eu-central-1
  auth:
    secretRef:
      accessKeyIDSecretRef: {name: aws, key: id}
      secretAccessKeySecretRef: {name: aws, key: secret}
"""

GOOD_CHART = """
# file: chart/Chart.yaml
name: store
# file: chart/templates/store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: aws
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      auth:
        {{- if .Values.irsa }}
        jwt:
          serviceAccountRef: {name: shop}
        {{- else }}
        secretRef:
          accessKeyIDSecretRef: {name: aws, key: id}
          secretAccessKeySecretRef: {name: aws, key: secret}
        {{- end }}
"""


@rule(
    id="ESO701",
    name="static-credentials",
    on=(Store, Generator),
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD_AWS, BAD_GCP, BAD_AZURE, BAD_VAULT, BAD_GENERATOR),
    good=(GOOD_IDENTITY, GOOD_NOTHING_ELSE, GOOD_CHART),
    security=5.5,
)
def static_credentials(resource: Store | Generator, ws: Workspace) -> Iterator[Problem]:
    """A store or generator logs in with a long-lived credential although the platform offers short-lived ones.

    Why: an access key, a service account key, a client secret or a Vault token in a Kubernetes Secret is the one
    secret that nothing rotates. Whoever reads it can use it from anywhere, as everything that the store can read, until
    somebody notices. A ServiceAccount token is made for each request, lives minutes, and is bound to the cluster.

    Fix: AWS: IRSA or EKS Pod Identity. Google Cloud: Workload Identity. Azure: Workload Identity. Vault: the
    Kubernetes or JWT method. The finding names the field.

    When to ignore: the cluster runs where the platform cannot verify its ServiceAccounts, such as an on-premises
    cluster without a public OIDC issuer that reads AWS. Providers that know nothing but a token are never reported.
    """
    found = static_credential(resource)
    key = resource.key_at(*found.path) if found is not None else None
    if found is None or key is None:
        return
    yield Problem(
        at=key,
        message=f"{found.what} instead of a short-lived identity",
        label="a long-lived credential",
        note="assumes that the cluster can use the platform's workload identity",
        help=f"use {found.instead}",
    )
