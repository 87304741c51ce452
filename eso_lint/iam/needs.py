"""Which rights a use calls for, at the provider that its store leads to.

The tables are in one module for each provider, read from the calls that the operator's v2.9.0 sources make, not from
its documentation: the two differ. A provider without a module has no rights that could be judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from eso_lint.iam.uses import Use, uses
from eso_lint.model.kinds.store import Store
from eso_lint.model.workspace import Workspace
from eso_lint.record import NamedTuple

EVERY = "*"


class Need(NamedTuple):
    """One right that one use calls for.

    `action` is as the provider names it (`secretsmanager:GetSecretValue`, Vault's `read`, `secretmanager.secrets.get`,
    `secrets/Get`, a verb). `resource` is what it acts on, in the provider's own words (an ARN, a path of Vault's), with
    `HOLE` for what the manifests do not say; EVERY where the action acts on no single thing. `shown` is the resource
    for people. `sure` is False for a call that depends on what the provider holds (a secret that is not there yet).
    `instead` are rights that do as well, all of them together. `context` are keys of conditions whose value is known of
    such a call, None for one that it does not have.
    """

    action: str
    resource: str
    use: Use
    shown: str = ""
    sure: bool = True
    instead: tuple[tuple[str, str], ...] = ()
    context: tuple[tuple[str, str | None], ...] = ()


Table = Callable[[Use, Workspace], Iterable[Need]]
_MODULES = {
    "aws": "needs_aws",
    "azurekv": "needs_azure",
    "gcpsm": "needs_gcp",
    "kubernetes": "needs_kubernetes",
    "vault": "needs_vault",
    "openBao": "needs_vault",
}


def needs_of(use: Use, ws: Workspace) -> tuple[Need, ...]:
    """The rights that one use calls for; none where the provider is not known well enough."""
    module = _MODULES.get(use.store.provider or "")
    if module is None:
        return ()
    from importlib import import_module

    table: Table = import_module(f"eso_lint.iam.{module}").needs
    return tuple(table(use, ws))


def needs(store: Store, ws: Workspace) -> tuple[Need, ...]:
    """Everything that the repository's objects need of a store, in file order."""
    if store.provider not in _MODULES:
        return ()
    return tuple(need for use in uses(store, ws) for need in needs_of(use, ws))
