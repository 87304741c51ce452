from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    BasePushSecret,
    Edit,
    Fix,
    Problem,
    Related,
    Safety,
    Severity,
    Store,
    Workspace,
    is_absent,
    lookup,
    provider_of,
    remote_keys,
    rule,
    stores_of,
    string,
)

READ = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: store, kind: ClusterSecretStore}
  data:
    - secretKey: password
      remoteRef:
        key: /shop-db"""

STORE = """
---
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: store
spec:
  provider:
"""

MARK = "  # <- ESO602"
BAD_VAULT = READ + MARK + STORE + '    vault: {server: "https://vault.example.org"}\n'
BAD_GCP = READ + MARK + STORE + "    gcpsm: {projectID: shop}\n"
BAD_AZURE = READ + MARK + STORE + '    azurekv: {vaultUrl: "https://shop.vault.azure.net"}\n'
BAD_KUBERNETES = READ + MARK + STORE + "    kubernetes: {remoteNamespace: shared}\n"

GOOD_VAULT_PATH = READ + STORE + '    vault: {server: "https://vault.example.org", path: secret}\n'
GOOD_VAULT_V1 = READ + STORE + '    vault: {server: "https://vault.example.org", version: v1}\n'
GOOD_VAULT_UNKNOWN = READ + STORE + '    vault: {server: "https://vault.example.org", path: "${MOUNT}"}\n'
GOOD_VAULT_FULL = BAD_VAULT.replace("/shop-db" + MARK, "/secret/data/shop")
GOOD_SSM = READ + STORE + "    aws: {service: ParameterStore, region: eu-central-1}\n"
GOOD_SM = READ + STORE + "    aws: {service: SecretsManager, region: eu-central-1}\n"
GOOD_INFISICAL = READ + STORE + "    infisical: {secretsScope: {projectSlug: shop, environmentSlug: prod}}\n"
GOOD_ELSEWHERE = READ + "\n"

_NEVER = {
    "gcpsm": "a Secret Manager id holds letters, digits, `-` and `_` only",
    "azurekv": "Key Vault takes the empty text before the slash as the object's type",
    "kubernetes": "a Secret's name has no slash",
    "doppler": "a Doppler secret name has no slash",
    "gitlab": "a GitLab variable name has no slash",
}


@rule(
    id="ESO602",
    name="path-leading-slash",
    on=(BaseExternalSecret, BasePushSecret),
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD_VAULT, BAD_GCP, BAD_AZURE, BAD_KUBERNETES),
    good=(
        GOOD_VAULT_PATH, GOOD_VAULT_V1, GOOD_VAULT_FULL, GOOD_VAULT_UNKNOWN,
        GOOD_SSM, GOOD_SM, GOOD_INFISICAL, GOOD_ELSEWHERE,
    ),
)  # fmt: skip
def path_leading_slash(resource: BaseExternalSecret | BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """A remote key starts with a slash on a provider that takes it for something else.

    Why: a Vault store without `path` finds the mount in the first segment of the key. With a leading slash that
    segment is empty and the request goes to `/data/...`, which no mount serves. Google Secret Manager, Azure Key
    Vault, the Kubernetes provider, Doppler and GitLab know no name with a slash in front, so the sync always fails.

    Fix: remove the slash. The rule is silent where the slash is right (AWS Parameter Store, absolute Infisical
    paths), where a name may begin with it (Secrets Manager) and where it does no harm (a Vault store with `path`).
    """
    seen: set[int] = set()
    for key in remote_keys(resource, ws):
        if not key.text.startswith("/") or key.use == "find" or id(key.node) in seen:
            continue
        stores = stores_of(key.store, ws)
        why = _why(stores, key.text)
        rest = key.text.lstrip("/")
        if why is None or not rest:
            continue
        seen.add(id(key.node))
        span = key.node.span
        at = span.text.find(key.text)
        slashes = span._replace(start=span.start + at, end=span.start + at + len(key.text) - len(rest))
        yield Problem(
            at=key.node,
            message=f"`{key.text}` starts with a slash",
            label="the slash changes the request",
            related=(Related(stores[0].provider_key.span, "the store's provider"),),
            note=why,
            help=f"write `{rest}`",
            fix=Fix("remove the slash", (Edit(slashes, ""),), Safety.UNSAFE) if at >= 0 else None,
        )


def _why(stores: tuple[Store, ...], key: str) -> str | None:
    provider = provider_of(stores)
    if provider == "vault":
        # A key that spells out `/data/` is sent as it stands, and the client then drops the slash in front.
        if "/data/" in key or not _bare(stores):
            return None
        return "the store has no `path`, so the first segment of the key names the mount"
    return _NEVER.get(provider) if provider else None


def _bare(stores: tuple[Store, ...]) -> bool:
    """Whether all of these Vault stores have no mount of their own and speak version 2, the default."""
    for store in stores:
        path, version = lookup(store.provider_node, "path"), lookup(store.provider_node, "version")
        if not is_absent(path) and string(path) != "":
            return False
        if not is_absent(version) and string(version) not in ("", "v2"):
            return False
    return True
