from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    BasePushSecret,
    Node,
    Problem,
    Resource,
    Scalar,
    Severity,
    Store,
    Workspace,
    is_seen,
    items,
    lookup,
    refused,
    rule,
)

BAD = r"""
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  conditions:
    - namespaceRegexes:
        - ^(?!kube-)  # <- ESO318
        - "*-prod"  # <- ESO318
        - team-[z-a]  # <- ESO318
        - ^(a)\1$  # <- ESO318
        - a++  # <- ESO318
        - (prod  # <- ESO318
        - '\C'  # <- ESO318
  provider:
    vault: {server: "https://vault.example.org"}
"""

BAD_SYNC = r"""
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault}
  dataFrom:
    - find:
        name:
          regexp: "*.db"  # <- ESO318
      rewrite:
        - regexp:
            source: (?<=db-)(.*)  # <- ESO318
            target: $1
---
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata:
  name: push
spec:
  secretStoreRefs: [{name: vault}]
  selector:
    secret: {name: db}
  dataTo:
    - storeRef: {name: vault}
      match:
        regexp: "[a"  # <- ESO318
      rewrite:
        - regexp: {source: "(", target: x}  # <- ESO318
"""

GOOD = r"""
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: vault
spec:
  conditions:
    - namespaceRegexes:
        - ^team-[a-z]{2,5}$
        - (?i)^prod
        - ^(?P<team>[[:alpha:]]+)-\d+\z
        - (?<team>a)
        - \p{Greek}+
        - "a{,2}"
        - ""
        - ${PATTERN}(
  provider:
    vault: {server: "https://vault.example.org"}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault}
  dataFrom:
    - find: {name: {regexp: .*}}
      rewrite:
        - regexp: {source: ^db-(.*)$, target: "${1}_db"}
        - transform: {template: "{{ .value }}"}
"""

_ADVICE = (
    (("(?=", "(?!", "(?<=", "(?<!"), "Go has no lookaround: name what you want, or use several expressions"),
    (("(?>", "++", "*+", "?+"), "Go has no possessive or atomic groups, and does not need them: it never backtracks"),
    (("\\1", "\\2", "\\3", "\\4", "\\5", "\\6", "\\7", "\\8", "\\9"), "Go has no references to earlier groups"),
)


@rule(
    id="ESO318",
    name="invalid-regexp",
    on=(Store, BaseExternalSecret, BasePushSecret),
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_SYNC),
    good=(GOOD,),
)
def invalid_regexp(resource: Resource, ws: Workspace) -> Iterator[Problem]:
    """A regular expression does not compile in Go.

    Why: the operator reads Go's dialect (RE2), which has no lookaround, no references to earlier groups and no
    possessive repetition, and in which `*` alone means nothing. The admission webhook refuses a store whose
    `namespaceRegexes` do not compile. The expressions of `find`, `rewrite` and `dataTo` are not looked at before the
    first sync, which fails then.

    Fix: write the expression in Go's syntax. A shell pattern such as `*-prod` is `-prod$`.

    References: https://pkg.go.dev/regexp/syntax
    """
    for node in _patterns(resource):
        text = node.string if isinstance(node, Scalar) else None
        if node is None or not text:
            continue
        from eso_lint.api import regexp_fault  # what reads patterns is only loaded where there is one

        fault = regexp_fault(text)
        if fault is None:
            continue
        admitted = not isinstance(resource, Store) or not refused(resource, ws, "0.9.12")
        yield Problem(
            at=node,
            message=f"`{text}` is not a regular expression that Go compiles",
            label=f"{fault.reason}: `{fault.part}`" if fault.part and fault.part != text else fault.reason,
            note="nothing checks it before the first sync, which fails" if admitted else "",
            help=_advice(fault.part, fault.at),
            severity=Severity.WARNING if admitted else None,
        )


def _patterns(resource: Resource) -> Iterator[Node | None]:
    if isinstance(resource, Store):
        for condition in items(resource.at("spec", "conditions")):
            yield from items(condition.get("namespaceRegexes"))
    elif isinstance(resource, BaseExternalSecret):
        for entry in resource.data_from if is_seen(resource) else ():
            yield lookup(entry.find, "name", "regexp")
            yield from _sources(entry.node)
    elif isinstance(resource, BasePushSecret):
        for target in items(resource.spec("dataTo")):
            yield lookup(target, "match", "regexp")
            yield from _sources(target)


def _sources(entry: Node) -> Iterator[Node | None]:
    for rewrite in items(entry.get("rewrite")):
        yield lookup(rewrite, "regexp", "source")


def _advice(part: str, at: int) -> str:
    if at == 0 and part.startswith(("*", "+", "?")):
        return f"a repetition needs something to repeat: `.{part[0]}` matches any text"
    for starts, advice in _ADVICE:
        if part.startswith(starts):
            return advice
    return "write it in Go's syntax: https://pkg.go.dev/regexp/syntax"
