from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    Mapping,
    Node,
    Problem,
    Related,
    Scalar,
    Severity,
    Workspace,
    is_absent,
    is_seen,
    items,
    lookup,
    refused,
    rule,
    runs,
    string,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: token
spec:
  secretStoreRef: {name: vault}
  target:
    template:
      type: kubernetes.io/service-account-token  # <- ESO316
      metadata:
        annotations:
          kubernetes.io/service-account.name: admin
  dataFrom:
    - extract: {key: shop/token}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: from
spec:
  secretStoreRef: {name: vault}
  target:
    template:
      type: kubernetes.io/service-account-token  # <- ESO316
      templateFrom:
        - target: annotations
          literal: "kubernetes.io/service-account.name: admin"
  dataFrom:
    - extract: {key: shop/token}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: bootstrap
spec:
  secretStoreRef: {name: vault}
  target:
    template:
      type: bootstrap.kubernetes.io/token  # <- ESO316
  dataFrom:
    - extract: {key: shop/token}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: tls
spec:
  secretStoreRef: {name: vault}
  target:
    template:
      type: kubernetes.io/tls
      metadata:
        annotations:
          kubernetes.io/service-account.name: admin
  dataFrom:
    - extract: {key: shop/token}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: plain
spec:
  secretStoreRef: {name: vault}
  target:
    template:
      type: kubernetes.io/service-account-token
  dataFrom:
    - extract: {key: shop/token}
"""

GOOD_OLD = """
# file: .eso-lint.yaml
eso-version: 2.4.0
# file: manifest.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: bootstrap
spec:
  secretStoreRef: {name: vault}
  target:
    template:
      type: bootstrap.kubernetes.io/token
  dataFrom:
    - extract: {key: shop/token}
"""

_ACCOUNT = "kubernetes.io/service-account.name"


@rule(
    id="ESO316",
    name="template-type-privileged",
    on=BaseExternalSecret,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD, GOOD_OLD),
    words=("template",),
    security=7.5,
)
def template_type_privileged(es: BaseExternalSecret, ws: Workspace) -> Iterator[Problem]:
    """The template makes a Secret by which Kubernetes hands out credentials.

    Why: whoever writes a Secret of the type `kubernetes.io/service-account-token` that names a ServiceAccount is given
    its token, and a `bootstrap.kubernetes.io/token` lets nodes join. The operator would write it with its own rights,
    so since 2.4.1 the admission webhook refuses such a template, and the controller refuses it again.

    Fix: make the token where it belongs, outside of the operator: with a plain Secret, or with the TokenRequest API.

    References: https://external-secrets.io/latest/guides/security-best-practices/
    """
    template = es.spec("target", "template")
    kind = lookup(template, "type")
    if not isinstance(template, Mapping) or not isinstance(kind, Scalar) or not is_seen(es):
        return
    related: tuple[Related, ...] = ()
    if kind.text == "kubernetes.io/service-account-token":
        by = _account(template, runs(es, ws, "2.9.0"))
        if by is None:
            return
        related = (Related(by.span, "the ServiceAccount is named by this"),)
    elif kind.text != "bootstrap.kubernetes.io/token":
        return
    if not runs(es, ws, "2.4.1"):
        return
    yield Problem(
        at=kind,
        message=f"a template may not make a Secret of the type `{kind.text}`",
        label="Kubernetes hands out credentials for this type",
        related=related,
        help="make this Secret outside of the operator",
        severity=None if refused(es, ws, "2.4.1") else Severity.WARNING,
    )


def _account(template: Mapping, any_case: bool) -> Node | None:
    """What names the ServiceAccount: the annotation, or text that becomes annotations."""
    annotations = lookup(template, "metadata", "annotations")
    if isinstance(annotations, Mapping) and _ACCOUNT in annotations and not is_absent(annotations.get(_ACCOUNT)):
        return annotations.key(_ACCOUNT)
    for source in items(template.get("templateFrom")):
        target = source.get("target")
        text = string(target)
        if text and (text == "Annotations" or (any_case and text.casefold() == "annotations")):
            return target
    return None
