from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Severity, Suppression, Workspace, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: shop
spec:
  refreshInterval: "0" # eso-lint: ignore[refresh-zeros] a bootstrap token  # <- ESO004
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
"""

BAD_MARKER = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: shop
spec:
  # eso-lint ignore refresh-zero  # <- ESO004
  refreshInterval: "0"
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db} # esolint: ignore[find-matches-all]  # <- ESO004
"""

BAD_BLANK = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: shop
spec:
  refreshInterval: "0" # eso-lint: ignore[] everything  # <- ESO004
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: shop
spec:
  # Checked by eso-lint in the pipeline; eso-lint ignores what it cannot know.
  refreshInterval: "0" # eso-lint: ignore[ESO401] a bootstrap token
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/db}
"""


@rule(
    id="ESO004",
    name="unknown-suppression",
    on=Suppression,
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD, BAD_MARKER, BAD_BLANK),
    good=(GOOD,),
)
def unknown_suppression(marker: Suppression, ws: Workspace) -> Iterator[Problem]:
    """A suppression names no rule, or is not written as one.

    Why: it hides nothing. Its author believes that a decision has been recorded, and the finding comes back in the
    next run, or the comment outlives the rule that it was meant for.

    Fix: write `# eso-lint: ignore[rule-name] the reason`, with the name or the id of one or more rules.
    """
    if marker.fault == "misspelt":
        yield Problem(
            at=marker.span,
            message="this looks like a suppression, but is not written as one",
            label="hides nothing",
            help="write `# eso-lint: ignore[rule-name] the reason`",
        )
    elif marker.fault == "empty":
        yield Problem(
            at=marker.span,
            message="this suppression names no rule",
            label="hides nothing",
            help="name the rules: `# eso-lint: ignore[rule-name] the reason`",
        )
    for name, suggestion in marker.unknown:
        yield Problem(
            at=name.span,
            message=f"no rule is named `{name.text}`",
            label="unknown rule",
            help=f"did you mean `{suggestion}`?" if suggestion else "`eso-lint rules` lists them",
        )
