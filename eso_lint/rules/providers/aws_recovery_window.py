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
    aws:
      service: SecretsManager
      region: eu-central-1
      secretsManager:
        recoveryWindowInDays: 6  # <- ESO618
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: both
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      secretsManager:
        forceDeleteWithoutRecovery: true
        recoveryWindowInDays: 7  # <- ESO618
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: window
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      secretsManager: {recoveryWindowInDays: 30, forceDeleteWithoutRecovery: false}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: force
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-central-1
      secretsManager: {recoveryWindowInDays: 0, forceDeleteWithoutRecovery: true}
"""


@rule(
    id="ESO618",
    name="aws-recovery-window",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
    words=("aws",),
)
def aws_recovery_window(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store asks AWS for a recovery window that it does not allow.

    Why: a deleted secret can be recovered for 7 to 30 days, or not at all. The operator's admission webhook
    refuses other windows, and one together with `forceDeleteWithoutRecovery`.

    Fix: write a number from 7 to 30, or `forceDeleteWithoutRecovery` alone.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "aws-recovery-window")
