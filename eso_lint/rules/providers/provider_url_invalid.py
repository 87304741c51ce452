from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Severity, Store, Workspace, provider_problems, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: akeyless
spec:
  provider:
    akeyless:
      akeylessGWApiURL: akeyless.example.org  # <- ESO611
      authSecretRef: {secretRef: {accessID: {name: login, key: id}}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: beyondtrust
spec:
  provider:
    beyondtrust:
      server:
        apiUrl: bt.example.org  # <- ESO611
        verifyCA: true
      auth: {apiKey: {secretRef: {name: login, key: key}}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: workload
spec:
  provider:
    beyondtrustworkloadcredentials:
      server:
        apiUrl: http://bt.example.org  # <- ESO611
        siteId: 11111111-1111-4111-8111-111111111111
      auth: {apikey: {token: {name: login, key: token}}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: chef
spec:
  provider:
    chef:
      serverUrl: https://chef.example.org  # <- ESO611
      username: eso
      auth: {secretRef: {privateKeySecretRef: {name: login, key: key}}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: dvls
spec:
  provider:
    dvls:
      serverUrl: http://dvls.example.org  # <- ESO611
      auth: {secretRef: {appId: {name: login, key: id}, appSecret: {name: login, key: secret}}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: ngrok
spec:
  provider:
    ngrok:
      apiUrl: "://x"  # <- ESO611
      vault: {name: main}
      auth: {apiKey: {secretRef: {name: login, key: key}}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: onepassword
spec:
  provider:
    onepassword:
      connectHost: https://connect example.org  # <- ESO611
      vaults: {main: 1}
      auth: {secretRef: {connectTokenSecretRef: {name: login, key: token}}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: passbolt
spec:
  provider:
    passbolt:
      host: http://passbolt.example.org  # <- ESO611
      auth:
        passwordSecretRef: {name: login, key: password}
        privateKeySecretRef: {name: login, key: key}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: senhasegura
spec:
  provider:
    senhasegura:
      url: http://senhasegura.example.org  # <- ESO611
      module: DSM
      auth: {clientId: eso, clientSecretSecretRef: {name: login, key: secret}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: scaleway
spec:
  provider:
    scaleway:
      apiUrl: "https://api.scaleway.com:port"  # <- ESO611
      region: fr-par
      projectId: 11111111-1111-4111-8111-111111111111
      accessKey: {value: SCW}
      secretKey: {secretRef: {name: login, key: secret}}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: chef
spec:
  provider:
    chef:
      serverUrl: https://chef.example.org/organizations/shop/
      username: eso
      auth: {secretRef: {privateKeySecretRef: {name: login, key: key}}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: dvls
spec:
  provider:
    dvls:
      serverUrl: http://dvls.example.org
      insecure: true
      auth: {secretRef: {appId: {name: login, key: id}, appSecret: {name: login, key: secret}}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: passbolt
spec:
  provider:
    passbolt:
      host: ${HOST}
      auth:
        passwordSecretRef: {name: login, key: password}
        privateKeySecretRef: {name: login, key: key}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: onepassword
spec:
  provider:
    onepassword:
      connectHost: connect.example.org
      vaults: {main: 1}
      auth: {secretRef: {connectTokenSecretRef: {name: login, key: token}}}
"""


@rule(
    id="ESO611",
    name="provider-url-invalid",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD,),
    good=(GOOD,),
)
def provider_url_invalid(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store's address is none that its provider takes.

    Why: the operator reads it with Go's `net/url` and asks for a scheme or a host; its admission webhook
    refuses the store.

    Fix: write the whole address, with its scheme.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "provider-url-invalid")
