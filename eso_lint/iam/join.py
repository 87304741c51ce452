"""From an AWS store to the role that its requests are made with, by what the repository itself says.

store -> `auth` -> ServiceAccount -> annotation -> role -> `additionalRoles` and `role`. Without `auth` the operator's
own ServiceAccount is asked for: its annotation, or an EKS Pod Identity association.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from eso_lint.iam.addons import Addon, addons
from eso_lint.iam.grant import HOLE, Association, Role, Value
from eso_lint.iam.identities import Identities, Lookup, identities
from eso_lint.iam.tree import Tree, at, from_node, text_of
from eso_lint.iam.uses import Use, uses
from eso_lint.model.irsa import uses_irsa
from eso_lint.model.kinds.core import ServiceAccount
from eso_lint.model.kinds.install import OperatorInstall
from eso_lint.model.kinds.store import ClusterSecretStore, Store
from eso_lint.model.place import is_in, same_world
from eso_lint.model.reference import Found, Reference
from eso_lint.model.workspace import Workspace
from eso_lint.record import NamedTuple
from eso_lint.source.node import Mapping, Node, is_absent, items, string

ROLE_ARN = "eks.amazonaws.com/role-arn"
AUDIENCE = "eks.amazonaws.com/audience"
DEFAULT_AUDIENCE = "sts.amazonaws.com"
# So much of a name has to be known before a role whose name has holes is taken for it.
_ENOUGH = 8


class Identity(NamedTuple):
    """One role of a chain, as the manifests name it: the ARN and its place, and the roles that it may be.

    `sure` is False where the roles' names have holes, or several roles have the name.
    """

    arn: Value
    roles: tuple[Role, ...]
    sure: bool


class Login(NamedTuple):
    """How a store comes to its rights. `first` is the role of the ServiceAccount, `hops` those assumed from there.

    `how` is irsa, controller (the operator's own ServiceAccount), pod-identity (the same, by an association), keys
    (static ones: whose, nobody says), or unknown. `namespace` and `account` are the ServiceAccount's, None where
    unknown; `object` its manifest.
    """

    store: Store
    how: str
    namespace: str | None = None
    account: str | None = None
    object: ServiceAccount | None = None
    first: Identity | None = None
    hops: tuple[Identity, ...] = ()
    reference: Reference | None = None
    association: Association | None = None

    @property
    def last(self) -> Identity | None:
        """The role that the provider is asked with; None where it is not known."""
        return self.hops[-1] if self.hops else self.first

    @property
    def subject(self) -> str | None:
        """The subject of the ServiceAccount's tokens."""
        if not self.namespace or not self.account:
            return None
        return f"system:serviceaccount:{self.namespace}:{self.account}"


def aws_logins(store: Store, ws: Workspace) -> tuple[Login, ...]:
    """Every identity that a store may have: one, or one for each namespace that uses it (referent authentication)."""
    known = ws.index(_known_logins)
    if id(store) not in known:
        known[id(store)] = tuple(_every(store, ws))
    return known[id(store)]


def _known_logins(ws: Workspace) -> dict[int, tuple[Login, ...]]:
    return {}


def login_of(use: Use, ws: Workspace) -> Login | None:
    """The identity with which one object uses its store."""
    for login in aws_logins(use.store, ws):
        if not referent(login.store) or login.namespace == use.source.namespace:
            return login
    return None


def referent(store: Store) -> bool:
    """Whether the ServiceAccount is looked up in the namespace of each object that uses the store."""
    return isinstance(store, ClusterSecretStore) and (
        isinstance(store.config("auth", "jwt", "serviceAccountRef"), Mapping)
        and is_absent(store.config("auth", "jwt", "serviceAccountRef", "namespace"))
    )


def _every(store: Store, ws: Workspace) -> Iterator[Login]:
    if store.provider != "aws":
        return
    found = identities(ws)
    hops = tuple(_identity(node, found) for node in _assumed(store))
    auth = store.config("auth")
    if isinstance(auth, Mapping) and auth.open:
        yield Login(store, "unknown", hops=hops)
        return
    reference = next((r for r in ws.references(store, "service-account") if uses_irsa(r)), None)
    if reference is not None:
        yield from (login._replace(hops=hops) for login in _irsa(store, reference, found, ws))
    elif is_absent(auth) or (isinstance(auth, Mapping) and not auth.entries):
        yield _controller(store, found, ws)._replace(hops=hops)
    elif isinstance(store.config("auth", "secretRef"), Mapping):
        yield Login(store, "keys", hops=hops)
    else:
        yield Login(store, "unknown", hops=hops)


def _assumed(store: Store) -> Iterator[Node]:
    """The roles that are assumed, in the order in which the operator does it."""
    yield from items(store.config("additionalRoles"))
    role = store.config("role")
    if role is not None and not is_absent(role) and string(role) != "":
        yield role


def _identity(node: Node, found: Identities) -> Identity:
    tree = from_node(node)
    return _named(tree if isinstance(tree, Value) else Value(HOLE, node.span), found)


def _named(arn: Value, found: Identities) -> Identity:
    if arn.raw == HOLE or not arn.raw.strip():
        return Identity(arn, (), False)
    answer: Lookup = found.role(arn.raw)
    if answer.exact:
        return Identity(arn, answer.exact, len(answer.exact) == 1)
    literal = len(re.sub(r"[^A-Za-z0-9]", "", arn.raw.rsplit("/", 1)[-1]))
    maybe = tuple(r for r in answer.maybe if min(literal, _literal(r.name.raw)) >= _ENOUGH)
    return Identity(arn, maybe, False)


def _literal(name: str) -> int:
    """How many letters and digits of a name are known."""
    return sum(char.isalnum() for char in name)


def _irsa(store: Store, reference: Reference, found: Identities, ws: Workspace) -> Iterator[Login]:
    name = reference.name
    if not name:
        yield Login(store, "unknown", reference=reference)
        return
    if referent(store):
        namespaces = dict.fromkeys(use.source.namespace for use in uses(store, ws))
        for namespace in namespaces:
            if namespace:
                accounts = [
                    account
                    for account in ws.named("ServiceAccount", name, namespace)
                    if is_in(account, namespace) and same_world(account, store)
                ]
                account = accounts[0] if len(accounts) == 1 else None
                yield _annotated(store, reference, namespace, account, found, ws)
        return
    answer = ws.resolve(reference)
    sure = isinstance(answer, Found) and answer.certain and len(answer.targets) == 1
    account = answer.targets[0] if isinstance(answer, Found) and sure else None
    yield _annotated(store, reference, reference.namespace, account, found, ws)


def _annotated(
    store: Store, reference: Reference, namespace: str | None, account: object, found: Identities, ws: Workspace
) -> Login:
    login = Login(store, "irsa", namespace, reference.name, reference=reference)
    if account is None and namespace is not None and reference.name is not None:
        made = _made_by_terraform(namespace, reference.name, found)
        if made is not None:
            return login._replace(first=_named(made, found))
        added = [a for a in _added(store, found, ws) if (a.namespace, a.account) == (namespace, reference.name)]
        if added:
            return login._replace(first=_any_of(added))
        install = _install(store, ws)
        own = install is not None and _is_called(namespace, reference.name, install)
        role = _annotation(install) if install is not None and own else None
        return login._replace(first=_identity(role, found)) if role is not None else login
    if not isinstance(account, ServiceAccount) or account.placement.open:
        return login
    role = account.annotation(ROLE_ARN)
    if role is None or is_absent(role):
        return login._replace(object=account)
    return login._replace(object=account, first=_identity(role, found))


def _made_by_terraform(namespace: str, name: str, found: Identities) -> Value | None:
    """The role of a ServiceAccount that Terraform makes; None where it makes none of that name, or several."""
    roles = []
    for block in found.of_type("kubernetes_service_account", "kubernetes_service_account_v1"):
        meta = block.attributes.get("metadata")
        tree: Tree | None = meta.value if meta is not None else None  # type: ignore[assignment]
        texts = [text_of(at(tree, field)) for field in ("namespace", "name")]
        if [text.text if text is not None else None for text in texts] == [namespace, name] and not block.maybe:
            roles.append(text_of(at(tree, "annotations", ROLE_ARN)))
    return roles[0] if len(roles) == 1 else None


def _controller(store: Store, found: Identities, ws: Workspace) -> Login:
    """The operator's own identity, where the repository installs it in one place and says its ServiceAccount."""
    added = _added(store, found, ws)
    if added:
        accounts = {(addon.namespace, addon.account) for addon in added}
        namespace, account = accounts.pop() if len(accounts) == 1 else (None, None)
        return Login(store, "controller", namespace, account, first=_any_of(added))
    install = _install(store, ws)
    if install is None:
        return Login(store, "controller")
    login = Login(store, "controller", install.namespace, _own_account(install))
    role = _annotation(install)
    if role is not None:
        return login._replace(first=_identity(role, found))
    own = [a for a in found.associations if _is_called(a.namespace.text, a.service_account.text, install)]
    if own:
        # One for each cluster, or for each way to make it: what all of their roles lack is lacking.
        steps = [_named(association.role, found) for association in own]
        roles = tuple({id(role): role for step in steps for role in step.roles}.values())
        first = Identity(own[0].role, roles, steps[0].sure and len(roles) == 1)
        account = own[0].service_account.text
        return login._replace(how="pod-identity", account=account, first=first, association=own[0])
    return login


def _added(store: Store, found: Identities, ws: Workspace) -> tuple[Addon, ...]:
    """The operators that EKS blueprints install, where the repository installs none in another way."""
    every = addons(found)
    own = [addon.call.arguments.get("external_secrets") for addon in every]
    places = {(given.key.file.path, given.key.start) for given in own if given is not None}
    if any((install.file.path, install.at.start) not in places for install in _installs(store, ws)):
        return ()
    return every


def _any_of(added: Iterable[Addon]) -> Identity:
    """One role for each cluster: what all of them lack is lacking."""
    every = tuple(added)
    return Identity(every[0].arn, tuple(a.role for a in every), len(every) == 1 and not every[0].role.maybe)


def _own_account(install: OperatorInstall) -> str | None:
    """The name of the operator's ServiceAccount; None where the release's name, which is not here, decides."""
    for path in ("serviceAccount.name", "fullnameOverride"):
        node = install.value(path)
        if node is not None and not is_absent(node) and string(node) != "":
            return string(node)
    return None


def _is_called(namespace: str | None, name: str | None, install: OperatorInstall) -> bool:
    """Whether a ServiceAccount is the operator's: one that a release names by itself ends in the chart's name."""
    if not namespace or name is None or namespace != install.namespace:
        return False
    own = _own_account(install)
    return name == own if own is not None else name.endswith("external-secrets")


def _install(store: Store, ws: Workspace) -> OperatorInstall | None:
    """The one install of the operator that serves a store."""
    installs = _installs(store, ws)
    return installs[0] if len(installs) == 1 else None


def _installs(store: Store, ws: Workspace) -> list[OperatorInstall]:
    return [i for i in ws.views(OperatorInstall) if i.world in ("", store.world) or store.world == ""]


def _annotation(install: OperatorInstall) -> Node | None:
    """The role that the chart's values give to the operator's ServiceAccount."""
    written = install.value("serviceAccount.annotations")
    role = written.get(ROLE_ARN) if isinstance(written, Mapping) else None
    return None if role is None or is_absent(role) else role


class Led(NamedTuple):
    """A store and its login, as they lead to a role."""

    store: Store
    login: Login
    identity: Identity


def leading(ws: Workspace) -> dict[int, tuple[Led, ...]]:
    """Every role that a store of the repository certainly leads to (by id), with those stores in file order."""
    return ws.index(_leading)


def _leading(ws: Workspace) -> dict[int, tuple[Led, ...]]:
    found: dict[int, list[Led]] = {}
    for store in ws.all(Store):
        if store.archived or store.provider != "aws":
            continue
        for login in aws_logins(store, ws):
            for identity in (login.first, *login.hops):
                for role in identity.roles if identity is not None else ():
                    found.setdefault(id(role), []).append(Led(store, login, identity))  # type: ignore[arg-type]
    return {role: tuple(every) for role, every in found.items()}


def own_aws_roles(store: Store, ws: Workspace) -> Iterator[tuple[Role, Led]]:
    """The roles that a store leads to and that no earlier store of the repository leads to: each is spoken of once."""
    by_role = leading(ws)
    for login in aws_logins(store, ws):
        for identity in (login.first, *login.hops):
            for role in identity.roles if identity is not None else ():
                first = by_role[id(role)][0]
                if first.store is store and first.login is login:
                    yield role, first


def unverified(ws: Workspace) -> tuple[str, ...]:
    """What the summary says once of stores that are used, and whose roles are not here."""
    stores = [s for s in ws.all(Store) if s.provider == "aws" and not s.archived and uses(s, ws)]
    unseen = {(s.file.path, s.root.start) for s in stores if not any(_held(login) for login in aws_logins(s, ws))}
    if not unseen:
        return ()
    some = "1 AWS store" if len(unseen) == 1 else f"{len(unseen)} AWS stores"
    whose = "its role is" if len(unseen) == 1 else "their roles are"
    return (f"what {some} may do is not checked: {whose} not in this repository (`eso-lint permissions` prints more)",)


def _held(login: Login) -> bool:
    return login.last is not None and bool(login.last.roles)
