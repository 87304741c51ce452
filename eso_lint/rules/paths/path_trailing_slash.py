from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    BasePushSecret,
    Confidence,
    Edit,
    Fix,
    Problem,
    RemoteKey,
    Safety,
    Severity,
    Workspace,
    provider_of,
    remote_keys,
    rule,
    stores_of,
)

AWS = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: store
spec:
  provider:
    aws: {service: SecretsManager, region: eu-central-1}
---
"""

VAULT = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: store
spec:
  provider:
    vault: {server: "https://vault.example.org", path: secret}
---
"""

READ = """apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: store, kind: ClusterSecretStore}
"""

BAD = (
    AWS
    + READ
    + """  data:
    - secretKey: password
      remoteRef:
        key: shop/db/  # <- ESO601
  dataFrom:
    - extract:
        key: shop/cache/  # <- ESO601
---
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata:
  name: push
spec:
  secretStoreRefs:
    - {name: store, kind: ClusterSecretStore}
  selector:
    secret: {name: db}
  data:
    - match:
        remoteRef:
          remoteKey: shop/copy/  # <- ESO601
"""
)

BAD_FIND = (
    VAULT
    + READ
    + """  dataFrom:
    - find:
        path: shop/  # <- ESO601
        name: {regexp: "^db"}
"""
)

GOOD_PREFIX = (
    AWS
    + READ
    + """  dataFrom:
    - find:
        path: shop/
        name: {regexp: "^db"}
    - extract: {key: shop/db}
"""
)

GOOD_CLEANED = (
    VAULT
    + READ
    + """  data:
    - secretKey: password
      remoteRef: {key: shop/db/, property: password}
"""
)

GOOD_TRIMMED = (
    """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: store
spec:
  provider:
    onepasswordSDK: {vault: shop}
---
"""
    + READ
    + """  data:
    - secretKey: password
      remoteRef: {key: db/password/}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: store-elsewhere
spec:
  secretStoreRef: {name: elsewhere, kind: ClusterSecretStore}
  data:
    - secretKey: password
      remoteRef: {key: shop/db/}
"""
)

# Providers whose lookup takes the slash as part of the name, which then does not exist, and what they do with it.
_LITERAL = {
    "aws": "AWS looks for a name that ends in the slash",
    "doppler": "a Doppler secret name has no slash",
    "gcpsm": "a Secret Manager id has no slash",
    "gitlab": "a GitLab variable name has no slash",
    "infisical": "what stands before the slash becomes a folder, and the name is empty",
    "kubernetes": "a Secret name has no slash",
    "azurekv": "Key Vault takes what stands before the slash as the object's type",
}


@rule(
    id="ESO601",
    name="path-trailing-slash",
    on=(BaseExternalSecret, BasePushSecret),
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD, BAD_FIND),
    good=(GOOD_PREFIX, GOOD_CLEANED, GOOD_TRIMMED),
)
def path_trailing_slash(resource: BaseExternalSecret | BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """A remote key ends in a slash.

    Why: AWS, Google Secret Manager, Azure Key Vault, Infisical, Doppler, GitLab and the Kubernetes provider take the
    key as it stands: `shop/db/` is another name than `shop/db`. The read fails because no such secret exists, and a
    push makes a second secret beside the first. A Vault store cleans the keys that it reads, but it appends a slash of
    its own to `find.path`, and with two of them the names below are cut at the wrong place.

    Fix: remove the slash.

    When to ignore: a Secrets Manager secret whose name really ends in a slash. The rule is silent where a provider
    trims or cleans the key, and for the prefixes of `find` on providers that match by prefix.
    """
    seen: set[int] = set()
    for key in remote_keys(resource, ws):
        if not key.text.endswith("/") or not key.text.strip("/") or id(key.node) in seen:
            continue
        provider = provider_of(stores_of(key.store, ws))
        why = _why(key, provider) if provider else None
        if why is None:
            continue
        seen.add(id(key.node))
        written = key.node.span.text
        at = written.rfind("/")
        whole = key.node.span
        edit = Edit(whole._replace(start=whole.start + len(written[:at].rstrip("/")), end=whole.start + at + 1), "")
        yield Problem(
            at=key.node,
            message=f"`{key.text}` ends in a slash",
            label="the slash is part of the request",
            note=why,
            help=f"write `{key.text.rstrip('/')}`",
            fix=Fix("remove the slash", (edit,), Safety.UNSAFE) if key.text in written else None,
        )


def _why(key: RemoteKey, provider: str) -> str | None:
    if key.use == "find":
        if provider == "vault":
            return "Vault's `find` appends a slash to the path itself"
        return None
    if provider == "azurekv" and key.text.startswith(("secret/", "cert/", "key/")):
        return None
    return _LITERAL.get(provider)
