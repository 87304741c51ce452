"""What the webhook wants of the provider blocks of clouds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eso_lint.model.provider_checks import (
    EITHER,
    FIELD,
    NONE,
    REF,
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
from eso_lint.source.node import Scalar

_HEX = "[0-9a-fA-F]"
_UUID = f"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"
_ZONE = re.compile(r"([a-z]{2}(?:-[a-z]+)+-[0-9])[a-f]")
_POOL = re.compile(
    r"//iam\.googleapis\.com/projects/[0-9]+/locations/global/workloadIdentityPools/[^/]+/providers/[^/]+"
)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def aws(block: Block) -> Iterator[Fault]:
    from eso_lint.source.go_url import parse_url

    region = block.text("region")
    if region == "":
        said = "is empty" if block.present("region") else "is missing"
        yield block.fault("aws-region-missing", "region", f"`region` {said}", "AWS has no default", "name the region")
    elif region is not None and parse_url(f"https://secretsmanager.{region}.amazonaws.com").fault:
        yield block.fault(
            "aws-region-missing", "region", f"`{region}` is no region", "makes no address", "write `eu-central-1`"
        )
    elif region is not None and (zone := _ZONE.fullmatch(region)):
        yield block.fault(
            "aws-region-missing",
            "region",
            f"`{region}` is an availability zone, not a region",
            "no endpoint has that name",
            f"write `{zone[1]}`",
            since="",
            sure=False,
        )
    node = block.get("secretsManager.recoveryWindowInDays")
    days = node.value if isinstance(node, Scalar) else None
    if type(days) is int and days:
        if not 7 <= days <= 30:
            yield block.fault(
                "aws-recovery-window",
                "secretsManager.recoveryWindowInDays",
                f"a recovery window of {days} days is not allowed",
                "must be from 7 to 30",
                "write a number from 7 to 30",
            )
        elif block.true("secretsManager.forceDeleteWithoutRecovery"):
            yield block.fault(
                "aws-recovery-window",
                "secretsManager.recoveryWindowInDays",
                "`recoveryWindowInDays` and `forceDeleteWithoutRecovery` exclude each other",
                "no recovery is wanted",
                "keep one of the two",
                related=((block.key("secretsManager.forceDeleteWithoutRecovery").span, "says so"),),
            )
    if block.present("auth.jwt") and block.absent("auth.jwt.serviceAccountRef"):
        yield block.fault(
            "aws-jwt-missing-sa",
            "auth.jwt.serviceAccountRef",
            "`auth.jwt` names no ServiceAccount",
            "`serviceAccountRef` is needed",
            "write `serviceAccountRef`, or drop `auth` to use the identity of the operator's own pod",
            since="",
        )


def azurekv(block: Block) -> Iterator[Fault]:
    kind = "azure-custom-cloud-sdk"
    if block.present("customCloudConfig"):
        if block.true("useAzureSDK") is False:
            yield block.fault(
                kind,
                "customCloudConfig",
                "`customCloudConfig` needs `useAzureSDK: true`",
                "the older SDK knows no custom clouds",
                "write `useAzureSDK: true`",
                at=block.key("customCloudConfig"),
            )
        if block.text("customCloudConfig.activeDirectoryEndpoint") == "":
            yield block.fault(
                kind,
                "customCloudConfig.activeDirectoryEndpoint",
                "`customCloudConfig` has no `activeDirectoryEndpoint`",
                "needed",
                "write `activeDirectoryEndpoint`",
            )
    elif block.absent("customCloudConfig") and block.text("environmentType") == "AzureStackCloud":
        yield block.fault(
            kind, "environmentType", "`AzureStackCloud` needs `customCloudConfig`", "", "write `customCloudConfig`"
        )
    if block.text("authType") in ("", "ServicePrincipal"):
        yield from _service_principal(block)


def _service_principal(block: Block) -> Iterator[Fault]:
    kind, auth = "azure-sp-fields", "authSecretRef"
    missing = [field for field in ("tenantId", f"{auth}.clientId") if block.absent(field)]
    secret, certificate = f"{auth}.clientSecret", f"{auth}.clientCertificate"
    if block.absent(secret) and block.absent(certificate):
        missing.append(secret)
    if missing:
        said = [f"`{field}`" for field in missing]
        yield block.fault(
            kind,
            missing[0],
            f"a service principal needs {', '.join(said[:-1])}{' and ' if said[1:] else ''}{said[-1]}",
            "this is the way to log in" if block.present("authType") else "`authType` is ServicePrincipal by default",
            "write what is missing, or `authType: WorkloadIdentity`",
            since="",
            at=block.key("authType" if block.present("authType") else auth),
        )
    elif block.present(secret) and block.present(certificate):
        yield block.fault(
            kind,
            certificate,
            "a service principal has a secret or a certificate, not both",
            "one too many",
            "keep one of the two",
            since="",
            at=block.key(certificate),
            related=((block.key(secret).span, "and this"),),
        )


def barbican(block: Block) -> Iterator[Fault]:
    yield from required(block, "authURL", since="2.9.0")
    value = block.text("auth.username.value")
    if block.present("auth.username") and value == "" and block.absent("auth.username.secretRef"):
        yield block.fault(
            EITHER, "auth.username", "`username` has neither `value` nor `secretRef`", "empty", "write one", "2.9.0"
        )
    for path in ("auth.username.secretRef", "auth.password.secretRef"):
        if block.present(path):
            yield from nameless(block, path)


def cloudrusm(block: Block) -> Iterator[Fault]:
    if block.absent("auth.secretRef"):
        yield block.fault(NONE, "auth.secretRef", "`auth` has no `secretRef`", "needed", "write `auth.secretRef`")
    yield from required(block, "projectID")
    project = block.text("projectID")
    if project and not _is_uuid(project):
        yield _no_uuid(block, "projectID", project)


def gcpsm(block: Block) -> Iterator[Fault]:
    if block.present("auth.secretRef") and block.text("projectID") == "":
        yield block.fault(
            "gcp-project-id-required",
            "projectID",
            "`projectID` is missing, and a key file says no project",
            "only on GKE and without `secretRef` it is found out",
            "write `projectID`",
            since="",
        )
    wif = "auth.workloadIdentityFederation"
    # The first of these that is written is used.
    if not block.present(wif) or not (block.absent("auth.secretRef") and block.absent("auth.workloadIdentity")):
        return
    sources = ("credConfig", "serviceAccountRef", "awsSecurityCredentials")
    written = [name for name in sources if not block.absent(f"{wif}.{name}")]
    if any(not block.present(f"{wif}.{name}") for name in written):
        return
    names = "`credConfig`, `serviceAccountRef` and `awsSecurityCredentials`"
    if len(written) != 1:
        yield block.fault(
            "gcp-wif-exactly-one",
            wif,
            f"`workloadIdentityFederation` has {'none' if not written else 'several'} of {names}",
            "exactly one is needed",
            "write one of them",
            since="",
            at=block.key(f"{wif}.{written[1]}" if written else wif),
        )
        return
    audience = block.text(f"{wif}.audience")
    if audience is None or (written == ["credConfig"] and not audience):
        return
    # `[POOL]` is how documentation writes what is to be put in.
    if "[" not in audience and not _POOL.fullmatch(audience):
        yield block.fault(
            "gcp-wif-audience",
            f"{wif}.audience",
            f"`{audience}` is no audience of a workload identity pool" if audience else "`audience` is missing",
            "names the provider of the pool",
            "write `//iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/NAME`",
            since="",
        )


def ibm(block: Block) -> Iterator[Fault]:
    if block.absent("serviceUrl"):
        yield from required(block, "serviceUrl")
    secret, container = block.absent("auth.secretRef"), block.absent("auth.containerAuth")
    if secret and container:
        yield block.fault(NONE, "auth", "`auth` has no method", "one is needed", "write `secretRef` or `containerAuth`")
    elif block.present("auth.secretRef") and block.present("auth.containerAuth"):
        yield second(block, "auth.containerAuth", "auth.secretRef")
    elif block.present("auth.containerAuth"):
        yield from required(block, "auth.containerAuth.profile")
    elif block.present("auth.secretRef"):
        yield from selector(block, "auth.secretRef.secretApiKeySecretRef", "name", "key")


def nebiusmysterybox(block: Block) -> Iterator[Fault]:
    domain = block.text("apiDomain")
    if domain is not None and not domain.strip():
        yield block.fault(FIELD, "apiDomain", "`apiDomain` is empty", "needed", "write the domain of the API")
    elif domain is not None and (wrong := _no_domain(domain)):
        yield block.fault(VALUE, "apiDomain", f"`{domain}` is no domain", wrong, "write `api.eu.nebius.cloud:443`")
    token, creds = "auth.tokenSecretRef", "auth.serviceAccountCredsSecretRef"
    names = block.text(f"{token}.name"), block.text(f"{creds}.name")
    if names == ("", ""):
        written = token if block.present(token) else creds if block.present(creds) else "auth"
        yield block.fault(
            REF if written != "auth" else NONE,
            f"{written}.name" if written != "auth" else "auth",
            "`auth` names no Secret",
            "a token or credentials of a service account are needed",
            "write `tokenSecretRef` or `serviceAccountCredsSecretRef` with `name` and `key`",
        )
    elif all(names):
        yield second(block, creds, token)
    else:
        for path, name in ((token, names[0]), (creds, names[1])):
            if name:
                yield from selector(block, path, "key")
    if block.present("caProvider"):
        yield from selector(block, "caProvider.certSecretRef", "name", "key")


def oracle(block: Block) -> Iterator[Fault]:
    yield from required(block, "vault", "region")
    if block.present("auth"):
        yield from required(block, "auth.user", "auth.tenancy")
        yield from selector(block, "auth.secretRef.privatekey", "name", "key")
        yield from selector(block, "auth.secretRef.fingerprint", "name", "key")


def ovh(block: Block) -> Iterator[Fault]:
    yield from web_address(block, "server")
    yield from required(block, "okmsid")
    okms = block.text("okmsid")
    if okms and not _is_uuid(okms):
        yield _no_uuid(block, "okmsid", okms, since="")
    mtls, token = "auth.mtls", "auth.token"
    if block.absent(mtls) and block.absent(token):
        yield block.fault(NONE, "auth", "`auth` has no method", "one is needed", "write `token` or `mtls`")
    elif block.present(mtls) and block.present(token):
        yield second(block, mtls, token)
    elif block.present(mtls):
        for name in ("certSecretRef", "keySecretRef"):
            if block.absent(f"{mtls}.{name}"):
                yield block.fault(
                    REF, f"{mtls}.{name}", f"`mtls` has no `{name}`", "a certificate needs its key", f"write `{name}`"
                )


def scaleway(block: Block) -> Iterator[Fault]:
    yield from web_address(block, "apiUrl", needed=False)
    region, project = block.text("region"), block.text("projectId")
    if region is not None and not re.fullmatch("[a-z]{2}-[a-z]{3}", region):
        yield block.fault(
            VALUE, "region", f"`{region}` is no region of Scaleway", "two and three letters", "write `fr-par`"
        )
    if project is not None and not re.search(_UUID, project):
        yield _no_uuid(block, "projectId", project)
    yield from either(block, "accessKey")
    yield from either(block, "secretKey")


def volcengine(block: Block) -> Iterator[Fault]:
    yield from required(block, "region")
    if block.present("auth") and block.absent("auth.secretRef"):
        yield block.fault(
            NONE,
            "auth.secretRef",
            "`auth` has no `secretRef`",
            "needed where `auth` is written",
            "write `auth.secretRef`, or drop `auth` to use the identity of the operator's own pod",
        )


def yandex(block: Block) -> Iterator[Fault]:
    if block.present("fetching.byName"):
        yield from required(block, "fetching.byName.folderID")
    elif block.present("fetching") and block.absent("fetching.byName") and block.absent("fetching.byID"):
        yield block.fault(
            FIELD, "fetching", "`fetching` is empty", "names no policy", "write `byID: {}` or `byName`",
            at=block.key("fetching"),
        )  # fmt: skip


def _no_uuid(block: Block, path: str, text: str, since: str = "0.1.0") -> Fault:
    return block.fault(
        VALUE,
        path,
        f"`{text}` is no UUID" if text else f"`{path}` is empty",
        "a UUID is needed",
        "write one like `11111111-2222-3333-4444-555555555555`",
        since,
    )


def _is_uuid(text: str) -> bool:
    """As Go's uuid package reads one: also without hyphens, with `urn:uuid:` before it, or between braces."""
    size = len(text.encode())
    if size == 32:
        return re.fullmatch(f"{_HEX}{{32}}", text) is not None
    if size == 45 and text[:9].lower() == "urn:uuid:":
        text = text[9:]
    elif size == 38:
        # It looks at no brace.
        text = text[1:37]
    return re.fullmatch(_UUID, text) is not None


def _no_domain(domain: str) -> str:
    """Why a text is no domain with an optional port; empty where it is one, or where that cannot be told."""
    if "://" in domain:
        return "a scheme is not allowed here"
    host = domain
    if ":" in domain:
        host, _, port = domain.rpartition(":")
        if ":" in host or "[" in domain or "]" in domain or ":" in port:
            return "an address with one port at most is needed"
    if host.endswith("."):
        return "must not end in a dot"
    # What becomes of other scripts takes their tables.
    if not host.isascii() or "xn--" in host.lower():
        return ""
    labels = host.lower().split(".")
    if len(host) > 253:
        return "too long"
    if len(labels) < 2:
        return "must have a dot"
    for label in labels:
        if not _LABEL.fullmatch(label) or (len(label) > 4 and label[2:4] == "--"):
            return f"`{label}` is no part of a domain"
    return "must not end in a number" if labels[-1].isdigit() else ""


CHECKS: dict[str, Check] = {
    "aws": aws,
    "azurekv": azurekv,
    "barbican": barbican,
    "cloudrusm": cloudrusm,
    "gcpsm": gcpsm,
    "ibm": ibm,
    "nebiusmysterybox": nebiusmysterybox,
    "oracle": oracle,
    "ovh": ovh,
    "scaleway": scaleway,
    "volcengine": volcengine,
    "yandexcertificatemanager": yandex,
    "yandexlockbox": yandex,
}
