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
    rbac_gaps,
    rule,
)

ACCESS = """
apiVersion: v1
kind: ServiceAccount
metadata: {name: reader, namespace: shop}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: payments}
rules:
  - apiGroups: [""]
    resources: [secrets]
    verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader, namespace: payments}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects:
  - {kind: ServiceAccount, name: reader, namespace: shop}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: payments, namespace: shop}
spec:
  provider:
    kubernetes:
      remoteNamespace: payments
      server:
        caProvider: {type: ConfigMap, name: kube-root-ca.crt, key: ca.crt}
      auth:
        serviceAccount: {name: reader}
---
"""

FIND = """apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: all, namespace: shop}
spec:
  secretStoreRef: {name: payments}
  dataFrom:
    - find:
        name: {regexp: ^db-}
"""

BAD = ACCESS + FIND.replace("name: {regexp: ^db-}", "name: {regexp: ^db-}  # <- ESO744")

BAD_NAMESPACE = (
    ACCESS.replace("      remoteNamespace: payments\n", "")
    + """apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: payments}
  data:
    - secretKey: password
      remoteRef: {key: db, property: password}  # <- ESO744
    - secretKey: user
      remoteRef: {key: db, property: user}
"""
)

PUSH = """apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRefs: [{name: payments}]
  deletionPolicy: Delete
  selector: {secret: {name: db}}
  data:
    - match:
        secretKey: password
        remoteRef: {remoteKey: db, property: password}
"""

BAD_PUSH = ACCESS + PUSH.replace("property: password}", "property: password}  # <- ESO744").replace(
    "Delete", "Delete  # <- ESO744"
)

BAD_NAMES = (
    ACCESS.replace("verbs: [get]", "verbs: [get]\n    resourceNames: [cache]")
    + """apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: payments}
  data:
    - secretKey: password
      remoteRef: {key: db, property: password}  # <- ESO744
    - secretKey: cache
      remoteRef: {key: cache, property: password}
"""
)

GOOD = ACCESS.replace("verbs: [get]", "verbs: [get, list, create, update]") + FIND + "---\n" + PUSH

GOOD_ADMIN = ACCESS.replace("kind: Role, name: reader", "kind: ClusterRole, name: edit") + FIND

# Who has written the other role is not known, nor what it says.
GOOD_OTHER_ROLE = (
    ACCESS
    + """apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: lister}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: secret-lister}
subjects:
  - {kind: ServiceAccount, name: reader, namespace: shop}
---
"""
    + FIND
)

GOOD_OTHER_CLUSTER = ACCESS.replace("server:\n", "server:\n        url: https://spoke.example.com:6443\n") + FIND

GOOD_OPERATORS_OWN = ACCESS.replace("name: reader", "name: external-secrets") + FIND

GOOD_WITHOUT_ACCOUNT = ACCESS[ACCESS.index("---") + 4 :] + FIND


@rule(
    id="ESO744",
    name="k8s-rbac-missing-verb",
    on=(BaseExternalSecret, BasePushSecret),
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD, BAD_NAMESPACE, BAD_PUSH, BAD_NAMES),
    good=(GOOD, GOOD_ADMIN, GOOD_OTHER_ROLE, GOOD_OTHER_CLUSTER, GOOD_OPERATORS_OWN, GOOD_WITHOUT_ACCOUNT),
    reads=("ServiceAccount", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"),
    words=("kubernetes",),
)
def k8s_rbac_missing_verb(resource: BaseExternalSecret | BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """The Role of a `kubernetes` store's ServiceAccount lacks what an ExternalSecret or PushSecret does.

    Why: the `kubernetes` provider acts as the ServiceAccount that the store names, in the store's `remoteNamespace`
    (`default` where none is written). To read a Secret takes `get`, `find` takes `list`, to push takes `get`, `create`
    and `update`, and `deletionPolicy: Delete` takes `get` and `delete` (`update` for a single property).
    `resourceNames` cannot allow `list` or `create`.

    Fix: add the verb to the Role, or bind it in the namespace from which the store reads.

    When to ignore: something outside the repository binds the ServiceAccount to another role.
    """
    for gap in rbac_gaps(resource, ws):
        verbs = ", ".join(f"`{verb}`" for verb in gap.verbs)
        related = []
        if gap.near is not None:
            related.append(Related(gap.near.node.span.one_line(), f"all that {gap.role.kind} `{gap.role.name}` allows"))
        related.append(Related(gap.binding.name_node.span, "bound here"))
        where = f"its rights are in `{gap.elsewhere}`" if gap.elsewhere else f"needs {verbs}"
        yield Problem(
            at=gap.use.at,
            message=f"ServiceAccount `{gap.account}` may not {verbs} Secrets in `{gap.namespace}`, "
            f"as {gap.use.words} needs",
            label=where,
            related=tuple(related),
            help=f"bind the Role in `{gap.namespace}`, or set `remoteNamespace: {gap.elsewhere}`"
            if gap.elsewhere
            else f"add {verbs} on `secrets` to {gap.role.kind} `{gap.role.name}`",
            severity=None if gap.sure else Severity.WARNING,
        )
