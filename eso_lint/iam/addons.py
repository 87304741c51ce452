"""The add-ons module of EKS blueprints: it installs the operator, and makes the role of the operator's ServiceAccount.

Read in aws-ia/eks-blueprints-addons v1: the chart gets the ServiceAccount's name and the annotation with the role.
"""

from __future__ import annotations

from collections.abc import Iterator

from eso_lint.iam.grant import HOLE, ModuleCall, Role, Value
from eso_lint.iam.hcl_values import truth
from eso_lint.iam.identities import Identities
from eso_lint.iam.tree import Fields, Items, Tree, at, is_open, text_of, texts, unknown
from eso_lint.record import NamedTuple

# What of the module's own values the call may write over.
_OWN = "serviceAccount"


class Addon(NamedTuple):
    """One operator that a call installs. `arn` is that of its role, as far as it is known."""

    role: Role
    call: ModuleCall
    namespace: str
    account: str

    @property
    def arn(self) -> Value:
        return Value(f"arn:{HOLE}:iam::{HOLE}:role{self.role.path}{self.role.name.raw}", self.role.name.span)


def addons(found: Identities) -> tuple[Addon, ...]:
    """The operators that the repository's calls install; none where one of them may sign in as who knows whom."""
    calls = [call for call in found.calls if call.family == "addons" and not _is_off(call)]
    roles = [role for role in found.roles if role.call is not None and role.call.family == "addons"]
    every = [addon for role in roles if (addon := _addon(role)) is not None]
    return tuple(every) if len(every) == len(calls) else ()


def _is_off(call: ModuleCall) -> bool:
    given = call.arguments.get("enable_external_secrets")
    return given is None or truth(_tree(given.value)) is False


def account_of(config: Tree | None) -> tuple[str | None, str | None]:
    """Namespace and name of the ServiceAccount by the argument `external_secrets`; None where unknown."""
    if config is not None and not isinstance(config, Fields):
        return None, None
    names = []
    for name, default in (("namespace", "external-secrets"), ("service_account_name", "external-secrets-sa")):
        given = at(config, name)
        text = text_of(given)
        known = text.text if text is not None else None
        names.append(default if given is None and not is_open(config) else known)
    return names[0], names[1]


def _addon(role: Role) -> Addon | None:
    call = role.call
    if call is None:
        return None
    installs = call.arguments.get("create_kubernetes_resources")
    if installs is not None and truth(_tree(installs.value)) is not True:
        return None  # something else installs the chart, with values of its own
    given = call.arguments.get("external_secrets")
    config = _tree(given.value) if given is not None else None
    namespace, account = account_of(config)
    if namespace is None or account is None or any(map(_overrides, _values(config))):
        return None
    return Addon(role, call, namespace, account)


def _values(config: Tree | None) -> Iterator[Value]:
    """What the call gives the chart: values as texts, and the names of single ones."""
    yield from texts(at(config, "values"))
    given = at(config, "set")
    for item in given.items if isinstance(given, Items) else ():
        yield from texts(item.get("name")) if isinstance(item, Fields) else (unknown(item.span),)
    if given is not None and (not isinstance(given, Items) or given.open):
        yield unknown(given.span)


def _overrides(value: Value) -> bool:
    """Whether a text sets, or may set, what the module itself sets."""
    return value.raw == HOLE or _OWN in value.raw


def _tree(value: object) -> Tree:
    return value  # type: ignore[return-value]
