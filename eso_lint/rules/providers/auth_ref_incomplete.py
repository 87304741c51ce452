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
      akeylessGWApiURL: https://akeyless.example.org
      authSecretRef:
        secretRef:
          accessID:  # <- ESO613
            name: login
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: onepassword-sdk
spec:
  provider:
    onepasswordSDK:
      vault: main
      auth:
        serviceAccountSecretRef:  # <- ESO613
          name: login
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: onepassword
spec:
  provider:
    onepassword:
      connectHost: https://connect.example.org
      vaults: {main: 1}
      auth:
        secretRef:
          connectTokenSecretRef:  # <- ESO613
            key: token
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: chef
spec:
  provider:
    chef:
      serverUrl: https://chef.example.org/
      username: eso
      auth:
        secretRef:
          privateKeySecretRef: {name: login}  # <- ESO613
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: gitlab
spec:
  provider:
    gitlab:
      projectID: "1"
      auth:
        SecretRef: {}  # <- ESO613
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: ibm
spec:
  provider:
    ibm:
      serviceUrl: https://ibm.example.org
      auth:
        secretRef:
          secretApiKeySecretRef: {name: login}  # <- ESO613
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: previder
spec:
  provider:
    previder:
      auth:
        secretRef:
          accessToken: {name: login}  # <- ESO613
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: kubernetes
spec:
  provider:
    kubernetes:
      auth:
        token:
          bearerToken: {name: login}  # <- ESO613
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: certificate
spec:
  provider:
    kubernetes:
      auth:
        cert:
          clientCert: {name: login}  # <- ESO613
          clientKey: {name: login, key: key}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: infisical
spec:
  provider:
    infisical:
      secretsScope: {projectSlug: shop, environmentSlug: dev}
      auth:
        universalAuthCredentials:
          clientId: {name: login}  # <- ESO613
          clientSecret: {name: login, key: secret}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: onboardbase
spec:
  provider:
    onboardbase:
      auth:
        apiKeyRef: {key: key}  # <- ESO613
        passcodeRef: {key: code}  # <- ESO613
"""

BAD_MORE = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: dvls
spec:
  provider:
    dvls:
      serverUrl: https://dvls.example.org
      auth:
        secretRef:
          appId: {name: login}  # <- ESO613
          appSecret: {key: secret}  # <- ESO613
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: oracle
spec:
  provider:
    oracle:
      vault: ocid1
      region: eu-frankfurt-1
      auth:
        user: eso
        tenancy: shop
        secretRef:
          privatekey: {name: login}  # <- ESO613
          fingerprint: {}  # <- ESO613
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: passbolt
spec:
  provider:
    passbolt:
      host: https://passbolt.example.org
      auth:
        passwordSecretRef: {name: login}  # <- ESO613
        privateKeySecretRef: {name: login, key: key}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: fortanix
spec:
  provider:
    fortanix:
      apiKey:
        secretRef: {key: key}  # <- ESO613
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: delinea
spec:
  provider:
    delinea:
      tenant: shop
      clientId: {value: eso}
      clientSecret:
        secretRef: {name: login}  # <- ESO613
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: secretserver
spec:
  provider:
    secretserver:
      serverURL: https://secrets.example.org
      username: {value: eso}
      password:
        secretRef: {key: password}  # <- ESO613
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: conjur
spec:
  provider:
    conjur:
      url: https://conjur.example.org
      auth:
        jwt:  # <- ESO613
          account: shop
          serviceID: main
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: doppler
spec:
  provider:
    doppler:
      auth:
        secretRef:
          dopplerToken: {key: token}  # <- ESO613
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: pulumi
spec:
  provider:
    pulumi:
      organization: shop
      project: main
      environment: dev
      auth:
        accessToken: {}  # <- ESO613
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: nebius
spec:
  provider:
    nebiusmysterybox:
      apiDomain: api.eu.nebius.cloud
      auth: {tokenSecretRef: {name: login, key: token}}
      caProvider:
        certSecretRef: {key: ca.crt}  # <- ESO613
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: workload
spec:
  provider:
    beyondtrustworkloadcredentials:
      server:
        apiUrl: https://bt.example.org
        siteId: 11111111-1111-4111-8111-111111111111
      auth:
        apikey:
          token: {key: token}  # <- ESO613
"""

BAD_CLUSTER = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: barbican
spec:
  provider:
    barbican:
      authURL: https://keystone.example.org/v3
      auth:
        username:
          secretRef: {}  # <- ESO613
        password: {secretRef: {name: login, key: password, namespace: shop}}
---
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: akeyless
spec:
  provider:
    akeyless:
      akeylessGWApiURL: https://akeyless.example.org
      authSecretRef:
        secretRef:  # <- ESO613
          accessID: {name: login, key: id, namespace: shop}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: onboardbase
spec:
  provider:
    onboardbase:
      auth:
        apiKeyRef: {name: login}
        passcodeRef: {name: login}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: doppler
spec:
  provider:
    doppler: {auth: {secretRef: {dopplerToken: {name: login}}}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: kubernetes
spec:
  provider:
    kubernetes:
      auth: {serviceAccount: {name: reader}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: previder
spec:
  provider:
    previder: {auth: {secretRef: {accessToken: {name: "${NAME}", key: "${KEY}"}}}}
"""

GOOD_CHART = """
# file: chart/Chart.yaml
name: stores
# file: chart/templates/store.yaml
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: store
spec:
  provider:
    previder:
      auth:
        secretRef:
          accessToken:
            {{- toYaml .Values.token | nindent 12 }}
"""


@rule(
    id="ESO613",
    name="auth-ref-incomplete",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_MORE, BAD_CLUSTER),
    good=(GOOD, GOOD_CHART),
)
def auth_ref_incomplete(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store's credential does not say which key of which Secret it is.

    Why: the schema lets `name` and `key` be absent, and the operator's admission webhook refuses the store.

    Fix: write `name` and `key`.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "auth-ref-incomplete")
