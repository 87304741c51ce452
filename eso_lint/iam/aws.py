"""What AWS says of a call: identity policies, Deny, boundaries, conditions.

Answers are three-valued. What hangs on something that the repository does not hold (a hole, a condition on a request,
a policy attached elsewhere) is unknown, and unknown is never reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from eso_lint.iam.conditions import holds
from eso_lint.iam.glob import arn_matches, matches
from eso_lint.iam.grant import Answer, Policy, Principal, Role, Statement, Value

_CLOSER = ("", "action", "resource", "condition")


def allowed(role: Role, action: str, resource: str, context: Mapping[str, str | None] | None = None) -> Answer:
    """Whether a role may call `action` (`secretsmanager:GetSecretValue`) on a resource.

    `resource` is an ARN with holes where it is not known (account, region), `RANDOM` for characters that AWS draws, or
    `*` for calls that have no resource. `context` holds condition keys whose value is known (in lower case); None as a
    value says that the key is absent from such a request.
    """
    answer = judged(role.policies, action, resource, context or {})
    if answer.verdict == "denied":
        return answer
    if role.boundary is not None and answer.verdict != "missing":
        limit = judged((role.boundary,), action, resource, context or {})
        if limit.fails and not role.boundary.open:
            return Answer("denied", limit.statement or answer.statement, "boundary")
        if limit.verdict != "granted":
            return Answer("unknown", answer.statement, "boundary")
    if answer.verdict == "missing" and (role.open or role.maybe):
        return answer._replace(verdict="unknown")
    return answer


def judged(policies: Iterable[Policy], action: str, resource: str, context: Mapping[str, str | None]) -> Answer:
    """The verdict of a set of policies alone."""
    granted: Statement | None = None
    perhaps: Statement | None = None
    barred: Statement | None = None
    near: Statement | None = None
    why = ""
    unsure = False
    for policy in policies:
        unsure = unsure or policy.open
        for statement in policy.statements:
            fits, lacks = applies(statement, action, resource, context)
            effect = statement.effect.raw.lower()
            if fits is False:
                if effect == "allow" and _CLOSER.index(lacks) > _CLOSER.index(why):
                    near, why = statement, lacks
            elif effect == "deny":
                if fits:
                    return Answer("denied", statement, "deny")
                barred = barred or statement
            elif effect == "allow" and fits:
                granted = granted or statement
            else:
                perhaps = perhaps or statement
    if granted is not None:
        return Answer("granted", granted) if barred is None else Answer("unknown", barred, "deny")
    if perhaps is not None or unsure:
        return Answer("unknown", perhaps or near, why)
    return Answer("missing", near, why)


def applies(
    statement: Statement, action: str, resource: str, context: Mapping[str, str | None]
) -> tuple[bool | None, str]:
    """Whether a statement speaks of a call, and what it lacks where it does not."""
    on_action = _listed(statement.actions, statement.not_actions, action.lower(), fold=True)
    if on_action is False:
        near = any(a.raw.split(":")[0].lower() == action.split(":")[0].lower() for a in statement.actions)
        return False, "action" if near else ""
    # What is granted in an account that only the surroundings know is granted in the one at hand.
    home = statement.effect.raw.lower() == "allow" and not statement.not_resources
    on_resource = _listed(statement.resources, statement.not_resources, resource, fold=False, home=home)
    if on_resource is False:
        return False, "resource"
    under = holds(statement.conditions, context)
    if under is False:
        return False, "condition"
    if statement.maybe or None in (on_action, on_resource, under):
        return None, ""
    return True, ""


def _listed(
    listed: tuple[Value, ...], others: tuple[Value, ...], subject: str, fold: bool, home: bool = False
) -> bool | None:
    """Whether a list names a subject, or a list of exceptions does not."""
    found = named(listed or others, subject, fold, home)
    if listed:
        return found
    # A statement without either is none that AWS takes; nothing is said of it.
    if not others:
        return None
    return None if found is None else not found


def named(listed: tuple[Value, ...], subject: str, fold: bool = False, home: bool = False) -> bool | None:
    """Whether any of some patterns matches; None where only one that is partly unknown may."""
    answer: bool | None = False
    for value in listed:
        found = matches(value.raw.lower(), subject) if fold else arn_matches(value.raw, subject, home)
        if found:
            return True
        if found is None:
            answer = None
    return answer


def trusts(trust: Policy, action: str, principals: Iterable[Principal], context: Mapping[str, str | None]) -> Answer:
    """Whether a trust policy lets one of some principals call an `sts:` action.

    `context` holds the condition keys of the request, in lower case, as for `allowed`. A principal's value may have
    holes. An account's root stands for every identity of that account that is allowed by its own policies.
    """
    asked = tuple(principals)
    speaking = tuple(
        s._replace(maybe=s.maybe or who is None) for s in trust.statements if (who := _meant(s, asked)) is not False
    )
    answer = judged(
        (trust._replace(statements=tuple(s._replace(resources=(_any(s),)) for s in speaking)),), action, "*", context
    )
    return answer if answer.verdict != "missing" or speaking else Answer("missing", None, "principal")


def _any(statement: Statement) -> Value:
    return Value("*", statement.span)


def _meant(statement: Statement, asked: tuple[Principal, ...]) -> bool | None:
    if statement.not_principals:
        return None
    answer: bool | None = False
    for given in statement.principals:
        for principal in asked:
            found = _same(given, principal)
            if found:
                return True
            if found is None:
                answer = None
    return answer


def _same(given: Principal, asked: Principal) -> bool | None:
    if given.kind == "*" or (given.kind == "AWS" and given.value.raw == "*"):
        return True
    if given.kind != asked.kind:
        return False
    found = matches(given.value.raw.replace("*", "\0"), asked.value.raw)
    if found is False and given.kind == "AWS":
        # `123456789012` and `arn:aws:iam::123456789012:root` name all of an account.
        account = given.value.raw.removesuffix(":root").rsplit(":", 1)[-1]
        if given.value.raw == account or given.value.raw.endswith(":root"):
            theirs = asked.value.raw.split(":")
            return matches(account, theirs[4]) if len(theirs) > 4 else None
    return found
