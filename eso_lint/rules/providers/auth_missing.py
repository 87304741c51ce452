from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Severity, Store, Workspace, provider_problems, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: cloudru
spec:
  provider:
    cloudrusm:
      projectID: 11111111-1111-4111-8111-111111111111
      auth: {}  # <- ESO615
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: previder
spec:
  provider:
    previder:
      auth: {}  # <- ESO615
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: ovh
spec:
  provider:
    ovh:
      server: https://eu-west-rbx.okms.ovh.net
      okmsid: 11111111-1111-4111-8111-111111111111
      auth: {}  # <- ESO615
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: volcengine
spec:
  provider:
    volcengine:
      region: cn-beijing
      auth: {}  # <- ESO615
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: beyondtrust
spec:
  provider:
    beyondtrust:
      server: {apiUrl: "https://bt.example.org", verifyCA: true}
      auth: {}  # <- ESO615
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: akeyless
spec:
  provider:
    akeyless:
      akeylessGWApiURL: https://akeyless.example.org
      authSecretRef: {}  # <- ESO615
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: infisical
spec:
  provider:
    infisical:
      secretsScope: {projectSlug: shop, environmentSlug: dev}
      auth: {}  # <- ESO615
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: volcengine
spec:
  provider:
    volcengine: {region: cn-beijing}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: ovh
spec:
  provider:
    ovh:
      server: https://eu-west-rbx.okms.ovh.net
      okmsid: 11111111-1111-4111-8111-111111111111
      auth: {token: {tokenSecretRef: {name: login, key: token}}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: infisical
spec:
  provider:
    infisical:
      secretsScope: {projectSlug: shop, environmentSlug: dev}
      auth: ${AUTH}
"""


@rule(
    id="ESO615",
    name="auth-missing",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
)
def auth_missing(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store does not say how the operator logs in, and its provider has no other way.

    Why: most providers' stores are refused by the operator's admission webhook then. Those of others are stored
    and fail when they are first used.

    Fix: write one of the provider's methods under `auth`.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "auth-missing")
