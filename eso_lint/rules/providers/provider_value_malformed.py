from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Severity, Store, Workspace, provider_problems, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: workload
spec:
  provider:
    beyondtrustworkloadcredentials:
      server:
        apiUrl: https://bt.example.org
        siteId: main  # <- ESO612
      auth: {apikey: {token: {name: login, key: token}}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: cloudru
spec:
  provider:
    cloudrusm:
      projectID: main  # <- ESO612
      auth:
        secretRef:
          accessKeyIDSecretRef: {name: login, key: id}
          accessKeySecretSecretRef: {name: login, key: secret}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: dvls
spec:
  provider:
    dvls:
      serverUrl: https://dvls.example.org
      vault: " main"  # <- ESO612
      auth: {secretRef: {appId: {name: login, key: id}, appSecret: {name: login, key: secret}}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: nebius
spec:
  provider:
    nebiusmysterybox:
      apiDomain: https://api.eu.nebius.cloud  # <- ESO612
      auth: {tokenSecretRef: {name: login, key: token}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: local
spec:
  provider:
    nebiusmysterybox:
      apiDomain: localhost  # <- ESO612
      auth: {tokenSecretRef: {name: login, key: token}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: scaleway
spec:
  provider:
    scaleway:
      region: paris  # <- ESO612
      projectId: main  # <- ESO612
      accessKey: {value: SCW}
      secretKey: {secretRef: {name: login, key: secret}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: ovh
spec:
  provider:
    ovh:
      server: https://eu-west-rbx.okms.ovh.net
      okmsid: main  # <- ESO612
      auth: {token: {tokenSecretRef: {name: login, key: token}}}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: cloudru
spec:
  provider:
    cloudrusm:
      projectID: urn:uuid:11111111-1111-4111-8111-111111111111
      auth:
        secretRef:
          accessKeyIDSecretRef: {name: login, key: id}
          accessKeySecretSecretRef: {name: login, key: secret}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: nebius
spec:
  provider:
    nebiusmysterybox:
      apiDomain: api.eu.nebius.cloud:443
      auth: {tokenSecretRef: {name: login, key: token}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: scaleway
spec:
  provider:
    scaleway:
      region: fr-par
      projectId: 11111111-1111-4111-8111-111111111111
      accessKey: {value: SCW}
      secretKey: {secretRef: {name: login, key: secret}}
"""


@rule(
    id="ESO612",
    name="provider-value-malformed",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
)
def provider_value_malformed(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A field of a store has not the form that its provider takes.

    Why: the operator's admission webhook refuses the store: ids must be UUIDs, a domain has no scheme, a region
    has a form.

    Fix: write the value as the provider shows it.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "provider-value-malformed")
