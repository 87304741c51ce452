"""What `eso-lint init` was told: one frozen record, complete and valid, from which everything is generated."""

from __future__ import annotations

from typing import NamedTuple

# The providers known in depth, by the name that a person gives them, with the key that a store gives them.
# Every other provider goes by its key in `spec.provider`.
PROVIDERS = {
    "aws-secrets-manager": "aws",
    "aws-parameter-store": "aws",
    "vault": "vault",
    "openbao": "openBao",
    "gcp-secret-manager": "gcpsm",
    "azure-key-vault": "azurekv",
    "kubernetes": "kubernetes",
    "onepassword": "onepasswordSDK",
    "doppler": "doppler",
    "gitlab": "gitlab",
    "infisical": "infisical",
    "bitwarden": "bitwardensecretsmanager",
}
PLATFORMS = ("eks", "gke", "aks", "openshift", "kind", "other")
GITOPS = ("none", "flux", "argocd")


class Answers(NamedTuple):
    """Every answer. One that its question's condition leaves out has the empty value shown here.

    `path`, `role` and `identities` may hold `{namespace}`, which stands for each of `namespaces`. `hardened` is on for
    many teams unless it was switched off.
    """

    teams: str  # many (Option A: a SecretStore in each namespace) or one (Option B: a ClusterSecretStore)
    platform: str  # of PLATFORMS
    provider: str  # a name of PROVIDERS, or any other provider's key in `spec.provider`
    path: str  # as in `paths:` of .eso-lint.yaml, relative to Vault's mount: `prod/{namespace}/*`
    auth: str = "static"  # irsa, pod-identity, workload-identity, federation, kubernetes, jwt, oidc, static
    namespaces: tuple[str, ...] = ()
    eso_version: str = ""  # full, such as 2.9.0
    eso_namespace: str = "external-secrets"
    store: str = ""  # the store's name
    role: str = ""  # the role (AWS, Vault) or service account (Google) of each store's identity
    identities: tuple[str, ...] = ()  # what Azure, Doppler, Infisical call an identity: one for each namespace
    credentials: str = ""  # static: the Secret, beside the store or in eso_namespace, that holds the credential
    account: str = ""  # AWS
    region: str = ""  # AWS
    issuer: str = ""  # the cluster's OIDC issuer, an https URL (AWS irsa, Azure, Vault jwt)
    project: str = ""  # Google's project id, GitLab's number, Doppler's, Infisical's, Bitwarden's project
    audience: str = ""  # Google federation: //iam.googleapis.com/projects/N/locations/global/workloadIdentityPools/…
    tenant: str = ""  # Azure
    vault_url: str = ""  # Vault, OpenBao, Azure Key Vault
    mount: str = ""  # Vault and OpenBao: where the KV engine is mounted
    kv_version: str = ""  # v1 or v2
    auth_mount: str = ""  # Vault and OpenBao: where the auth method is mounted
    server: str = ""  # Kubernetes, GitLab, Infisical, Bitwarden: an https URL
    remote_namespace: str = ""  # Kubernetes
    vault: str = ""  # 1Password
    environment: str = ""  # Doppler's config, Infisical's environment, GitLab's scope
    organization: str = ""  # Bitwarden
    push: bool = False
    hardened: bool = False
    scoped: bool = False  # scopedRBAC: an operator for one namespace alone
    kyverno: bool = False
    gitops: str = "none"  # of GITOPS
    repository: str = ""  # gitops: the URL of the repository that will hold the folder
    revision: str = ""  # gitops: branch
    folder: str = ""  # where in the repository the manifests lie
    output: str = ""  # the repository's folder, or - for standard output
