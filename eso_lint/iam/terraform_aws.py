"""AWS roles of Terraform, with their trust, what is attached to them, and EKS Pod Identity associations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from eso_lint.iam.glob import matches
from eso_lint.iam.grant import HOLE, Association, ModuleCall, Policy, Role, Value
from eso_lint.iam.hcl_eval import evaluate
from eso_lint.iam.terraform_modules import Made, made_by
from eso_lint.iam.terraform_policies import Ident, Policies, every, instances
from eso_lint.iam.terraform_use import Instance, Use
from eso_lint.iam.tree import Fields, Items, Ref, Tree, objects, text_of, unknown
from eso_lint.source.file import Span

# How a type of attachment names policies, and roles.
_ATTACH = {
    "aws_iam_role_policy": ("policy", "role"),
    "aws_iam_role_policy_attachment": ("policy_arn", "role"),
    "aws_iam_policy_attachment": ("policy_arn", "roles"),
    "aws_iam_role_policy_attachments_exclusive": ("policy_arns", "role_name"),
}
_SERVICES = re.compile(rf"(?:secretsmanager|ssm|kms|sts|acm|tag):|[*?{HOLE}]|[a-z]*[*?{HOLE}]")
_NAMES = ("name", "id", "iam_role_name", "role_name")
# Home of the use, type (or `module`), name, key.
_Id = tuple[str, str, str, str]


class _Attached(NamedTuple):
    """A policy on its way to a role; `test` is the text of what decides how often it is made."""

    policy: Policy
    maybe: bool
    home: str
    test: str
    assumed: bool


class AwsFound(NamedTuple):
    roles: tuple[Role, ...]
    associations: tuple[Association, ...]
    calls: tuple[ModuleCall, ...]


def aws_roles(uses: dict[str, Use]) -> AwsFound:
    """What all uses of modules make together."""
    return _Collector(uses).found()


class _Collector:
    def __init__(self, uses: dict[str, Use]) -> None:
        self.uses = uses
        self.policies = Policies(uses)
        self.roles: dict[_Id, Role] = {}
        self.tests: dict[_Id, str] = {}
        self.attached: dict[_Id, list[_Attached]] = {}
        self.associations: list[Association] = []
        self.calls: list[ModuleCall] = []

    def found(self) -> AwsFound:
        for use in self.uses.values():
            for ident, instance in instances(use, "aws_iam_role"):
                self.roles[(use.home, ident[1], ident[2], instance.key)] = self._role(use, ident, instance)
                self.tests[(use.home, ident[1], ident[2], instance.key)] = _test(use, ident)
            for name in sorted(use.module.calls):
                for key, made in made_by(use, name, self.policies):
                    self._called(use, name, key, made)
        for use in self.uses.values():
            self._handed_out(use)
            self._attachments(use)
            for ident, instance in instances(use, "aws_eks_pod_identity_association"):
                self.associations += self._association(use, ident, instance)
        return AwsFound(tuple(map(self._whole, self.roles)), tuple(self.associations), tuple(self.calls))

    def _called(self, use: Use, name: str, key: str, made: Made) -> None:
        if made.role is not None:
            self.roles[(use.home, "module", name, key)] = made.role
        if made.call is not None:
            self.calls.append(made.call)
        self.associations += made.associations

    def _role(self, use: Use, ident: Ident, instance: Instance) -> Role:
        def get(name: str) -> Tree | None:
            return use.attribute(ident, instance, name)

        span = _head(use, ident)
        trust = self.policies.document(get("assume_role_policy"), span)
        use.budget.assumed = False
        fields = use.fields(ident, instance)
        name = text_of(get("name"))
        prefix = text_of(get("name_prefix"))
        if name is None:
            name = Value(prefix.raw + HOLE, prefix.span) if prefix is not None else unknown(span)
        path = text_of(get("path"))
        own = []
        inline = fields.get("inline_policy")
        for block in objects(inline):
            policy = self.policies.document(block.get("policy"), block.span, text_of(block.get("name")))
            own.append(_perhaps(policy) if block.open else policy)
        managed = get("managed_policy_arns")
        own += [self.policies.managed(tree) for tree in every((managed,))]
        boundary = get("permissions_boundary")
        return Role(
            name,
            span,
            path=path.raw if path is not None else "/",
            trust=trust._replace(name=name),
            policies=tuple(own),
            boundary=self.policies.managed(boundary) if boundary is not None else None,
            open=use.module.broken or fields.open or (isinstance(managed, Items) and managed.open),
            maybe=instance.maybe or use.maybe,
            assumed=use.budget.assumed and bool(own),
        )

    # What is attached.

    def _handed_out(self, use: Use) -> None:
        """A module that is not here may attach policies to the roles whose names it is given."""
        for name, written in use.module.calls.items():
            if use.below(name):
                continue
            scope = use.scope(written.file)
            for attribute in written.item.body.attributes:
                for ref in _refs(evaluate(attribute.value, scope)):
                    target = self._referred(ref) if ref.whole or ref.path[-1] in _NAMES else None
                    if target is not None:
                        self.roles[target] = self.roles[target]._replace(open=True)

    def _attachments(self, use: Use) -> None:
        for ident, instance in instances(use, *_ATTACH):

            def get(name: str, ident: Ident = ident, instance: Instance = instance) -> Tree | None:
                return use.attribute(ident, instance, name)

            use.budget.assumed = False
            arns, roles = _ATTACH[ident[1]]
            head = unknown(_head(use, ident))
            if arns == "policy":
                found = [self.policies.document(get(arns), head.span, text_of(get("name")))]
            else:
                found = [self.policies.managed(arn) for arn in _many(get(arns), head)]
            maybe = instance.maybe or use.maybe
            assumed = use.budget.assumed
            attached = [_Attached(policy, maybe, use.home, _test(use, ident), assumed) for policy in found]
            for role in _many(get(roles), head):
                for target in self._targets(role, use, found):
                    self.attached.setdefault(target, []).extend(attached)

    def _targets(self, role: Tree, use: Use, policies: list[Policy]) -> Iterator[_Id]:
        """The roles that an attachment is for. Where it may be for some that are not told, those are open."""
        if isinstance(role, Ref):
            found = self._referred(role)
            if found is not None:
                yield found
                return
        own = text_of(role)
        raw = own.raw.rsplit("/", 1)[-1] if own is not None else HOLE
        if HOLE not in raw:
            yield from (key for key, known in self.roles.items() if known.name.text == raw)
            return
        if not any(map(_concerns, policies)):
            return
        # What only others call is for roles of others.
        near = raw == HOLE and use.inputs is None and use.tree.given_elsewhere(use.module.directory)
        for key, known in self.roles.items():
            if key[0] == use.home if near else matches(raw, known.name.raw) is not False:
                self.roles[key] = known._replace(open=True)

    def _referred(self, ref: Ref) -> _Id | None:
        path = ref.path[1:] if ref.path[0] == "data" else ref.path
        if len(path) < 2 or path[0] not in ("aws_iam_role", "module") or ref.path[0] == "data":
            return None
        key = path[2][1:-1] if len(path) > 2 and path[2].startswith("[") else ""
        wanted = (ref.home, path[0], path[1], key)
        if wanted in self.roles:
            call = self.roles[wanted].call
            # The module of many add-ons makes a role for each of them.
            other = call is not None and call.family == "addons" and path[2:3] != ("external_secrets",)
            return None if other else wanted
        same = [known for known in self.roles if known[:3] == wanted[:3]]
        return same[0] if len(same) == 1 and (key == "" or HOLE in key) else None

    def _association(self, use: Use, ident: Ident, instance: Instance) -> Iterator[Association]:
        span = _head(use, ident)
        values = [text_of(use.attribute(ident, instance, n)) for n in ("namespace", "service_account", "role_arn")]
        namespace, account, role = (v if v is not None else unknown(span) for v in values)
        yield Association(namespace, account, role, span)

    def _whole(self, key: _Id) -> Role:
        role = self.roles[key]
        policies = list(role.policies)
        assumed = role.assumed or any(attached.assumed for attached in self.attached.get(key, ()))
        for attached in self.attached.get(key, ()):
            # What hangs on the same test as the role is there whenever the role is.
            together = attached.home == key[0] and attached.test == self.tests.get(key, "")
            policies.append(_perhaps(attached.policy) if attached.maybe and not together else attached.policy)
        # A role without any policy gets its own where nothing here sees it.
        return role._replace(policies=tuple(policies), open=role.open or not policies, assumed=assumed)


def _refs(tree: Tree | None) -> Iterator[Ref]:
    """References in a value, as far down as modules are given them."""
    ahead: list[Tree | None] = [tree]
    for _ in range(1_000):
        if not ahead:
            return
        found = ahead.pop()
        if isinstance(found, Ref):
            yield found
        elif isinstance(found, (Items, Fields)):
            ahead += every((found,))


def _many(tree: Tree | None, head: Value) -> Iterator[Tree]:
    """What a list holds, or a value alone; what is not known is one more that is unknown."""
    yield from every((tree,))
    if tree is None or (isinstance(tree, Items) and tree.open):
        yield head


def _concerns(policy: Policy) -> bool:
    """Whether a policy may speak of anything that stores ask for."""
    return policy.open or any(
        statement.not_actions or any(_SERVICES.match(action.raw.lower()) for action in statement.actions)
        for statement in policy.statements
    )


def _perhaps(policy: Policy) -> Policy:
    return policy._replace(statements=tuple(s._replace(maybe=True) for s in policy.statements))


def _head(use: Use, ident: Ident) -> Span:
    written = use.module.blocks[ident]
    return Span(written.file, written.item.start, written.item.end)


def _test(use: Use, ident: Ident) -> str:
    """How the number of a block's instances is written."""
    written = use.module.blocks[ident]
    for name in ("count", "for_each"):
        expr = written.item.body.get(name)
        if expr is not None:
            return written.file.text[expr.start : expr.end]
    return ""
