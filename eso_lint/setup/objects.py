"""The objects of the namespaces: ServiceAccounts, stores, ExternalSecrets, PushSecrets, the labels they need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eso_lint.setup.answers import Answers
from eso_lint.setup.stores import REPLACE, provider_block, role_arn
from eso_lint.setup.tables import WRITE_ONLY, can_push
from eso_lint.setup.tenants import (
    ACCOUNT,
    APP,
    LABEL,
    OTHER_KEYS,
    PUSHED,
    UNKNOWN,
    Tenant,
    block_key,
    key_for,
    needs_account,
    release_of,
    secret_name,
    store_kind,
)
from eso_lint.setup.written import Document, Path, yaml_text

# Providers whose secrets hold several values: all of them are taken over.
_MANY_VALUES = frozenset(("aws-secrets-manager", "vault", "openbao", "kubernetes"))


def folder_of(answers: Answers) -> dict[str, str]:
    """The folder `secrets/`: a directory for the shared store, one for each namespace."""
    files: dict[str, str] = {}
    for tenant in _owners(answers):
        where = "store" if answers.teams != "many" else tenant.namespace
        own: list[tuple[str, str]] = [
            ("service-account.yaml", yaml_text(*_accounts(answers, tenant))),
            ("rbac.yaml", yaml_text(*_rbac(answers, tenant))),
            ("store.yaml", yaml_text(_store(answers, tenant))),
        ]
        files |= {f"secrets/{where}/{name}": text for name, text in own if text}
    for namespace in answers.namespaces:
        here: list[tuple[str, str]] = []
        if answers.teams != "many":
            here.append(("namespace.yaml", yaml_text(_namespace(answers, namespace))))
        if block_key(answers) not in WRITE_ONLY:
            here.append(("external-secret.yaml", yaml_text(_external_secret(answers, namespace))))
        if pushes(answers):
            here.append(("push-secret.yaml", yaml_text(_push_secret(answers, namespace))))
        files |= {f"secrets/{namespace}/{name}": text for name, text in here}
    places = sorted({path.rsplit("/", 1)[0] for path in files})
    for place in places:
        listed = [path.rsplit("/", 1)[1] for path in files if path.rsplit("/", 1)[0] == place]
        files[f"{place}/kustomization.yaml"] = kustomization(listed)
    files["secrets/kustomization.yaml"] = kustomization([place.rsplit("/", 1)[1] for place in places])
    return files


def kustomization(resources: list[str], head: str = "") -> str:
    body = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": resources}
    return yaml_text(Document(body, head))


def pushes(answers: Answers) -> bool:
    key = block_key(answers)
    return key in WRITE_ONLY or (answers.push and can_push(answers.provider))


def api_version(answers: Answers, kind: str = "ExternalSecret") -> str:
    """The newest API version of a kind that the release serves."""
    from eso_lint.model.serving import serves

    release = release_of(answers)
    for version in ("v1", "v1beta1", "v1alpha1"):
        if serves(kind, version, release):
            return f"external-secrets.io/{version}"
    return "external-secrets.io/v1"


def _owners(answers: Answers) -> tuple[Tenant, ...]:
    from eso_lint.setup.tenants import tenants

    return tenants(answers)


def has_account(answers: Answers) -> bool:
    from eso_lint.setup.placeholders import uses_account

    return needs_account(answers) or uses_account(block_key(answers))


def _accounts(answers: Answers, tenant: Tenant) -> Iterator[Document]:
    """The ServiceAccount as which the store logs in, tied to the role of the provider."""
    if answers.provider == "infisical" and answers.auth == "kubernetes":
        body: dict[str, Any] = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": secret_name(answers), "namespace": tenant.namespace},
            "stringData": {"identity-id": tenant.identity},
        }
        head = "The id of a machine identity. It is no secret: the operator's token logs in with it."
        yield Document(body, head, {("stringData",): REPLACE} if tenant.identity == UNKNOWN else {})
        return
    if not has_account(answers):
        return
    notes: dict[str, str] = {}
    if answers.auth == "irsa":
        notes["eks.amazonaws.com/role-arn"] = role_arn(answers, tenant.role)
    elif answers.auth == "workload-identity" and answers.provider == "gcp-secret-manager":
        notes["iam.gke.io/gcp-service-account"] = google_account(answers, tenant)
    elif answers.auth == "workload-identity":
        notes["azure.workload.identity/client-id"] = tenant.identity
        notes["azure.workload.identity/tenant-id"] = answers.tenant
    metadata: dict[str, Any] = {"name": ACCOUNT, "namespace": tenant.namespace}
    said: dict[Path, str] = {}
    if tenant.identity == UNKNOWN and answers.provider == "azure-key-vault":
        said["metadata", "annotations"] = REPLACE
    if notes:
        metadata["annotations"] = notes
    yield Document(
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": metadata,
            # No pod runs as this account: the operator asks for its tokens.
            "automountServiceAccountToken": False,
        },
        notes=said,
    )


def google_account(answers: Answers, tenant: Tenant) -> str:
    if "@" in tenant.role:
        return tenant.role
    return f"{tenant.role}@{answers.project}.iam.gserviceaccount.com"


def _rbac(answers: Answers, tenant: Tenant) -> Iterator[Document]:
    """What the kubernetes provider's account may do in the namespace that holds the secrets."""
    if answers.provider != "kubernetes" or answers.auth != "kubernetes":
        return
    names = [key_for(answers, namespace) for namespace in tenant.serves]
    rules: list[dict[str, Any]] = [
        {"apiGroups": [""], "resources": ["secrets"], "resourceNames": names, "verbs": ["get"]}
    ]
    if answers.push:
        sent = [key_for(answers, namespace, PUSHED) for namespace in tenant.serves]
        rules.append({"apiGroups": [""], "resources": ["secrets"], "resourceNames": sent, "verbs": ["get", "update"]})
        rules.append({"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]})
    name = f"{answers.store}-{tenant.namespace}"
    where = {"name": name, "namespace": answers.remote_namespace}
    group = "rbac.authorization.k8s.io"
    yield Document(
        {"apiVersion": f"{group}/v1", "kind": "Role", "metadata": where, "rules": rules},
        "Exactly these Secrets: RBAC knows no prefixes.",
    )
    yield Document(
        {
            "apiVersion": f"{group}/v1",
            "kind": "RoleBinding",
            "metadata": where,
            "roleRef": {"apiGroup": group, "kind": "Role", "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": ACCOUNT, "namespace": tenant.namespace}],
        }
    )


def _store(answers: Answers, tenant: Tenant) -> Document:
    block = provider_block(answers, tenant)
    key = block_key(answers)
    spec: dict[str, Any] = {}
    metadata: dict[str, Any] = {"name": answers.store}
    notes: dict[Path, str] = {("spec", "provider", key, *path): text for path, text in block.notes.items()}
    if answers.teams == "many":
        metadata["namespace"] = tenant.namespace
        head = f"The store of namespace {tenant.namespace}, with an identity of its own."
    else:
        spec["conditions"] = [{"namespaceSelector": {"matchLabels": dict([LABEL])}}]
        notes["spec", "conditions"] = "Only namespaces with this label; without conditions it would be all of them."
        head = "One store for one team."
    spec["provider"] = {key: block.body}
    kind = store_kind(answers)
    body = {"apiVersion": api_version(answers, kind), "kind": kind, "metadata": metadata, "spec": spec}
    return Document(body, head, notes)


def _namespace(answers: Answers, namespace: str) -> Document:
    metadata: dict[str, Any] = {"name": namespace, "labels": dict([LABEL])}
    # A namespace takes everything in it along: no tool may remove it with this file.
    if answers.gitops == "flux":
        metadata["annotations"] = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
    elif answers.gitops == "argocd":
        metadata["annotations"] = {"argocd.argoproj.io/sync-options": "Prune=false"}
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
    return Document(body, notes={("metadata", "labels"): "Lets this namespace use the ClusterSecretStore."})


def _external_secret(answers: Answers, namespace: str) -> Document:
    key = OTHER_KEYS.get(answers.provider, key_for(answers, namespace))
    spec: dict[str, Any] = {
        "refreshInterval": "1h",
        "secretStoreRef": {"name": answers.store, "kind": store_kind(answers)},
        "target": {"name": APP, "creationPolicy": "Owner"},
    }
    notes: dict[Path, str] = {}
    if answers.provider in _MANY_VALUES:
        spec["dataFrom"] = [{"extract": {"key": key}}]
        notes["spec", "dataFrom"] = "Every value of this secret becomes a key of the Kubernetes Secret."
    else:
        ref: dict[str, Any] = {"key": key}
        if answers.provider in ("passworddepot", "passbolt"):
            ref["property"] = "password"
        spec["data"] = [{"secretKey": "password", "remoteRef": ref}]
    body = {
        "apiVersion": api_version(answers),
        "kind": "ExternalSecret",
        "metadata": {"name": APP, "namespace": namespace},
        "spec": spec,
    }
    return Document(body, notes=notes)


def _push_secret(answers: Answers, namespace: str) -> Document:
    ref: dict[str, Any] = {"remoteKey": key_for(answers, namespace, PUSHED)}
    entry: dict[str, Any] = {"match": {"secretKey": "password", "remoteRef": ref}}
    notes: dict[Path, str] = {("spec", "selector"): "A Secret of this namespace that something else writes."}
    if answers.provider == "onepassword":
        # Items are pushed to by their title, and one of their fields.
        ref["remoteKey"] = key_for(answers, namespace, PUSHED).split("/")[0]
        ref["property"] = PUSHED
    elif answers.provider in ("aws-secrets-manager", "vault", "openbao", "kubernetes"):
        ref["property"] = "password"
    elif answers.provider == "aws-parameter-store":
        entry["metadata"] = {
            "apiVersion": "kubernetes.external-secrets.io/v1alpha1",
            "kind": "PushSecretMetadata",
            "spec": {"secretType": "SecureString"},
        }
        notes["spec", "data", 0, "metadata"] = "Without this, parameters are written as plain text."
    if answers.auth == "static" and block_key(answers) == "aws":
        said = "the policy in provider/ is that of the key's user"
        notes["spec", "secretStoreRefs"] = f"eso-lint: ignore[push-permissions-unverified] {said}"
    body = {
        "apiVersion": "external-secrets.io/v1alpha1",
        "kind": "PushSecret",
        "metadata": {"name": APP, "namespace": namespace},
        "spec": {
            "refreshInterval": "1h",
            "updatePolicy": "Replace",
            "deletionPolicy": "None",
            "secretStoreRefs": [{"name": answers.store, "kind": store_kind(answers)}],
            "selector": {"secret": {"name": PUSHED}},
            "data": [entry],
        },
    }
    return Document(body, notes=notes)
