from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    Confidence,
    ExternalSecret,
    Problem,
    Related,
    Severity,
    Workspace,
    is_absent,
    may_meet,
    rule,
    together,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: shop
spec:
  secretStoreRef: {name: vault}
  target:
    name: credentials
  dataFrom:
    - extract: {key: shop/db}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: smtp
  namespace: shop
spec:
  secretStoreRef: {name: vault}
  target:
    name: credentials  # <- ESO111
  dataFrom:
    - extract: {key: shop/smtp}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: credentials  # <- ESO111
  namespace: shop
spec:
  secretStoreRef: {name: vault}
  dataFrom:
    - extract: {key: shop/more}
"""

BAD_MERGE = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: first}
spec:
  secretStoreRef: {name: vault}
  target: {name: credentials, creationPolicy: Merge}
  dataFrom:
    - extract: {key: shop/a}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: second}
spec:
  secretStoreRef: {name: vault}
  target: {name: credentials, creationPolicy: CreateOrMerge}
  dataFrom:
    - extract: {key: shop/b}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: third}
spec:
  secretStoreRef: {name: vault}
  target: {name: credentials}  # <- ESO111
  dataFrom:
    - extract: {key: shop/c}
"""

GOOD_MERGE = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: first, namespace: shop}
spec:
  secretStoreRef: {name: vault}
  target: {name: credentials, creationPolicy: Merge}
  dataFrom:
    - extract: {key: shop/a}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: second, namespace: shop}
spec:
  secretStoreRef: {name: vault}
  target: {name: credentials, creationPolicy: CreateOrMerge}
  dataFrom:
    - extract: {key: shop/b}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: third, namespace: shop}
spec:
  secretStoreRef: {name: vault}
  target: {name: credentials, creationPolicy: None}
  dataFrom:
    - extract: {key: shop/c}
"""

GOOD_APART = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: first, namespace: shop}
spec:
  secretStoreRef: {name: vault}
  target: {name: credentials}
  dataFrom:
    - extract: {key: shop/a}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: second, namespace: pay}
spec:
  secretStoreRef: {name: vault}
  target: {name: credentials}
  dataFrom:
    - extract: {key: shop/b}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: third, namespace: shop}
spec:
  secretStoreRef: {name: vault}
  target:
    name: credentials
    manifest: {apiVersion: v1, kind: ConfigMap}
  dataFrom:
    - extract: {key: shop/c}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: fourth, namespace: shop}
spec:
  secretStoreRef: {name: vault}
  target: {name: "credentials-${SUFFIX}"}
  dataFrom:
    - extract: {key: shop/d}
"""

GOOD_CLUSTERS = """
# file: app/overlays/osc-cl1/mysql.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: mysql, namespace: shop}
spec:
  secretStoreRef: {name: vault}
  target: {name: credentials}
  dataFrom:
    - extract: {key: shop/a}
# file: app/overlays/osc-cl2/mysql.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: mysql-new, namespace: shop}
spec:
  secretStoreRef: {name: vault}
  target: {name: credentials}
  dataFrom:
    - extract: {key: shop/b}
"""


@rule(
    id="ESO111",
    name="target-owned-twice",
    on=ExternalSecret,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_MERGE),
    good=(GOOD_MERGE, GOOD_APART, GOOD_CLUSTERS),
)
def target_owned_twice(es: ExternalSecret, ws: Workspace) -> Iterator[Problem]:
    """Two ExternalSecrets write one Secret, and at least one of them owns it.

    Why: `creationPolicy: Owner`, the default, claims the Secret. Since 0.11 the operator lets no other ExternalSecret
    write it, whatever its own policy: the other stays at `Ready=False` because the target is owned by another
    ExternalSecret. Which of the two wins depends on which was reconciled first.

    Fix: give each its own target, move the entries into one ExternalSecret, or set `creationPolicy: Merge` or
    `CreateOrMerge` on all of them.
    """
    place = _place(es)
    if place is None:
        return
    written = ws.index(_by_target)[place]
    if len(written) == 1:
        return
    owner = _first_before(es, written, "Owner")
    first = owner or (_first_before(es, written) if es.creation_policy == "Owner" else None)
    if first is None:
        return
    yield Problem(
        at=es.target_node,
        message=f"Secret `{es.target_name}` is already "
        f"{'owned' if owner else 'written'} by ExternalSecret `{first.name}`",
        label="the same Secret" if owner else "the same Secret, owned here",
        related=(Related(first.target_node.span, "owned here" if owner else "written here"),),
        note="the operator lets no other ExternalSecret write a Secret that has an owner",
        help="give each its own target, or set `creationPolicy: Merge` or `CreateOrMerge` on all of them",
        confidence=Confidence.HIGH if together(first, es) else Confidence.MEDIUM,
    )


def _place(es: ExternalSecret) -> tuple[str | None, str, str] | None:
    """Namespace, file (where the namespace is not written) and name of the Secret; None where not certain."""
    policy, name = es.creation_policy, es.target_name
    if not name or policy in (None, "None") or not is_absent(es.spec("target", "manifest")):
        return None
    if es.namespace is not None:
        return es.namespace, "", name
    return (None, es.file.path, name) if is_absent(es.at("metadata", "namespace")) else None


_Written = dict[str | None, list[tuple[int, ExternalSecret]]]


def _first_before(es: ExternalSecret, written: _Written, policy: str = "") -> ExternalSecret | None:
    """The first ExternalSecret of another name, above this one, with a creation policy where one is asked for."""
    own = next(number for number, other in written[es.name] if other is es)
    found: list[tuple[int, ExternalSecret]] = []
    for name, others in written.items():
        if name == es.name or others[0][0] > own:
            continue
        for number, other in others:
            if number > own or (found and number > found[0][0]):
                break
            if (not policy or other.creation_policy == policy) and may_meet(other, es):
                found = [(number, other)]
                break
    return found[0][1] if found else None


def _by_target(ws: Workspace) -> dict[tuple[str | None, str, str], _Written]:
    """Numbered ExternalSecrets by the Secret that they write, and by name."""
    found: dict[tuple[str | None, str, str], _Written] = {}
    for number, es in enumerate(ws.all(ExternalSecret)):
        place = _place(es)
        if place is not None:
            found.setdefault(place, {}).setdefault(es.name, []).append((number, es))
    return found
