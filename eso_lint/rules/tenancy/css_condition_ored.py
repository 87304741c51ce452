from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    ClusterSecretStore,
    Mapping,
    Node,
    Problem,
    Related,
    Sequence,
    Severity,
    Workspace,
    is_absent,
    rule,
)

# The narrowest first: that is the one its author takes for a limit.
_FIELDS = ("namespaces", "namespaceRegexes", "namespaceSelector")

BAD = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  conditions:
    - namespaceSelector:
        matchLabels: {environment: production}
      namespaces:  # <- ESO204
        - shop
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
    - namespaceRegexes: [^team-]  # <- ESO204
      namespaceSelector:
        matchLabels: {environment: production}
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
        matchLabels: {environment: production}
      namespaces: []
    - namespaces: [shop]
    - namespaceRegexes: [^team-]
      namespaceSelector:
  provider:
    vault:
      server: https://vault.example.org
"""


@rule(
    id="ESO204",
    name="css-condition-ored",
    on=ClusterSecretStore,
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD, BAD_REGEX),
    good=(GOOD,),
    words=("conditions",),
    security=4.0,
)
def css_condition_ored(store: ClusterSecretStore, ws: Workspace) -> Iterator[Problem]:
    """One condition mixes a selector, names and regexes, of which any one is enough.

    Why: inside one item, `namespaceSelector`, `namespaces` and `namespaceRegexes` are alternatives. A short list of
    names beside a broad selector does not narrow the selector; it adds to it.

    Fix: to narrow, put all requirements into one `namespaceSelector`: its labels and expressions must all hold, and
    `kubernetes.io/metadata.name` is the label for the name. If alternatives are meant, give each its own item, so that
    the next reader sees it.

    References: https://external-secrets.io/latest/api/clustersecretstore/
    """
    for item in store.conditions:
        if not isinstance(item, Mapping):
            continue
        present = [field for field in _FIELDS if field in item.index and _holds(item.get(field))]
        if len(present) < 2:
            continue
        others = [key for field in present[1:] if (key := item.key(field)) is not None]
        yield Problem(
            at=item.key(present[0]) or item,
            message=f"`{present[0]}` does not narrow `{present[1]}`: either one is enough",
            label="an alternative, not a further requirement",
            related=tuple(Related(key.span, "admits namespaces by itself") for key in others),
            help="move it to an item of its own, or express it as a label in `namespaceSelector`",
        )


def _holds(node: Node | None) -> bool:
    """Whether a part of an item certainly holds something."""
    if isinstance(node, Sequence):
        return bool(node.items)
    return isinstance(node, Mapping) and not is_absent(node)
