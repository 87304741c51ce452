from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Confidence, Problem, Related, Severity, Store, Workspace, rule, unbound

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
"""

TERRAFORM = """
# file: iam.tf
resource "google_service_account_iam_member" "eso" {
  service_account_id = "projects/shop-prod/serviceAccounts/eso@shop-prod.iam.gserviceaccount.com"
  role               = "roles/iam.workloadIdentityUser"
  member             = "serviceAccount:shop-prod.svc.id.goog[shop/reader]"
}
"""

BAD = TERRAFORM.replace('[shop/reader]"', '[external-secrets/external-secrets]"  # <- ESO740') + STORE

CONNECTOR = """
# file: iam.yaml
apiVersion: iam.cnrm.cloud.google.com/v1beta1
kind: IAMServiceAccount
metadata:
  name: eso
  annotations: {cnrm.cloud.google.com/project-id: shop-prod}
---
apiVersion: iam.cnrm.cloud.google.com/v1beta1
kind: IAMPartialPolicy
metadata: {name: eso}
spec:
  resourceRef: {kind: IAMServiceAccount, name: eso}
  bindings:
    - role: roles/iam.workloadIdentityUser
      members:
        - member: serviceAccount:shop-prod.svc.id.goog[shop/writer]
"""

BAD_CONNECTOR = CONNECTOR.replace("shop/writer]", "shop/writer]  # <- ESO740") + STORE

GOOD = TERRAFORM + STORE

GOOD_CONNECTOR = CONNECTOR.replace("shop/writer]", "shop/reader]") + STORE

GOOD_OTHER_ACCOUNT = TERRAFORM.replace("Accounts/eso@", "Accounts/ci@").replace("shop/reader", "ci/runner") + STORE

GOOD_VARIABLE = TERRAFORM.replace("[shop/reader]", "[${var.namespace}/${var.account}]") + STORE


@rule(
    id="ESO740",
    name="gke-wi-binding-mismatch",
    on=Store,
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD, BAD_CONNECTOR),
    good=(GOOD, GOOD_CONNECTOR, GOOD_OTHER_ACCOUNT, GOOD_VARIABLE),
    reads=("ServiceAccount",),
    words=("gcpsm",),
)
def gke_wi_binding_mismatch(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A Google service account lets in other ServiceAccounts than the one that a store uses.

    Why: with the annotation `iam.gke.io/gcp-service-account` the operator asks for a token of that Google account,
    which takes `roles/iam.workloadIdentityUser` on it for `serviceAccount:<project>.svc.id.goog[<namespace>/<name>]`.
    The role is bound, and to others: the store is not ready.

    Fix: bind the role to the ServiceAccount that the store names, or annotate that with the account that is meant.

    When to ignore: something outside the repository binds it as well.
    """
    for found in unbound(store, ws):
        identity = found.identity
        yield Problem(
            at=found.grant.member.span,
            message=f"this lets `{found.grant.member.shown}` use `{found.grant.scope.shown}`, and not "
            f"`{identity.namespace}/{identity.name}`, as which {store.title} does",
            label="not the store's ServiceAccount",
            related=(
                Related(identity.reference.at.span, "the ServiceAccount that the store uses"),
                *((Related(identity.gsa.span, "its annotation"),) if identity.gsa is not None else ()),
            ),
            help=f"add `serviceAccount:<project>.svc.id.goog[{identity.namespace}/{identity.name}]`",
        )
