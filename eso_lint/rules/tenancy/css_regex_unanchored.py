from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    ClusterSecretStore,
    Edit,
    Fix,
    Problem,
    Safety,
    Scalar,
    Severity,
    Workspace,
    anchored,
    items,
    matches_every_namespace,
    rule,
    unanchored,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  conditions:
    - namespaceRegexes:
        - prod  # <- ESO205
        - "prod-.*"  # <- ESO205
        - (dev|stage)$  # <- ESO205
  provider:
    vault:
      server: https://vault.example.org
"""

BAD_PRECEDENCE = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  conditions:
    - namespaceRegexes: [^shop|billing$]  # <- ESO205
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
    - namespaceRegexes:
        - ^prod$
        - ^(shop|billing)$
        - ^team-
        - ^team-.*
        - -prod$
        - .*-prod$
        - ^a$|^b$
        - .*
        - ${PATTERN}
  provider:
    vault:
      server: https://vault.example.org
"""


@rule(
    id="ESO205",
    name="css-regex-unanchored",
    on=ClusterSecretStore,
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD, BAD_PRECEDENCE),
    good=(GOOD,),
    words=("namespaceRegexes",),
    security=5.5,
)
def css_regex_unanchored(store: ClusterSecretStore, ws: Workspace) -> Iterator[Problem]:
    """A namespace regex begins with a bare word, which may stand anywhere in a name.

    Why: the operator searches the regex in the namespace's name; it does not compare the whole name. `prod` also
    admits `non-prod` and `reproduction`, and `^shop|billing$` means "begins with shop, or ends with billing".

    Fix: write `^` before and `$` behind, around a group where there are alternatives: `^(?:shop|billing)$`.

    When to ignore: never needed for rules that are open on purpose and say so. Prefixes (`^team-`), suffixes that
    begin with a separator (`-prod$`) and written wildcards (`.*-prod$`) are not reported. A prefix without a
    separator at its end (`^team-a`) is not reported either, but does admit `team-ab`.

    References: https://external-secrets.io/latest/api/clustersecretstore/
    """
    for item in store.conditions:
        for regex in items(item.get("namespaceRegexes")):
            pattern = regex.string if isinstance(regex, Scalar) else None
            if pattern is None or not isinstance(regex, Scalar):
                continue
            if not unanchored(pattern) or matches_every_namespace(regex):
                continue
            whole = anchored(pattern)
            quoted = "'" + whole.replace("'", "''") + "'"
            fix = Fix(f"match the whole name: `{whole}`", (Edit(regex.span, quoted),), Safety.UNSAFE)
            yield Problem(
                at=regex,
                message=f"the regex `{pattern}` also matches inside longer names",
                label="not anchored at the start",
                note="an anchor binds more tightly than `|`" if "^" in pattern or "$" in pattern else "",
                help=f"write `{whole}` if the whole name is meant",
                fix=fix if regex.style in ("", "'", '"') else None,
            )
