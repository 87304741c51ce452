from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    Mapping,
    Problem,
    Severity,
    Workspace,
    first_scalar,
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
spec:
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
    - rewrite:  # <- ESO311
        - regexp: {source: a, target: b}
    - {}  # <- ESO311
    - extract:  # <- ESO311
      find: null
"""

BAD_OLD_SHAPE = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault}
  dataFrom:
    - key: shop/db  # <- ESO311
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault}
  dataFrom:
    - find: {}
    - extract: {key: shop/db}
    - sourceRef:
        generatorRef: {kind: Password, name: random}
---
apiVersion: external-secrets.io/v1alpha1
kind: ExternalSecret
metadata:
  name: old
spec:
  secretStoreRef: {name: vault}
  dataFrom:
    - key: shop/db
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
    - {{ .Values.how }}:
        key: shop/db
    - {{- toYaml .Values.source | nindent 6 }}
"""


@rule(
    id="ESO311",
    name="datafrom-empty",
    on=BaseExternalSecret,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_OLD_SHAPE),
    good=(GOOD, GOOD_CHART),
    words=("dataFrom",),
)
def datafrom_empty(es: BaseExternalSecret, ws: Workspace) -> Iterator[Problem]:
    """An entry of `dataFrom` says neither what to extract, nor what to find, nor which generator to ask.

    Why: the operator's admission webhook refuses it ("either extract, find, or sourceRef must be set to dataFrom").
    A frequent cause is the shape of `v1alpha1`, which wrote `key` at the place of `extract`: the API server drops the
    unknown field, and an empty entry is left. Releases before 0.9.18 store the object and fetch nothing for the entry.

    Fix: write `extract` with a key, `find` with a name or tags, or `sourceRef.generatorRef`.

    References: https://external-secrets.io/latest/api/externalsecret/
    """
    if not is_seen(es) or may_grow(es):
        return
    for entry in es.data_from:
        node = entry.node
        if not isinstance(node, Mapping) or not all(
            is_absent(node.get(field)) for field in ("extract", "find", "sourceRef")
        ):
            continue
        old = node.get("key") is not None
        yield Problem(
            at=first_scalar(node) or node,
            message="this entry of `dataFrom` has none of `extract`, `find` and `sourceRef`",
            label="nothing is fetched here",
            help="put the key under `extract`, as v1 has it" if old else "write `extract`, `find` or `sourceRef`",
            severity=None if refused(es, ws, "0.9.18") else Severity.WARNING,
        )
