"""What the policies of a store's role say of each right that a use of the store needs."""

from __future__ import annotations

from collections.abc import Iterator

from eso_lint.iam import aws
from eso_lint.iam.grant import HOLE, Answer, Role, Value
from eso_lint.iam.identities import identities
from eso_lint.iam.join import Login, login_of
from eso_lint.iam.needs import Need, needs_of
from eso_lint.iam.uses import Use
from eso_lint.model.workspace import Workspace
from eso_lint.record import NamedTuple


class Right(NamedTuple):
    """What the policies say of one need: the answer for the role that is shown, and whether every role was certain."""

    need: Need
    login: Login
    role: Role
    answer: Answer
    sure: bool


def rights(use: Use, ws: Workspace) -> tuple[Right, ...]:
    """What the policies of the repository say of all that one use needs; empty where its role is not here."""
    known = ws.index(_rights)
    key = id(use.entry), use.feature, id(use.store), id(use.source)
    if key not in known:
        known[key] = tuple(_judged(use, ws))
    return known[key]


def _rights(ws: Workspace) -> dict[tuple[object, ...], tuple[Right, ...]]:
    return {}


def _judged(use: Use, ws: Workspace) -> Iterator[Right]:
    login = login_of(use, ws)
    last = login.last if login is not None else None
    if login is None or last is None or not last.roles:
        return
    for bare in needs_of(use, ws):
        need = at_home(bare, last.arn)
        answers = [(role, judge(role, need)) for role in last.roles]
        # Where several roles may be the one, what any of them may do is not missing.
        role, answer = next(((r, a) for r, a in answers if not a.fails), answers[0])
        if answer.verdict == "missing" and need.action.startswith("secretsmanager:") and ws.index(_let_in):
            answer = answer._replace(verdict="unknown")
        yield Right(need, login, role, answer, last.sure)


def _let_in(ws: Workspace) -> bool:
    """Whether secrets may have policies of their own, which let a role in whatever the role's policies say."""
    found = identities(ws)
    return any(True for _ in found.of_type("aws_secretsmanager_secret_policy")) or any(
        "policy" in block.attributes for block in found.of_type("aws_secretsmanager_secret")
    )


def at_home(need: Need, role: Value) -> Need:
    """A need in the partition and account of the role that asks, where the role's ARN says them."""
    parts, own = need.resource.split(":", 5), role.raw.split(":")
    if len(parts) < 6 or len(own) < 6 or parts[0] != "arn":
        return need
    parts[1] = own[1] if parts[1] == HOLE else parts[1]
    parts[4] = own[4] if parts[4] == HOLE else parts[4]
    return need._replace(resource=":".join(parts))


def judge(role: Role, need: Need) -> Answer:
    """Whether a role's policies allow a need, itself or by what does as well."""
    answer = aws.allowed(role, need.action, need.resource, dict(need.context))
    if answer.fails and need.instead:
        others = [aws.allowed(role, action, resource, dict(need.context)) for action, resource in need.instead]
        if not any(other.fails for other in others):
            return others[0]
    return answer
