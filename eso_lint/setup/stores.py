"""The provider block of a store, by provider."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from eso_lint.setup.answers import Answers
from eso_lint.setup.tenants import ACCOUNT, UNKNOWN, Tenant, block_key, secret_name
from eso_lint.setup.written import Path

_HERE = "https://kubernetes.default.svc"
REPLACE = "Replace: the identity's id."
STATIC = "A long-lived credential: rotate it, and keep who may read this Secret few."


class Block(NamedTuple):
    """What stands under the provider's key, and comments by path from there."""

    body: dict[str, Any]
    notes: Mapping[Path, str] = {}


def provider_block(answers: Answers, tenant: Tenant) -> Block:
    key = block_key(answers)
    make = _MAKERS.get(key)
    if make is None:
        from eso_lint.setup.placeholders import placeholder_block

        return placeholder_block(answers, tenant, key)
    return make(answers, tenant)


def account_ref(answers: Answers, tenant: Tenant, **more: object) -> dict[str, Any]:
    return {"name": ACCOUNT, **_namespace(answers, tenant), **more}


def secret_ref(answers: Answers, tenant: Tenant, key: str) -> dict[str, Any]:
    return {"name": secret_name(answers), **_namespace(answers, tenant), "key": key}


def _namespace(answers: Answers, tenant: Tenant) -> dict[str, Any]:
    """A SecretStore looks in its own namespace; a ClusterSecretStore has to be told."""
    return {} if answers.teams == "many" else {"namespace": tenant.namespace}


def role_arn(answers: Answers, role: str) -> str:
    return f"arn:{partition(answers.region)}:iam::{answers.account}:role/{role}"


def partition(region: str) -> str:
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"


def _aws(answers: Answers, tenant: Tenant) -> Block:
    service = "ParameterStore" if answers.provider == "aws-parameter-store" else "SecretsManager"
    body: dict[str, Any] = {"service": service, "region": answers.region}
    if answers.auth == "irsa":
        body["auth"] = {"jwt": {"serviceAccountRef": account_ref(answers, tenant)}}
        return Block(body, {("auth",): "The role stands in the annotation of this ServiceAccount."})
    if answers.auth == "pod-identity":
        body["role"] = role_arn(answers, tenant.role)
        return Block(
            body, {("role",): "No auth: the operator's own EKS Pod Identity takes this role, which trusts it."}
        )
    body["auth"] = {
        "secretRef": {
            "accessKeyIDSecretRef": secret_ref(answers, tenant, "access-key-id"),
            "secretAccessKeySecretRef": secret_ref(answers, tenant, "secret-access-key"),
        }
    }
    return Block(body, _static(("auth", "secretRef")))


def _static(path: Path) -> dict[Path, str]:
    """The comment of a credential where the platform has something better: a finding, unless it is explained."""
    return {path: f"{STATIC}\neso-lint: ignore[static-credentials] chosen: nothing vouches for this cluster's accounts"}


def _vault(answers: Answers, tenant: Tenant) -> Block:
    body: dict[str, Any] = {
        "server": answers.vault_url,
        "path": answers.mount,
        "version": answers.kv_version or "v2",
    }
    notes: dict[Path, str] = {}
    if answers.provider == "openbao":
        notes["server",] = "OpenBao, over Vault's API: so it can log in by ServiceAccount, and be pushed to."
    if answers.auth == "kubernetes":
        body["auth"] = {
            "kubernetes": {
                "mountPath": answers.auth_mount or "kubernetes",
                "role": tenant.role,
                "serviceAccountRef": account_ref(answers, tenant, audiences=["vault"]),
            }
        }
    elif answers.auth == "jwt":
        body["auth"] = {
            "jwt": {
                "path": answers.auth_mount or "jwt",
                "role": tenant.role,
                "kubernetesServiceAccountToken": {
                    "serviceAccountRef": account_ref(answers, tenant, audiences=["vault"])
                },
            }
        }
    else:
        body["auth"] = {"tokenSecretRef": secret_ref(answers, tenant, "token")}
        notes |= _static(("auth", "tokenSecretRef"))
    return Block(body, notes)


def _openbao(answers: Answers, tenant: Tenant) -> Block:
    body = {
        "server": answers.vault_url,
        "path": answers.mount,
        "version": answers.kv_version or "v2",
        "auth": {"tokenSecretRef": secret_ref(answers, tenant, "token")},
    }
    return Block(body, {("auth", "tokenSecretRef"): f"The native provider knows static logins only.\n{STATIC}"})


def _gcp(answers: Answers, tenant: Tenant) -> Block:
    body: dict[str, Any] = {"projectID": answers.project}
    if answers.auth == "workload-identity":
        # The cluster, its location and its project are found out on GKE.
        body["auth"] = {"workloadIdentity": {"serviceAccountRef": account_ref(answers, tenant)}}
    elif answers.auth == "federation":
        body["auth"] = {
            "workloadIdentityFederation": {
                "audience": answers.audience,
                "serviceAccountRef": account_ref(answers, tenant),
            }
        }
    else:
        body["auth"] = {"secretRef": {"secretAccessKeySecretRef": secret_ref(answers, tenant, "credentials.json")}}
        return Block(body, _static(("auth", "secretRef")))
    return Block(body)


def _azure(answers: Answers, tenant: Tenant) -> Block:
    if answers.auth == "workload-identity":
        return Block(
            {
                "authType": "WorkloadIdentity",
                "vaultUrl": answers.vault_url,
                "serviceAccountRef": account_ref(answers, tenant),
            }
        )
    body = {
        "authType": "ServicePrincipal",
        "tenantId": answers.tenant,
        "vaultUrl": answers.vault_url,
        "authSecretRef": {
            "clientId": secret_ref(answers, tenant, "client-id"),
            "clientSecret": secret_ref(answers, tenant, "client-secret"),
        },
    }
    return Block(body, _static(("authSecretRef",)))


def _kubernetes(answers: Answers, tenant: Tenant) -> Block:
    server: dict[str, Any] = {}
    auth: dict[str, Any]
    if answers.auth == "kubernetes":
        auth = {"serviceAccount": account_ref(answers, tenant)}
        certificate = {"type": "ConfigMap", "name": "kube-root-ca.crt", "key": "ca.crt"}
        notes: dict[Path, str] = {("server", "caProvider"): "Kubernetes keeps this ConfigMap in every namespace."}
    else:
        auth = {"token": {"bearerToken": secret_ref(answers, tenant, "token")}}
        certificate = {"type": "Secret", "name": secret_name(answers), "key": "ca.crt"}
        notes = {("auth", "token"): f"Another cluster does not know this one's ServiceAccounts.\n{STATIC}"}
    if answers.server and answers.server != _HERE:
        server["url"] = answers.server
    server["caProvider"] = {**certificate, **_namespace(answers, tenant)}
    return Block({"remoteNamespace": answers.remote_namespace, "server": server, "auth": auth}, notes)


def _onepassword(answers: Answers, tenant: Tenant) -> Block:
    body = {
        "vault": answers.vault.replace("{namespace}", tenant.namespace),
        "auth": {"serviceAccountSecretRef": secret_ref(answers, tenant, "token")},
    }
    note = f"1Password knows tokens only: let this one see this vault alone.\n{STATIC}"
    return Block(body, {("auth", "serviceAccountSecretRef"): note})


def _doppler(answers: Answers, tenant: Tenant) -> Block:
    body: dict[str, Any] = {}
    if answers.project:
        body["project"] = answers.project.replace("{namespace}", tenant.namespace)
    if answers.environment:
        body["config"] = answers.environment
    if answers.auth == "oidc":
        body["auth"] = {"oidcConfig": {"identity": tenant.identity, "serviceAccountRef": account_ref(answers, tenant)}}
        return Block(body, {("auth", "oidcConfig", "identity"): REPLACE} if tenant.identity == UNKNOWN else {})
    body["auth"] = {"secretRef": {"dopplerToken": secret_ref(answers, tenant, "token")}}
    return Block(body, {("auth", "secretRef"): f"A service token sees one config alone.\n{STATIC}"})


def _gitlab(answers: Answers, tenant: Tenant) -> Block:
    body: dict[str, Any] = {}
    if answers.server:
        body["url"] = answers.server
    body["projectID"] = answers.project
    if answers.environment:
        body["environment"] = answers.environment
    # The capital S is GitLab's own.
    body["auth"] = {"SecretRef": {"accessToken": secret_ref(answers, tenant, "token")}}
    note = f"GitLab knows tokens only: a project access token with the scope read_api.\n{STATIC}"
    return Block(body, {("auth", "SecretRef"): note})


def _infisical(answers: Answers, tenant: Tenant) -> Block:
    body: dict[str, Any] = {}
    if answers.server:
        body["hostAPI"] = answers.server.rstrip("/").removesuffix("/api") + "/api"
    body["secretsScope"] = {"projectSlug": answers.project, "environmentSlug": answers.environment}
    if answers.auth == "kubernetes":
        identity = {"identityId": secret_ref(answers, tenant, "identity-id")}
        body["auth"] = {"kubernetesAuthCredentials": identity}
        note = "The operator's own ServiceAccount logs in as this machine identity."
        return Block(body, {("auth", "kubernetesAuthCredentials"): note})
    body["auth"] = {
        "universalAuthCredentials": {
            "clientId": secret_ref(answers, tenant, "client-id"),
            "clientSecret": secret_ref(answers, tenant, "client-secret"),
        }
    }
    return Block(body, {("auth", "universalAuthCredentials"): STATIC})


def _bitwarden(answers: Answers, tenant: Tenant) -> Block:
    body = {
        "bitwardenServerSDKURL": answers.server,
        "organizationID": answers.organization,
        "projectID": answers.project,
        "caProvider": {
            "type": "Secret",
            "name": "bitwarden-tls-certs",
            "key": "ca.crt",
            **_namespace(answers, tenant),
        },
        "auth": {"secretRef": {"credentials": secret_ref(answers, tenant, "token")}},
    }
    notes: dict[Path, str] = {
        ("caProvider",): "The certificate authority of the SDK server, which answers over TLS alone.",
        (
            "auth",
            "secretRef",
        ): f"Bitwarden knows tokens only: let this machine account see this project alone.\n{STATIC}",
    }
    return Block(body, notes)


_MAKERS: dict[str, Callable[[Answers, Tenant], Block]] = {
    "aws": _aws,
    "azurekv": _azure,
    "bitwardensecretsmanager": _bitwarden,
    "doppler": _doppler,
    "gcpsm": _gcp,
    "gitlab": _gitlab,
    "infisical": _infisical,
    "kubernetes": _kubernetes,
    "onepasswordSDK": _onepassword,
    "openBao": _openbao,
    "vault": _vault,
}
