from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import BaseExternalSecret, Mapping, Problem, Severity, Workspace, is_absent, is_seen, may_grow, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  dataFrom:
    - sourceRef:  # <- ESO313
        storeRef: {name: vault}
    - rewrite:
        - regexp: {source: a, target: b}
      sourceRef:  # <- ESO313
        storeRef: {name: vault}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  dataFrom:
    - sourceRef:
        storeRef: {name: vault}
      extract: {key: shop/db}
    - sourceRef:
        storeRef: {name: vault}
      find: {}
    - sourceRef:
        generatorRef: {kind: Password, name: random}
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
  dataFrom:
    - sourceRef:
        storeRef: {name: vault}
      {{- if .Values.all }}
      find: {}
      {{- else }}
      extract: {key: shop/db}
      {{- end }}
"""


@rule(
    id="ESO313",
    name="datafrom-storeref-without-selector",
    on=BaseExternalSecret,
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD, GOOD_CHART),
    words=("dataFrom",),
)
def datafrom_storeref_without_selector(es: BaseExternalSecret, ws: Workspace) -> Iterator[Problem]:
    """An entry of `dataFrom` names a store, but nothing to fetch from it.

    Why: the admission webhook is content with any `sourceRef`, and the operator then skips the entry: no key arrives,
    and the status says nothing of it.

    Fix: add `extract` with a key, or `find` with a name or tags.

    References: https://external-secrets.io/latest/api/externalsecret/
    """
    if not is_seen(es) or may_grow(es):
        return
    for entry in es.data_from:
        node = entry.node
        if not isinstance(node, Mapping) or not (is_absent(node.get("extract")) and is_absent(node.get("find"))):
            continue
        if isinstance(entry.store_ref, Mapping) and is_absent(entry.generator_ref):
            yield Problem(
                at=node.key("sourceRef") or node,
                message="this entry of `dataFrom` names a store, but neither `extract` nor `find`",
                label="nothing is fetched from it",
                help="add `extract: {key: ...}` or `find`",
            )
