from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import (
    Confidence,
    Found,
    Generator,
    Problem,
    Related,
    ServiceAccount,
    Severity,
    Store,
    Workspace,
    associated,
    is_absent,
    rule,
    string,
    uses_irsa,
)

STORE = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: aws
  namespace: team-a
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      auth:
        jwt:
          serviceAccountRef:
            name: reader"""

BAD = (
    STORE
    + """  # <- ESO702
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: reader
  namespace: team-a
"""
)

BAD_KIAM = (
    STORE
    + """  # <- ESO702
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: reader
  namespace: team-a
  annotations:
    iam.amazonaws.com/role: eso-team-a
"""
)

BAD_EMPTY = (
    STORE
    + """  # <- ESO702
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: reader
  namespace: team-a
  annotations:
    eks.amazonaws.com/role-arn: ""
"""
)

GOOD = (
    STORE
    + """
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: reader
  namespace: team-a
  annotations:
    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/eso-team-a
"""
)

GOOD_ELSEWHERE = STORE + "\n"

GOOD_OTHER_NAMESPACE = (
    STORE
    + """
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: reader
"""
)

GOOD_PATCHED = (
    """
# file: base/sa.yaml
apiVersion: v1
kind: ServiceAccount
metadata:
  name: reader
  namespace: team-a
# file: base/kustomization.yaml
resources: [sa.yaml, store.yaml]
# file: overlay/kustomization.yaml
resources: [../base]
patches:
  - target: {kind: ServiceAccount}
    patch: |
      - op: add
        path: /metadata/annotations
        value: {eks.amazonaws.com/role-arn: "arn:aws:iam::111122223333:role/eso"}
# file: base/store.yaml"""
    + STORE
    + "\n"
)

GOOD_CHART = (
    """
# file: chart/Chart.yaml
name: reader
# file: chart/templates/sa.yaml
apiVersion: v1
kind: ServiceAccount
metadata:
  name: reader
  namespace: team-a
  {{- with .Values.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
# file: store.yaml"""
    + STORE
    + "\n"
)

GOOD_ASSOCIATED = (
    BAD.replace("  # <- ESO702", "")
    + """
# file: pod.tf
resource "aws_eks_pod_identity_association" "reader" {
  cluster_name    = "main"
  namespace       = "team-a"
  service_account = "reader"
  role_arn        = "arn:aws:iam::111122223333:role/reader"
}
"""
)

ROLE = "eks.amazonaws.com/role-arn"


@rule(
    id="ESO702",
    name="irsa-annotation-missing",
    on=(Store, Generator),
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    bad=(BAD, BAD_KIAM, BAD_EMPTY),
    good=(GOOD, GOOD_ELSEWHERE, GOOD_OTHER_NAMESPACE, GOOD_PATCHED, GOOD_CHART, GOOD_ASSOCIATED),
    words=("serviceAccountRef",),
    reads=("ServiceAccount",),
)
def irsa_annotation_missing(resource: Store | Generator, ws: Workspace) -> Iterator[Problem]:
    """The ServiceAccount that an AWS store uses has no IAM role.

    Why: for `serviceAccountRef` the operator reads the annotation `eks.amazonaws.com/role-arn` from the
    ServiceAccount and asks STS for that role. Without it the store is not ready and says that an IAM role must be
    associated with the service account. An EKS Pod Identity association does not help here, since it serves the pods
    of that account and not the operator.

    Fix: annotate the ServiceAccount with `eks.amazonaws.com/role-arn: arn:aws:iam::<account>:role/<name>`. With Pod
    Identity, associate the operator's own ServiceAccount and leave the store's `auth` out.

    When to ignore: something outside the repository adds the annotation.
    """
    for ref in ws.references(resource, "service-account"):
        answer = ws.resolve(ref) if uses_irsa(ref) else None
        if not isinstance(answer, Found) or not answer.certain or len(answer.targets) != 1:
            continue
        account = answer.targets[0]
        if (
            not isinstance(account, ServiceAccount)
            or account.placement.open
            or account.world not in ("", resource.world)
        ):
            continue
        role = account.annotation(ROLE)
        if not is_absent(role) and string(role) != "":
            continue
        if isinstance(resource, Store) and associated(ref, ws) is not None:
            continue  # it has its role by Pod Identity: `pod-identity-with-sa-ref` says what that means
        kiam = account.key_at("metadata", "annotations", "iam.amazonaws.com/role")
        place = kiam or account.name_node
        yield Problem(
            at=ref.at,
            message=f"ServiceAccount `{ref.name}` has no `{ROLE}` annotation",
            label="no IAM role to assume",
            related=(Related(place.span, "kiam's annotation, which is not read" if kiam else "the ServiceAccount"),),
            help=f"add `{ROLE}: arn:aws:iam::<account>:role/<name>` to its annotations",
        )
