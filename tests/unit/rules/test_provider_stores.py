"""Stores of all providers: what is complete is silent, what is templated is silent, and releases are told apart."""

from __future__ import annotations

import pytest

from eso_lint.config import Config
from eso_lint.lint.rule import Finding, Severity
from eso_lint.rules.index import INDEX
from eso_lint.testing import lint

RULES = [entry.load() for entry in INDEX if entry.family == "providers"]
REF = "{name: login, key: token, namespace: shop}"
SA = "{name: reader, namespace: shop}"
UUID = "11111111-1111-4111-8111-111111111111"
# A store of each provider that the operator takes.
WHOLE = {
    "akeyless": f"{{akeylessGWApiURL: 'https://a.example.org', authSecretRef: {{secretRef: {{accessID: {REF}, accessType: {REF}}}}}}}",
    "aws": f"{{service: SecretsManager, region: eu-central-1, auth: {{jwt: {{serviceAccountRef: {SA}}}}}}}",
    "azurekv": f"{{vaultUrl: 'https://a.vault.azure.net', authType: WorkloadIdentity, serviceAccountRef: {SA}}}",
    "barbican": f"{{authURL: 'https://a.example.org', auth: {{username: {{value: eso}}, password: {{secretRef: {REF}}}}}}}",
    "beyondtrust": f"{{server: {{apiUrl: 'https://a.example.org', verifyCA: true}}, auth: {{clientId: {{secretRef: {REF}}}, clientSecret: {{secretRef: {REF}}}}}}}",
    "beyondtrustworkloadcredentials": f"{{server: {{apiUrl: 'https://a.example.org', siteId: {UUID}}}, auth: {{apikey: {{token: {REF}}}}}}}",
    "bitwardensecretsmanager": f"{{bitwardenServerSDKURL: 'https://a.example.org', organizationID: a, projectID: b, auth: {{secretRef: {{credentials: {REF}}}}}}}",
    "chef": f"{{serverUrl: 'https://a.example.org/', username: eso, auth: {{secretRef: {{privateKeySecretRef: {REF}}}}}}}",
    "cloudrusm": f"{{projectID: {UUID}, auth: {{secretRef: {{accessKeyIDSecretRef: {REF}, accessKeySecretSecretRef: {REF}}}}}}}",
    "conjur": f"{{url: 'https://a.example.org', auth: {{apikey: {{account: a, userRef: {REF}, apiKeyRef: {REF}}}}}}}",
    "crd": f"{{auth: {{serviceAccount: {SA}}}, resource: {{group: a.example.org, version: v1, kind: Secret}}, whitelist: {{rules: [{{namespace: ^a$}}]}}}}",
    "delinea": f"{{tenant: a, clientId: {{value: a}}, clientSecret: {{secretRef: {REF}}}}}",
    "doppler": f"{{auth: {{oidcConfig: {{identity: a, serviceAccountRef: {SA}}}}}}}",
    "dvls": f"{{serverUrl: 'https://a.example.org', auth: {{secretRef: {{appId: {REF}, appSecret: {REF}}}}}}}",
    "fake": "{data: [{key: a, value: b}]}",
    "fortanix": f"{{apiKey: {{secretRef: {REF}}}}}",
    "gcpsm": f"{{projectID: a, auth: {{secretRef: {{secretAccessKeySecretRef: {REF}}}}}}}",
    "github": f"{{appID: 1, installationID: 2, organization: a, auth: {{privateKey: {REF}}}}}",
    "gitlab": f"{{projectID: '1', auth: {{SecretRef: {{accessToken: {REF}}}}}}}",
    "ibm": f"{{serviceUrl: 'https://a.example.org', auth: {{secretRef: {{secretApiKeySecretRef: {REF}}}}}}}",
    "infisical": f"{{secretsScope: {{projectSlug: a, environmentSlug: b}}, auth: {{tokenAuthCredentials: {{accessToken: {REF}}}}}}}",
    "keepersecurity": f"{{authRef: {REF}, folderID: a}}",
    "kubernetes": f"{{auth: {{token: {{bearerToken: {REF}}}}}}}",
    "nebiusmysterybox": f"{{apiDomain: 'api.eu.nebius.cloud:443', auth: {{tokenSecretRef: {REF}}}}}",
    "ngrok": f"{{vault: {{name: a}}, auth: {{apiKey: {{secretRef: {REF}}}}}}}",
    "onboardbase": f"{{apiHost: 'https://a.example.org', project: a, environment: b, auth: {{apiKeyRef: {REF}, passcodeRef: {REF}}}}}",
    "onepassword": f"{{connectHost: 'http://a.example.org', vaults: {{a: 1, b: 2}}, auth: {{secretRef: {{connectTokenSecretRef: {REF}}}}}}}",
    "onepasswordSDK": f"{{vault: a, auth: {{serviceAccountSecretRef: {REF}}}}}",
    "openBao": f"{{server: 'https://a.example.org', auth: {{tokenSecretRef: {REF}}}}}",
    "oracle": f"{{vault: a, region: b, auth: {{user: a, tenancy: b, secretRef: {{privatekey: {REF}, fingerprint: {REF}}}}}}}",
    "ovh": f"{{server: 'https://a.example.org', okmsid: {UUID}, auth: {{token: {{tokenSecretRef: {REF}}}}}}}",
    "passbolt": f"{{host: 'https://a.example.org', auth: {{passwordSecretRef: {REF}, privateKeySecretRef: {REF}}}}}",
    "passworddepot": f"{{host: a, database: b, auth: {{secretRef: {{credentials: {REF}}}}}}}",
    "previder": f"{{auth: {{secretRef: {{accessToken: {REF}}}}}}}",
    "pulumi": f"{{organization: a, project: b, environment: c, auth: {{accessToken: {{secretRef: {REF}}}}}}}",
    "scaleway": f"{{region: fr-par, projectId: {UUID}, accessKey: {{value: a}}, secretKey: {{secretRef: {REF}}}}}",
    "secretserver": f"{{serverURL: 'https://a.example.org', token: {{secretRef: {REF}}}}}",
    "senhasegura": f"{{url: 'https://a.example.org', module: DSM, auth: {{clientId: a, clientSecretSecretRef: {REF}}}}}",
    "vault": f"{{server: 'https://a.example.org', auth: {{appRole: {{path: approle, roleId: a, secretRef: {REF}}}}}}}",
    "volcengine": "{region: cn-beijing}",
    "webhook": "{url: 'https://a.example.org', result: {jsonPath: $.a}}",
    "yandexcertificatemanager": f"{{auth: {{authorizedKeySecretRef: {REF}}}, fetching: {{byID: {{}}}}}}",
    "yandexlockbox": f"{{auth: {{authorizedKeySecretRef: {REF}}}, fetching: {{byName: {{folderID: a}}}}}}",
}


def store(provider: str, block: str, version: str = "v1") -> str:
    return (
        f"apiVersion: external-secrets.io/{version}\nkind: ClusterSecretStore\nmetadata: {{name: store}}\n"
        f"spec:\n  provider:\n    {provider}: {block}\n"
    )


def found(text: str, release: str = "2.9.0") -> list[Finding]:
    return list(lint({"store.yaml": text}, RULES, Config(eso_version=release)))


def test_every_provider_is_here() -> None:
    assert len(WHOLE) == 43


@pytest.mark.parametrize("provider", WHOLE)
def test_a_whole_store_is_silent(provider: str) -> None:
    assert found(store(provider, WHOLE[provider])) == []


@pytest.mark.parametrize("provider", WHOLE)
def test_what_is_put_in_later_is_silent(provider: str) -> None:
    assert found(store(provider, "${BLOCK}")) == []
    for value in ("login", "token", "a", "https://a.example.org", UUID):
        assert found(store(provider, WHOLE[provider].replace(value, "${VALUE}"))) == []


@pytest.mark.parametrize("provider", WHOLE)
def test_an_empty_or_odd_block_does_no_harm(provider: str) -> None:
    for block in (
        "{}",
        "[]",
        "7",
        "text",
        "{auth: []}",
        "{auth: {secretRef: 7}}",
        "{vaults: 7, data: {}, whitelist: []}",
    ):
        text = store(provider, block)
        assert all(text[f.span.start : f.span.end].strip() for f in found(text)), "a finding stands on something"


def test_an_older_release_that_checks_less_stores_it() -> None:
    text = store("barbican", f"{{auth: {{username: {{value: eso}}, password: {{secretRef: {REF}}}}}}}")
    assert [f.severity for f in found(text)] == [Severity.ERROR]
    older = found(text, "1.3.2")
    assert [f.severity for f in older] == [Severity.WARNING]
    assert "admitted" in older[0].note


def test_what_no_webhook_refuses_says_so() -> None:
    (finding,) = found(store("kubernetes", "{remoteNamespace: shop}"))
    assert finding.rule.name == "kubernetes-authref-and-auth"
    assert finding.note.startswith("the store is admitted, but")


def test_the_first_version_of_the_kind_is_written_otherwise() -> None:
    assert found(store("gitlab", "{}", "v1alpha1"), "0.5.0") == []


def test_what_the_schema_says_is_not_said_again() -> None:
    names = {finding.rule.name for finding in found(store("chef", "{}"))}
    assert names == set()


def test_two_ways_to_log_in_where_the_schema_of_a_release_allows_them() -> None:
    block = f"{{url: 'https://a.example.org', auth: {{apikey: {{account: a, userRef: {REF}, apiKeyRef: {REF}}}, jwt: {{account: a, serviceID: b, secretRef: {REF}}}}}}}"
    assert [f.rule.name for f in found(store("conjur", block, "v1beta1"), "0.9.20")] == ["auth-multiple-methods"]
    assert found(store("conjur", block)) == [], "the schema says it"


def test_a_provider_that_is_not_known_has_no_faults() -> None:
    assert found(store("nobody", "{}")) == []
