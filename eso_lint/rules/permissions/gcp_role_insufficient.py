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
          clusterLocation: europe-west1
          clusterName: shop
          serviceAccountRef: {name: reader}
"""

READ = """# file: secret.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: gcp}
  data:
    - secretKey: password
      remoteRef:
        key: shop-db
"""

PUSH = """# file: push.yaml
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRefs: [{name: gcp}]
  selector: {secret: {name: db}}
  data:
    - match:
        secretKey: password
        remoteRef:
          remoteKey: shop-db
"""

TERRAFORM = """
# file: iam.tf
resource "google_project_iam_member" "eso" {
  project = "shop-prod"
  role    = "roles/secretmanager.viewer"
  member  = "serviceAccount:eso@shop-prod.iam.gserviceaccount.com"
}
"""

BAD = TERRAFORM + STORE + READ.replace("key: shop-db", "key: shop-db  # <- ESO738")

BAD_PUSH = (
    TERRAFORM.replace("viewer", "secretVersionAdder")
    + STORE
    + PUSH.replace("remoteKey: shop-db", "remoteKey: shop-db  # <- ESO738")
)

CONNECTOR = """
# file: iam.yaml
apiVersion: iam.cnrm.cloud.google.com/v1beta1
kind: IAMPolicyMember
metadata: {name: eso, namespace: shop-prod}
spec:
  member: serviceAccount:eso@shop-prod.iam.gserviceaccount.com
  role: roles/secretmanager.secretAccessor
  resourceRef: {kind: SecretManagerSecret, external: projects/shop-prod/secrets/other}
"""

BAD_OTHER_SECRET = CONNECTOR + STORE + READ.replace("key: shop-db", "key: shop-db  # <- ESO738")

GOOD = TERRAFORM.replace("viewer", "secretAccessor") + STORE + READ

GOOD_CUSTOM = (
    TERRAFORM.replace("roles/secretmanager.viewer", "projects/shop-prod/roles/esoPush")
    + """
resource "google_project_iam_custom_role" "push" {
  role_id     = "esoPush"
  permissions = [
    "secretmanager.secrets.get", "secretmanager.secrets.create", "secretmanager.secrets.update",
    "secretmanager.versions.access", "secretmanager.versions.add",
  ]
}
"""
    + STORE
    + PUSH
)

GOOD_SECRET = CONNECTOR.replace("secrets/other", "secrets/shop-db") + STORE + READ

GOOD_OTHER_IDENTITY = TERRAFORM.replace(":eso@", ":ci@") + STORE + READ

# Who is meant is decided when Terraform runs.
GOOD_UNKNOWN = (
    TERRAFORM
    + """
resource "google_project_iam_member" "more" {
  project = "shop-prod"
  role    = var.role
  member  = "serviceAccount:eso@shop-prod.iam.gserviceaccount.com"
}
"""
    + STORE
    + READ
)


@rule(
    id="ESO738",
    name="gcp-role-insufficient",
    on=(BaseExternalSecret, BasePushSecret),
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD, BAD_PUSH, BAD_OTHER_SECRET),
    good=(GOOD, GOOD_CUSTOM, GOOD_SECRET, GOOD_OTHER_IDENTITY, GOOD_UNKNOWN),
    reads=("ServiceAccount",),
    words=("gcpsm",),
)
def gcp_role_insufficient(resource: BaseExternalSecret | BasePushSecret, ws: Workspace) -> Iterator[Problem]:
    """The roles of a store's Google identity lack a permission that an ExternalSecret or PushSecret needs.

    Why: Secret Manager answers PERMISSION_DENIED, and the object is not ready. `secretAccessor` reads values and
    nothing else; `viewer` reads and lists metadata and no values, so a `find` needs both. A push gets, creates and
    updates secrets, reads the value that is there and adds a version: `secretVersionAdder` alone does not do.

    Fix: grant the role, or a custom role with the permissions that are named.

    When to ignore: something outside the repository grants more.
    """
    for gap in gcp_gaps(resource, ws):
        if gap.scope:
            continue
        needed = ", ".join(f"`{need.action}`" for need in (gap.need, *gap.others))
        who = (
            gap.identity.gsa.shown if gap.identity.gsa is not None else f"{gap.identity.namespace}/{gap.identity.name}"
        )
        yield Problem(
            at=gap.use.at,
            message=f"{gap.use.words} needs {needed}, and no role of `{who}` has that",
            label="Secret Manager will deny this",
            related=(
                Related(gap.near.span.one_line(), f"grants `{gap.near.role.shown}`"),
                Related(gap.identity.reference.at.span, "the store's identity"),
            ),
            help=f"grant `{who}` a role with {needed}",
            severity=None if gap.need.sure else Severity.WARNING,
        )
