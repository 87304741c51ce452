from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Severity, Store, Workspace, provider_problems, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: aws
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      auth:
        jwt: {}  # <- ESO640
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: account
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      auth: {jwt: {serviceAccountRef: {name: reader}}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: ambient
spec:
  provider:
    aws: {service: SecretsManager, region: eu-central-1, auth: {}}
"""


@rule(
    id="ESO640",
    name="aws-jwt-missing-sa",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
    words=("aws",),
)
def aws_jwt_missing_sa(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store of the aws provider has `auth.jwt` without a ServiceAccount.

    Why: the store is admitted. The operator then crashes on it, or fails to log in.

    Fix: write `serviceAccountRef`, or drop `auth` to use the identity of the operator's own pod.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "aws-jwt-missing-sa")
