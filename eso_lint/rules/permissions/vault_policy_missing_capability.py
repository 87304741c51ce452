from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    BasePushSecret,
    Confidence,
    Problem,
    Related,
    Severity,
    Workspace,
    rule,
    vault_gaps,
)

SCRIPT = """
# file: vault/setup.sh
vault policy write shop - <<EOF
path "secret/data/shop/*" {
  capabilities = ["read"]
}
EOF
vault write auth/kubernetes/role/shop \\
  bound_service_account_names=reader \\
  bound_service_account_namespaces=shop \\
  policies=shop
"""

STORE = """# file: store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: shop}
spec:
  provider:
    vault:
      server: https://vault.example.com
      path: secret
      auth:
        kubernetes:
          role: shop
          serviceAccountRef: {name: reader}
"""

READ = """# file: secret.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: vault}
  data:
    - secretKey: password
      remoteRef:
        key: shop/db
        property: password
"""

FIND = """# file: find.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: all, namespace: shop}
spec:
  secretStoreRef: {name: vault}
  dataFrom:
    - find:
        path: shop
        name: {regexp: ^db}
"""

PUSH = """# file: push.yaml
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRefs: [{name: vault}]
  selector: {secret: {name: db}}
  data:
    - match:
        secretKey: password
        remoteRef:
          remoteKey: shop/db
          property: password
"""

BAD_PATH = SCRIPT + STORE + READ.replace("key: shop/db", "key: payments/db  # <- ESO735")

BAD_FIND = SCRIPT + STORE + FIND.replace("name: {regexp: ^db}", "name: {regexp: ^db}  # <- ESO735")

BAD_PUSH = SCRIPT + STORE + PUSH.replace("remoteKey: shop/db", "remoteKey: shop/db  # <- ESO735")

OPERATOR = """
# file: vault/role.yaml
apiVersion: redhatcop.redhat.io/v1alpha1
kind: Policy
metadata: {name: shop, namespace: vault}
spec:
  policy: |
    path "secret/data/shop/*" {
      capabilities = ["read"]
    }
    path "secret/data/shop/admin" {
      capabilities = ["deny"]
    }
---
apiVersion: redhatcop.redhat.io/v1alpha1
kind: KubernetesAuthEngineRole
metadata: {name: shop, namespace: vault}
spec:
  path: kubernetes
  policies: [shop]
  targetServiceAccounts: [reader]
  targetNamespaces:
    targetNamespaces: [shop]
"""

BAD_DENIED = OPERATOR + STORE + READ.replace("key: shop/db", "key: shop/admin  # <- ESO735")

GOOD = SCRIPT + STORE + READ

GOOD_ALL = (
    SCRIPT.replace(
        'path "secret/data/shop/*" {\n  capabilities = ["read"]\n}',
        'path "secret/data/shop/*" {\n  capabilities = ["create", "read", "update"]\n}\n'
        'path "secret/metadata/shop/*" {\n  capabilities = ["create", "read", "update", "list"]\n}',
    )
    + STORE
    + FIND
    + PUSH
)

# The other policy of the role is not here.
GOOD_UNSEEN = SCRIPT.replace("policies=shop", "policies=shop,base") + STORE + PUSH

GOOD_OTHER_MOUNT = SCRIPT.replace("auth/kubernetes/", "auth/spoke/") + STORE + PUSH

GOOD_TEMPLATED = (
    SCRIPT.replace("secret/data/shop", "secret/data/{{identity.entity.aliases.acc.metadata.namespace}}") + STORE + READ
)

GOOD_OPERATOR = OPERATOR + STORE + READ


@rule(
    id="ESO735",
    name="vault-policy-missing-capability",
    on=(BaseExternalSecret, BasePushSecret),
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD_PATH, BAD_FIND, BAD_PUSH, BAD_DENIED),
    good=(GOOD, GOOD_ALL, GOOD_UNSEEN, GOOD_OTHER_MOUNT, GOOD_TEMPLATED, GOOD_OPERATOR),
    reads=("AuthBackendRole", "JWTOIDCAuthEngineRole", "KubernetesAuthEngineRole", "Policy", "Vault"),
    words=("server", "openBao"),
)
def vault_policy_missing_capability(resource: BaseExternalSecret | BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """The Vault policies of a store's role do not allow what an ExternalSecret or PushSecret does.

    Why: Vault answers "permission denied", and the object is not ready. On version 2 of the KV engine a value is read
    at `<mount>/data/<key>`; `find` lists `<mount>/metadata/<path>/`; a push reads, creates and updates both, since the
    operator notes in the metadata that the secret is its own; `deletionPolicy: Delete` reads and deletes both. Of all
    paths of a policy that fit, only the most specific counts.

    Fix: add the capability to the policy's path, or write the path for it.

    When to ignore: a policy or an identity group outside the repository allows it as well.
    """
    for gap in vault_gaps(resource, ws):
        if gap.segment is not None:
            continue
        wanted = [n for n in (gap.need, *gap.others) if n.resource == gap.need.resource]
        capabilities = ", ".join(f"`{need.action}`" for need in wanted)
        elsewhere = sorted({n.shown for n in gap.others} - {gap.need.shown})
        closest = gap.answer.rule
        related = [Related(gap.role.span.one_line(), f"role `{gap.role.role.shown}` is made here")]
        if closest is not None:
            allowed = ", ".join(c.shown for c in closest.capabilities) or "nothing"
            related.insert(0, Related(closest.path.span, f"what comes closest: {allowed} on `{closest.path.shown}`"))
        names = ", ".join(f"`{policy.name.shown}`" for policy in gap.policies)
        verb = "denies" if gap.answer.verdict == "denied" else "does not allow"
        yield Problem(
            at=gap.use.at,
            message=f"{gap.use.words} needs {capabilities} on `{gap.need.shown}`, which Vault {verb} to role "
            f"`{gap.role.role.shown}`",
            label="Vault will deny this",
            related=tuple(related),
            note=f"policies of the role: {names}",
            help=f"allow {capabilities} on `{gap.need.shown}`"
            + (f", and what the same needs on {', '.join(f'`{path}`' for path in elsewhere)}" if elsewhere else ""),
            severity=None if gap.need.sure else Severity.WARNING,
        )
