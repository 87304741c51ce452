from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    BasePushSecret,
    Confidence,
    Missing,
    Problem,
    Reference,
    Related,
    Severity,
    Workspace,
    rule,
)

BAD = """
apiVersion: generators.external-secrets.io/v1alpha1
kind: Password
metadata:
  name: random
  namespace: shop
spec: {length: 32}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: admin
  namespace: shop
spec:
  refreshInterval: "0"
  dataFrom:
    - sourceRef:
        generatorRef:
          apiVersion: generators.external-secrets.io/v1alpha1
          kind: Password
          name: ramdom  # <- ESO106
"""

BAD_NAMESPACE = """
apiVersion: generators.external-secrets.io/v1alpha1
kind: ECRAuthorizationToken
metadata: {name: ecr, namespace: platform}
spec: {region: eu-central-1}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: pull, namespace: shop}
spec:
  dataFrom:
    - sourceRef:
        generatorRef:
          kind: ECRAuthorizationToken
          name: ecr  # <- ESO106
"""

BAD_KIND = """
apiVersion: generators.external-secrets.io/v1alpha1
kind: ClusterGenerator
metadata: {name: random}
spec:
  kind: Password
  generator: {passwordSpec: {length: 32}}
---
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: {name: admin, namespace: shop}
spec:
  secretStoreRefs: [{name: vault}]
  selector:
    generatorRef:
      kind: Password
      name: random  # <- ESO106
"""

GOOD_NONE = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: pull, namespace: shop}
spec:
  dataFrom:
    - sourceRef:
        generatorRef: {kind: ECRAuthorizationToken, name: made-by-terraform}
"""

GOOD_VALUES = """
# file: release.yaml
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets}
spec:
  values:
    extraObjects:
      - apiVersion: generators.external-secrets.io/v1alpha1
        kind: ECRAuthorizationToken
        metadata: {name: ecr}
# file: pull.yaml
apiVersion: generators.external-secrets.io/v1alpha1
kind: ECRAuthorizationToken
metadata: {name: other, namespace: shop}
spec: {region: eu-central-1}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: pull, namespace: shop}
spec:
  dataFrom:
    - sourceRef:
        generatorRef: {kind: ECRAuthorizationToken, name: ecr}
"""


@rule(
    id="ESO106",
    name="generator-not-found",
    on=(BaseExternalSecret, BasePushSecret),
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD, BAD_NAMESPACE, BAD_KIND),
    good=(GOOD_NONE, GOOD_VALUES),
    words=("generatorRef",),
)
def generator_not_found(resource: BaseExternalSecret | BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """A generatorRef names a generator that does not exist where the operator looks.

    Why: generators live in the namespace of the object that uses them, and only a ClusterGenerator serves all. Where
    the operator finds none, the whole object fails, entries that read a store included.

    Fix: correct the name or kind, create the generator in this namespace, or use a ClusterGenerator.

    When to ignore: the generator is made elsewhere. The rule speaks only where the repository defines other
    generators of that kind. With `closed-world: true` every missing generator is an error.
    """
    for ref in ws.references(resource, "generator"):
        answer = ws.resolve(ref)
        if not isinstance(answer, Missing):
            continue
        where = f" in namespace `{ref.namespace}`" if ref.namespace else ""
        yield Problem(
            at=ref.at,
            message=f"no {ref.kind} named `{ref.name}`{where}{_instead(answer)}",
            label="nothing defines this name",
            related=() if answer.reason == "others-of-kind" else _related(answer),
            note=f"{answer.searched or 'no'} {ref.kind}{'' if answer.searched == 1 else 's'} found in the repository",
            help=_help(answer, ref),
            severity=Severity.ERROR if ws.config.closed_world else None,
            confidence=Confidence.HIGH if ws.config.closed_world else None,
        )


def _related(answer: Missing) -> tuple[Related, ...]:
    says = "closest name" if answer.reason == "near-name" else "the generator of that name"
    return tuple(Related(near.name_node.span, says) for near in answer.near[:3])


def _instead(answer: Missing) -> str:
    if answer.reason == "other-kind":
        return f"; it exists as {answer.near[0].kind}"
    if answer.reason == "other-namespace" and answer.near[0].namespace:
        return f"; it exists in namespace `{answer.near[0].namespace}`"
    return ""


def _help(answer: Missing, ref: Reference) -> str:
    if answer.reason == "near-name":
        return f"write `{answer.near[0].name}`, or create the generator"
    if answer.reason == "other-kind":
        return f"write `kind: {answer.near[0].kind}`"
    if answer.reason == "other-namespace":
        return f"create the generator in `{ref.namespace}`, or use a ClusterGenerator"
    return "create the generator, or correct its name"
