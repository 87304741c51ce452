"""The provider blocks of all other providers: what each must have, by the schema of the release, as placeholders.

What a schema does not say (a way to log in, the form of an address) is in the table below, by dotted path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eso_lint.setup.answers import Answers
from eso_lint.setup.tenants import Tenant, release_of

if TYPE_CHECKING:
    from eso_lint.schema.pack import Shape
    from eso_lint.setup.stores import Block

TEXT = "replace-me"
_UUID = "11111111-2222-4333-8444-555555555555"  # of version 4
_URL = "https://replace-me.example.org"
# Selectors of a Secret, written in full.
_REF = {"name": "", "key": ""}
_ACCOUNT = "account"
_KEYS = {"auth.secretRef.accessKeyIDSecretRef": _REF, "auth.secretRef.accessKeySecretSecretRef": _REF}

# Provider -> path -> value. `_REF` is a key of the store's Secret, `_ACCOUNT` its ServiceAccount; None leaves a field
# out that the schema alone would ask for.
_WANTED: dict[str, dict[str, object]] = {
    "akeyless": {
        "akeylessGWApiURL": "https://api.akeyless.io",
        "authSecretRef.secretRef.accessID": _REF,
        "authSecretRef.secretRef.accessType": _REF,
        "authSecretRef.secretRef.accessTypeParam": _REF,
    },
    "barbican": {"authURL": _URL, "auth.username.secretRef": _REF, "auth.password.secretRef": _REF},
    "beyondtrust": {
        "server.apiUrl": f"{_URL}/BeyondTrust/api/public/v3",
        "server.retrievalType": "MANAGED_ACCOUNT",
        "auth.clientId.secretRef": _REF,
        "auth.clientSecret.secretRef": _REF,
    },
    "beyondtrustworkloadcredentials": {"server.apiUrl": _URL, "server.siteId": _UUID, "auth.apikey.token": _REF},
    "chef": {"username": TEXT, "serverUrl": f"{_URL}/", "auth.secretRef.privateKeySecretRef": _REF},
    "cloudrusm": {"projectID": _UUID, **_KEYS},
    "conjur": {
        "url": _URL,
        "auth.jwt.account": TEXT,
        "auth.jwt.serviceID": TEXT,
        "auth.jwt.serviceAccountRef": _ACCOUNT,
    },
    "crd": {
        "server.caProvider": {"type": "ConfigMap", "name": "kube-root-ca.crt", "key": "ca.crt"},
        "auth.serviceAccount": _ACCOUNT,
        "resource.group": "example.org",
        "resource.version": "v1",
        "resource.kind": "ReplaceMe",
    },
    "delinea": {"tenant": TEXT, "clientId.secretRef": _REF, "clientSecret.secretRef": _REF},
    "dvls": {
        "serverUrl": _URL,
        "vault": TEXT,
        "auth.secretRef.appId": _REF,
        "auth.secretRef.appSecret": _REF,
    },
    "fake": {},
    "fortanix": {"apiUrl": _URL, "apiKey.secretRef": _REF},
    "github": {
        "appID": 1,
        "installationID": 1,
        "organization": TEXT,
        "auth.privateKey": _REF,
    },
    "ibm": {"serviceUrl": _URL, "auth.secretRef.secretApiKeySecretRef": _REF},
    "keepersecurity": {"folderID": TEXT, "authRef": _REF},
    "nebiusmysterybox": {"apiDomain": "api.eu.nebius.cloud:443", "auth.serviceAccountCredsSecretRef": _REF},
    "ngrok": {"vault.name": TEXT, "auth.apiKey.secretRef": _REF},
    "onboardbase": {
        "project": TEXT,
        "environment": "production",
        "apiHost": "https://public.onboardbase.com/api/v1/",
        "auth.apiKeyRef": _REF,
        "auth.passcodeRef": _REF,
    },
    "onepassword": {
        "connectHost": "http://onepassword-connect:8080",
        "vaults": {TEXT: 1},
        "auth.secretRef.connectTokenSecretRef": _REF,
    },
    "oracle": {
        "vault": "ocid1.vault.oc1..replace-me",
        "region": "eu-frankfurt-1",
        "principalType": "Workload",
        "serviceAccountRef": _ACCOUNT,
    },
    "ovh": {"server": _URL, "okmsid": _UUID, "auth.token.tokenSecretRef": _REF},
    "passbolt": {"host": _URL, "auth.passwordSecretRef": _REF, "auth.privateKeySecretRef": _REF},
    "passworddepot": {"host": _URL, "database": TEXT, "auth.secretRef.credentials": _REF},
    "previder": {"auth.secretRef.accessToken": _REF},
    "pulumi": {
        "organization": TEXT,
        "project": TEXT,
        "environment": TEXT,
        "accessToken.secretRef": _REF,
    },
    "scaleway": {
        "region": "fr-par",
        "projectId": _UUID,
        "accessKey.secretRef": _REF,
        "secretKey.secretRef": _REF,
    },
    "secretserver": {"serverURL": _URL, "username.secretRef": _REF, "password.secretRef": _REF},
    "senhasegura": {"url": _URL, "module": "DSM", "auth.clientId": TEXT, "auth.clientSecretSecretRef": _REF},
    "volcengine": {"region": "cn-beijing"},
    "webhook": {
        "url": f"{_URL}/secrets/{{{{ .remoteRef.key }}}}",
        "result.jsonPath": "$.value",
        "headers": {"Authorization": "Bearer {{ .auth.token }}"},
        "secrets": [{"name": "auth", "secretRef": _REF}],
    },
    "yandexcertificatemanager": {"auth.authorizedKeySecretRef": _REF},
    "yandexlockbox": {"auth.authorizedKeySecretRef": _REF},
}  # fmt: skip


def placeholder_block(answers: Answers, tenant: Tenant, provider: str) -> Block:
    from eso_lint.schema.pack import shape_at
    from eso_lint.setup.stores import STATIC, Block

    shape = _shape(answers, provider)
    filler = _Filler(answers, tenant)
    body: dict[str, Any] = {}
    for path, value in _WANTED.get(provider, {}).items():
        # A field that later releases added is left out.
        if shape is None or shape_at(shape, tuple(path.split("."))) is not None:
            filler.put(body, path, value)
    if shape is not None:
        filler.complete(body, shape)
    notes: dict[tuple[str | int, ...], str] = {(key,): "Replace: these are placeholders." for key in list(body)[:1]}
    for key in filler.secrets[:1]:
        notes[key] = (f"{notes[key]}\n" if key in notes else "") + STATIC
    return Block(body, notes)


def uses_account(provider: str) -> bool:
    """Whether the placeholders of a provider log in by a ServiceAccount."""
    return _ACCOUNT in _WANTED.get(provider, {}).values()


def _shape(answers: Answers, provider: str) -> Shape | None:
    from eso_lint.schema.pack import shape_at
    from eso_lint.schema.store import bundled, history

    pack = bundled("SecretStore")
    points = [p for p in history("external-secrets.io", "SecretStore", "v1") if p.release <= release_of(answers)]
    if pack is None or not points or points[-1].row is None:
        return None
    return shape_at(pack.shape(points[-1].row), ("spec", "provider", provider))


class _Filler:
    """Writes values into a block; remembers where references to the Secret stand."""

    def __init__(self, answers: Answers, tenant: Tenant) -> None:
        self.answers = answers
        self.tenant = tenant
        self.secrets: list[tuple[str | int, ...]] = []

    def put(self, body: dict[str, Any], path: str, value: object) -> None:
        *above, last = path.split(".")
        for step in above:
            body = body.setdefault(step, {})
        body[last] = self._value(value, path)

    def _value(self, value: object, path: str) -> object:
        from eso_lint.setup.stores import account_ref, secret_ref

        if value is _REF:
            self.secrets.append((path.split(".")[0],))
            return secret_ref(self.answers, self.tenant, _kebab(path))
        if value == _ACCOUNT:
            return account_ref(self.answers, self.tenant)
        if isinstance(value, dict):
            if "type" in value and self.answers.teams != "many":
                return {**value, "namespace": self.tenant.namespace}
            return dict(value)
        if isinstance(value, list):
            return [{key: self._value(item, f"{path}.{key}") for key, item in entry.items()} for entry in value]
        return value

    def complete(self, body: dict[str, Any], shape: Shape) -> None:
        """Everything that the schema requires and nothing wrote yet."""
        for name in shape.needed:
            child = shape.child(name)
            if child is None:
                continue
            if child.names:
                self.complete(body.setdefault(name, {}), child)
            elif name not in body:
                body[name] = _filled(child)
        for name, written in body.items():
            child = shape.child(name)
            if isinstance(written, dict) and child is not None and child.names:
                self.complete(written, child)


def _filled(shape: Shape) -> object:
    if shape.choices:
        return shape.choices[0]
    if shape.type == "array":
        item = shape.items
        if item is None or not item.names:
            return [TEXT]
        return [{name: _filled(child) for name in item.needed if (child := item.child(name)) is not None}]
    if shape.type == "integer":
        return 1
    if shape.type == "boolean":
        return False
    return {} if shape.type == "object" else TEXT


def _kebab(path: str) -> str:
    """A key of the Secret after the field that reads it."""
    name = [step for step in path.split(".") if step not in ("secretRef", "auth", "authSecretRef")][-1]
    name = name.removesuffix("SecretRef").removesuffix("Ref") or "token"
    return "".join(
        f"-{c.lower()}" if c.isupper() and i and not name[i - 1].isupper() else c.lower() for i, c in enumerate(name)
    )


def uses_secret(answers: Answers, provider: str) -> bool:
    """Whether the store of a provider with static logins reads a Secret: all but those that ask nothing."""
    return provider not in _WANTED or any(
        value is _REF or isinstance(value, list) for value in _WANTED[provider].values()
    )
