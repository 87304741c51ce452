from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    BaseExternalSecret,
    BasePushSecret,
    Confidence,
    Problem,
    Related,
    Severity,
    Workspace,
    gcp_gaps,
    rule,
)

STORE = """
# file: store.yaml
apiVersion: v1
kind: ServiceAccount
metadata:
  name: reader
  namespace: shop
  annotations:
    iam.gke.io/gcp-service-account: eso@shop-prod.iam.gserviceaccount.com
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: gcp, namespace: shop}
spec:
  provider:
    gcpsm:
      projectID: shop-prod
      auth:
        workloadIdentity:
          serviceAccountRef: {name: reader}
# file: find.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: all, namespace: shop}
spec:
  secretStoreRef: {name: gcp}
  dataFrom:
    - find:
        name: {regexp: ^shop-}
"""

TERRAFORM = """
# file: iam.tf
locals {
  member = "serviceAccount:eso@shop-prod.iam.gserviceaccount.com"
}
resource "google_secret_manager_secret_iam_member" "values" {
  secret_id = "projects/shop-prod/secrets/shop-db"
  role      = "roles/secretmanager.secretAccessor"
  member    = local.member
}
resource "google_secret_manager_secret_iam_member" "metadata" {
  secret_id = "projects/shop-prod/secrets/shop-db"
  role      = "roles/secretmanager.viewer"
  member    = local.member
}
"""

BAD = TERRAFORM + STORE.replace("name: {regexp: ^shop-}", "name: {regexp: ^shop-}  # <- ESO739")

GOOD = (
    TERRAFORM.replace("google_secret_manager_secret_iam_member", "google_project_iam_member").replace(
        'secret_id = "projects/shop-prod/secrets/shop-db"', 'project   = "shop-prod"'
    )
    + STORE
)


@rule(
    id="ESO739",
    name="gcp-binding-wrong-scope",
    on=(BaseExternalSecret, BasePushSecret),
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
    reads=("ServiceAccount",),
    words=("gcpsm",),
)
def gcp_binding_wrong_scope(resource: BaseExternalSecret | BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """A role is granted on single secrets, and a `find` or a push needs it on the project.

    Why: to list secrets and to create one are acts on the project. Bound to a secret, the role does not allow them,
    whatever it is: Secret Manager answers PERMISSION_DENIED.

    Fix: grant the role on the project (an IAM condition on `resource.name` can keep it to a prefix, though not for
    lists), or name each secret in `data` in place of `find`.
    """
    for gap in gcp_gaps(resource, ws):
        if not gap.scope:
            continue
        needed = ", ".join(f"`{need.action}`" for need in (gap.need, *gap.others))
        yield Problem(
            at=gap.use.at,
            message=f"{gap.use.words} needs {needed} on the project, and `{gap.near.role.shown}` is granted on secret "
            f"`{gap.near.scope.shown}` alone",
            label="needs the whole project",
            related=(Related(gap.near.span.one_line(), "granted on one secret"),),
            help="grant the role on the project",
            severity=None if gap.need.sure else Severity.WARNING,
        )
