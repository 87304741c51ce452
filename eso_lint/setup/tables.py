"""What is known of providers and platforms: how stores log in, what they can push, how their keys look."""

from __future__ import annotations

from eso_lint.model.versions import Version, named
from eso_lint.setup.answers import PROVIDERS

# Since when the operator takes what only some of its releases do.
_DOPPLER_OIDC = Version(1, 2, 0)
_NATIVE_OPENBAO = Version(2, 7, 0)
_FEDERATION = Version(0, 20, 0)

# Platforms whose API servers have an issuer that clouds can reach, unless it was hidden.
_PUBLIC = ("eks", "gke", "aks", "openshift", "other")

# Providers that cannot be written to. The native provider for OpenBao is one; over Vault's API OpenBao can be.
READ_ONLY = frozenset((
    "barbican", "beyondtrustworkloadcredentials", "chef", "cloudrusm", "conjur", "crd", "delinea", "fortanix",
    "gitlab", "ibm", "nebiusmysterybox", "onboardbase", "passbolt", "passworddepot", "previder", "senhasegura",
    "volcengine", "yandexcertificatemanager", "yandexlockbox",
))  # fmt: skip
# Providers that cannot be read from: their objects are PushSecrets.
WRITE_ONLY = frozenset(("github", "ngrok"))


def auths(provider: str, platform: str, eso_version: str) -> tuple[str, ...]:
    """The ways a store may log in, the best first: short-lived identities of the platform before static ones.

    `irsa`: a role of AWS by the ServiceAccount's token. `pod-identity`: by EKS Pod Identity of the operator.
    `workload-identity`: of GKE, or of Azure. `federation`: Google's for other clusters. `kubernetes`, `jwt`: Vault's
    methods, and what Infisical and the kubernetes provider call so. `oidc`: Doppler's. `static`: a Secret.
    """
    release = named(eso_version) or Version(99, 0, 0)
    public = platform in _PUBLIC
    if provider in ("aws-secrets-manager", "aws-parameter-store"):
        if platform == "eks":
            return ("irsa", "pod-identity", "static")
        return ("irsa", "static") if public else ("static", "irsa")
    if provider == "gcp-secret-manager":
        if platform == "gke":
            return ("workload-identity", "static")
        if release < _FEDERATION:
            return ("static",)
        return ("federation", "static") if public else ("static", "federation")
    if provider == "azure-key-vault":
        return ("workload-identity", "static") if public else ("static", "workload-identity")
    if provider in ("vault", "openbao"):
        return ("kubernetes", "jwt", "static")
    if provider in ("kubernetes", "infisical"):
        return ("kubernetes", "static")
    if provider == "doppler" and release >= _DOPPLER_OIDC:
        return ("oidc", "static") if public else ("static", "oidc")
    return ("static",)


def provider_key(provider: str, auth: str, push: bool, eso_version: str) -> str:
    """The key in `spec.provider`. OpenBao speaks Vault's API, and only over it has short-lived logins and pushes."""
    if provider == "openbao":
        release = named(eso_version) or Version(99, 0, 0)
        return "openBao" if auth == "static" and not push and release >= _NATIVE_OPENBAO else "vault"
    return PROVIDERS.get(provider, provider)


def can_push(provider: str) -> bool:
    return PROVIDERS.get(provider, provider) not in READ_ONLY
