from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Severity, Store, Workspace, provider_problems, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: infisical
spec:
  provider:
    infisical:
      auth: {universalAuthCredentials: {clientId: {name: login, key: id}, clientSecret: {name: login, key: secret}}}
      secretsScope:
        projectSlug: shop
        environmentSlug: ""  # <- ESO627
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: infisical
spec:
  provider:
    infisical:
      auth: {universalAuthCredentials: {clientId: {name: login, key: id}, clientSecret: {name: login, key: secret}}}
      secretsScope: {projectSlug: shop, environmentSlug: dev}
"""


@rule(
    id="ESO627",
    name="infisical-scope-required",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
    words=("infisical",),
)
def infisical_scope_required(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store of Infisical does not say which project and environment it reads.

    Why: the operator's admission webhook refuses the store.

    Fix: write `secretsScope.projectSlug` and `secretsScope.environmentSlug`.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "infisical-scope-required")
