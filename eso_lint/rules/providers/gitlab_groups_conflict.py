from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Severity, Store, Workspace, provider_problems, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: gitlab
spec:
  provider:
    gitlab:
      projectID: "1"
      groupIDs: ["2"]
      inheritFromGroups: true  # <- ESO626
      auth: {SecretRef: {accessToken: {name: login, key: token}}}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: gitlab
spec:
  provider:
    gitlab:
      projectID: "1"
      groupIDs: []
      inheritFromGroups: true
      auth: {SecretRef: {accessToken: {name: login, key: token}}}
"""


@rule(
    id="ESO626",
    name="gitlab-groups-conflict",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
    words=("gitlab",),
)
def gitlab_groups_conflict(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store of GitLab lists groups and inherits them as well.

    Why: the operator's admission webhook refuses the store.

    Fix: keep `groupIDs` or `inheritFromGroups`.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "gitlab-groups-conflict")
