from __future__ import annotations

from collections.abc import Iterator

from eso_lint.api import Problem, Severity, Store, Workspace, provider_problems, rule

BAD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: barbican
spec:
  provider:
    barbican:  # <- ESO610
      auth:
        username: {value: eso}
        password: {secretRef: {name: login, key: password}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: bitwarden
spec:
  provider:
    bitwardensecretsmanager:  # <- ESO610
      auth: {secretRef: {credentials: {name: login, key: token}}}
      organizationID: 11111111-1111-4111-8111-111111111111
      projectID: 11111111-1111-4111-8111-111111111111
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: fake
spec:
  provider:
    fake:
      data:
        - {key: /a, value: ""}  # <- ESO610
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: gitlab
spec:
  provider:
    gitlab:  # <- ESO610
      auth: {SecretRef: {accessToken: {name: login, key: token}}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: oracle
spec:
  provider:
    oracle:
      vault: ""  # <- ESO610
      region: ""  # <- ESO610
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: fortanix
spec:
  provider:
    fortanix:  # <- ESO610
      apiUrl: https://fortanix.example.org
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: keeper
spec:
  provider:
    keepersecurity:
      authRef: {name: login, key: token}
      folderID: ""  # <- ESO610
"""

BAD_VAULTS = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: akeyless
spec:
  provider:
    akeyless:
      akeylessGWApiURL: https://akeyless.example.org
      authSecretRef:
        kubernetesAuth:
          accessID: ""  # <- ESO610
          k8sConfName: main
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: conjur
spec:
  provider:
    conjur:
      url: ""  # <- ESO610
      auth:
        jwt:
          account: ""  # <- ESO610
          serviceID: ""  # <- ESO610
          serviceAccountRef: {name: reader}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: delinea
spec:
  provider:
    delinea:
      tenant: ""  # <- ESO610
      clientId: {value: eso}
      clientSecret: {secretRef: {name: login, key: secret}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: senhasegura
spec:
  provider:
    senhasegura:
      url: https://senhasegura.example.org
      module: DSM
      auth:
        clientId: ""  # <- ESO610
        clientSecretSecretRef: {name: login, key: secret}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: ibm
spec:
  provider:
    ibm:  # <- ESO610
      auth: {secretRef: {secretApiKeySecretRef: {name: login, key: apikey}}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: cloudru
spec:
  provider:
    cloudrusm:  # <- ESO610
      auth:
        secretRef:
          accessKeyIDSecretRef: {name: login, key: id}
          accessKeySecretSecretRef: {name: login, key: secret}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: ovh
spec:
  provider:
    ovh:
      server: ""  # <- ESO610
      okmsid: 11111111-1111-4111-8111-111111111111
      auth: {token: {tokenSecretRef: {name: login, key: token}}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: pulumi
spec:
  provider:
    pulumi:
      organization: ""  # <- ESO610
      project: ""  # <- ESO610
      environment: ""  # <- ESO610
      auth: {accessToken: {secretRef: {name: login, key: token}}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: volcengine
spec:
  provider:
    volcengine:
      region: ""  # <- ESO610
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: lockbox
spec:
  provider:
    yandexlockbox:
      auth: {authorizedKeySecretRef: {name: login, key: key}}
      fetching:
        byName:
          folderID: ""  # <- ESO610
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: certificates
spec:
  provider:
    yandexcertificatemanager:
      auth: {authorizedKeySecretRef: {name: login, key: key}}
      fetching:
        byName:
          folderID: ""  # <- ESO610
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: secretserver
spec:
  provider:
    secretserver:
      serverURL: ""  # <- ESO610
      token: {secretRef: {name: login, key: token}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: ngrok
spec:
  provider:
    ngrok:
      vault:
        name: ""  # <- ESO610
      auth: {apiKey: {secretRef: {name: login, key: key}}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: doppler
spec:
  provider:
    doppler:
      auth:
        oidcConfig:
          identity: ""  # <- ESO610
          serviceAccountRef: {name: reader}
"""

GOOD = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: barbican
spec:
  provider:
    barbican:
      authURL: https://keystone.example.org/v3
      auth:
        username: {value: eso}
        password: {secretRef: {name: login, key: password}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: gitlab
spec:
  provider:
    gitlab:
      groupIDs: ["1"]
      auth: {SecretRef: {accessToken: {name: login, key: token}}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: fake
spec:
  provider:
    fake: {data: []}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: oracle
spec:
  provider:
    oracle: {vault: "${VAULT}", region: eu-frankfurt-1}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: depot
spec:
  provider:
    passworddepot:
      host: https://depot.example.org
      database: main
      auth: {secretRef: {credentials: {name: login, key: password}}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: webhook
spec:
  provider:
    webhook: {url: "https://secrets.example.org", result: {jsonPath: $.value}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: github
spec:
  provider:
    github:
      appID: 1
      installationID: 2
      organization: shop
      auth: {privateKey: {name: login, key: key}}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: openbao
spec:
  provider:
    openBao: {server: "https://bao.example.org", auth: {tokenSecretRef: {name: login, key: token}}}
"""


@rule(
    id="ESO610",
    name="provider-field-required",
    on=Store,
    severity=Severity.ERROR,
    since="0.1.0",
    bad=(BAD, BAD_VAULTS),
    good=(GOOD,),
)
def provider_field_required(store: Store, ws: Workspace) -> Iterator[Problem]:
    """A store lacks a field that its provider needs.

    Why: the schema lets the field be absent or empty, and the operator's admission webhook refuses the store.

    Fix: write the field.

    References: https://external-secrets.io/latest/api/secretstore/
    """
    return provider_problems(store, ws, "provider-field-required")
