"""CloudFormation and SAM templates, YAML or JSON: roles, policies and EKS Pod Identity associations.

Functions are read as far as the template itself decides them: `Sub`, `Join`, references to
roles and policies beside. All else is a hole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from eso_lint.iam.grant import HOLE, Association, Policy, Role, Value
from eso_lint.iam.identities import Found
from eso_lint.iam.policy import policy_of
from eso_lint.iam.tree import Fields, Items, Tree, objects, text_of, unknown
from eso_lint.iam.yaml_text import replaced, roots, too_large, value_of, written
from eso_lint.model.workspace import Workspace
from eso_lint.source.file import Span
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, is_absent, lookup, string

_NEEDLES = ("AWS::IAM::", "AWS::EKS::PodIdentityAssociation")
_TAG = re.compile(r"!(\w+)[ \t]*(?:#[^\n]*)?(?:\r?\n[ \t]*)?\Z")
_PART = re.compile(r"\$\{(!?)([^{}]*)\}")
_MAX_DEPTH = 40
_MAX_ROLES = 2_000
# Marks a text that stands for a resource of the template: its logical id follows.
_LOGICAL = "\4"


def read(ws: Workspace) -> Found:
    roles: list[Role] = []
    associations: list[Association] = []
    for root in roots(ws, *_NEEDLES):
        template = _Template(root)
        if len(roles) < _MAX_ROLES:
            roles += template.roles()
            associations += template.associations()
    return Found(roles=tuple(roles), associations=tuple(associations), unread=tuple(too_large(ws, *_NEEDLES)))


class _Template:
    def __init__(self, root: Mapping) -> None:
        # What aliases share is read once, however often it is named.
        self._seen: dict[int, Tree | None] = {}
        self.resources: dict[str, tuple[str, Scalar, Mapping]] = {}
        resources = root.get("Resources")
        for key, value in resources.index.values() if isinstance(resources, Mapping) else ():
            kind = string(lookup(value, "Type"))
            if kind is not None and isinstance(key, Scalar) and isinstance(value, Mapping):
                self.resources[key.text] = (kind, key, value)

    def roles(self) -> Iterator[Role]:
        attached = list(self._attached())
        for logical, (kind, key, node) in self.resources.items():
            if kind == "AWS::IAM::Role":
                yield self._role(logical, key, node, attached)

    def associations(self) -> Iterator[Association]:
        for kind, key, node in self.resources.values():
            if kind == "AWS::EKS::PodIdentityAssociation":
                texts = [self.text(lookup(node, "Properties", f)) for f in ("Namespace", "ServiceAccount", "RoleArn")]
                namespace, account, role = (t if t is not None else unknown(key.span) for t in texts)
                yield Association(namespace, account, self._arn(role), key.span, "cloudformation")

    def _arn(self, value: Value) -> Value:
        """A reference to a role beside, as that role's name."""
        logical = value.raw.removeprefix(_LOGICAL).partition(".")[0]
        if value.raw.startswith(_LOGICAL) and logical in self.resources:
            _, key, node = self.resources[logical]
            return self._name(key, node)._replace(span=value.span)
        return value

    def _name(self, key: Scalar, node: Mapping) -> Value:
        """A role's name. Without one AWS makes it of the stack's name, the logical id and chance."""
        written = self.text(lookup(node, "Properties", "RoleName"))
        return written if written is not None else Value(f"{HOLE}-{key.text}-{HOLE}", key.span)

    def _role(self, logical: str, key: Scalar, node: Mapping, attached: list[tuple[Value, Policy]]) -> Role:
        properties = lookup(node, "Properties")
        written = [self.tree(lookup(properties, f)) for f in ("Policies", "ManagedPolicyArns", "PermissionsBoundary")]
        inline, managed, limit = written
        policies = [
            policy_of(entry.get("PolicyDocument"), entry.span, text_of(entry.get("PolicyName")))
            for entry in objects(inline)
        ]
        open_ = _is_partial(inline) or _is_partial(managed)
        for arn in managed.items if isinstance(managed, Items) else ():
            own = self._managed(text_of(arn))
            if own is None:
                open_ = True
            else:
                policies.append(own)
        for target, policy in attached:
            if target.raw.startswith(f"{_LOGICAL}{logical}") or target.text == self._name(key, node).text:
                policies.append(policy)
            elif HOLE in target.raw:
                open_ = True
        trust = self.tree(lookup(properties, "AssumeRolePolicyDocument"))
        boundary = self._managed(text_of(limit)) if limit is not None else None
        return Role(
            self._name(key, node),
            key.span,
            trust=policy_of(trust, key.span) if trust is not None else None,
            policies=tuple(policies),
            boundary=boundary,
            open=open_ or (limit is not None and boundary is None),
            maybe=not is_absent(node.get("Condition")),
            origin="cloudformation",
        )

    def _managed(self, value: Value | None) -> Policy | None:
        """A managed policy of the same template."""
        logical = value.raw.removeprefix(_LOGICAL).partition(".")[0] if value is not None else ""
        if value is None or not value.raw.startswith(_LOGICAL) or logical not in self.resources:
            return None
        kind, key, node = self.resources[logical]
        if kind != "AWS::IAM::ManagedPolicy":
            return None
        document = self.tree(lookup(node, "Properties", "PolicyDocument"))
        maybe = not is_absent(node.get("Condition"))
        found = policy_of(document, key.span, self.text(lookup(node, "Properties", "ManagedPolicyName")))
        return found._replace(open=found.open or maybe)

    def _attached(self) -> Iterator[tuple[Value, Policy]]:
        """Policies that name their roles: which role, which policy."""
        for kind, key, node in self.resources.values():
            if kind not in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"):
                continue
            properties = lookup(node, "Properties")
            document = self.tree(lookup(properties, "PolicyDocument"))
            policy = policy_of(document, key.span, self.text(lookup(properties, "PolicyName")))
            if not is_absent(node.get("Condition")):
                policy = policy._replace(open=True)
            named = self.tree(lookup(properties, "Roles" if kind != "AWS::IAM::RolePolicy" else "RoleName"))
            for item in named.items if isinstance(named, Items) else (named,):
                target = text_of(item)
                if target is not None:
                    yield target, policy

    def text(self, node: Node | None) -> Value | None:
        return text_of(self.tree(node))

    def tree(self, node: Node | None, depth: int = 0) -> Tree | None:
        """A node with its functions called; None where it is absent, or is `AWS::NoValue`."""
        if node is None:
            return None
        node = _written(node)
        if depth > _MAX_DEPTH or isinstance(node, Opaque):
            return unknown(node.span)
        if isinstance(node, (Mapping, Sequence)):
            if id(node) not in self._seen:
                self._seen[id(node)] = self._container(node, depth)
            return self._seen[id(node)]
        name = _function(node)
        return self._call(name.removeprefix("Fn::"), node, node.span, depth + 1) if name is not None else value_of(node)

    def _container(self, node: Mapping | Sequence, depth: int) -> Tree | None:
        name = _function(node)
        if name is not None:
            inner = node.index[_long(name)][1] if isinstance(node, Mapping) else node
            return self._call(name.removeprefix("Fn::"), inner, node.span, depth + 1)
        if isinstance(node, Mapping):
            pairs = [(Value(key.text, key.span), self.tree(value, depth + 1)) for key, value in _pairs(node)]
            return Fields(tuple((key, tree) for key, tree in pairs if tree is not None), node.span, node.open)
        return self._items(node, depth + 1)

    def _items(self, node: Sequence, depth: int) -> Items:
        found = (self.tree(item, depth) for item in node.items)
        return Items(tuple(tree for tree in found if tree is not None), node.span, node.open)

    def _call(self, name: str, node: Node, span: Span, depth: int) -> Tree | None:
        written = string(node)
        if name == "Ref" and written is not None:
            return self._ref(written, span)
        if name == "GetAtt" and written is not None:
            return Value(f"{_LOGICAL}{written}", span)
        if name == "GetAtt" and isinstance(node, Sequence) and node.items:
            return Value(f"{_LOGICAL}{string(node.items[0]) or HOLE}", span)
        if name == "Sub":
            text = node.items[0] if isinstance(node, Sequence) and node.items else node
            return self._sub(text, node.items[1] if isinstance(node, Sequence) and len(node.items) > 1 else None, span)
        if name == "Join" and isinstance(node, Sequence) and len(node.items) == 2:
            parts = self.tree(node.items[1], depth)
            by = string(node.items[0])
            if isinstance(parts, Items) and by is not None and not parts.open:
                texts = [text_of(item) for item in parts.items]
                return Value(by.join(_hidden(t.raw) if t is not None else HOLE for t in texts), span)
        return unknown(span)

    def _ref(self, name: str, span: Span) -> Value | None:
        if name == "AWS::NoValue":
            return None
        if name in self.resources:
            return Value(f"{_LOGICAL}{name}", span)
        return unknown(span)  # a parameter: its default is no more than a proposal

    def _sub(self, node: Node, names: Node | None, span: Span) -> Value:
        value = value_of(_written(node))
        if value is None:
            return unknown(span)
        whole = _PART.fullmatch(value.raw)
        if whole is not None and whole[2].partition(".")[0] in self.resources and names is None:
            return Value(f"{_LOGICAL}{whole[2]}", span)
        return replaced(value, _PART, lambda part: "${" + part[2] + "}" if part[1] else HOLE)


def _hidden(raw: str) -> str:
    return HOLE if raw.startswith(_LOGICAL) else raw


def _pairs(node: Mapping) -> Iterator[tuple[Scalar, Node]]:
    for key, value in node.index.values():
        if isinstance(key, Scalar):
            yield key, value


def _long(name: str) -> str:
    return name if name in ("Ref", "Condition") or name.startswith("Fn::") else f"Fn::{name}"


def _function(node: Node) -> str | None:
    """The function that a node calls: `{"Fn::Sub": …}`, or a tag before it."""
    if isinstance(node, Mapping):
        keys = list(node.index)
        return keys[0] if len(keys) == 1 and (keys[0] == "Ref" or keys[0].startswith("Fn::")) else None
    found = _TAG.search(node.file.text, max(0, node.start - 60), node.start)
    return found[1] if found is not None else None


def _written(node: Node) -> Node:
    """`${X}` is a variable elsewhere, and a part of `!Sub` here: the text as it stands."""
    return written(node) if isinstance(node, Opaque) and node.why in ("variable", "placeholder") else node


def _is_partial(tree: Tree | None) -> bool:
    return isinstance(tree, Value) or (isinstance(tree, (Items, Fields)) and tree.open)
