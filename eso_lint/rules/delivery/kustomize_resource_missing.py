from __future__ import annotations

import re
from collections.abc import Iterator

from eso_lint.api import Note, Problem, Severity, Workspace, delivered_notes, kustomizations, left_out, rule

_TOKEN = re.compile(r"[${}<>*%]")

BAD = """
# file: kustomization.yaml
resources:
  - store.yaml
  - externalsecret.yaml  # <- ESO811
  - database  # <- ESO811
components:
  - components/rotation  # <- ESO811
patches:
  - path: patches/interval.yaml  # <- ESO811
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  provider:
    vault: {server: "https://vault.example.org", path: kv, auth: {tokenSecretRef: {name: t, namespace: eso, key: t}}}
# file: external-secret.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  dataFrom: [{extract: {key: shop/db}}]
# file: database/service.yaml
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
"""

GOOD = """
# file: kustomization.yaml
resources:
  - store.yaml
  - generated/objects.yaml
  - vendor/module/deploy
  - https://github.com/example/base?ref=v1
  - ../../elsewhere
  - ${CLUSTER}/extra.yaml
secretGenerator:
  - name: login
    envs: [secret.env]
# file: store.yaml
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  provider:
    vault: {server: "https://vault.example.org", path: kv, auth: {tokenSecretRef: {name: t, namespace: eso, key: t}}}
# file: .gitignore
generated/
# file: .gitmodules
[submodule "vendor/module"]
	path = vendor/module
	url = https://github.com/example/module
# file: templates/new-app/kustomization.yaml
resources: [../base]
"""


@rule(
    id="ESO811",
    name="kustomize-resource-missing",
    on=Note,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
)
def kustomize_resource_missing(note: Note, ws: Workspace) -> Iterator[Problem]:
    """A kustomization lists a file or directory that is not in the repository.

    Why: kustomize builds nothing at all then, so nothing of what else is listed reaches the cluster: Flux and Argo CD
    go on with what they applied last, and ExternalSecrets that were added since are never there.

    Fix: correct the path, add the file, or take it from the list. A directory needs a `kustomization.yaml` to be
    listed.

    When to ignore: the file is written by a job before the build. List it in `.gitignore`: what is ignored, excluded in
    the configuration or in a submodule is not expected here, nor are the inputs of generators. In a repository with
    Flux Kustomizations or Argo CD Applications only what they deliver is looked at; templates, archives and examples
    are not.

    References: kustomize on resources, https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/resource/
    """
    if note.kind != "missing" or not note.path or note not in ws.index(delivered_notes):
        return
    document = ws.index(kustomizations).get(note.at.file.path)
    if (document is not None and document.dialect != "plain") or _TOKEN.search(note.path):
        return
    if ws.index(left_out)(note.path):
        return
    yield Problem(
        at=note.at,
        message=note.message,
        label="not there",
        note="kustomize fails on it and builds nothing",
        help="correct the path, or take it from the list",
    )
