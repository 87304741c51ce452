from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    Edit,
    Fix,
    Problem,
    Severity,
    Workspace,
    closest,
    is_absent,
    is_seen,
    items,
    lookup,
    refused,
    respelled,
    rule,
    runs,
    string,
)

BAD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault}
  target:
    template:
      templateFrom:
        - target: spec.data  # <- ESO317
          configMap: {name: templates, items: [{key: a}]}
        - target: Anotations  # <- ESO317
          literal: "a: b"
  dataFrom:
    - extract: {key: shop/db}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: secret
spec:
  secretStoreRef: {name: vault}
  target:
    manifest: {apiVersion: v1, kind: Secret}
    template:
      templateFrom:
        - {target: type, literal: Opaque}  # <- ESO317
  dataFrom:
    - extract: {key: shop/db}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault}
  target:
    template:
      templateFrom:
        - {literal: "a: b"}
        - {target: "", literal: "a: b"}
        - {target: Data, literal: "a: b"}
        - {target: labels, literal: "a: b"}
        - {target: ANNOTATIONS, literal: "a: b"}
        - {target: "${TARGET}", literal: "a: b"}
  dataFrom:
    - extract: {key: shop/db}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: resource
spec:
  secretStoreRef: {name: vault}
  target:
    manifest: {apiVersion: example.org/v1, kind: Thing}
    template:
      templateFrom:
        - {target: spec.data, literal: "a: b"}
  dataFrom:
    - extract: {key: shop/db}
"""

GOOD_OLD = """
# file: .eso-lint.yaml
eso-version: 2.8.0
# file: manifest.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault}
  target:
    template:
      templateFrom:
        - {target: spec.data, literal: "a: b"}
  dataFrom:
    - extract: {key: shop/db}
"""

_TARGETS = ("Data", "Annotations", "Labels")


@rule(
    id="ESO317",
    name="template-from-target",
    on=BaseExternalSecret,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD, GOOD_OLD),
    words=("templateFrom",),
)
def template_from_target(es: BaseExternalSecret, ws: Workspace) -> Iterator[Problem]:
    """A template of `templateFrom` is meant for a part of the Secret that templates may not write.

    Why: for a Secret, templates fill `Data`, `Annotations` or `Labels` (in any case). Any other text is a path into
    the object, by which a template could set its type or its owners. Since 2.9.0 the operator's admission webhook
    refuses it; for other kinds of targets (`target.manifest`) paths remain free.

    Fix: write one of the three, or leave `target` out, which means `Data`. Type, labels and annotations that are
    fixed stand in the template itself.

    References: https://external-secrets.io/latest/guides/templating/
    """
    manifest = es.spec("target", "manifest")
    if not is_absent(manifest) and (
        string(lookup(manifest, "apiVersion")) != "v1" or string(lookup(manifest, "kind")) != "Secret"
    ):
        return
    for source in items(es.spec("target", "template", "templateFrom")):
        node = source.get("target")
        text = string(node)
        if node is None or not text or text.casefold() in ("data", "annotations", "labels"):
            continue
        if not is_seen(es) or not runs(es, ws, "2.9.0"):
            return
        meant = closest(text, _TARGETS)
        yield Problem(
            at=node,
            message=f"a template for a Secret cannot have the target `{text}`",
            label="neither Data, Annotations nor Labels",
            help=f"did you mean `{meant}`?" if meant else "write `Data`, `Annotations` or `Labels`",
            fix=Fix(f"write {meant}", (Edit(node.span, respelled(node.span.text, meant)),)) if meant else None,
            severity=None if refused(es, ws, "2.9.0") else Severity.WARNING,
        )
