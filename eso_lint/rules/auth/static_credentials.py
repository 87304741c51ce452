from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from eso_lint.api import (
    Confidence,
    Generator,
    Mapping,
    Node,
    Problem,
    Resource,
    Severity,
    Store,
    Workspace,
    is_absent,
    rule,
    string,
)

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
    + """
    aws:
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
    + """
    gcpsm:
      projectID: shop
      auth:
        secretRef:  # <- ESO701
          secretAccessKeySecretRef: {name: gcp, key: credentials.json}
"""
)

BAD_AZURE = (
    HEAD
    + """
    azurekv:
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

Path = tuple[str, ...]
_AWS = "IRSA (`auth.jwt.serviceAccountRef`), or EKS Pod Identity without an `auth` block"
_GCP = "Workload Identity (`auth.workloadIdentity`), or workload identity federation outside GKE"
_AZURE = "Workload Identity (`authType: WorkloadIdentity` with `serviceAccountRef`)"
_ACR = "Workload Identity (`auth.workloadIdentity.serviceAccountRef`)"
_VAULT = "Vault's Kubernetes auth (`auth.kubernetes` with `serviceAccountRef`), or `auth.jwt`"


class Credential(NamedTuple):
    """Where a long-lived credential is referred to, what it is, and what the platform offers instead."""

    path: Path
    what: str
    instead: str


@rule(
    id="ESO701",
    name="static-credentials",
    on=(Store, Generator),
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD_AWS, BAD_GCP, BAD_AZURE, BAD_VAULT, BAD_GENERATOR),
    good=(GOOD_IDENTITY, GOOD_NOTHING_ELSE),
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
    found = _store(resource) if isinstance(resource, Store) else _generator(resource)
    key = resource.key_at(*found.path) if found is not None and not resource.patched else None
    if found is None or key is None:
        return
    yield Problem(
        at=key,
        message=f"{found.what} instead of a short-lived identity",
        label="a long-lived credential",
        note="assumes that the cluster can use the platform's workload identity",
        help=f"use {found.instead}",
    )


def _store(store: Store) -> Credential | None:
    base: Path = ("spec", "provider", store.provider or "")
    auth = store.config("auth")
    if store.provider == "aws":
        return _cloud(base, auth, "jwt", "static AWS access keys", _AWS)
    if store.provider == "gcpsm":
        return _cloud(base, auth, None, "a Google service account key", _GCP)
    if store.provider == "vault":
        return _vault(base, auth)
    if store.provider == "azurekv":
        kind, ref = store.config("authType"), store.config("authSecretRef")
        if (is_absent(kind) or string(kind) in ("", "ServicePrincipal")) and isinstance(ref, Mapping):
            return _service_principal((*base, "authSecretRef"), ref, _AZURE)
    return None


def _generator(generator: Generator) -> Credential | None:
    if generator.kind != "ClusterGenerator":
        return _of_kind(generator, generator.kind, ("spec",))
    kind = string(generator.at("spec", "kind"))
    fields = {
        "ECRAuthorizationToken": ("ecrAuthorizationTokenSpec", "ecrRAuthorizationTokenSpec"),
        "GCRAccessToken": ("gcrAccessTokenSpec",),
        "ACRAccessToken": ("acrAccessTokenSpec",),
        "VaultDynamicSecret": ("vaultDynamicSecretSpec",),
    }
    for field in fields.get(kind or "", ()):
        found = _of_kind(generator, kind or "", ("spec", "generator", field))
        if found is not None:
            return found
    return None


def _of_kind(resource: Resource, kind: str, base: Path) -> Credential | None:
    """STSSessionToken is left out: GetSessionToken serves the keys of IAM users only."""
    auth = resource.at(*base, "auth")
    if kind == "ECRAuthorizationToken":
        return _cloud(base, auth, "jwt", "static AWS access keys", _AWS)
    if kind == "GCRAccessToken":
        return _cloud(base, auth, None, "a Google service account key", _GCP)
    if kind == "VaultDynamicSecret":
        return _vault((*base, "provider"), resource.at(*base, "provider", "auth"))
    if kind == "ACRAccessToken":
        ref = resource.at(*base, "auth", "servicePrincipal", "secretRef")
        if isinstance(ref, Mapping):
            return _service_principal((*base, "auth", "servicePrincipal", "secretRef"), ref, _ACR)
    return None


def _cloud(base: Path, auth: Node | None, beats: str | None, what: str, instead: str) -> Credential | None:
    """`auth.secretRef`, where no method that comes before it is (or may be) set."""
    if not isinstance(auth, Mapping) or auth.open or not isinstance(auth.get("secretRef"), Mapping):
        return None
    if beats is not None and not is_absent(auth.get(beats)):
        return None
    return Credential((*base, "auth", "secretRef"), what, instead)


def _service_principal(path: Path, ref: Mapping, instead: str) -> Credential | None:
    for field, what in (("clientSecret", "a client secret"), ("clientCertificate", "a client certificate")):
        if isinstance(ref.get(field), Mapping):
            return Credential(path, what, instead)
    return None


def _vault(base: Path, auth: Node | None) -> Credential | None:
    """The token is used before all other methods, and the AppRole next."""
    if not isinstance(auth, Mapping) or auth.open:
        return None
    if isinstance(auth.get("tokenSecretRef"), Mapping):
        return Credential((*base, "auth", "tokenSecretRef"), "a Vault token", _VAULT)
    role = auth.get("appRole")
    if isinstance(role, Mapping) and isinstance(role.get("secretRef"), Mapping):
        return Credential((*base, "auth", "appRole", "secretRef"), "an AppRole secret id", _VAULT)
    return None
