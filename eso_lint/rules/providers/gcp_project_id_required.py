from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Severity, Store, Workspace, provider_problems, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: gcp
spec:
  provider:
    gcpsm:  # <- ESO642
      auth: {secretRef: {secretAccessKeySecretRef: {name: login, key: key}}}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: gcp
spec:
  provider:
    gcpsm:
      projectID: shop
      auth: {secretRef: {secretAccessKeySecretRef: {name: login, key: key}}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: identity
spec:
  provider:
    gcpsm: {auth: {workloadIdentity: {serviceAccountRef: {name: reader}}}}
"""


@rule(
    id="ESO642",
    name="gcp-project-id-required",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
    words=("gcpsm",),
)
def gcp_project_id_required(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store of Google Secret Manager with a key file names no project.

    Why: the store is admitted, and the operator then fails: with a key file it does not ask the cluster for its
    project.

    Fix: write `projectID`.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "gcp-project-id-required")
