"""Where the policies of a store's role fall short of what one object asks, sorted by what would mend it."""

from __future__ import annotations

from collections.abc import Iterator

from eso_lint.iam.glob import matches
from eso_lint.iam.grant import RANDOM, Role, Statement, Value
from eso_lint.iam.identities import identities
from eso_lint.iam.modules import switch_of
from eso_lint.iam.needs import EVERY
from eso_lint.iam.rights import Right, rights
from eso_lint.iam.uses import Use, uses_of
from eso_lint.model.resource import Resource
from eso_lint.model.workspace import Workspace
from eso_lint.record import NamedTuple

DELETE_POLICY = "secretsmanager:DeleteResourcePolicy"


class Gap(NamedTuple):
    """What one use lacks. All `rights` fail for the same reason; `also` counts further entries with the same lack.

    `kind` is action (nothing grants it), resource (granted, but on other secrets), policy (only the right to remove
    resource policies is missing), star (granted on single ARNs where AWS takes none), suffix (an ARN without its
    random end), slashes (`parameter//`), or module (the switches of a Terraform module explain it).
    """

    kind: str
    use: Use
    rights: tuple[Right, ...]
    also: int = 0

    @property
    def actions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(right.need.action for right in self.rights))

    @property
    def sure(self) -> bool:
        """Whether the role is certain, what it is granted, and the call."""
        certain = all(right.sure and not right.role.assumed for right in self.rights)
        return certain and any(right.need.sure for right in self.rights)


def aws_gaps(resource: Resource, ws: Workspace) -> tuple[Gap, ...]:
    """All gaps of one ExternalSecret or PushSecret, in file order."""
    if not identities(ws).roles:
        return ()  # no role to fall short: what is asked need not be worked out
    known = ws.index(_known)
    if id(resource) not in known:
        known[id(resource)] = tuple(_merged(_every(resource, ws)))
    return known[id(resource)]


def _known(ws: Workspace) -> dict[int, tuple[Gap, ...]]:
    return {}


def _every(resource: Resource, ws: Workspace) -> Iterator[Gap]:
    for use in uses_of(resource, ws):
        kinds: dict[str, list[Right]] = {}
        for right in rights(use, ws):
            if right.answer.fails:
                kinds.setdefault(_kind(right), []).append(right)
        for kind, failing in kinds.items():
            yield Gap(kind, use, tuple(failing))


def _kind(right: Right) -> str:
    answer = right.answer
    if answer.why == "resource" and answer.verdict == "missing":
        if right.need.resource == EVERY:
            # What a module writes cannot be mended in place: a statement of one's own is what lacks.
            own = (p.statements for p in right.role.policies if not p.module)
            return "star" if any(answer.statement in statements for statements in own) else "action"
        if lacking_suffix(right.role, right.need.resource):
            return "suffix"
        if doubled_slash(right.role, right.need.resource):
            return "slashes"
    if switch_of(right) is not None:
        return "module"
    if right.need.action == DELETE_POLICY and answer.verdict == "missing":
        return "policy"
    return "resource" if answer.why == "resource" else "action"


def _merged(every: Iterator[Gap]) -> Iterator[Gap]:
    """What many entries lack alike is said once, at the first of them."""
    groups: dict[tuple[object, ...], list[Gap]] = {}
    for gap in every:
        whole = gap.kind in ("action", "policy", "star", "module")
        verdicts = tuple(right.answer.verdict for right in gap.rights)
        key = (gap.kind, id(gap.use.store), gap.use.feature, gap.actions, verdicts) if whole else (id(gap),)
        groups.setdefault(key, []).append(gap)
    for group in groups.values():
        entries = {id(gap.use.entry) for gap in group}
        yield group[0]._replace(also=len(entries) - 1)


def lacking_suffix(role: Role, arn: str) -> Value | None:
    """The pattern that names a secret but for the six characters that AWS appends; None where there is none."""
    if not arn.endswith(RANDOM):
        return None
    bare = arn[: -len(RANDOM) * 6 - 1]
    for _, value in _resources(role):
        text = value.text
        if text is not None and ":secretsmanager:" in text and matches(text, bare) and matches(text, arn) is False:
            return value
    return None


def doubled_slash(role: Role, arn: str) -> Value | None:
    """The pattern `parameter//…` that would name a parameter with one slash."""
    for _, value in _resources(role):
        if ":parameter//" in value.raw and matches(value.raw.replace(":parameter//", ":parameter/"), arn):
            return value
    return None


def _resources(role: Role) -> Iterator[tuple[Statement, Value]]:
    for policy in role.policies:
        for statement in policy.statements:
            if statement.effect.raw.lower() == "allow":
                for value in statement.resources:
                    yield statement, value
