"""AWS roles and policies in Kubernetes YAML: eksctl's ClusterConfig, ACK and Crossplane."""

from __future__ import annotations

from collections.abc import Iterator

from eso_lint.iam.grant import HOLE, Association, Condition, Policy, Principal, Role, Statement, Value
from eso_lint.iam.identities import Found
from eso_lint.iam.policy import policy_of
from eso_lint.iam.tree import from_node, unknown
from eso_lint.iam.yaml_text import roots, too_large, value_of
from eso_lint.model.resource import group_version
from eso_lint.model.workspace import Workspace
from eso_lint.source.file import Span
from eso_lint.source.node import Mapping, Node, is_absent, items, lookup, string

_NEEDLES = (
    "eksctl.io/", ".services.k8s.aws/", ".aws.upbound.io/", ".aws.m.upbound.io/", ".aws.crossplane.io/",
)  # fmt: skip
_EXTERNAL_NAME = "crossplane.io/external-name"


def read(ws: Workspace) -> Found:
    objects = [_Object(root) for root in roots(ws, *_NEEDLES)]
    roles: list[Role] = []
    associations: list[Association] = []
    policies = _Policies(objects)
    for one in objects:
        if one.group == "eksctl.io" and one.kind == "ClusterConfig":
            for role, association in _eksctl(one):
                roles.append(role)
                associations += [association] if association is not None else []
        elif one.kind == "Role" and one.dialect:
            roles.append(_role(one, policies))
        elif one.kind == "PodIdentityAssociation" and one.dialect:
            associations.append(_association(one, objects))
    return Found(roles=tuple(roles), associations=tuple(associations), unread=tuple(too_large(ws, *_NEEDLES)))


class _Object:
    """A document, with the little that is asked of all of them."""

    def __init__(self, root: Mapping) -> None:
        self.root = root
        self.group = group_version(string(root.get("apiVersion")) or "")[0]
        self.kind = string(root.get("kind"))
        self.dialect = (
            "ack" if self.group.endswith(".services.k8s.aws") else "crossplane" if ".aws." in self.group else ""
        )
        self.spec = lookup(root, "spec") if self.dialect == "ack" else lookup(root, "spec", "forProvider")
        self.object = string(lookup(root, "metadata", "name"))
        node = lookup(root, "metadata", "name")
        self.span: Span = node.span if node is not None else root.span.one_line()

    def first(self, *fields: str) -> Node | None:
        """The first of some fields that is there: versions differ in their names."""
        return next((node for f in fields if not is_absent(node := lookup(self.spec, f))), None)

    @property
    def name(self) -> Value:
        """The name in AWS."""
        node = lookup(self.root, "metadata", "annotations", _EXTERNAL_NAME) if self.dialect == "crossplane" else None
        node = node if not is_absent(node) else self.first("name")
        if is_absent(node):
            node = lookup(self.root, "metadata", "name")
        return value_of(node) or unknown(self.span)


def _document(node: Node | None, span: Span, name: Value | None = None) -> Policy:
    """A policy in a text, or as an object."""
    return policy_of(value_of(node) if not isinstance(node, Mapping) else from_node(node), span, name)


class _Policies:
    """Policies that roles refer to, and what attaches them."""

    def __init__(self, objects: list[_Object]) -> None:
        self.by_name: dict[str, Policy] = {}
        self.attached: list[tuple[Value, Policy | None]] = []
        for one in objects:
            if one.kind == "Policy" and one.dialect:
                found = _document(one.first("policyDocument", "policy", "document"), one.span, one.name)
                for name in {one.object, one.name.text} - {None}:
                    self.by_name[name or ""] = found
        for one in objects:
            if one.kind == "RolePolicyAttachment" and one.dialect:
                arn = value_of(one.first("policyArn"))
                ref = string(lookup(one.spec, "policyArnRef", "name"))
                self.attached.append((_target(one), self.find(arn, ref)))
            elif one.kind == "RolePolicy" and one.dialect:
                self.attached.append((_target(one), _document(one.first("policy"), one.span, one.name)))

    def find(self, arn: Value | None, ref: str | None = None) -> Policy | None:
        """The policy that an ARN or the name of an object means; None where it is not here."""
        if ref is not None:
            return self.by_name.get(ref)
        text = arn.raw.rsplit("/", 1)[-1] if arn is not None and ":aws:policy/" not in arn.raw else None
        return self.by_name.get(text) if text else None


def _target(one: _Object) -> Value:
    """The role that something is attached to: its name, or that of its object."""
    node = (
        one.first("role", "roleName") or lookup(one.spec, "roleRef", "name") or lookup(one.spec, "roleNameRef", "name")
    )
    return value_of(node) or unknown(one.span)


def _role(one: _Object, policies: _Policies) -> Role:
    name = one.name
    found: list[Policy] = []
    open_ = False
    for node in items(one.first("policies", "managedPolicyArns")):
        own = policies.find(value_of(node))
        open_ = open_ or own is None
        found += [own] if own is not None else []
    for node in items(one.first("policyRefs")):
        own = policies.find(None, string(lookup(node, "from", "name")) or HOLE)
        open_ = open_ or own is None
        found += [own] if own is not None else []
    inline = one.first("inlinePolicies")
    for key, value in inline.index.values() if isinstance(inline, Mapping) else ():
        found.append(_document(value, key.span, value_of(key)))
    for node in items(one.first("inlinePolicy")):
        found.append(_document(lookup(node, "policy"), node.span.one_line(), value_of(lookup(node, "name"))))
    for target, policy in policies.attached:
        if target.text is not None and target.text in (one.object, name.text):
            open_ = open_ or policy is None
            found += [policy] if policy is not None else []
        elif target.text is None:
            open_ = True
    limit = one.first("permissionsBoundary")
    boundary = policies.find(value_of(limit)) if limit is not None else None
    trust = one.first("assumeRolePolicyDocument", "assumeRolePolicy")
    return Role(
        name,
        one.span,
        trust=_document(trust, one.span) if trust is not None else None,
        policies=tuple(found),
        boundary=boundary,
        open=open_ or (limit is not None and boundary is None) or one.first("permissionsBoundaryRef") is not None,
        origin=one.dialect,
    )


def _association(one: _Object, objects: list[_Object]) -> Association:
    role = value_of(one.first("roleArn", "roleARN"))
    ref = lookup(one.spec, "roleRef", "from", "name") or lookup(one.spec, "roleArnRef", "name")
    if role is None and ref is not None:
        # The role is named by its object, and found by its name in AWS.
        named = [o.name for o in objects if o.kind == "Role" and o.dialect and o.object == string(ref)]
        role = named[0]._replace(span=ref.span) if len(named) == 1 else unknown(ref.span)
    texts = [value_of(node) or unknown(one.span) for node in (one.first("namespace"), one.first("serviceAccount"))]
    return Association(texts[0], texts[1], role or unknown(one.span), one.span, one.dialect)


def _eksctl(one: _Object) -> Iterator[tuple[Role, Association | None]]:
    """The roles that eksctl makes: for ServiceAccounts (IRSA), and for pods (Pod Identity)."""
    for entry in items(lookup(one.root, "iam", "serviceAccounts")):
        meta = lookup(entry, "metadata")
        namespace, account = value_of(lookup(meta, "namespace")), value_of(lookup(meta, "name"))
        if isinstance(entry, Mapping) and account is not None:
            space = namespace or Value("default", account.span)
            subject = f"system:serviceaccount:{space.raw}:{account.raw}"
            yield _made(entry, space, account, _irsa_trust(subject, account.span)), None
    for entry in items(lookup(one.root, "iam", "podIdentityAssociations")):
        namespace, account = value_of(lookup(entry, "namespace")), value_of(lookup(entry, "serviceAccountName"))
        if not isinstance(entry, Mapping) or namespace is None or account is None:
            continue
        arn = value_of(lookup(entry, "roleARN"))
        role = _made(entry, namespace, account, _pod_trust(account.span))
        made = arn if arn is not None else role.name
        yield role, Association(namespace, account, made, account.span, "eksctl")


def _made(entry: Mapping, namespace: Value, account: Value, trust: Policy) -> Role:
    named = value_of(entry.get("roleName"))
    # eksctl's own names end in letters that AWS chooses; this one leads from the association to the role.
    name = named if named is not None else Value(f"{namespace.raw}:{account.raw} (made by eksctl)", account.span)
    inline = entry.get("attachPolicy") or entry.get("permissionPolicy")
    policies = (_document(inline, account.span),) if inline is not None else ()
    known = entry.get("wellKnownPolicies")
    others = [entry.get(f) for f in ("attachPolicyARNs", "permissionPolicyARNs", "attachRoleARN", "roleARN")]
    limit = entry.get("permissionsBoundary") or entry.get("permissionsBoundaryARN")
    open_ = any(not is_absent(node) for node in (*others, known, limit)) or entry.open
    return Role(name, account.span, trust=trust, policies=policies, open=open_, origin="eksctl")


def _irsa_trust(subject: str, span: Span) -> Policy:
    def text(raw: str) -> Value:
        return Value(raw, span)

    wanted = (("sub", subject), ("aud", "sts.amazonaws.com"))
    conditions = tuple(Condition(text("StringEquals"), text(f"{HOLE}:{k}"), (text(v),), span) for k, v in wanted)
    federated = Principal("Federated", text(HOLE))
    statement = Statement(
        text("Allow"),
        span,
        actions=(text("sts:AssumeRoleWithWebIdentity"),),
        principals=(federated,),
        conditions=conditions,
    )
    return Policy((statement,), span)


def _pod_trust(span: Span) -> Policy:
    actions = tuple(Value(raw, span) for raw in ("sts:AssumeRole", "sts:TagSession"))
    service = Principal("Service", Value("pods.eks.amazonaws.com", span))
    return Policy((Statement(Value("Allow", span), span, actions=actions, principals=(service,)),), span)
