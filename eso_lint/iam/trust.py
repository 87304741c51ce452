"""Trust policies of roles that ServiceAccounts assume by web identity (IRSA): what is wrong in them, and where."""

from __future__ import annotations

from collections.abc import Iterator

from eso_lint.iam.glob import matches
from eso_lint.iam.grant import HOLE, Condition, Principal, Role, Statement, Value
from eso_lint.iam.join import AUDIENCE, DEFAULT_AUDIENCE, Led
from eso_lint.record import NamedTuple
from eso_lint.source.node import is_absent, items, string

WEB = "sts:AssumeRoleWithWebIdentity"


class Trusted(NamedTuple):
    """A statement that lets tokens of a cluster's OIDC issuer in, or means to: its federated principal."""

    statement: Statement
    principal: Principal

    def tests(self, claim: str) -> tuple[Condition, ...]:
        """The conditions on a claim (`sub`, `aud`) of the token."""
        return tuple(c for c in self.statement.conditions if c.key.raw.lower().endswith(f":{claim}"))

    @property
    def whole(self) -> bool:
        """Whether all that limits the statement is known by name."""
        return not self.statement.maybe and all(
            HOLE not in c.operator.raw and not c.key.raw.endswith(HOLE) and c.key.raw != HOLE
            for c in self.statement.conditions
        )


def federated(role: Role) -> tuple[Trusted, ...]:
    """The statements of a role's trust policy that name an OIDC provider of a cluster."""
    if role.trust is None:
        return ()
    return tuple(
        Trusted(statement, principal)
        for statement in role.trust.statements
        if statement.effect.raw.lower() == "allow"
        for principal in statement.principals[:1]
        if principal.kind == "Federated" and _of_cluster(principal.value.raw)
    )


def _of_cluster(provider: str) -> bool:
    """Whether a provider may be a cluster's; those of other token services are known by their names."""
    return not any(
        known in provider
        for known in (
            "token.actions.githubusercontent.com",
            "gitlab",
            "accounts.google.com",
            "saml-provider",
            "cognito",
        )
    )


def allows_web(statement: Statement) -> bool | None:
    """Whether a statement lets tokens be traded for the role's credentials."""
    answers = [matches(action.raw.lower(), WEB.lower()) for action in statement.actions]
    if statement.not_actions or any(answer is None for answer in answers):
        return True if True in answers else None
    return True in answers


class Miss(NamedTuple):
    """A condition that no token of the ServiceAccount meets: the value that comes closest."""

    value: Value
    condition: Condition
    trusted: Trusted


def subject_misses(role: Role, subject: str) -> Miss | None:
    """Where the trust policy keeps a subject out; None where it lets it in, or may."""
    if role.trust is None or role.trust.open or role.maybe:
        return None
    candidates: list[Miss] = []
    for trusted in federated(role):
        if allows_web(trusted.statement) is False:
            continue
        tests = trusted.tests("sub")
        if not tests or not trusted.whole:
            return None
        for test in tests:
            if meets(test, (subject,)) is not False or unmeant(test):
                return None
            candidates += [Miss(value, test, trusted) for value in test.values]
    if any(who.kind != "Service" for s in role.trust.statements for who in s.principals if who.kind != "Federated"):
        return None  # other ways in, by which another identity may come
    return max(candidates, key=lambda miss: _likeness(miss.value.raw, subject), default=None)


def unmeant(test: Condition) -> bool:
    """Whether a wildcard stands where it is taken as a letter: a fault of its own."""
    return "equals" in test.operator.raw.lower() and any("*" in v.raw or "?" in v.raw for v in test.values)


def _likeness(value: str, subject: str) -> int:
    """How many parts of two subjects are the same, from the end: name, namespace."""
    return sum(a == b for a, b in zip(value.split(":"), subject.split(":"), strict=False))


def meets(test: Condition, claims: tuple[str, ...]) -> bool | None:
    """Whether one of some claims meets a condition; None where that is not known, or the operator is not read."""
    operator = test.operator.raw.lower().removeprefix("foranyvalue:").removeprefix("forallvalues:")
    if operator not in ("stringequals", "stringlike"):
        return None
    answers = []
    for value in test.values:
        pattern = value.raw if operator == "stringlike" else value.raw.replace("*", "\2").replace("?", "\3")
        answers += [matches(pattern, claim) for claim in claims]
    return True if True in answers else None if None in answers else False


def audiences(led: Led) -> tuple[str, ...] | None:
    """The audiences of the tokens that the operator asks for; None where they are not known."""
    login = led.login
    found = [DEFAULT_AUDIENCE]
    written = login.object.annotation(AUDIENCE) if login.object is not None else None
    if written is not None and not is_absent(written):
        text = string(written)
        if text is None:
            return None
        found = [text] if text else found
    for item in items(led.store.config("auth", "jwt", "serviceAccountRef", "audiences")):
        text = string(item)
        if text is None:
            return None
        found.append(text)
    return tuple(found)


def audience_misses(role: Role, claims: tuple[str, ...]) -> Iterator[Miss]:
    """Values of `aud` conditions that no token meets, where no statement lets the tokens in."""
    if role.trust is None or role.trust.open or role.maybe:
        return
    found: list[Miss] = []
    for trusted in federated(role):
        if allows_web(trusted.statement) is False:
            continue
        wrong = [test for test in trusted.tests("aud") if meets(test, claims) is False]
        if not wrong:
            return
        found += [Miss(value, test, trusted) for test in wrong for value in test.values[:1]]
    yield from found[:1]
