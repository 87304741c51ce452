from __future__ import annotations

import posixpath
from collections.abc import Iterator

from eso_lint.api import ClusterSecretStore, Problem, Profile, Related, Resource, Severity, Workspace, rule

_STORE = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault{mark}
spec:
  conditions: [{{namespaceSelector: {{matchLabels: {{team: any}}}}}}]
  provider:
    vault:
      server: https://vault.example.org
"""

_USER = """---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db-{number}
  namespace: {namespace}
spec:
  secretStoreRef: {{name: vault, kind: ClusterSecretStore}}
  dataFrom:
    - extract: {{key: db}}
"""

BAD = _STORE.format(mark="  # <- ESO210") + "".join(_USER.format(number=n, namespace=f"team-{n}") for n in range(5))

GOOD = _STORE.format(mark="") + "".join(_USER.format(number=n, namespace=f"team-{n % 4}") for n in range(9))

# Three clusters, each with a store of that name and two teams of its own.
GOOD_CLUSTERS = "\n".join(
    f"# file: clusters/{c}/stores/vault.yaml{_STORE.format(mark='')}"
    + "".join(f"# file: clusters/{c}/{n}.yaml\n" + _USER.format(number=n, namespace=f"{c}-{n}") for n in range(2))
    for c in ("one", "two", "three")
)

GOOD_CONFIGURED = GOOD.replace("team-0", "team-7", 1) + "# file: .eso-lint.yaml\nshared-store-namespaces: 6\n"


@rule(
    id="ESO210",
    name="shared-store-for-tenants",
    on=ClusterSecretStore,
    severity=Severity.WARNING,
    profile=Profile.STRICT,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD, GOOD_CLUSTERS, GOOD_CONFIGURED),
    security=4.0,
)
def shared_store_for_tenants(store: ClusterSecretStore, ws: Workspace) -> Iterator[Problem]:
    """Many namespaces read through one ClusterSecretStore.

    Why: the provider sees one identity for all of them, so it cannot keep one team from the keys of another: any of
    these namespaces can ask for any key that the store may read.

    Fix: give each team a SecretStore with its own role or policy, limited to its own paths.

    When to ignore: all these namespaces have one owner. The number from which the rule speaks is
    `shared-store-namespaces` (5).
    """
    users: dict[str, Resource] = {}
    rivals = ws.named(store.kind, store.name) if store.name else ()
    for ref in ws.referrers(store):
        if ref.role != "store" or not _serves(store, rivals, ref.source):
            continue
        if ref.source.namespace:
            users.setdefault(ref.source.namespace, ref.source)
    if len(users) < ws.config.shared_store_namespaces:
        return
    shown = sorted(users.items())[:3]
    yield Problem(
        at=store.name_node,
        message=f"{store.title} is used from {len(users)} namespaces",
        label="one identity for all of them",
        related=tuple(Related(user.name_node.span, f"namespace `{namespace}`") for namespace, user in shown),
        help="give each team a SecretStore with an identity of its own",
    )


def _serves(store: Resource, rivals: tuple[Resource, ...], user: Resource) -> bool:
    """Whether this is the store that an object means: of several of one name, the nearest in the tree."""
    if user.archived and not store.archived:
        return False
    if len(rivals) < 2:
        return True
    return _nearness(store, user) == max(_nearness(rival, user) for rival in rivals)


def _nearness(store: Resource, user: Resource) -> int:
    shared = posixpath.commonpath(["/" + store.file.path, "/" + user.file.path])
    return len(shared.split("/"))
