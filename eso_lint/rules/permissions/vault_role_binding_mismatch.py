from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Confidence, Problem, Related, Severity, Store, Workspace, rule, vault_mismatches

SCRIPT = """
# file: vault/setup.sh
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
          mountPath: kubernetes
          role: shop
          serviceAccountRef: {name: reader}
"""

BAD_NAME = (
    """
# file: vault/setup.sh
vault write auth/kubernetes/role/shop bound_service_account_names=external-secrets policies=shop  # <- ESO737
"""
    + STORE
)

OBJECT = """
# file: vault/role.yaml
apiVersion: redhatcop.redhat.io/v1alpha1
kind: KubernetesAuthEngineRole
metadata: {name: shop, namespace: vault}
spec:
  path: kubernetes
  policies: [shop]
  targetServiceAccounts:
    - reader
  targetNamespaces:
    targetNamespaces:
      - shop
"""

BAD_NAMESPACE = OBJECT.replace("      - shop\n", "      - payments  # <- ESO737\n") + STORE

BAD_MOUNT = SCRIPT.replace("auth/kubernetes/", "auth/spoke/") + STORE.replace(
    "mountPath: kubernetes", "mountPath: kubernetes  # <- ESO737"
)

BAD_AUDIENCE = SCRIPT.replace("policies=shop", "audience=https://vault.example.com policies=shop") + STORE.replace(
    "{name: reader}", "{name: reader, audiences: [vault]}  # <- ESO737"
)

GOOD = SCRIPT + STORE

GOOD_GLOB = SCRIPT.replace("namespaces=shop", "namespaces='*'").replace("names=reader", 'names="read*,other"') + STORE

GOOD_OBJECT = OBJECT + STORE

# Another cluster's role, for all we know.
GOOD_OTHER_CLUSTER = SCRIPT.replace("auth/kubernetes/", "auth/spoke/").replace("names=reader", "names='*'") + STORE

GOOD_ELSEWHERE = SCRIPT.replace("role/shop", "role/other") + STORE

GOOD_VARIABLE = (
    SCRIPT.replace("namespaces=shop", "namespaces=${NAMESPACE}").replace("names=reader", "names=$ACCOUNT") + STORE
)


@rule(
    id="ESO737",
    name="vault-role-binding-mismatch",
    on=Store,
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD_NAME, BAD_NAMESPACE, BAD_MOUNT, BAD_AUDIENCE),
    good=(GOOD, GOOD_GLOB, GOOD_OBJECT, GOOD_OTHER_CLUSTER, GOOD_ELSEWHERE, GOOD_VARIABLE),
    reads=("AuthBackendRole", "JWTOIDCAuthEngineRole", "KubernetesAuthEngineRole", "Policy", "Vault"),
    words=("server", "openBao"),
)
def vault_role_binding_mismatch(store: Store, ws: Workspace) -> Iterator[Problem]:
    """The Vault role that a store logs in with is bound to another ServiceAccount, audience or mount.

    Why: Vault takes the token of a ServiceAccount only where the role names the account and its namespace (and its
    audience, where the role has one), and looks for the role where the store's `mountPath` says. Else the login fails
    and the store is not ready.

    Fix: add the ServiceAccount and its namespace to the role, or log in with the role that is meant for it.

    When to ignore: something outside the repository changes the role.
    """
    for mismatch in vault_mismatches(store, ws):
        yield Problem(
            at=mismatch.at,
            message=mismatch.message,
            label=mismatch.label,
            related=tuple(Related(span, text) for span, text in mismatch.related),
            help=mismatch.help,
        )
