from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Fault, Problem, Related, Severity, Workspace, rule

TAB = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
\tname: vault  # <- ESO001
"""

UNCLOSED = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: "db  # <- ESO001
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: cache
"""

COLON = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  annotations:
    note: owner: payments  # <- ESO001
"""

UNQUOTED_TEMPLATE = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  target:
    template:
      data:
        url: {{ .host }}  # <- ESO001
"""

UNQUOTED_START = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  annotations:
    owner: @payments  # <- ESO001
"""

COMPLEX_KEY = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
  labels:
    ? [team, payments]  # <- ESO001
    : core
"""

NEWER_YAML = """
# file: store.yaml
%YAML 1.2  # <- ESO001
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
"""

BROKEN_ALIAS = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  target:
    name: *name  # <- ESO001
"""

CHART = """
# file: chart/Chart.yaml
name: shop
version: 1.0.0
# file: chart/templates/external-secret.yaml
{{- if .Values.enabled }}
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: {{ include "shop.name" . }}
  labels: {{- include "shop.labels" . | nindent 4 }}
spec:
  {{- with .Values.store }}
  secretStoreRef:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
"""

TEMPLATE_ELSEWHERE = """
# file: skeleton/external-secret.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: {{ component }}
spec:
  {% if store %}
  secretStoreRef: {name: {{ store }}}
  {% endif %}
"""

TRAPS = """
%YAML 1.1
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: &name db
  labels: &labels
    team: core
    note: "{{ .not-helm }}"
spec:
  target:
    name: *name
    template:
      metadata:
        labels:
          <<: *labels
          tier: &name backend
      data:
        config: |
          \tuser: {{ .user }}
          pass: `{{ .pass }}`
"""

EDITOR_SETTINGS = """
# file: .vscode/settings.json
{
  // schemas of the external-secrets kinds
  "yaml.schemas": {"https://example.org/external-secrets.io/externalsecret_v1.json": "*.yaml"},
}
"""


@rule(
    id="ESO001",
    name="yaml-syntax",
    on=Fault,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(TAB, UNCLOSED, COLON, UNQUOTED_TEMPLATE, UNQUOTED_START, COMPLEX_KEY, NEWER_YAML, BROKEN_ALIAS),
    good=(CHART, TEMPLATE_ELSEWHERE, TRAPS, EDITOR_SETTINGS),
)
def yaml_syntax(fault: Fault, ws: Workspace) -> Iterator[Problem]:
    """A document that names the operator cannot be read as YAML, or not as Kubernetes reads it.

    Why: kubectl, Flux and Argo CD refuse the whole file, often with a line number that points elsewhere. In a
    directory that is synced as one, every other object of it waits as well: secrets stay at their last value, and
    nothing says so on the ExternalSecret. Kubernetes reads YAML 1.1, so a `%YAML 1.2` directive, a mapping or list
    as a key, `.inf`, an alias without an anchor and bytes that are no UTF-8 are refused too, though other readers
    take them.

    Fix: correct the text at the caret. Indent with spaces, quote values that hold `: ` or begin with one of
    `@ % * & ! { [`, and close every quote and bracket. The other documents of the file are still checked.

    When to ignore: the file is text for a generator that no chart, Jinja or Terraform syntax gives away. Exclude it,
    or end its name in `.tpl`, `.tmpl`, `.gotmpl` or `.j2`.
    """
    if fault.kind == "syntax":
        related = tuple(Related(span, text) for span, text in fault.related)
        yield Problem(at=fault.span, message=fault.message, label="here", related=related, help=fault.help)
