from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    BasePushSecret,
    PathConvention,
    Problem,
    RemoteKey,
    Severity,
    Workspace,
    fits,
    fits_prefix,
    missing_segment,
    remote_keys,
    rule,
)

CONFIG = """
# file: .eso-lint.yaml
paths:
  - store: vault
    pattern: "prod/{namespace}/*"
  - store: vault
    pattern: "shared/*"
  - namespace: legacy
    pattern: "old/{name}"
"""

BAD = (
    """
# file: es.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: team-a
spec:
  secretStoreRef: {name: vault, kind: ClusterSecretStore}
  data:
    - secretKey: password
      remoteRef:
        key: prod/db  # <- ESO604
    - secretKey: user
      remoteRef:
        key: prod/team-b/db  # <- ESO604
  dataFrom:
    - find:
        path: prod  # <- ESO604
        name: {regexp: "^db"}
---
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata:
  name: token
  namespace: legacy
spec:
  secretStoreRefs: [{name: other}]
  selector:
    secret: {name: db}
  data:
    - match:
        remoteRef:
          remoteKey: old/tokens  # <- ESO604
"""
    + CONFIG
)

GOOD = (
    """
# file: es.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: team-a
spec:
  secretStoreRef: {name: vault, kind: ClusterSecretStore}
  data:
    - secretKey: password
      remoteRef: {key: prod/team-a/db/main}
    - secretKey: ca
      remoteRef: {key: shared/ca}
    - secretKey: elsewhere
      sourceRef:
        storeRef: {name: other}
      remoteRef: {key: anything}
  dataFrom:
    - find:
        path: prod/team-a
        name: {regexp: "^db"}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: namespace-comes-with-delivery
spec:
  secretStoreRef: {name: vault, kind: ClusterSecretStore}
  data:
    - secretKey: password
      remoteRef: {key: prod/any-team/db}
"""
    + CONFIG
)

GOOD_NO_CONFIG = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: team-a
spec:
  secretStoreRef: {name: vault}
  data:
    - secretKey: password
      remoteRef: {key: whatever}
"""


@rule(
    id="ESO604",
    name="path-outside-convention",
    on=(BaseExternalSecret, BasePushSecret),
    severity=Severity.WARNING,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD, GOOD_NO_CONFIG),
)
def path_outside_convention(resource: BaseExternalSecret | BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """A remote key does not follow the convention that the configuration states for its store or namespace.

    Why: where a shared store is split by path, the path is what keeps tenants apart, in the provider's policies and in
    the readers' heads. A key without the namespace's segment is denied by the policy, or reads what belongs to others.

    Fix: write the missing segment, or add the pattern that this key follows to `paths:` in the configuration. Several
    patterns for one store or namespace are alternatives.

    When to ignore: a key that is shared on purpose; better, give it a pattern such as `shared/*`.
    """
    if not ws.config.paths:
        return
    seen: set[int] = set()
    for key in remote_keys(resource, ws):
        rules = [c for c in ws.config.paths if _concerns(c, key)]
        if not rules or id(key.node) in seen or key.text.startswith("arn:"):
            continue
        check = fits_prefix if key.use == "find" else fits
        namespace, name = resource.namespace or None, resource.name
        if any(check(c.pattern, key.text, namespace, name) for c in rules):
            continue
        seen.add(id(key.node))
        pattern = rules[0].pattern
        lacking = missing_segment(pattern, key.text, namespace, name)
        yield Problem(
            at=key.node,
            message=f"key lacks the `{lacking}` segment of `{pattern}`"
            if lacking
            else f"key does not follow `{pattern}`",
            label="outside the convention",
            note=_scope(rules[0], len(rules)),
            help=f"write a key that follows `{_filled(pattern, namespace, name)}`",
        )


def _concerns(convention: PathConvention, key: RemoteKey) -> bool:
    """An entry that names both a store and a namespace concerns keys of both."""
    if convention.store is not None and (key.store is None or key.store.name != convention.store):
        return False
    if convention.namespace is not None and key.source.namespace != convention.namespace:
        return False
    return convention.store is not None or convention.namespace is not None


def _scope(convention: PathConvention, count: int) -> str:
    where = f"store `{convention.store}`" if convention.store else f"namespace `{convention.namespace}`"
    others = f", and none of {count - 1} more patterns fits" if count > 1 else ""
    return f"`paths:` in the configuration states it for {where}{others}"


def _filled(pattern: str, namespace: str | None, name: str | None) -> str:
    return pattern.replace("{namespace}", namespace or "{namespace}").replace("{name}", name or "{name}")
