"""Gaps between what objects need and what policies grant, as problems."""

from __future__ import annotations

from eso_lint.iam.gaps import Gap
from eso_lint.iam.rights import Right
from eso_lint.lint.rule import Confidence, Problem, Related

_CLOSEST = {
    "action": "the closest statement: it grants other actions",
    "resource": "the closest statement: its resources do not cover this",
    "condition": "this statement grants it, under a condition that does not hold",
    "deny": "this statement denies it",
    "boundary": "the permissions boundary of the role, which does not allow it",
}


def gap_problem(gap: Gap) -> Problem:
    """One gap at the place of the use; the closest statement is related."""
    right = gap.rights[0]
    actions = listed(gap.actions)
    role = f"role `{right.role.name.shown}`"
    about = right.need.shown if right.need.shown and gap.kind == "resource" else ""
    if right.answer.verdict == "denied":
        message = f"{actions} {_is(gap)} denied to {role}"
    elif about:
        message = f"{actions} {_is(gap)} granted to {role}, but not on {about}"
    else:
        message = f"{actions} {_is(gap)} not granted to {role}"
    return Problem(
        at=gap.use.at,
        message=message,
        label=f"{gap.use.words} needs {'it' if len(gap.actions) == 1 else 'them'}",
        related=(closest_statement(right),),
        note=story(gap),
        help=f"add {actions} on `{pattern_of(right)}` to the role's policy",
        confidence=None if gap.sure else Confidence.MEDIUM,
    )


def listed(actions: tuple[str, ...]) -> str:
    """`a`, `b` and `c`."""
    quoted = [f"`{action}`" for action in actions]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " and " + quoted[-1]


def _is(gap: Gap) -> str:
    return "is" if len(gap.actions) == 1 else "are"


def closest_statement(right: Right) -> Related:
    """The statement that comes closest, or the role."""
    statement, why = right.answer.statement, right.answer.why
    if statement is None or why not in _CLOSEST:
        return Related(right.role.name.span, "the role, whose policies grant nothing of the kind")
    if why == "resource" and statement.resources:
        return Related(statement.resources[0].span, _CLOSEST[why])
    if why == "action" and statement.actions:
        return Related(statement.actions[0].span, _CLOSEST[why])
    return Related(statement.span, _CLOSEST[why])


def story(gap: Gap) -> str:
    """By which way the store comes to the role, and how many entries more are in the same case."""
    login = gap.rights[0].login
    who = {
        "irsa": f"{gap.use.store.title} signs in as ServiceAccount `{login.namespace}/{login.account}`",
        "controller": f"{gap.use.store.title} signs in as the operator",
        "pod-identity": f"{gap.use.store.title} signs in as the operator, by its Pod Identity association",
    }.get(login.how, f"{gap.use.store.title} assumes this role")
    more = f"; {gap.also} more {'entry needs' if gap.also == 1 else 'entries need'} the same" if gap.also else ""
    return who + more


def pattern_of(right: Right) -> str:
    """What to write as the resource of a statement: the smallest pattern that covers a need."""
    from eso_lint.iam.needs_aws import resource_pattern

    return resource_pattern(right.need)
