from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    Node,
    Problem,
    Related,
    Sequence,
    Severity,
    Workspace,
    is_absent,
    is_seen,
    refused,
    rule,
    string,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault}
  data:
    - secretKey: password
      remoteRef: {key: shop/db, property: password}
    - secretKey: user
      remoteRef: {key: shop/db, property: user}
    - secretKey: password  # <- ESO315
      remoteRef: {key: shop/other, property: password}
    - secretKey: "password"  # <- ESO315
      remoteRef: {key: shop/third, property: password}
"""

BAD_POLICY = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault}
  target: {deletionPolicy: Delete}
  data:
    - secretKey: password
      remoteRef: {key: shop/db}
    - secretKey: password  # <- ESO315
      remoteRef: {key: shop/other}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault}
  data:
    - secretKey: password
      remoteRef: {key: shop/db}
    - secretKey: Password
      remoteRef: {key: shop/db}
    - secretKey: ${A}
      remoteRef: {key: shop/db}
    - secretKey: ${A}
      remoteRef: {key: shop/db}
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
    {{- if .Values.production }}
    - secretKey: password
      remoteRef: {key: prod/db}
    {{- else }}
    - secretKey: password
      remoteRef: {key: dev/db}
    {{- end }}
"""


@rule(
    id="ESO315",
    name="duplicate-secret-key",
    on=BaseExternalSecret,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_POLICY),
    good=(GOOD, GOOD_CHART),
)
def duplicate_secret_key(es: BaseExternalSecret, ws: Workspace) -> Iterator[Problem]:
    """Two entries of `data` write the same key.

    Why: with `deletionPolicy: Retain`, which is the default, the operator's admission webhook refuses the object
    ("duplicate secretKey found"). With the other policies, and in releases before 0.9.13, it is stored, and the last
    entry silently wins.

    Fix: rename one of the keys, or remove the entry that is not wanted.

    References: https://github.com/external-secrets/external-secrets/issues/2921
    """
    data = es.spec("data")
    # Of entries that a template puts in, some are alternatives.
    if not isinstance(data, Sequence) or data.open or not is_seen(es):
        return
    seen: dict[str, Node] = {}
    for entry in es.data:
        node = entry.secret_key
        text = string(node)
        if node is None or text is None:
            continue
        first = seen.setdefault(text, node)
        if first is node:
            continue
        policy = es.spec("target", "deletionPolicy")
        retains = is_absent(policy) or string(policy) == "Retain"
        is_refused = retains and refused(es, ws, "0.9.13")
        yield Problem(
            at=node,
            message=f"the key `{text}` is written twice",
            label="the same key again",
            related=(Related(first.span, "first written here"),),
            note="" if is_refused else "the last entry wins",
            help="rename one of the keys, or remove an entry",
            severity=None if is_refused else Severity.WARNING,
        )
