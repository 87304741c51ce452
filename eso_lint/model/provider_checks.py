"""What the operator's webhook wants of a store's provider block, beyond the schema.

Each provider has a function of its own in one of the modules below, read from its `ValidateStore` in the operator's
v2.9.0 sources; it is imported only where a store has that provider. What cannot be known is never a fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from eso_lint.model.kinds.store import Store
from eso_lint.model.refusals import may_grow
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Span, is_absent, lookup, string

# The release whose behaviour was read; older ones that are not known to differ count as the same.
READ = "2.9.0"

FIELD = "provider-field-required"
URL = "provider-url-invalid"
VALUE = "provider-value-malformed"
REF = "auth-ref-incomplete"
EITHER = "auth-value-or-ref"
NONE = "auth-missing"
SEVERAL = "auth-multiple-methods"


class Fault(NamedTuple):
    """One fault of a provider block. `kind` is the name of the rule that reports it, `steps` the field from the root.

    `since` is the first release whose webhook refuses it; empty where none does, and the store fails at its first use.
    """

    kind: str
    at: Node
    steps: tuple[str | int, ...]
    message: str
    label: str = ""
    help: str = ""
    related: tuple[tuple[Span, str], ...] = ()
    since: str = "0.1.0"
    sure: bool = True


class Block:
    """A store's provider block, asked by dotted paths (`auth.secretRef.name`; a number is a place in a list)."""

    __slots__ = ("closed", "cluster", "node", "provider", "store")

    def __init__(self, store: Store, provider: str, node: Node) -> None:
        self.store = store
        self.provider = provider
        self.node = node
        self.cluster = store.kind == "ClusterSecretStore"
        # A chart that others release may write more than is seen.
        self.closed = not may_grow(store)

    def get(self, path: str) -> Node | None:
        """The node at a path; Opaque also where more may be written there than is seen."""
        node = lookup(self.node, *steps_of(path))
        if node is None and not self.closed:
            return Opaque(self.node.file, self.node.start, self.node.end, "", "unknown")
        return node

    def absent(self, path: str) -> bool:
        return is_absent(self.get(path))

    def present(self, path: str) -> bool:
        """Whether a field is certainly written."""
        node = self.get(path)
        return not is_absent(node) and not isinstance(node, Opaque)

    def text(self, path: str) -> str | None:
        """A string as the operator reads it, empty where it is absent; None where it cannot be known."""
        node = self.get(path)
        return "" if is_absent(node) else string(node)

    def true(self, path: str) -> bool | None:
        """A boolean as the operator reads it; None where it cannot be known."""
        node = self.get(path)
        if is_absent(node):
            return False
        value = node.value if isinstance(node, Scalar) else None
        return value if isinstance(value, bool) else None

    def key(self, path: str) -> Node:
        """The key of a field, or the nearest one above it."""
        steps = self.steps(path)
        return self.store.key_at(*steps) or self.store.anchor(*steps)

    def steps(self, path: str) -> tuple[str | int, ...]:
        return ("spec", "provider", self.provider, *steps_of(path))

    def fault(
        self,
        kind: str,
        path: str,
        message: str,
        label: str = "",
        help: str = "",
        since: str = "0.1.0",
        at: Node | None = None,
        related: tuple[tuple[Span, str], ...] = (),
        sure: bool = True,
    ) -> Fault:
        steps = self.steps(path)
        place = at if at is not None else self.store.anchor(*steps)
        return Fault(kind, place, steps, message, label, help, related, since, sure)


Check = Callable[[Block], Iterator[Fault]]

_MODULES = {
    "clouds": (
        "aws", "azurekv", "barbican", "cloudrusm", "gcpsm", "ibm", "nebiusmysterybox", "oracle", "ovh", "scaleway",
        "volcengine", "yandexcertificatemanager", "yandexlockbox",
    ),
    "vaults": (
        "akeyless", "beyondtrust", "beyondtrustworkloadcredentials", "conjur", "delinea", "dvls", "fortanix",
        "keepersecurity", "secretserver", "senhasegura", "vault",
    ),
    "services": (
        "bitwardensecretsmanager", "chef", "crd", "doppler", "fake", "gitlab", "infisical", "kubernetes", "ngrok",
        "onboardbase", "onepassword", "onepasswordSDK", "passbolt", "previder", "pulumi",
    ),
}  # fmt: skip
_HOMES = {provider: module for module, providers in _MODULES.items() for provider in providers}


def provider_faults(store: Store) -> tuple[Fault, ...]:
    """All faults of a store's provider block; none where the provider cannot be known."""
    provider, node = store.provider, store.provider_node
    if provider not in _HOMES or not isinstance(node, Mapping):
        return ()
    from importlib import import_module

    module = import_module(f"eso_lint.model.provider_checks_{_HOMES[provider]}")
    check: Check = module.CHECKS[provider]
    return tuple(check(Block(store, provider, node)))


def steps_of(path: str) -> tuple[str | int, ...]:
    return tuple(int(step) if step.isdigit() else step for step in path.split(".")) if path else ()


def required(block: Block, *paths: str, since: str = "0.1.0") -> Iterator[Fault]:
    """Fields that must have a text."""
    for path in paths:
        if block.text(path) == "":
            name = path.rpartition(".")[2]
            what = "is missing" if block.absent(path) else "is empty"
            yield block.fault(FIELD, path, f"`{name}` {what}", f"{block.provider} needs it", f"write `{name}`", since)


def selector(block: Block, path: str, *parts: str, since: str = "0.1.0") -> Iterator[Fault]:
    """A reference to a Secret that must say which one: the parts named (`name`, `key`), where it may be written."""
    missing = [part for part in parts if block.text(f"{path}.{part}") == ""]
    if not missing:
        return
    name = path.rpartition(".")[2] if not path.endswith(".secretRef") else path
    said = " and ".join(f"`{part}`" for part in missing)
    place = block.key(path) if block.absent(f"{path}.{missing[0]}") else None
    yield block.fault(
        REF,
        f"{path}.{missing[0]}",
        f"`{name}` has no {said}",
        "does not say which key of which Secret" if len(missing) > 1 else f"{said} is needed",
        f"write {said}",
        since,
        at=place,
    )


def second(block: Block, path: str, other: str, under: str | None = None) -> Fault:
    """Two ways to log in where one is allowed; `under` is the field that holds both."""
    first, last = sorted((block.key(other), block.key(path)), key=lambda node: node.start)
    return block.fault(
        SEVERAL,
        path.rpartition(".")[0] if under is None else under,
        f"`{other.rpartition('.')[2]}` and `{path.rpartition('.')[2]}` exclude each other",
        "one too many",
        "keep one way to log in",
        at=last,
        related=((first.span, "and this"),),
    )


def nameless(block: Block, *paths: str) -> Iterator[Fault]:
    """References of a cluster store that say no namespace and, so far as the webhook cares, need no name.

    One that names an object is another rule's: it is known as a reference.
    """
    for path in paths:
        if block.cluster and block.text(f"{path}.name") == "" == block.text(f"{path}.namespace"):
            name = path.rpartition(".")[2]
            yield block.fault(
                REF,
                f"{path}.namespace",
                f"`{name}` has no `name` and no `namespace`",
                "a ClusterSecretStore must say the namespace",
                "write `name`, `key` and `namespace`",
                at=block.key(path),
            )


def either(block: Block, path: str, *parts: str, since: str = "0.1.0") -> Iterator[Fault]:
    """A credential that is written as `value` or as `secretRef`, and not as both."""
    if block.absent(path):
        yield block.fault(FIELD, path, f"`{path}` is missing", f"{block.provider} needs it", f"write `{path}`", since)
        return
    value, ref = block.text(f"{path}.value"), block.get(f"{path}.secretRef")
    if value is None or isinstance(ref, Opaque):
        return
    if value and not is_absent(ref):
        yield block.fault(
            EITHER,
            path,
            f"`{path}` has both `value` and `secretRef`",
            "one too many",
            "keep `secretRef`",
            since,
            at=block.key(f"{path}.value"),
        )
    elif not value and is_absent(ref):
        yield block.fault(
            EITHER,
            path,
            f"`{path}` has neither `value` nor `secretRef`",
            "empty",
            "write `secretRef` with the name and key of a Secret",
            since,
            at=block.key(path),
        )
    elif not is_absent(ref) and parts:
        yield from selector(block, f"{path}.secretRef", *parts, since=since)


def web_address(
    block: Block, path: str, *schemes: str, host: bool = False, needed: bool = True, since: str = "0.1.0"
) -> Iterator[Fault]:
    """An address that Go reads, with one of some schemes and, where asked, a host."""
    from eso_lint.source.go_url import parse_url

    text = block.text(path)
    if not text:
        if needed and text == "":
            yield from required(block, path, since=since)
        return
    name = path.rpartition(".")[2]
    url = parse_url(text)
    wrong = url.fault
    if not wrong and schemes and url.scheme not in schemes:
        wrong = f"must begin with `{' or '.join(f'{scheme}://' for scheme in schemes)}`"
    if not wrong and host and not url.host:
        wrong = "has no host"
    if wrong:
        example = f"{schemes[0] if schemes else 'https'}://{block.provider.lower()}.example.org"
        yield block.fault(
            URL,
            path,
            f"`{name}` is no address that {block.provider} takes",
            wrong,
            f"write one like `{example}`",
            since,
        )
