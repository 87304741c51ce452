from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Severity, Store, Workspace, provider_problems, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: short
spec:
  provider:
    gcpsm:
      projectID: shop
      auth:
        workloadIdentityFederation:
          audience: pool  # <- ESO644
          serviceAccountRef: {name: reader}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: none
spec:
  provider:
    gcpsm:
      projectID: shop
      auth:
        workloadIdentityFederation:  # <- ESO644
          serviceAccountRef: {name: reader}
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
  name: config
spec:
  provider:
    gcpsm:
      projectID: shop
      auth:
        workloadIdentityFederation:
          credConfig: {name: config, key: json}
"""


@rule(
    id="ESO644",
    name="gcp-wif-audience",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
    words=("gcpsm",),
)
def gcp_wif_audience(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store's workload identity federation names no provider of a pool as its audience.

    Why: the store is admitted, and the operator then refuses to build a client.

    Fix: write
    `//iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER`.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "gcp-wif-audience")
