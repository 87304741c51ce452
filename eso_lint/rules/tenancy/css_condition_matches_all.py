from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    ClusterSecretStore,
    Mapping,
    Problem,
    Severity,
    Workspace,
    items,
    matches_every_namespace,
    rule,
    string,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  conditions:
    - namespaceSelector: {}  # <- ESO202
    - namespaces: [shop]
  provider:
    vault:
      server: https://vault.example.org
"""

BAD_REGEX = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  conditions:
    - namespaceRegexes:
        - ^team-
        - .*  # <- ESO202
        - ""  # <- ESO202
        - ^[a-z0-9-]+$  # <- ESO202
    - namespaceSelector:  # <- ESO202
        matchLabels: {}
        matchExpressions:
          - {key: kubernetes.io/metadata.name, operator: Exists}
  provider:
    vault:
      server: https://vault.example.org
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  conditions:
    - namespaceSelector:
        matchExpressions:
          - {key: secrets, operator: Exists}
    - namespaceSelector:
    - namespaceRegexes: [^team-.*$, "^[a-z]$", '.*-prod$', '${PATTERN}']
  provider:
    vault:
      server: https://vault.example.org
"""

GOOD_HELM = """
# file: chart/Chart.yaml
name: stores
version: 0.1.0
# file: chart/templates/store.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  conditions:
    - namespaceSelector:
        matchLabels:
          {{- toYaml .Values.labels | nindent 10 }}
  provider:
    vault:
      server: https://vault.example.org
"""


@rule(
    id="ESO202",
    name="css-condition-matches-all",
    on=ClusterSecretStore,
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD, BAD_REGEX),
    good=(GOOD, GOOD_HELM),
    words=("conditions",),
    security=6.5,
)
def css_condition_matches_all(store: ClusterSecretStore, ws: Workspace) -> Iterator[Problem]:
    """A condition of a ClusterSecretStore matches every namespace.

    Why: one matching element of one item is enough. An empty selector, or a regex that fits every name, therefore
    opens the store to all namespaces, whatever the other conditions say.

    Fix: select by a label that only the intended namespaces have, or anchor the regex: `^team-`. If all namespaces are
    meant, leave the conditions out and say so where `css-unrestricted` is silenced.

    References: https://external-secrets.io/latest/api/clustersecretstore/
    """
    for i, item in enumerate(store.conditions):
        selector = item.get("namespaceSelector")
        if isinstance(selector, Mapping) and matches_every_namespace(selector):
            yield Problem(
                at=store.anchor("spec", "conditions", i, "namespaceSelector"),
                message="this selector matches every namespace",
                label="nothing is selected out" if selector.index else "empty: selects all",
                help="select a label that only the intended namespaces have",
            )
        for regex in items(item.get("namespaceRegexes")):
            if matches_every_namespace(regex):
                yield Problem(
                    at=regex,
                    message=f"the regex `{string(regex)}` matches every namespace",
                    label="fits every name",
                    note="a regex may match anywhere in the name",
                    help="spell out the names that are meant, between `^` and `$`",
                )
