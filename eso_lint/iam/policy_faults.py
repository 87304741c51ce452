"""What is wrong in the policies of a role, whatever object suffers: found once for each role."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import commonprefix

from eso_lint.iam.aws import allowed, named
from eso_lint.iam.gaps import Gap, aws_gaps, lacking_suffix
from eso_lint.iam.grant import HOLE, Role, Statement, Value
from eso_lint.iam.identities import identities
from eso_lint.iam.join import ROLE_ARN, aws_logins, leading
from eso_lint.iam.modules import Switch, switch_of
from eso_lint.iam.needs import EVERY
from eso_lint.iam.needs_aws import effective, found_prefix
from eso_lint.iam.rights import rights
from eso_lint.iam.uses import Use, uses
from eso_lint.model.kinds.core import ServiceAccount
from eso_lint.model.kinds.store import Store
from eso_lint.model.workspace import Workspace
from eso_lint.record import NamedTuple
from eso_lint.source.file import Span
from eso_lint.source.node import string

# Calls that act on no single secret or parameter: AWS grants them on `*` alone.
STAR_ONLY = ("secretsmanager:ListSecrets", "secretsmanager:BatchGetSecretValue", "ssm:DescribeParameters")


class Scoped(NamedTuple):
    """A statement that grants some of STAR_ONLY on ARNs: the first of these; `use` needs one of the actions."""

    resource: Value
    actions: tuple[str, ...]
    use: Use | None


def scoped_stars(role: Role, ws: Workspace) -> Iterator[Scoped]:
    """Statements that grant actions on single ARNs in vain, where no other statement grants them on all."""
    needed = {right.need.action: use for use in role_uses(role, ws) for right in rights(use, ws)}
    for statement in allowing(role):
        if not statement.resources or any(value.text is None for value in statement.resources):
            continue
        written = {action.raw.lower() for action in statement.actions}
        # `secretsmanager:*` on an ARN means the actions that have one, unless a use needs the others.
        actions = tuple(
            action
            for action in STAR_ONLY
            if named(statement.actions, action.lower(), fold=True)
            and (action.lower() in written or action in needed)
            and allowed(role, action, EVERY).fails
        )
        if actions and named(statement.resources, EVERY) is False:
            use = next((needed[action] for action in actions if action in needed), None)
            yield Scoped(statement.resources[0], actions, use)


def allowing(role: Role) -> Iterator[Statement]:
    """The statements of a role that allow something for certain."""
    for policy in role.policies:
        for statement in policy.statements:
            if statement.effect.raw.lower() == "allow" and not statement.maybe and not policy.module:
                yield statement


def role_uses(role: Role, ws: Workspace) -> Iterator[Use]:
    """What the objects of the repository ask by way of a role."""
    seen: set[int] = set()
    for led in leading(ws).get(id(role), ()):
        if led.identity is led.login.last and id(led.store) not in seen:
            seen.add(id(led.store))
            yield from uses(led.store, ws)


def role_gaps(role: Role, ws: Workspace) -> Iterator[Gap]:
    """What the objects of the repository lack for which a role is judged."""
    seen: set[int] = set()
    for use in role_uses(role, ws):
        if id(use.source) not in seen:
            seen.add(id(use.source))
            yield from (gap for gap in aws_gaps(use.source, ws) if any(right.role is role for right in gap.rights))


def suffixless(role: Role, ws: Workspace) -> Iterator[tuple[Value, Gap]]:
    """ARNs of secrets without their random end, each with a use that they keep out."""
    seen: set[int] = set()
    for gap in role_gaps(role, ws):
        for right in gap.rights if gap.kind == "suffix" else ():
            value = lacking_suffix(role, right.need.resource)
            if value is not None and value.span.start not in seen:
                seen.add(value.span.start)
                yield value, gap


def double_slashes(role: Role) -> Iterator[Value]:
    """Patterns of parameters with one slash too many."""
    for statement in allowing(role):
        for value in statement.resources:
            if ":parameter//" in value.raw:
                yield value


def _accounts(ws: Workspace) -> frozenset[str]:
    """Accounts of which the repository makes roles: those of ServiceAccounts whose role is here."""
    found = identities(ws)
    texts = [string(account.annotation(ROLE_ARN)) for account in ws.all(ServiceAccount)]
    arns = [text for text in texts if text is not None and text.count(":") >= 5 and found.role(text).exact]
    return frozenset(arn.split(":")[4] for arn in arns) | found.accounts()


class Absent(NamedTuple):
    """A role that a store names and the repository does not make; `near` has nearly its name."""

    store: Store
    arn: Value
    name: str
    near: Role | None


def absent_roles(store: Store, ws: Workspace) -> Iterator[Absent]:
    """Roles of a store that the repository gives a reason to expect: it makes others of the account, or a near one.

    A role of an unknown name may be any.
    """
    found = identities(ws)
    if any(not role.name.raw.strip(HOLE) for role in found.roles):
        return
    seen: set[str] = set()
    for login in aws_logins(store, ws):
        for identity in (login.first, *login.hops):
            text = identity.arn.text if identity is not None else None
            if identity is None or text is None or text in seen or not text.startswith("arn:"):
                continue
            seen.add(text)
            parts = text.split(":")
            name = text.rsplit("/", 1)[-1]
            if len(parts) < 6 or not parts[5].startswith("role/") or found.role(text).all:
                continue
            slip = found.near(text)
            near = next((r for r in found.roles if slip is not None and r.name.text == slip), None)
            if near is not None and near.account not in (None, parts[4]):
                near = None
            if near is not None or parts[4] in ws.index(_accounts):
                yield Absent(store, identity.arn, name, near)


class Broad(NamedTuple):
    """More than the objects need: `value` is the action or resource that says so, `instead` what would do."""

    value: Value
    what: str
    instead: str


def overbroad(role: Role, ws: Workspace) -> Iterator[Broad]:
    """Whole services, and the right to read everything where all keys in use begin alike."""
    asked = tuple(role_uses(role, ws))
    if not asked:
        return
    prefix = _common(asked)
    for statement in allowing(role):
        if any(value.text is None for value in (*statement.actions, *statement.resources)) or statement.conditions:
            continue
        whole = next((a for a in statement.actions if a.raw.lower() in ("*", "secretsmanager:*", "ssm:*")), None)
        if whole is not None:
            yield Broad(whole, "every action", "the actions that are needed; `eso-lint permissions` prints them")
            continue
        reads = [a for a in ("secretsmanager:getsecretvalue", "ssm:getparameter") if named(statement.actions, a, True)]
        star = next((r for r in statement.resources if r.raw in ("*", *_ALL_ARNS)), None)
        if reads and star is not None and prefix:
            secrets = reads[0].startswith("secretsmanager:")
            below = f"secretsmanager:*:*:secret:{prefix}" if secrets else f"ssm:*:*:parameter/{prefix.lstrip('/')}"
            yield Broad(star, "every secret" if secrets else "every parameter", f"arn:aws:{below}*")


_ALL_ARNS = ("arn:aws:secretsmanager:*:*:secret:*", "arn:aws:ssm:*:*:parameter/*", "arn:aws:secretsmanager:*:*:*")


def _common(asked: tuple[Use, ...]) -> str:
    """The directory in which all names in use lie, or the one name; empty where there is none, or some are unknown."""
    names = set()
    for use in asked:
        name = found_prefix(use) if use.feature.startswith("find") else effective(use)
        if not name or name.startswith("arn:"):
            return ""
        names.add(name)
    shared = commonprefix(sorted(names))
    if len(names) == 1:
        return shared
    end = max(shared.rfind(mark) for mark in "/-_.")
    return shared[: end + 1] if end > 0 else ""


def role_switches(role: Role, ws: Workspace) -> Iterator[tuple[Switch, tuple[Gap, ...]]]:
    """The switches of a module that explain what is missing, each with all that it explains."""
    found: dict[tuple[str, Span], tuple[Switch, list[Gap]]] = {}
    for gap in role_gaps(role, ws):
        switch = switch_of(gap.rights[0]) if gap.kind == "module" else None
        if switch is not None:
            found.setdefault((switch.kind, switch.at.key), (switch, []))[1].append(gap)
    for switch, gaps in found.values():
        yield switch, tuple(gaps)
