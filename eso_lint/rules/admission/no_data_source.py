from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    Node,
    Problem,
    Sequence,
    Severity,
    Workspace,
    is_absent,
    is_seen,
    may_grow,
    refused,
    rule,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:  # <- ESO310
  secretStoreRef: {name: vault}
  target:
    template:
      data:
        user: app
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: empty
spec:
  secretStoreRef: {name: vault}
  data: []  # <- ESO310
  dataFrom:
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret  # <- ESO310
metadata:
  name: nothing
"""

BAD_CLUSTER = """
apiVersion: external-secrets.io/v1
kind: ClusterExternalSecret
metadata:
  name: registry
spec:
  namespaceSelectors:
    - matchLabels: {pull: "yes"}
  externalSecretSpec:
    secretStoreRef: {name: vault, kind: ClusterSecretStore}
    dataFrom: []  # <- ESO310
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: keys
spec:
  secretStoreRef: {name: vault}
  data:
    - secretKey: password
      remoteRef: {key: shop/db}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: all
spec:
  secretStoreRef: {name: vault}
  data: []
  dataFrom:
    - extract: {key: shop/db}
"""

GOOD_CHART = """
# file: chart/Chart.yaml
name: shop
# file: chart/templates/db.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault}
  data:
    {{- range .Values.keys }}
    - secretKey: {{ . }}
      remoteRef: {key: shop/db, property: {{ . }}}
    {{- end }}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: cache
spec:
  secretStoreRef: {name: vault}
  {{- with .Values.data }}
  data: {{ toYaml . | nindent 4 }}
  {{- end }}
"""


GOOD_OFF = """
# file: apps/kustomization.yaml
resources: [cache.yaml]
# file: apps/cache.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: cache
spec:
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/cache}
# file: chart/Chart.yaml
apiVersion: v2
name: shop
version: 1.0.0
# file: chart/values.yaml
database:
  enabled: false
# file: chart/templates/db.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault}
  data:
  {{- if .Values.database.enabled }}
    - secretKey: password
      remoteRef: {key: shop/db}
  {{- end }}
"""


@rule(
    id="ESO310",
    name="no-data-source",
    on=BaseExternalSecret,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_CLUSTER),
    good=(GOOD, GOOD_CHART, GOOD_OFF),
)
def no_data_source(es: BaseExternalSecret, ws: Workspace) -> Iterator[Problem]:
    """An ExternalSecret has neither `data` nor `dataFrom`.

    Why: the operator's admission webhook refuses it since 0.9.9 ("either data or dataFrom should be specified"). The
    schema requires neither, so schema checkers pass it. A ClusterExternalSecret is stored, but each ExternalSecret
    that it makes is refused. Older releases store the object, which then fetches nothing.

    Fix: name the keys to fetch under `data`, or take whole secrets with `dataFrom`.

    References: https://external-secrets.io/latest/api/externalsecret/
    """
    if not is_seen(es) or may_grow(es) or not _empty(es.spec("data")) or not _empty(es.spec("dataFrom")):
        return
    at = next((key for key in (es.key_at(*es.spec_path, f) for f in ("data", "dataFrom")) if key), es.spec_anchor())
    yield Problem(
        at=at,
        message="neither `data` nor `dataFrom` names anything to fetch",
        label="nothing is fetched",
        help="list keys under `data`, or read whole secrets with `dataFrom`",
        severity=None if refused(es, ws, "0.9.9") else Severity.WARNING,
    )


def _empty(node: Node | None) -> bool:
    return is_absent(node) or (isinstance(node, Sequence) and not node.items and not node.open)
