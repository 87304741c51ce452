"""From role to role: whether the second trusts the first, and whether the first may ask for it. Pod identities too."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from eso_lint.iam import aws
from eso_lint.iam.grant import HOLE, Answer, Association, Principal, Role, Statement, Value
from eso_lint.iam.identities import identities
from eso_lint.iam.join import ROLE_ARN, Identity, aws_logins
from eso_lint.model.irsa import uses_irsa
from eso_lint.model.kinds.core import ServiceAccount
from eso_lint.model.kinds.store import Store
from eso_lint.model.reference import Found, Reference
from eso_lint.model.workspace import Workspace
from eso_lint.record import NamedTuple
from eso_lint.source.node import is_absent, string

ASSUME = "sts:AssumeRole"
TAG = "sts:TagSession"
PODS = "pods.eks.amazonaws.com"


class Refused(NamedTuple):
    """A step that STS refuses. `by` is trust (the second role does not name the first) or policy (the first may not
    ask)."""

    by: str
    first: Identity
    second: Identity
    role: Role
    answer: Answer


def refused_steps(store: Store, ws: Workspace) -> Iterator[Refused]:
    """Steps of a store's chain of roles that certainly fail; only roles that are certain are judged."""
    for login in aws_logins(store, ws):
        steps = [identity for identity in (login.first, *login.hops) if identity is not None]
        if login.first is None:
            continue
        for first, second in pairwise(steps):
            one, two = _only(first), _only(second)
            arn = second.arn.raw
            if one is not None and not one.maybe:
                answer = aws.allowed(one, ASSUME, arn)
                if answer.verdict == "denied" or (answer.verdict == "missing" and not _named_by(two, first)):
                    yield Refused("policy", first, second, one, answer)
                    continue
            if two is None or two.trust is None or two.trust.open or two.maybe:
                continue
            answer = aws.trusts(two.trust, ASSUME, (Principal("AWS", first.arn),), {})
            if answer.fails:
                yield Refused("trust", first, second, two, answer)


def _only(identity: Identity) -> Role | None:
    return identity.roles[0] if identity.sure and len(identity.roles) == 1 else None


def _named_by(role: Role | None, first: Identity) -> bool:
    """Whether a role's trust policy may name another by itself: inside one account that is right enough."""
    if role is None or role.trust is None:
        return True
    for statement in role.trust.statements:
        for principal in statement.principals:
            value = principal.value.raw
            if principal.kind == "AWS" and not value.endswith(":root") and (value == first.arn.raw or HOLE in value):
                return True
    return False


class PodTrust(NamedTuple):
    """A trust policy that does not let EKS Pod Identity in: the action that is missing, and the nearest statement."""

    role: Role
    association: Association
    action: str
    statement: Statement | None


def pod_trusts(store: Store, ws: Workspace) -> Iterator[PodTrust]:
    """What the roles of associations lack to be given to pods, where a store signs in that way."""
    principal = (Principal("Service", Value(PODS, store.name_node.span)),)
    for login in aws_logins(store, ws):
        if login.how != "pod-identity" or login.association is None or login.first is None:
            continue
        role = _only(login.first)
        if role is None or role.trust is None or role.trust.open or role.maybe:
            continue
        for action in (ASSUME, TAG):
            answer = aws.trusts(role.trust, action, principal, {})
            if answer.fails:
                near = next((s for s in role.trust.statements if any(PODS in p.value.raw for p in s.principals)), None)
                yield PodTrust(role, login.association, action, near)
                break


def associated(reference: Reference, ws: Workspace) -> Association | None:
    """The Pod Identity association of a ServiceAccount that a store refers to and that has no role of its own."""
    if not uses_irsa(reference) or not reference.name or not reference.namespace:
        return None
    answer = ws.resolve(reference)
    if not isinstance(answer, Found) or not answer.certain or len(answer.targets) != 1:
        return None
    account = answer.targets[0]
    if not isinstance(account, ServiceAccount) or account.placement.open:
        return None
    role = account.annotation(ROLE_ARN)
    if role is not None and not is_absent(role) and string(role) != "":
        return None
    for association in identities(ws).associations:
        named = association.namespace.text, association.service_account.text
        if named == (reference.namespace, reference.name):
            return association
    return None
