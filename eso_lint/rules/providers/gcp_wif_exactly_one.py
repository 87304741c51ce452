from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Severity, Store, Workspace, provider_problems, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: none
spec:
  provider:
    gcpsm:
      projectID: shop
      auth:
        workloadIdentityFederation:  # <- ESO643
          audience: //iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/main
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: two
spec:
  provider:
    gcpsm:
      projectID: shop
      auth:
        workloadIdentityFederation:
          audience: //iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/main
          credConfig: {name: config, key: json}
          serviceAccountRef: {name: reader}  # <- ESO643
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: one
spec:
  provider:
    gcpsm:
      projectID: shop
      auth:
        workloadIdentityFederation:
          audience: //iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/main
          serviceAccountRef: {name: reader}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: variable
spec:
  provider:
    gcpsm:
      projectID: shop
      auth:
        workloadIdentityFederation: ${FEDERATION}
"""


@rule(
    id="ESO643",
    name="gcp-wif-exactly-one",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
    words=("gcpsm",),
)
def gcp_wif_exactly_one(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store's workload identity federation has no source of credentials, or several.

    Why: the store is admitted, and the operator then refuses to build a client.

    Fix: write one of `credConfig`, `serviceAccountRef` and `awsSecurityCredentials`.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "gcp-wif-exactly-one")
