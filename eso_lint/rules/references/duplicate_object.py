from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    BasePushSecret,
    Confidence,
    Generator,
    Problem,
    Related,
    Resource,
    Severity,
    Store,
    Workspace,
    is_absent,
    may_meet,
    one_source,
    rule,
    together,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db  # <- ESO110
spec:
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/other}
"""

BAD_FILES = """
# file: stores/aws.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  provider:
    vault: {server: "https://vault.example.org"}
# file: stores/vault.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}  # <- ESO110
spec:
  provider:
    vault: {server: "https://vault.example.org"}
"""

BAD_ROOT = """
# file: shop/kustomization.yaml
namespace: shop
resources: [a.yaml, pay/b.yaml]
# file: shop/a.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db}
spec:
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: a}
# file: shop/pay/b.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db}  # <- ESO110
spec:
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: b}
"""

_DB = """apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: a}
"""
_DB_UNWRITTEN = _DB.replace(", namespace: shop", "")

GOOD_ENVIRONMENTS = f"""
# file: shop/dev/db.yaml
{_DB}
# file: shop/prod/db.yaml
{_DB}
# file: shop/db-us-east-1.yaml
{_DB}
# file: clusters/a/db.yaml
{_DB}
# file: clusters/b/db.yaml
{_DB}
# file: _archive/db.yaml
{_DB}
"""

GOOD_ROOTS = f"""
# file: one/kustomization.yaml
resources: [db.yaml]
# file: one/db.yaml
{_DB}
# file: two/kustomization.yaml
resources: [db.yaml]
# file: two/db.yaml
{_DB}
# file: two/unlisted.yaml
{_DB}
"""

GOOD_UNKNOWN = f"""
# file: one.yaml
{_DB_UNWRITTEN}
# file: two.yaml
{_DB_UNWRITTEN}
# file: three.yaml
{_DB.replace("shop", "pay")}
"""

GOOD_CHART = """
# file: chart/Chart.yaml
name: app
version: 1.0.0
# file: chart/templates/db.yaml
{{- if .Values.vault }}
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: a}
{{- end }}
---
{{- if .Values.aws }}
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: aws}
  dataFrom:
    - extract: {key: a}
{{- end }}
"""

GOOD_PATCH = f"""
# file: kustomization.yaml
resources: [db.yaml]
patches:
  - path: patch.yaml
# file: db.yaml
{_DB}
# file: patch.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {{name: db, namespace: shop}}
spec:
  refreshInterval: 1h
"""

# One file, delivered by two Kustomizations of a cluster: it is written once.
GOOD_TWICE = f"""
# file: clusters/prod/flux-system/sync.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: flux-system, namespace: flux-system}}
spec: {{path: ./clusters/prod, sourceRef: {{kind: GitRepository, name: flux-system}}}}
# file: clusters/prod/apps.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: one, namespace: flux-system}}
spec:
  path: ./shop
  sourceRef: {{kind: GitRepository, name: flux-system}}
  commonMetadata: {{labels: {{by: one}}}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: two, namespace: flux-system}}
spec:
  path: ./shop
  sourceRef: {{kind: GitRepository, name: flux-system}}
  commonMetadata: {{labels: {{by: two}}}}
# file: shop/db.yaml
{_DB}
"""


@rule(
    id="ESO110",
    name="duplicate-object",
    on=(BaseExternalSecret, BasePushSecret, Store, Generator),
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD, BAD_FILES, BAD_ROOT),
    good=(GOOD_ENVIRONMENTS, GOOD_ROOTS, GOOD_UNKNOWN, GOOD_CHART, GOOD_PATCH, GOOD_TWICE),
)
def duplicate_object(resource: Resource, ws: Workspace) -> Iterator[Problem]:
    """Two objects of one kind, namespace and name are applied together.

    Why: a cluster keeps one of them, the one that was applied last. kustomize refuses to build, Argo CD and Flux
    report a repeated or shared resource, or two delivery units overwrite each other for ever.

    Fix: delete one of them, or give it its own name.

    When to ignore: the two files go to different clusters in a way that paths do not show. Directories named after
    environments, clusters and regions, separate kustomizations, charts and archives are told apart.
    """
    if resource.name is None:
        return
    for other in ws.index(_by_identity)[_identity(resource)]:
        if other is resource:
            return
        if _same_place(other, resource) and may_meet(other, resource) and not one_source(other, resource):
            yield Problem(
                at=resource.name_node,
                message=f"{resource.title} is defined more than once",
                label="defined again",
                related=(Related(other.name_node.span, "first defined here"),),
                note="of two objects with one name the cluster keeps the one that was applied last",
                help="delete one of the two, or rename it",
                confidence=Confidence.HIGH if together(other, resource) else Confidence.MEDIUM,
            )
            return


def _identity(resource: Resource) -> tuple[str, str, str | None]:
    return (resource.group, resource.kind, resource.name)


def _by_identity(ws: Workspace) -> dict[tuple[str, str, str | None], list[Resource]]:
    found: dict[tuple[str, str, str | None], list[Resource]] = {}
    for resource in ws.resources:
        found.setdefault(_identity(resource), []).append(resource)
    return found


def _same_place(a: Resource, b: Resource) -> bool:
    """Whether both certainly land in one namespace: known and equal, or unwritten in one file."""
    if a.namespace is not None or b.namespace is not None:
        return a.namespace == b.namespace
    return a.file is b.file and all(is_absent(r.at("metadata", "namespace")) for r in (a, b))
