from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Severity, Store, Workspace, provider_problems, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: empty
spec:
  provider:
    aws:
      service: SecretsManager
      region: ""  # <- ESO617
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: blanks
spec:
  provider:
    aws:
      service: ParameterStore
      region: eu central 1  # <- ESO617
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: zone
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1a  # <- ESO617
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: plain
spec:
  provider:
    aws: {service: SecretsManager, region: eu-central-1}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: variable
spec:
  provider:
    aws: {service: SecretsManager, region: "${REGION}"}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: gov
spec:
  provider:
    aws: {service: SecretsManager, region: us-gov-west-1}
"""


@rule(
    id="ESO617",
    name="aws-region-missing",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
    words=("aws",),
)
def aws_region_missing(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store of the aws provider names no region that exists.

    Why: the operator makes the address of the service from the region. Its admission webhook refuses a region
    that is empty or makes no address; that of an availability zone is stored and never answers.

    Fix: write the region, such as `eu-central-1`.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "aws-region-missing")
