from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    ArgoApplication,
    BareApply,
    Confidence,
    Edit,
    Fix,
    Node,
    Oversize,
    Problem,
    Related,
    Script,
    Sequence,
    Severity,
    Span,
    Workspace,
    annotation_limit,
    bare_applies,
    items,
    rule,
    string,
    unsyncable,
    vendored_crds,
)

BAD_SCRIPT = """
# file: install.sh
#!/bin/sh
set -eu
ESO_VERSION=v0.20.4
CRDS="https://raw.githubusercontent.com/external-secrets/external-secrets/${ESO_VERSION}/deploy/crds/bundle.yaml"
kubectl apply -f "$CRDS"  # <- ESO801
"""

BAD_MAKEFILE = """
# file: Makefile
ESO_VERSION ?= v1.0.0
crds:
	@$(KUBECTL) apply -k "github.com/external-secrets/external-secrets//config/crds/bases?ref=$(ESO_VERSION)"  # <- ESO801
operator:
	helm template eso external-secrets/external-secrets --version 2.9.0 | kubectl apply -n eso -f -  # <- ESO801
"""  # noqa: E501

BAD_WORKFLOW = """
# file: .github/workflows/cluster.yaml
on: push
env:
  ESO_VERSION: 0.19.2
  FILES: https://raw.githubusercontent.com/external-secrets/external-secrets
jobs:
  cluster:
    runs-on: ubuntu-latest
    steps:
      - run: |
          kind create cluster
          kubectl apply --server-side=false -f $FILES/v${{ env.ESO_VERSION }}/deploy/crds/bundle.yaml  # <- ESO801
"""

BAD_GUIDE = """
# file: docs/setup.md
Install the definitions first:

```console
$ kubectl apply -f https://raw.githubusercontent.com/external-secrets/external-secrets/main/deploy/crds/bundle.yaml  # <- ESO801
customresourcedefinition.apiextensions.k8s.io/externalsecrets.external-secrets.io created
```
"""  # noqa: E501

BAD_APPLICATION = """
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: external-secrets
spec:
  project: default
  destination: {server: https://kubernetes.default.svc, namespace: external-secrets}
  source:
    repoURL: https://charts.external-secrets.io
    chart: external-secrets
    targetRevision: 2.9.0
  syncPolicy:
    syncOptions:  # <- ESO801
      - CreateNamespace=true
"""

BAD_SOURCES = """
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata:
  name: external-secrets
spec:
  goTemplate: true
  generators:
    - list:
        elements:
          - {cluster: dev, version: 0.18.2}
          - {cluster: prod, version: 0.20.4}
  template:
    metadata: {name: "eso-{{ .cluster }}"}
    spec:
      project: default
      destination: {name: "{{ .cluster }}", namespace: external-secrets}
      sources:
        - repoURL: ghcr.io/external-secrets/charts
          chart: external-secrets  # <- ESO801
          targetRevision: "{{ .version }}"
"""

GOOD_SCRIPT = """
# file: install.sh
#!/bin/bash
URL=https://raw.githubusercontent.com/external-secrets/external-secrets
kubectl apply --server-side -f "$URL/v2.9.0/deploy/crds/bundle.yaml"
kubectl apply -f "$URL/v0.18.2/deploy/crds/bundle.yaml"  # still below the limit
kubectl apply -f "$URL/${ESO_VERSION}/deploy/crds/bundle.yaml"  # set elsewhere
kubectl create -f "$URL/main/deploy/crds/bundle.yaml" || kubectl replace -f "$URL/main/deploy/crds/bundle.yaml"
kubectl delete -f "$URL/main/deploy/crds/bundle.yaml"
kubectl diff -f "$URL/main/deploy/crds/bundle.yaml"
kubectl apply $FLAGS -f "$URL/main/deploy/crds/bundle.yaml"
kubectl apply --dry-run=client -f "$URL/main/deploy/crds/bundle.yaml"
# kubectl apply -f https://raw.githubusercontent.com/external-secrets/external-secrets/main/deploy/crds/bundle.yaml
echo "kubectl apply -f $URL/main/deploy/crds/bundle.yaml"
cat <<EOF
kubectl apply -f https://raw.githubusercontent.com/external-secrets/external-secrets/main/deploy/crds/bundle.yaml
EOF
helm template eso external-secrets/external-secrets --set installCRDs=false | kubectl apply -f -
helm upgrade --install eso external-secrets/external-secrets --version 2.9.0
"""

GOOD_GUIDE = """
# file: README.md
Run `kubectl apply -f https://raw.githubusercontent.com/external-secrets/external-secrets/main/deploy/crds/bundle.yaml`?
No, it fails. What you see then:

```text
kubectl apply -f https://raw.githubusercontent.com/external-secrets/external-secrets/main/deploy/crds/bundle.yaml
metadata.annotations: Too long
```
"""

GOOD_APPLICATIONS = """
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: server-side}
spec:
  source: {repoURL: https://charts.external-secrets.io, chart: external-secrets, targetRevision: 2.9.0}
  syncPolicy:
    syncOptions: [CreateNamespace=true, ServerSideApply=true]
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: replaced}
spec:
  source: {repoURL: https://charts.external-secrets.io, chart: external-secrets, targetRevision: 0.20.2}
  syncPolicy:
    syncOptions: [Replace=true]
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: older}
spec:
  source: {repoURL: https://charts.external-secrets.io, chart: external-secrets, targetRevision: 0.8.1}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: crds-elsewhere}
spec:
  source:
    repoURL: https://charts.external-secrets.io
    chart: external-secrets
    targetRevision: 2.9.0
    helm:
      values: |
        installCRDs: false
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: per-crd}
spec:
  source:
    repoURL: https://charts.external-secrets.io
    chart: external-secrets
    targetRevision: 2.9.0
    helm:
      valuesObject:
        crds: {annotations: {argocd.argoproj.io/sync-options: "Prune=false,ServerSideApply=true"}}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: chart-in-git}
spec:
  source:
    repoURL: https://github.com/external-secrets/external-secrets
    path: deploy/charts/external-secrets
    targetRevision: v2.9.0
"""


@rule(
    id="ESO801",
    name="server-side-apply-missing",
    on=(Script, ArgoApplication),
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD_SCRIPT, BAD_MAKEFILE, BAD_WORKFLOW, BAD_GUIDE, BAD_APPLICATION, BAD_SOURCES),
    good=(GOOD_SCRIPT, GOOD_GUIDE, GOOD_APPLICATIONS),
)
def server_side_apply_missing(place: Script | ArgoApplication, ws: Workspace) -> Iterator[Problem]:
    """The operator's CRDs are applied client-side, and they no longer fit.

    Why: client-side apply keeps a copy of the whole object in the annotation
    `kubectl.kubernetes.io/last-applied-configuration`, and the API server allows 262,144 bytes for all annotations of
    one object. From release 0.19.0 on the CRDs of SecretStore and ClusterSecretStore are larger than that. The command
    or the sync fails with `metadata.annotations: Too long`, on the first install as well as on an upgrade; the other
    CRDs are written, so the cluster is left with half of them. Argo CD applies client-side unless it is told otherwise.
    CRDs in the repository are measured. Others are judged by the release that is named, where a branch, or no version
    at all, stands for the newest; a release that the file does not tell is not judged unless the configuration says it
    (`eso-version`).

    Fix: add `--server-side` to the command, or `ServerSideApply=true` to the `syncPolicy.syncOptions` of the
    Application. Objects that were applied client-side before are taken over; nothing needs to be deleted. In guides
    this is a warning, since it is the reader who runs the command.

    When to ignore: where something else adds the flag, such as a wrapper that is named `kubectl`.

    References: https://kubernetes.io/docs/reference/using-api/server-side-apply/ and
    https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
    """
    crds = ws.index(vendored_crds)
    if isinstance(place, Script):
        for found in bare_applies(place, crds, ws.config.eso_version):
            yield Problem(
                at=found.command.span(found.first, found.verb),
                message="`kubectl apply` without `--server-side` cannot write the operator's CRDs",
                label="applies client-side",
                related=_related(found.crd),
                note=_note(found.crd),
                help="write `kubectl apply --server-side`",
                fix=_add_flag(found),
                severity=Severity.WARNING if place.kind == "markdown" else None,
            )
        return
    delivered = unsyncable(place, crds, ws.config.eso_version)
    if delivered is None:
        return
    source, crd = delivered.source, delivered.crd
    related = _related(crd)
    if source.chart_name and crd.span is not None:
        related = (Related(crd.span, "the version that is installed"),)
    yield Problem(
        at=_where(place, source.node.get("chart") or source.node.get("path") or source.node.get("repoURL")),
        message="Argo CD cannot sync the operator's CRDs without `ServerSideApply=true`",
        label="applies client-side",
        related=related,
        note=_note(crd),
        help="add `ServerSideApply=true` to `syncPolicy.syncOptions`",
        fix=_add_option(place.sync_options_node),
        # That a path without a chart is one of this repository is an assumption.
        confidence=None if source.chart_name else Confidence.MEDIUM,
    )


def _note(crd: Oversize) -> str:
    if crd.size is None:
        return f"{crd.source}: newer than all releases known here, and these have been too large for long"
    return f"{crd.source}: {crd.kind} needs {crd.size:,} of {annotation_limit():,} bytes"


def _related(crd: Oversize) -> tuple[Related, ...]:
    return (Related(crd.span, f"this brings {crd.kind}"),) if crd.span is not None else ()


def _add_flag(found: BareApply) -> Fix:
    if found.negated is not None:
        edit = Edit(found.command.span(found.negated, found.negated), "--server-side")
    else:
        verb = found.command.span(found.verb, found.verb)
        edit = Edit(Span(verb.file, verb.end, verb.end), " --server-side")
    return Fix("apply server-side", (edit,))


def _where(app: ArgoApplication, source: Node | None) -> Node:
    """The place to edit: the option that is off, the list, the policy, else what names the source."""
    for item in items(app.sync_options_node):
        if string(item) == "ServerSideApply=false":
            return item
    policy = app.at(*app.template_path, "syncPolicy")
    return app.anchor(*app.template_path, "syncPolicy", "syncOptions") if policy or source is None else source


def _add_option(options: Node | None) -> Fix | None:
    """Put the option first in the list, or turn it on where it is off."""
    for item in items(options):
        if string(item) == "ServerSideApply=false":
            return Fix("turn server-side apply on", (Edit(item.span, "ServerSideApply=true"),))
    if not isinstance(options, Sequence) or not options.items:
        return None
    if options.flow:
        start, text = options.items[0].start, "ServerSideApply=true, "
    else:
        start = options.start
        indent = options.file.text[start - options.file.position(start)[1] + 1 : start]
        if indent.strip():
            return None
        text = f"- ServerSideApply=true\n{indent}"
    return Fix("add the sync option", (Edit(Span(options.file, start, start), text),))
