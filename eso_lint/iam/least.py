"""The smallest AWS policy that a store's objects need, and what of the granted rights nothing needs."""

from __future__ import annotations

from collections.abc import Iterable

from eso_lint.iam.aws import named
from eso_lint.iam.grant import HOLE, Role
from eso_lint.iam.join import Login, aws_logins, login_of
from eso_lint.iam.needs import EVERY, Need, needs
from eso_lint.iam.needs_aws import resource_pattern
from eso_lint.iam.policy_faults import allowing
from eso_lint.iam.rights import Right, at_home, judge
from eso_lint.model.kinds.store import Store
from eso_lint.model.workspace import Workspace
from eso_lint.record import NamedTuple

# So many secrets of one directory are written as the directory.
_MANY = 4


class Least(NamedTuple):
    """One statement: actions, and the resources that each of them is needed on."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]


def least(store: Store, ws: Workspace, account: str | None = None) -> tuple[Least, ...]:
    """The statements of the smallest policy; empty where nothing asks the store for anything known."""
    wanted: dict[str, set[str]] = {}
    for need in needs(store, ws):
        wanted.setdefault(need.action, set()).add(pattern(need, account))
    for login in aws_logins(store, ws):
        for identity in login.hops[:1]:
            if identity.arn.text is not None:
                wanted.setdefault("sts:AssumeRole", set()).add(identity.arn.text)
    groups: dict[tuple[str, ...], list[str]] = {}
    for action, resources in wanted.items():
        groups.setdefault(grouped(resources), []).append(action)
    found = [(tuple(sorted(actions)), resources) for resources, actions in groups.items()]
    found.sort(key=lambda item: (item[1] != (EVERY,), item[0]))
    return tuple(Least(_sid(actions, i), actions, resources) for i, (actions, resources) in enumerate(found, 1))


def pattern(need: Need, account: str | None) -> str:
    """The pattern of a need; an account that is known is written in."""
    resource = need.resource
    parts = resource.split(":", 5)
    if account and len(parts) == 6 and parts[4] == HOLE:
        resource = ":".join((*parts[:4], account, parts[5]))
    return resource_pattern(need._replace(resource=resource))


def grouped(patterns: Iterable[str]) -> tuple[str, ...]:
    """Patterns without those that another covers; many of one directory become the directory."""
    every = set(patterns)
    directories: dict[str, set[str]] = {}
    for text in every:
        directory, slash, _ = text.rpartition("/")
        if slash and "*" not in directory.split(":", 5)[-1]:
            directories.setdefault(directory, set()).add(text)
    for directory, members in directories.items():
        if len(members) >= _MANY and (":secret:" in directory or ":parameter/" in directory):
            every = (every - members) | {f"{directory}/*"}
    wide = [text for text in every if text.endswith("*")]
    kept = {t for t in every if not any(w != t and t.startswith(w[:-1]) for w in wide)}
    return tuple(sorted(kept))


def _sid(actions: tuple[str, ...], number: int) -> str:
    verbs = {action.split(":")[1] for action in actions}
    if any(action.startswith("sts:") for action in actions):
        return "AssumeRole"
    if any(verb.startswith(("Delete", "Remove")) for verb in verbs) and "DeleteResourcePolicy" not in verbs:
        word = "Delete"
    elif any(verb.startswith(("Put", "Create", "Tag", "AddTags")) or verb == "DeleteResourcePolicy" for verb in verbs):
        word = "Write"
    elif any(verb.startswith(("List", "Batch", "DescribeParameters")) for verb in verbs):
        word = "Find"
    else:
        word = "Read"
    return f"{word}{number}"


def account_of(store: Store, ws: Workspace) -> str | None:
    """The account whose secrets are read: that of the last role, where its ARN is known."""
    for login in aws_logins(store, ws):
        text = login.last.arn.text if login.last is not None else None
        parts = (text or "").split(":")
        if len(parts) > 5 and parts[4].isdigit():
            return parts[4]
    return None


def checked(store: Store, ws: Workspace) -> tuple[tuple[Need, Right | None], ...]:
    """Every need of a store once (by action and resource), with what the policies say; None where no role is known."""
    found: dict[tuple[str, str], tuple[Need, Right | None]] = {}
    for need in needs(store, ws):
        key = need.action, need.resource
        if key in found:
            continue
        login = login_of(need.use, ws)
        last = login.last if login is not None else None
        if login is None or last is None or not last.roles:
            found[key] = (need, None)
            continue
        role, home = last.roles[0], at_home(need, last.arn)
        found[key] = (need, Right(home, login, role, judge(role, home), last.sure))
    return tuple(found.values())


def unused(store: Store, ws: Workspace) -> tuple[tuple[str, Role], ...]:
    """Actions on secrets and parameters that a role of the store grants by name, and that nothing needs."""
    wanted = {need.action.lower() for need in needs(store, ws)}
    found: dict[str, Role] = {}
    for login in aws_logins(store, ws):
        for role in login.last.roles if login.last is not None else ():
            for statement in allowing(role):
                for action in statement.actions:
                    text = action.text
                    if text is None or not text.lower().startswith(("secretsmanager:", "ssm:")):
                        continue
                    if not any(named((action,), need, fold=True) for need in wanted):
                        found.setdefault(text, role)
    return tuple(found.items())


def trust_subjects(store: Store, ws: Workspace) -> tuple[Login, ...]:
    """The logins of a store whose ServiceAccount is known: those that a trust policy has to name."""
    return tuple(login for login in aws_logins(store, ws) if login.subject is not None)
