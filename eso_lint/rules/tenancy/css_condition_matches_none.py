from __future__ import annotations

import re
from collections.abc import Iterator

from eso_lint.api import (
    ClusterSecretStore,
    Mapping,
    Node,
    Problem,
    Sequence,
    Severity,
    Workspace,
    is_absent,
    rule,
    string,
)

_FIELDS = ("namespaceSelector", "namespaces", "namespaceRegexes")
_GLOB = re.compile(r"[*?]")

BAD = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  conditions:
    - {}  # <- ESO203
    - namespaces: []  # <- ESO203
    - namespaceSelector:  # <- ESO203
      namespaceRegexes: []
  provider:
    vault:
      server: https://vault.example.org
"""

BAD_GLOB = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  conditions:
    - namespaces:
        - team-*  # <- ESO203
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
    - namespaces: []
      namespaceSelector: {}
    - namespaces: [shop, team-*]
    - namespaces: ["${NAMESPACE}"]
  provider:
    vault:
      server: https://vault.example.org
"""

GOOD_NO_LIST = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  conditions: []
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
    - namespaces:
        {{- range .Values.namespaces }}
        - {{ . }}
        {{- end }}
  provider:
    vault:
      server: https://vault.example.org
"""


@rule(
    id="ESO203",
    name="css-condition-matches-none",
    on=ClusterSecretStore,
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD, BAD_GLOB),
    good=(GOOD, GOOD_NO_LIST, GOOD_HELM),
    words=("conditions",),
)
def css_condition_matches_none(store: ClusterSecretStore, ws: Workspace) -> Iterator[Problem]:
    """A condition of a ClusterSecretStore can never match a namespace.

    Why: as soon as `conditions` holds an item, a namespace must match one of them. An item that is empty, or holds
    only empty lists, matches nothing: alone it locks everyone out, and every ExternalSecret stays at
    `using cluster store ... is not allowed from namespace ...: denied by spec.condition`. Names are compared as
    they stand: `*` is no wildcard.

    Fix: fill the item or remove it. For a family of names use `namespaceRegexes`, for example `^team-`.

    References: https://external-secrets.io/latest/api/clustersecretstore/
    """
    conditions = store.at("spec", "conditions")
    if not isinstance(conditions, Sequence):
        return
    for i, item in enumerate(conditions.items):
        if not isinstance(item, Mapping) or item.open or not set(item.index) <= {*_FIELDS}:
            continue
        alone = len(conditions.items) == 1 and not conditions.open
        note = "no namespace can use the store" if alone else "the other conditions still count"
        if not any(_says_something(item.get(field)) for field in _FIELDS):
            yield Problem(
                at=store.anchor("spec", "conditions", i),
                message="this condition matches no namespace",
                label="empty",
                note=note,
                help="name who may use the store, or remove the item",
            )
            continue
        names = item.get("namespaces")
        others = any(_says_something(item.get(field)) for field in _FIELDS if field != "namespaces")
        if not isinstance(names, Sequence) or names.open or others:
            continue
        texts = [string(name) for name in names.items]
        if all(text is not None and _GLOB.search(text) for text in texts):
            yield Problem(
                at=names.items[0],
                message=f"no namespace is called `{texts[0]}`",
                label="names are compared as they stand",
                note=note,
                help="use `namespaceRegexes` for a family of names",
            )


def _says_something(node: Node | None) -> bool:
    """Whether a part of an item is there, or may be."""
    return not is_absent(node) and not (isinstance(node, Sequence) and not node.items and not node.open)
