"""Long-lived credentials in stores and generators for which the platform offers short-lived ones."""

from __future__ import annotations

from typing import NamedTuple

from eso_lint.model.kinds.generator import Generator
from eso_lint.model.kinds.store import Store
from eso_lint.model.resource import Resource
from eso_lint.source.node import Mapping, Node, is_absent, string

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


def static_credential(resource: Store | Generator) -> Credential | None:
    """The long-lived credential that is used; None where none is (for certain), or where nothing else exists."""
    return _store(resource) if isinstance(resource, Store) else _generator(resource)


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
