"""Whether the ServiceAccount of a Vault store is one that the role lets in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from eso_lint.iam.glob import matches
from eso_lint.iam.grant import Grant, Value
from eso_lint.iam.vault import Login, roles_named
from eso_lint.model.kinds.store import Store
from eso_lint.model.reference import Reference
from eso_lint.model.workspace import Workspace
from eso_lint.source.file import Span
from eso_lint.source.node import Node, is_absent, items, string

_SUBJECT = "system:serviceaccount:{}:{}"


class Mismatch(NamedTuple):
    """Why a login fails, and where."""

    at: Node | Span
    message: str
    label: str
    related: tuple[tuple[Span, str], ...]
    help: str


def vault_mismatches(store: Store, ws: Workspace) -> Iterator[Mismatch]:
    """What keeps a store from its role: at most one thing, the first that fails."""
    named = roles_named(store, ws)
    if named is None or not named[1]:
        return
    login, roles = named
    if any(role.role.text is None or role.maybe for role in roles):
        return
    here = [role for role in roles if matches(role.scope.raw, login.mount) is not False]
    reference = _account(store, login, ws)
    if not here:
        # A role of the same name elsewhere may be another cluster's; one that names this very account is not.
        if len(roles) == 1 and roles[0].scope.text is not None and _names(roles[0], reference):
            yield _mount(login, roles[0])
        return
    if len(here) != 1 or reference is None:
        return
    found = _binding(reference, login, here[0]) or _audience(reference, here[0])
    if found is not None:
        yield found


def _names(role: Grant, reference: Reference | None) -> bool:
    """Whether a role names a ServiceAccount and its namespace, letter by letter."""
    if reference is None:
        return False
    names = {value.text for value in role.details.get("names", ())}
    return reference.name in names and reference.namespace in {v.text for v in role.details.get("namespaces", ())}


def _mount(login: Login, role: Grant) -> Mismatch:
    return Mismatch(
        login.mount_at,
        f"Vault role `{login.role}` is at `auth/{role.scope.shown}`, and the store logs in at `auth/{login.mount}`",
        "no such role there",
        ((role.span.one_line(), "the role"),),
        f"set the store's mount to `{role.scope.shown}`, or make the role at `auth/{login.mount}`",
    )


def _account(store: Store, login: Login, ws: Workspace) -> Reference | None:
    """The reference to the ServiceAccount whose token is taken; None where it is another's, or not known whole."""
    base = ("spec", "provider", store.provider, "auth", login.method)
    for reference in ws.references(store, "service-account"):
        if reference.path[: len(base)] == base and reference.name and reference.namespace:
            return reference
    return None


def _binding(reference: Reference, login: Login, role: Grant) -> Mismatch | None:
    subject = f"{reference.namespace}/{reference.name}"
    if login.method == "jwt":
        wanted = _SUBJECT.format(reference.namespace, reference.name)
        bound = role.details.get("subjects", ())
        if not bound or any(matches(value.raw, wanted) is not False for value in bound):
            return None
        return _unbound(reference, role, subject, bound[0], f"it is bound to `{bound[0].shown}`")
    for field, mine, what in (
        ("names", reference.name, "ServiceAccount"),
        ("namespaces", reference.namespace, "namespace"),
    ):
        bound = role.details.get(field, ())
        if bound and all(matches(value.raw, mine or "") is False for value in bound):
            names = ", ".join(f"`{value.shown}`" for value in bound)
            return _unbound(reference, role, subject, bound[0], f"its {what} is {names}")
    return None


def _unbound(reference: Reference, role: Grant, subject: str, near: Value, why: str) -> Mismatch:
    return Mismatch(
        near.span,
        f"Vault role `{role.role.shown}` is not for ServiceAccount `{subject}`: {why}",
        "Vault will refuse its token",
        ((reference.at.span, "the ServiceAccount that the store logs in with"),),
        f"let the role in `{subject}` too, or log in with a role that does",
    )


def _audience(reference: Reference, role: Grant) -> Mismatch | None:
    wanted = role.details.get("audiences", ())
    node = reference.node.get("audiences")
    if not wanted or is_absent(node):
        return None
    given = [string(item) for item in items(node)]
    if not given or None in given:
        return None
    if any(matches(value.raw, audience or "") is not False for value in wanted for audience in given):
        return None
    names = ", ".join(f"`{value.shown}`" for value in wanted)
    return Mismatch(
        node or reference.at,
        f"Vault role `{role.role.shown}` takes tokens for {names}, and the store's are for "
        + ", ".join(f"`{audience}`" for audience in given),
        "Vault will refuse its token",
        ((wanted[0].span.one_line(), "the role's audience"),),
        f"add {names} to `audiences`",
    )
