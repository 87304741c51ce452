"""What the webhook wants of the provider blocks of vaults and of key management."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eso_lint.model.provider_checks import (
    FIELD,
    NONE,
    REF,
    URL,
    VALUE,
    Block,
    Check,
    Fault,
    either,
    nameless,
    required,
    second,
    selector,
    web_address,
)

_UUID4 = re.compile(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
)  # fmt: skip


def akeyless(block: Block) -> Iterator[Fault]:
    yield from web_address(block, "akeylessGWApiURL", host=True, needed=False)
    kubernetes, secret = "authSecretRef.kubernetesAuth", "authSecretRef.secretRef"
    if block.present(kubernetes):
        yield from required(block, f"{kubernetes}.accessID", f"{kubernetes}.k8sConfName")
        if block.present(f"{kubernetes}.secretRef"):
            yield from nameless(block, f"{kubernetes}.secretRef")
    elif block.absent(kubernetes) and block.absent(secret):
        yield block.fault(
            NONE,
            secret,
            "`authSecretRef` has no method",
            "one is needed",
            "write `secretRef` or `kubernetesAuth`",
            at=block.key("authSecretRef"),
        )
    elif block.absent(kubernetes):
        yield from selector(block, f"{secret}.accessID", "name", "key")
        # Looked at even where it is not written.
        yield from nameless(block, f"{secret}.accessType")


def beyondtrust(block: Block) -> Iterator[Fault]:
    ids = [path for path in ("auth.clientId", "auth.clientSecret") if not block.absent(path)]
    # Before, an address without a host was found only where no credential is a reference.
    late = any(not block.absent(f"{path}.secretRef") for path in ids)
    yield from web_address(block, "server.apiUrl", host=True, since="2.9.0" if late else "0.1.0")
    if block.present("auth.apiKey"):
        yield from either(block, "auth.apiKey", "name", "key", since="2.9.0")
    elif block.absent("auth.apiKey") and not ids:
        yield block.fault(
            NONE, "auth", "`auth` has no method", "one is needed", "write `apiKey`, or `clientId` and `clientSecret`"
        )
    elif block.absent("auth.apiKey"):
        yield from either(block, "auth.clientId", "name", "key", since="2.9.0")
        yield from either(block, "auth.clientSecret", "name", "key", since="2.9.0")


def workload_credentials(block: Block) -> Iterator[Fault]:
    yield from selector(block, "auth.apikey.token", "name")
    yield from web_address(block, "server.apiUrl", "https", host=True)
    yield from required(block, "server.siteId")
    site = block.text("server.siteId")
    if site and not _UUID4.fullmatch(site):
        yield block.fault(
            VALUE, "server.siteId", f"`{site}` is no UUID of version 4", "", "write the site's id as BeyondTrust has it"
        )


def conjur(block: Block) -> Iterator[Fault]:
    yield from required(block, "url")
    methods = [name for name in ("apikey", "jwt", "cert") if block.present(f"auth.{name}")]
    if all(block.absent(f"auth.{name}") for name in ("apikey", "jwt", "cert")):
        yield block.fault(NONE, "auth", "`auth` has no method", "one is needed", "write `apikey`, `jwt` or `cert`")
    for name in methods[1:]:
        yield second(block, f"auth.{name}", f"auth.{methods[0]}")
    for name in methods:
        yield from required(block, f"auth.{name}.account")
        if name != "apikey":
            yield from required(block, f"auth.{name}.serviceID")
    if "jwt" in methods and block.absent("auth.jwt.secretRef") and block.absent("auth.jwt.serviceAccountRef"):
        yield block.fault(
            REF,
            "auth.jwt.serviceAccountRef",
            "`auth.jwt` has neither `serviceAccountRef` nor `secretRef`",
            "a token is needed",
            "write one of them",
            at=block.key("auth.jwt"),
        )
    if "cert" in methods:
        yield from selector(block, "auth.cert.clientCertRef", "name")
        yield from selector(block, "auth.cert.clientKeyRef", "name")


def delinea(block: Block) -> Iterator[Fault]:
    yield from required(block, "tenant")
    yield from either(block, "clientId", "name", "key")
    yield from either(block, "clientSecret", "name", "key")


def dvls(block: Block) -> Iterator[Fault]:
    from eso_lint.source.go_url import parse_url

    wrong = tuple(web_address(block, "serverUrl", "http", "https", host=True))
    yield from wrong
    address = block.text("serverUrl")
    if not wrong and address and parse_url(address).scheme == "http" and block.true("insecure") is False:
        yield block.fault(
            URL, "serverUrl", "`http` needs `insecure: true`", "not encrypted", "write `https://`, or `insecure: true`"
        )
    yield from selector(block, "auth.secretRef.appId", "name", "key")
    yield from selector(block, "auth.secretRef.appSecret", "name", "key")
    vault = block.text("vault")
    if vault and vault != vault.strip():
        yield block.fault(
            VALUE, "vault", "`vault` begins or ends with blanks", "taken literally", "remove them", since="2.9.0"
        )


def fortanix(block: Block) -> Iterator[Fault]:
    if block.absent("apiKey") or block.absent("apiKey.secretRef"):
        yield block.fault(
            FIELD, "apiKey.secretRef", "`apiKey.secretRef` is missing", "needed", "write it with `name` and `key`"
        )
    else:
        yield from selector(block, "apiKey.secretRef", "name", "key")


def keepersecurity(block: Block) -> Iterator[Fault]:
    yield from required(block, "folderID")
    yield from nameless(block, "authRef")


def secretserver(block: Block) -> Iterator[Fault]:
    yield from required(block, "serverURL")
    if not block.absent("token"):
        yield from either(block, "token", "name", "key")
    else:
        yield from either(block, "username", "name", "key")
        yield from either(block, "password", "name", "key")


def senhasegura(block: Block) -> Iterator[Fault]:
    yield from web_address(block, "url", "https", host=True)
    yield from required(block, "auth.clientId")


def vault(block: Block) -> Iterator[Fault]:
    if (
        block.present("auth.appRole")
        and block.text("auth.appRole.roleId") == ""
        and block.absent("auth.appRole.roleRef")
    ):
        yield block.fault(
            "vault-approle-role-id",
            "auth.appRole.roleId",
            "`appRole` has neither `roleId` nor `roleRef`",
            "one of them names the role",
            "write `roleId`, or `roleRef` with the name and key of a Secret",
            since="0.9.0",
        )
    token = ("auth.jwt.secretRef", "auth.jwt.kubernetesServiceAccountToken")
    if block.present("auth.jwt") and all(block.absent(path) for path in token):
        yield block.fault(
            "vault-jwt-source",
            token[0],
            "`auth.jwt` has neither `secretRef` nor `kubernetesServiceAccountToken`",
            "a token is needed",
            "write one of them",
            at=block.key("auth.jwt"),
        )
    pair = ("tls.certSecretRef", "tls.keySecretRef")
    written = [path for path in pair if block.present(path)]
    missing = [path for path in pair if block.absent(path)]
    if len(written) == len(missing) == 1:
        yield block.fault(
            "vault-tls-pair",
            missing[0],
            f"`{written[0]}` is written without `{missing[0].rpartition('.')[2]}`",
            "a certificate needs its key",
            f"write `{missing[0].rpartition('.')[2]}` too",
            at=block.key(written[0]),
        )
    if block.true("checkAndSet.required") and block.text("version") == "v1":
        yield block.fault(
            "vault-cas-v1",
            "checkAndSet.required",
            "`checkAndSet` is not possible in version v1 of the KV engine",
            "",
            "drop it, or write `version: v2` if the engine is one",
            related=((block.key("version").span, "the version"),),
        )


CHECKS: dict[str, Check] = {
    "akeyless": akeyless,
    "beyondtrust": beyondtrust,
    "beyondtrustworkloadcredentials": workload_credentials,
    "conjur": conjur,
    "delinea": delinea,
    "dvls": dvls,
    "fortanix": fortanix,
    "keepersecurity": keepersecurity,
    "secretserver": secretserver,
    "senhasegura": senhasegura,
    "vault": vault,
}
