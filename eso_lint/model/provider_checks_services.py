"""What the webhook wants of the provider blocks of services, password managers and other clusters."""

from __future__ import annotations

from collections.abc import Iterator

from eso_lint.model.provider_checks import (
    FIELD,
    NONE,
    REF,
    URL,
    Block,
    Check,
    Fault,
    nameless,
    required,
    second,
    selector,
    web_address,
)
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, items


def bitwarden(block: Block) -> Iterator[Fault]:
    yield from required(block, "bitwardenServerSDKURL")


def chef(block: Block) -> Iterator[Fault]:
    yield from required(block, "username", "serverUrl")
    address = block.text("serverUrl")
    if address:
        from eso_lint.source.go_url import parse_url

        wrong = "must end in a slash" if not address.endswith("/") else parse_url(address, request=True).fault
        if wrong:
            yield block.fault(
                URL,
                "serverUrl",
                "`serverUrl` is no address that chef takes",
                wrong,
                f"write `{address}/`" if not address.endswith("/") else "write one like `https://chef.example.org/`",
            )
    yield from selector(block, "auth.secretRef.privateKeySecretRef", "key")
    yield from nameless(block, "auth.secretRef.privateKeySecretRef")


def crd(block: Block) -> Iterator[Fault]:
    yield from _client(block)
    kind, group = block.text("resource.kind"), block.text("resource.group")
    if (
        kind is not None
        and kind.lower() == "secret"
        and group in ("", "core")
        and block.text("resource.version") == "v1"
    ):
        yield block.fault(
            "crd-secret-kind",
            "resource.kind",
            "the crd provider does not read Secrets",
            "refused",
            "use the kubernetes provider",
        )
    for place, entry in enumerate(items(block.get("whitelist.rules"))):
        yield from _rule(block, place, entry)


def _rule(block: Block, place: int, entry: Node) -> Iterator[Fault]:
    kind, path = "crd-whitelist-rule", f"whitelist.rules.{place}"
    if not isinstance(entry, Mapping):
        return
    properties = block.get(f"{path}.properties")
    texts = [(name, block.text(f"{path}.{name}")) for name in ("name", "namespace")]
    if all(text == "" for _, text in texts) and not isinstance(properties, Opaque) and not items(properties):
        yield block.fault(
            kind,
            path,
            "a rule of the whitelist has none of `name`, `namespace` and `properties`",
            "would match everything",
            "say what may be read",
        )
    patterns = [(f"{path}.{name}", text) for name, text in texts if text]
    patterns += [
        (f"{path}.properties.{at}", node.string or "")
        for at, node in enumerate(items(properties))
        if isinstance(node, Scalar)
    ]
    for where, text in patterns:
        from eso_lint.source.go_regexp import regexp_fault

        if fault := regexp_fault(text):
            yield block.fault(
                kind,
                where,
                f"`{text}` is not a regular expression that Go compiles",
                f"{fault.reason}: `{fault.part}`" if fault.part else fault.reason,
                "write it in Go's syntax",
            )
    if texts[1][1] and not block.cluster:
        yield block.fault(
            kind,
            f"{path}.namespace",
            "a SecretStore reads its own namespace alone",
            "would match nothing",
            "remove `namespace`, or use a ClusterSecretStore",
        )


def doppler(block: Block) -> Iterator[Fault]:
    if block.present("auth.secretRef"):
        yield from selector(block, "auth.secretRef.dopplerToken", "name")
    elif block.absent("auth.secretRef") and block.present("auth.oidcConfig"):
        yield from required(block, "auth.oidcConfig.identity", "auth.oidcConfig.serviceAccountRef.name")
    elif block.absent("auth.secretRef") and block.absent("auth.oidcConfig"):
        yield block.fault(NONE, "auth", "`auth` has no method", "one is needed", "write `secretRef` or `oidcConfig`")


def fake(block: Block) -> Iterator[Fault]:
    for place in range(len(items(block.get("data")))):
        yield from required(block, f"data.{place}.key", f"data.{place}.value")


def gitlab(block: Block) -> Iterator[Fault]:
    groups = block.get("groupIDs")
    known = not isinstance(groups, Opaque) and not getattr(groups, "open", False)
    if known and not items(groups) and block.text("projectID") == "":
        yield block.fault(
            FIELD, "projectID", "`projectID` and `groupIDs` are both missing", "one is needed", "write one of them"
        )
    if items(groups) and block.true("inheritFromGroups"):
        yield block.fault(
            "gitlab-groups-conflict",
            "inheritFromGroups",
            "`groupIDs` and `inheritFromGroups` exclude each other",
            "the groups are listed already",
            "keep one of the two",
            related=((block.key("groupIDs").span, "the list"),),
        )
    yield from selector(block, "auth.SecretRef.accessToken", "name", "key")


def infisical(block: Block) -> Iterator[Fault]:
    for name in ("projectSlug", "environmentSlug"):
        path = f"secretsScope.{name}"
        if block.text(path) == "":
            said = "is empty" if block.present(path) else "is missing"
            yield block.fault(
                "infisical-scope-required", path, f"`secretsScope.{name}` {said}", "needed", f"write `{name}`"
            )
    if block.present("auth.universalAuthCredentials"):
        yield from selector(block, "auth.universalAuthCredentials.clientId", "key")
        yield from selector(block, "auth.universalAuthCredentials.clientSecret", "key")
    auth = block.get("auth")
    if isinstance(auth, Mapping) and not auth.open and block.closed and not auth.entries:
        yield block.fault(
            NONE, "auth", "`auth` has no method", "one is needed", "write how the operator logs in", since=""
        )


def kubernetes(block: Block) -> Iterator[Fault]:
    yield from _client(block)
    kind = "kubernetes-authref-and-auth"
    if block.present("auth") and block.present("authRef"):
        yield block.fault(
            kind,
            "authRef",
            "`auth` and `authRef` exclude each other",
            "a kubeconfig brings its own login",
            "keep one of the two",
            since="",
            at=block.key("authRef"),
            related=((block.key("auth").span, "and this"),),
        )
    elif block.absent("auth") and block.absent("authRef"):
        yield block.fault(
            kind,
            "auth",
            "neither `auth` nor `authRef` is written",
            "the operator's own ServiceAccount is never used",
            "write `auth.serviceAccount`, or another way to log in",
            since="",
        )


def _client(block: Block) -> Iterator[Fault]:
    """The login at an API server."""
    if block.present("auth.cert"):
        yield from selector(block, "auth.cert.clientCert", "name", "key")
    if block.present("auth.token"):
        yield from selector(block, "auth.token.bearerToken", "name", "key")


def ngrok(block: Block) -> Iterator[Fault]:
    yield from web_address(block, "apiUrl", needed=False)
    if block.absent("auth.apiKey"):
        yield block.fault(NONE, "auth.apiKey", "`auth` has no `apiKey`", "needed", "write `auth.apiKey.secretRef`")
    yield from required(block, "vault.name")


def onboardbase(block: Block) -> Iterator[Fault]:
    yield from selector(block, "auth.apiKeyRef", "name")
    yield from selector(block, "auth.passcodeRef", "name")


def onepassword(block: Block) -> Iterator[Fault]:
    yield from selector(block, "auth.secretRef.connectTokenSecretRef", "name", "key")
    yield from web_address(block, "connectHost", needed=False)
    vaults = block.get("vaults")
    if not isinstance(vaults, Mapping) or vaults.open:
        return
    kind = "onepassword-vaults"
    if not vaults.index:
        yield block.fault(kind, "vaults", "`vaults` is empty", "at least one is needed", "write `NAME: 1`")
    seen: dict[int, Node] = {}
    for key, value in vaults.index.values():
        number = value.value if isinstance(value, Scalar) else None
        if type(number) is int and seen.setdefault(number, key) is not key:
            yield block.fault(
                kind,
                "vaults",
                f"two vaults have the number {number}",
                "the numbers say the order",
                "give each vault a number of its own",
                at=value,
                related=((seen[number].span, "the other"),),
            )


def onepassword_sdk(block: Block) -> Iterator[Fault]:
    yield from selector(block, "auth.serviceAccountSecretRef", "name", "key")
    if block.text("vault") == "" and block.text("environment") == "":
        yield block.fault(
            "onepassword-sdk-target",
            "vault",
            "neither `vault` nor `environment` is written",
            "one of them says where to look",
            "write `vault`",
        )


def passbolt(block: Block) -> Iterator[Fault]:
    yield from selector(block, "auth.passwordSecretRef", "name", "key")
    yield from selector(block, "auth.privateKeySecretRef", "name", "key")
    yield from web_address(block, "host", "https")


def previder(block: Block) -> Iterator[Fault]:
    if block.absent("auth.secretRef"):
        yield block.fault(NONE, "auth.secretRef", "`auth` has no `secretRef`", "needed", "write `auth.secretRef`")
    else:
        yield from selector(block, "auth.secretRef.accessToken", "name", "key")


def pulumi(block: Block) -> Iterator[Fault]:
    yield from required(block, "organization", "environment", "project")
    paths = ("auth.accessToken", "auth.oidcConfig", "accessToken")
    written = [path for path in paths if block.present(path)]
    if all(block.absent(path) for path in paths):
        yield block.fault(NONE, "auth", "`auth` has no method", "one is needed", "write `accessToken` or `oidcConfig`")
    for path in written[1:]:
        yield second(block, path, written[0], "" if path == "accessToken" else "auth")
    for path in ("auth.accessToken", "accessToken"):
        if not block.present(path):
            continue
        if block.absent(f"{path}.secretRef"):
            yield block.fault(
                REF, f"{path}.secretRef", "`accessToken` has no `secretRef`", "needed", "write `secretRef`",
                at=block.key(path),
            )  # fmt: skip
        else:
            yield from selector(block, f"{path}.secretRef", "name", "key")
    if block.present("auth.oidcConfig"):
        yield from required(block, "auth.oidcConfig.organization", "auth.oidcConfig.serviceAccountRef.name")


CHECKS: dict[str, Check] = {
    "bitwardensecretsmanager": bitwarden,
    "chef": chef,
    "crd": crd,
    "doppler": doppler,
    "fake": fake,
    "gitlab": gitlab,
    "infisical": infisical,
    "kubernetes": kubernetes,
    "ngrok": ngrok,
    "onboardbase": onboardbase,
    "onepassword": onepassword,
    "onepasswordSDK": onepassword_sdk,
    "passbolt": passbolt,
    "previder": previder,
    "pulumi": pulumi,
}
