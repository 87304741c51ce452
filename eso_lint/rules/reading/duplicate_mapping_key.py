from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Fault, Problem, Related, Severity, Workspace, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  refreshInterval: 1h
  secretStoreRef:
    name: vault
  data:
    - secretKey: password
      remoteRef:
        key: shop/db
  refreshInterval: 10m  # <- ESO002
"""

BAD_FLOW = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, name: cache}  # <- ESO002
"""

BAD_WRITTEN_OTHERWISE = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  labels:
    yes: "1"
    true: "2"  # <- ESO002
"""

GOOD_BRANCHES = """
# file: chart/Chart.yaml
name: shop
version: 1.0.0
# file: chart/templates/external-secret.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef:
    {{- if .Values.shared }}
    name: vault
    kind: ClusterSecretStore
    {{- else }}
    name: vault
    {{- end }}
"""

GOOD_MERGE = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  labels: &labels
    team: core
spec:
  target:
    template:
      metadata:
        labels:
          <<: *labels
          team: shop
  data:
    - {secretKey: a, remoteRef: {key: shop/a}}
    - {secretKey: b, remoteRef: {key: shop/b}}
"""

GOOD_IN_TEXT = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  target:
    template:
      data:
        settings: |
          user: {{ .user }}
          user: {{ .other }}
"""


@rule(
    id="ESO002",
    name="duplicate-mapping-key",
    on=Fault,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_FLOW, BAD_WRITTEN_OTHERWISE),
    good=(GOOD_BRANCHES, GOOD_MERGE, GOOD_IN_TEXT),
)
def duplicate_mapping_key(fault: Fault, ws: Workspace) -> Iterator[Problem]:
    """A mapping holds the same key twice.

    Why: readers disagree. Kustomize, and with it Flux and Argo CD, stop with `mapping key already defined`; kubectl
    and Helm keep the last value and drop the others without a word. What reaches the cluster is then not what a
    reviewer read: a second `data:` hides the first list, a second `refreshInterval:` undoes the first.

    Fix: keep one of the two. Where both lists or mappings are meant, join them under one key.
    """
    if fault.kind == "duplicate-key":
        related = tuple(Related(span, text) for span, text in fault.related)
        yield Problem(
            at=fault.span,
            message=fault.message,
            label="this one wins in kubectl, and stops kustomize",
            related=related,
            help="remove one of the two, or join what they hold",
        )
