from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    Edit,
    Fix,
    Mapping,
    Problem,
    Safety,
    Scalar,
    Severity,
    Span,
    Workspace,
    parse_duration,
    rule,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  refreshInterval: "0"  # <- ESO401
  secretStoreRef: {name: vault}
  data:
    - secretKey: password
      remoteRef: {key: shop/db}
"""

BAD_UNQUOTED = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  refreshInterval: 0  # <- ESO401
  refreshPolicy: Periodic
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
"""

BAD_CLUSTER = """
apiVersion: external-secrets.io/v1
kind: ClusterExternalSecret
metadata:
  name: registry
spec:
  refreshTime: "0s"
  namespaceSelectors:
    - matchLabels: {pull: "yes"}
  externalSecretSpec:
    refreshInterval: 0h0m  # <- ESO401
    secretStoreRef: {name: vault, kind: ClusterSecretStore}
    dataFrom:
      - sourceRef:
          generatorRef: {kind: Password, name: random}
      - extract: {key: registry}
"""

GOOD_GENERATOR = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: random
spec:
  refreshInterval: "0"
  dataFrom:
    - sourceRef:
        generatorRef: {kind: Password, name: random}
"""

GOOD_POLICY = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: on-change
spec:
  refreshPolicy: OnChange
  refreshInterval: "0"
  secretStoreRef: {name: vault}
  data:
    - secretKey: password
      remoteRef: {key: shop/db}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: once
spec:
  refreshPolicy: CreatedOnce
  refreshInterval: 0s
  secretStoreRef: {name: vault}
  data:
    - secretKey: password
      remoteRef: {key: shop/db}
"""

GOOD_OTHERS = """
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata:
  name: push
spec:
  refreshInterval: "0"
  secretStoreRefs: [{name: vault}]
  selector:
    secret: {name: db}
  data:
    - match:
        secretKey: password
        remoteRef: {remoteKey: shop/db}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
spec:
  refreshInterval: 0
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: default-interval
spec:
  refreshInterval:
  secretStoreRef: {name: vault}
  data:
    - secretKey: password
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
  refreshInterval: "0"
  {{- with .Values.refreshPolicy }}
  refreshPolicy: {{ . }}
  {{- end }}
  secretStoreRef: {name: vault}
  data:
    - secretKey: password
      remoteRef: {key: shop/db}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: cache
spec:
  refreshInterval: {{ .Values.refreshInterval | default "0" }}
  secretStoreRef: {name: vault}
  data:
    - secretKey: password
      remoteRef: {key: shop/cache}
"""

_ADVICE = "write an interval such as `1h`, or add `refreshPolicy: OnChange` so that edits of this object are synced"
_WITH_GENERATOR = (
    "read the store in an ExternalSecret of its own with an interval, since refreshing would also renew what the "
    "generator made; or say with `refreshPolicy: CreatedOnce` that nothing is to change"
)


@rule(
    id="ESO401",
    name="refresh-zero",
    on=BaseExternalSecret,
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD, BAD_UNQUOTED, BAD_CLUSTER),
    good=(GOOD_GENERATOR, GOOD_POLICY, GOOD_OTHERS, GOOD_CHART),
    words=("refreshInterval",),
)
def refresh_zero(es: BaseExternalSecret, ws: Workspace) -> Iterator[Problem]:
    """An ExternalSecret that reads a store is synced once and never again.

    Why: with the periodic policy, which is also the one that applies when none is written, an interval of zero turns
    refreshing off after the first success. A rotated value at the provider does not reach the cluster, and neither
    does an edit of the ExternalSecret: a new key, another template or a force-sync annotation change nothing, while
    the status stays `Ready`. Only a deleted or altered target Secret brings another sync.

    Fix: give an interval such as `1h`. If the value is meant to be read only when the manifest changes, say so with
    `refreshPolicy: OnChange`, or `CreatedOnce` for a value that must never be replaced. Where a generator and a store
    feed one object, read the store in an object of its own: refreshing both would also renew the generated value.

    When to ignore: where the Secret must stay as first read, and the operator is older than 0.16, which has no
    `refreshPolicy`.
    """
    node = es.refresh_interval
    if not isinstance(node, Scalar) or es.refresh_policy != "Periodic" or not es.reads_store:
        return
    text = node.string
    unquoted = text is None and type(node.value) in (int, float) and node.value == 0
    if not unquoted and (text is None or parse_duration(text) != 0):
        return
    generates = any(entry.generator_ref is not None for entry in es.data_from)
    yield Problem(
        at=node,
        message="`refreshInterval` of zero with the periodic policy syncs once and then never again",
        label="no refresh after the first sync",
        note="the refresh policy is Periodic" + ("" if es.spec("refreshPolicy") else ", as none is written"),
        help=_WITH_GENERATOR if generates else _ADVICE,
        fix=_fix(es, node, unquoted, "CreatedOnce" if generates else "OnChange"),
    )


def _fix(es: BaseExternalSecret, node: Scalar, unquoted: bool, chosen: str) -> Fix | None:
    """State the policy that zero comes closest to. The number itself must become a string to be accepted at all."""
    spec = es.spec()
    policy = es.spec("refreshPolicy")
    key = es.key_at(*es.spec_path, "refreshInterval")
    # A written value may be shared through an anchor; then it does not stand behind its key.
    if not isinstance(spec, Mapping) or key is None or not key.end <= node.start < spec.end:
        return None
    edits = [Edit(node.span, '"0"')] if unquoted else []
    if isinstance(policy, Scalar):
        if policy.text != "Periodic":
            return None
        edits.append(Edit(policy.span, chosen))
    elif spec.flow:
        edits.insert(0, Edit(Span(key.file, key.start, key.start), f"refreshPolicy: {chosen}, "))
    else:
        line, column = key.file.position(key.start)
        before = key.file.line(line)[: column - 1]
        if before.strip(" "):
            return None
        edits.insert(0, Edit(Span(key.file, key.start, key.start), f"refreshPolicy: {chosen}\n{before}"))
    return Fix(f"state refreshPolicy: {chosen}", tuple(edits), Safety.UNSAFE)
