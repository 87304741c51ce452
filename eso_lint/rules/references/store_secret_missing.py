from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    Confidence,
    Found,
    Generator,
    KeyHolder,
    Missing,
    Problem,
    Profile,
    Reference,
    Related,
    Secret,
    Severity,
    Store,
    Workspace,
    closest,
    lookup,
    rule,
    string,
)

BAD = """
apiVersion: v1
kind: Secret
metadata:
  name: vault-approle
  namespace: shop
stringData:
  secret-id: placeholder
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
  namespace: shop
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth:
        appRole:
          path: approle
          roleId: shop
          secretRef:
            name: vault-aprole  # <- ESO108
            key: secret-id
"""

BAD_KEY = """
apiVersion: v1
kind: Secret
metadata: {name: vault-token, namespace: shop}
data:
  token: cGxhY2Vob2xkZXI=
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: shop}
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth:
        tokenSecretRef:
          name: vault-token
          key: Token  # <- ESO108
"""

BAD_NAMESPACE = """
apiVersion: v1
kind: Secret
metadata: {name: doppler-token, namespace: platform}
data: {dopplerToken: cGxhY2Vob2xkZXI=}
---
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: doppler}
spec:
  provider:
    doppler:
      auth:
        secretRef:
          dopplerToken:
            name: doppler-token  # <- ESO108
            key: dopplerToken
            namespace: external-secrets
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: shop}
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth:
        tokenSecretRef: {name: made-by-hand, key: token}
"""

GOOD_MADE = """
# file: kustomization.yaml
secretGenerator:
  - name: generated
    envs: [token.env]
# file: sealed.yaml
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: sealed, namespace: shop, annotations: {by: external-secrets}}
spec:
  encryptedData: {token: AgB}
# file: stores.yaml
apiVersion: v1
kind: Secret
metadata: {name: sealde, namespace: shop}
data: {token: cGxhY2Vob2xkZXI=}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: chained, namespace: shop}
spec:
  secretStoreRef: {name: vault}
  target: {name: sealdd}
  dataFrom:
    - extract: {key: token}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: shop}
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth:
        tokenSecretRef: {name: sealed, key: token}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault-2, namespace: shop}
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth:
        tokenSecretRef: {name: sealdd, key: other}
"""

GOOD_OPEN_KEYS = """
apiVersion: v1
kind: Secret
metadata: {name: vault-token, namespace: shop}
data: ${VAULT_DATA}
---
apiVersion: v1
kind: Secret
metadata: {name: account-token, namespace: shop}
type: kubernetes.io/service-account-token
---
apiVersion: v1
kind: Secret
metadata: {name: filled-later, namespace: shop}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: shop}
spec:
  provider:
    vault:
      server: https://vault.example.org
      auth:
        appRole:
          path: approle
          roleRef: {name: account-token, key: token}
          secretRef: {name: vault-token, key: token}
        tokenSecretRef: {name: filled-later, key: token}
"""


@rule(
    id="ESO108",
    name="store-secret-missing",
    on=(Store, Generator),
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    profile=Profile.STRICT,
    since="0.1.0",
    bad=(BAD, BAD_KEY, BAD_NAMESPACE),
    good=(GOOD, GOOD_MADE, GOOD_OPEN_KEYS),
    reads=("Secret", "SealedSecret", "SopsSecret", "OnePasswordItem", "Certificate"),
)
def store_secret_missing(resource: Store | Generator, ws: Workspace) -> Iterator[Problem]:
    """A store or generator authenticates with a Secret, or a key of one, that nothing in the repository makes.

    Why: the operator reads its credentials from this Secret on every sync. A cluster-wide store whose selector has no
    namespace stays `Ready` all the same, because it is only checked when it is used.

    Fix: correct the name, namespace or key, or create the Secret. One made by an ExternalSecret, a SealedSecret, SOPS
    or a kustomize secretGenerator counts.

    When to ignore: first credentials are often made by hand. The rule speaks only where a Secret of the same name
    stands in another namespace, one whose name is a slip away stands in this one, or the Secret is here and lacks the
    key. List the others under `external: secrets:`.
    """
    for ref in ws.references(resource, "secret"):
        answer = ws.resolve(ref) if ref.kind == "Secret" else None
        if isinstance(answer, Missing) and (ref.namespace or answer.reason == "closed-world"):
            yield _missing(ref, answer)
        elif isinstance(answer, Found) and ref.namespace is not None:
            yield from _key(ref, answer, ws)


def _missing(ref: Reference, answer: Missing) -> Problem:
    instead, says = "", "the Secret of that name"
    advice = "create the Secret, or list it under `external: secrets:`"
    if answer.reason == "near-name":
        says, advice = "closest name", f"write `{answer.near[0].name}`, or {advice}"
    elif answer.reason == "other-namespace" and answer.near[0].namespace:
        instead = f"; it exists in namespace `{answer.near[0].namespace}`"
    where = f" in namespace `{ref.namespace}`" if ref.namespace else ""
    return Problem(
        at=ref.at,
        message=f"nothing makes a Secret named `{ref.name}`{where}{instead}",
        label="the operator reads its credentials here",
        related=tuple(Related(near.name_node.span, says) for near in answer.near[:3]),
        note="manifests, ExternalSecrets, SealedSecrets and secretGenerators were looked at",
        help=advice,
    )


def _key(ref: Reference, answer: Found, ws: Workspace) -> Iterator[Problem]:
    """The key, where the Secret is certain and all its keys are written."""
    node = lookup(ref.node, "key")
    key = string(node)
    holders = [s for s in answer.targets if isinstance(s, KeyHolder)]
    if not key or node is None or not answer.certain or len(holders) != len(answer.targets):
        return
    keys: set[str] = set()
    for holder in holders:
        # No keys at all: something fills it (a token controller, a sync tool, an ExternalSecret that merges).
        known = None if not isinstance(holder, Secret) else holder.keys
        if not known:
            return
        keys |= known
    if key in keys or ws.made_secret(ref.name or ""):
        return
    near = closest(key, sorted(keys))
    yield Problem(
        at=node,
        message=f"Secret `{ref.name}` has no key `{key}`",
        label="no such key",
        related=(Related(holders[0].name_node.span, "the Secret"),),
        note=f"its keys: {', '.join(f'`{k}`' for k in sorted(keys)[:8])}",
        help=f"write `{near}`" if near else "correct the key, or add it to the Secret",
    )
