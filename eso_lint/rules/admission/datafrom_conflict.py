from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    Mapping,
    Node,
    Opaque,
    Problem,
    Related,
    Severity,
    Workspace,
    is_absent,
    is_seen,
    lookup,
    refused,
    rule,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault}
  dataFrom:
    - extract:  # <- ESO312
        key: shop/db
      find:
        name: {regexp: ^shop/}
    - sourceRef:  # <- ESO312
        generatorRef: {kind: Password, name: random}
      extract: {key: shop/db}
    - find: {}  # <- ESO312
      sourceRef:
        generatorRef: {kind: Password, name: random}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  dataFrom:
    - extract: {key: shop/db}
      find:
      sourceRef:
        storeRef: {name: vault}
    - find: {name: {regexp: ^shop/}}
      sourceRef:
        storeRef: {name: vault}
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
  secretStoreRef: {name: vault}
  dataFrom:
    {{- if .Values.all }}
    - find: {name: {regexp: ^shop/}}
    {{- else }}
    - extract: {key: shop/db}
    {{- end }}
    - {{- if .Values.all }}
      find: {name: {regexp: ^shop/}}
      {{- else }}
      extract: {key: shop/db}
      {{- end }}
"""

_FIELDS = (("extract",), ("find",), ("sourceRef", "generatorRef"))


@rule(
    id="ESO312",
    name="datafrom-conflict",
    on=BaseExternalSecret,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD, GOOD_CHART),
    words=("dataFrom",),
)
def datafrom_conflict(es: BaseExternalSecret, ws: Workspace) -> Iterator[Problem]:
    """An entry of `dataFrom` wants several things at once.

    Why: `extract`, `find` and `sourceRef.generatorRef` exclude each other, and the operator's admission webhook
    refuses the object ("extract, find, or generatorRef cannot be set at the same time"). Releases before 0.9.18 store
    it and use only one of them.

    Fix: make an entry of its own for each.

    References: https://external-secrets.io/latest/api/externalsecret/
    """
    if not is_seen(es):
        return
    for entry in es.data_from:
        # A template may stand for one branch of several.
        if not isinstance(entry.node, Mapping) or entry.node.open:
            continue
        written = [path for path in _FIELDS if _set(lookup(entry.node, *path))]
        if len(written) < 2:
            continue
        first, *others = sorted((_key(entry.node, path) for path in written), key=lambda node: node.start)
        names = [f"`{path[-1]}`" for path in written]
        yield Problem(
            at=first,
            message=f"{', '.join(names[:-1])} and {names[-1]} cannot stand in one entry of `dataFrom`",
            label="one of several",
            related=tuple(Related(node.span, "and this") for node in others),
            help="make an entry of its own for each",
            severity=None if refused(es, ws, "0.9.18") else Severity.WARNING,
        )


def _set(node: Node | None) -> bool:
    return not is_absent(node) and not isinstance(node, Opaque)


def _key(entry: Mapping, path: tuple[str, ...]) -> Node:
    return entry.key(path[0]) or entry
