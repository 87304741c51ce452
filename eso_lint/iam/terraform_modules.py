"""Well-known modules of the Terraform registry that make roles: what their calls say, with what the modules add.

Facts are those of the modules' releases: which switch grants what, with which defaults, since when.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from eso_lint.iam.addons import account_of
from eso_lint.iam.grant import (
    HOLE,
    Argument,
    Association,
    Condition,
    ModuleCall,
    Policy,
    Principal,
    Role,
    Statement,
    Value,
)
from eso_lint.iam.hcl_eval import evaluate
from eso_lint.iam.hcl_values import truth
from eso_lint.iam.module_rights import external_secrets
from eso_lint.iam.terraform import local
from eso_lint.iam.terraform_policies import Policies, every, statement_of
from eso_lint.iam.terraform_use import Instance, Use
from eso_lint.iam.tree import Fields, Tree, at, is_open, objects, text_of, texts, unknown
from eso_lint.source.file import Span

_FAMILIES = (
    ("iam-role-for-service-accounts", "irsa"),
    ("iam-assumable-role-with-oidc", "oidc"),
    ("eks-pod-identity", "pod-identity"),
    ("eks-blueprints-addons", "addons"),
)
_EXACT = re.compile(r"(?:=\s*|~>\s*|v)?(\d+)\.(\d+)\.\d+\Z")
_MAJOR = re.compile(r"(?:=\s*|~>\s*|>=\s*|v)?(\d+)")
# Which arguments name further policies, by ARN, and which hold further statements.
_ARNS = ("role_policy_arns", "policies", "additional_policy_arns")
_OTHER = ("source_inline_policy_documents", "override_inline_policy_documents", "override_policy_documents")


class Made(NamedTuple):
    """What one call makes."""

    call: ModuleCall | None = None
    role: Role | None = None
    associations: tuple[Association, ...] = ()


def made_by(use: Use, name: str, policies: Policies) -> Iterator[tuple[str, Made]]:
    """What the instances of a call make, by key; nothing for modules that are not known."""
    written = use.module.calls[name]
    expr = written.item.body.get("source")
    source = text_of(evaluate(expr, use.scope(written.file))) if expr is not None else None
    if source is None or local(use.module.directory, source.raw) is not None:
        return
    family = next((family for part, family in _FAMILIES if part in source.raw), None)
    if family is None:
        return
    for instance in use.instances(written):
        use.budget.assumed = False
        made = _Call(use, name, instance, policies, family, source).made()
        if made.role is not None:
            made = made._replace(role=made.role._replace(assumed=use.budget.assumed))
        yield instance.key, made


class _Call:
    """One call of one of the modules."""

    def __init__(self, use: Use, name: str, instance: Instance, policies: Policies, family: str, source: Value) -> None:
        written = use.module.calls[name]
        scope = use.scope(written.file, instance.names)
        self.policies = policies
        self.family = family
        self.span = Span(written.file, written.item.start, written.item.end)
        self.given: dict[str, Argument] = {}
        for attribute in written.item.body.attributes:
            found = evaluate(attribute.value, scope)
            if found is not None:
                self.given[attribute.name] = Argument(Span(written.file, attribute.start, attribute.end), found)
        self.source = source
        self.version = text_of(self.tree("version"))
        self.major, self.minor = _release(family, source.raw, self.version)
        self.maybe = instance.maybe or use.maybe
        self.broken = use.module.broken

    def tree(self, *names: str) -> Tree | None:
        """The first of some arguments that is given."""
        for name in names:
            if name in self.given:
                return self.given[name].value  # type: ignore[return-value]
        return None

    def key(self, *names: str) -> Span:
        return next((self.given[name].key for name in names if name in self.given), self.span)

    def made(self) -> Made:
        call = ModuleCall(self.family, self.source, self.major, self.version, self.given, self.span)
        if self.family == "addons":
            on = "enable_external_secrets" in self.given and self.switch("enable_external_secrets") is not False
            makes = on and truth(at(self.tree("external_secrets"), "create_role")) is not False
            return Made(call, self._addon() if makes else None)
        creates = self.switch("create", "create_role")
        # Of all of them only this module makes no role unless it is told to.
        if creates is False or (self.family == "oidc" and "create_role" not in self.given):
            return Made(call)
        role = self._role(self._name(), self._trust())
        role = role._replace(maybe=role.maybe or (creates is None and self.tree("create", "create_role") is not None))
        return Made(call, role, tuple(self._associations(role)))

    def switch(self, *names: str) -> bool | None:
        """A switch's value; None where it is absent or not known."""
        return truth(self.tree(*names))

    def _name(self) -> Value:
        name = text_of(self.tree("role_name", "name"))
        prefix = text_of(self.tree("role_name_prefix"))
        if name is None:
            return unknown(self.span) if prefix is None else Value(prefix.raw + HOLE, prefix.span)
        if "role_name" in self.given or (self.family == "irsa" and self.major == 5):
            return name
        # Since then the name is a prefix unless that is switched off.
        plain = self.switch("use_name_prefix") is False
        return name if plain else Value(f"{name.raw}-{HOLE}", name.span)

    def _role(self, name: Value, trust: Policy | None) -> Role:
        own = list(self._policies())
        path = text_of(self.tree("role_path", "path"))
        boundary = self.tree("role_permissions_boundary_arn", "permissions_boundary_arn", "permissions_boundary")
        return Role(
            name,
            self.span,
            path=path.raw if path is not None else "/",
            trust=trust,
            policies=tuple(own),
            boundary=self.policies.managed(boundary) if boundary is not None else None,
            open=self.broken or self._more(),
            maybe=self.maybe,
            call=ModuleCall(self.family, self.source, self.major, self.version, self.given, self.span),
        )

    def _more(self) -> bool:
        """Whether the call gives policies that are not looked into: other switches, documents, open lists."""
        for name in self.given:
            if (
                name.startswith("attach_")
                and name != "attach_external_secrets_policy"
                and self.switch(name) is not False
            ):
                return name != "attach_custom_policy"
        return any(name in self.given for name in _OTHER) or any(is_open(self.tree(name)) for name in _ARNS)

    def _policies(self) -> Iterator[Policy]:
        attached = self.tree("attach_external_secrets_policy")
        if attached is not None and truth(attached) is not False:
            key = self.key("attach_external_secrets_policy")
            statements = external_secrets(
                self.family, self.major, self.minor, key, self.tree, self.switch, truth(attached) is None
            )
            yield Policy(tuple(statements), self.span, module=True)
        for tree in every(self.tree(name) for name in _ARNS):
            yield self.policies.managed(tree)
        documents = self.tree("source_policy_documents")
        for tree in every((documents,)):
            yield self.policies.document(tree, tree.span)
        if is_open(documents):
            yield Policy((), self.span, open=True)
        for name in ("permissions", "policy_statements", "inline_policy_permissions", "inline_policy_statements"):
            found = self.tree(name)
            if found is not None:
                written = tuple(statement_of(fields) for fields in every((found,)) if isinstance(fields, Fields))
                yield Policy(written, self.key(name), open=is_open(found))

    # Who may assume it.

    def _trust(self) -> Policy:
        if self.family == "pod-identity":
            statement = _statement(self.span, ("sts:AssumeRole", "sts:TagSession"), "Service", "pods.eks.amazonaws.com")
            return Policy((statement,), self.span, module=True, open="trust_policy_statements" in self.given)
        statements = tuple(self._web_identities() if self.family == "irsa" else self._subjects())
        open_ = is_open(self.tree("oidc_providers")) or any(
            name in self.given for name in ("source_trust_policy_documents", "override_trust_policy_documents")
        )
        own = self.tree("allow_self_assume_role", "explicit_permission_to_assume_self")
        if own is not None and truth(own) is not False:
            statements += (_statement(own.span, ("sts:AssumeRole",), "AWS", "*")._replace(maybe=True),)
        return Policy(statements, self.key("oidc_providers", "oidc_fully_qualified_subjects"), module=True, open=open_)

    def _web_identities(self) -> Iterator[Statement]:
        test = text_of(self.tree("assume_role_condition_test", "trust_condition_test"))
        for fields in every((self.tree("oidc_providers"),)):
            if not isinstance(fields, Fields):
                continue
            provider = text_of(fields.get("provider_arn")) or unknown(fields.span)
            host = provider.raw.rsplit("provider/", 1)[-1] if "provider/" in provider.raw else HOLE
            listed = fields.get("namespace_service_accounts")
            accounts = tuple(Value(f"system:serviceaccount:{v.raw}", v.span) for v in texts(listed))
            span = listed.span if listed is not None else fields.span
            operator = test if test is not None else Value("StringEquals", span)
            audience = (Value("sts.amazonaws.com", fields.span),)
            yield _statement(fields.span, ("sts:AssumeRoleWithWebIdentity",), "Federated", provider.raw)._replace(
                conditions=(
                    Condition(operator, Value(f"{host}:sub", span), accounts, span),
                    Condition(operator, Value(f"{host}:aud", fields.span), audience, fields.span),
                ),
                maybe=fields.open,
            )

    def _subjects(self) -> Iterator[Statement]:
        for url in (*texts(self.tree("provider_urls")), *texts(self.tree("provider_url"))):
            host = url.raw.removeprefix("https://")
            conditions = []
            for name, test, key in (
                ("oidc_fully_qualified_subjects", "StringEquals", "sub"),
                ("oidc_subjects_with_wildcards", "StringLike", "sub"),
                ("oidc_fully_qualified_audiences", "StringLike", "aud"),
            ):
                values = texts(self.tree(name))
                if values:
                    span = self.key(name)
                    conditions.append(Condition(Value(test, span), Value(f"{host}:{key}", span), values, span))
            statement = _statement(self.span, ("sts:AssumeRoleWithWebIdentity",), "Federated", f"{HOLE}{host}")
            yield statement._replace(conditions=tuple(conditions))

    def _associations(self, role: Role) -> Iterator[Association]:
        if self.family != "pod-identity":
            return
        defaults = self.tree("association_defaults")
        arn = Value(f"arn:{HOLE}:iam::{HOLE}:role{role.path}{role.name.raw}", role.name.span)
        for fields in every((self.tree("associations"),)):
            if isinstance(fields, Fields):
                namespace = text_of(fields.get("namespace") or at(defaults, "namespace"))
                account = text_of(fields.get("service_account") or at(defaults, "service_account"))
                hole = unknown(fields.span)
                yield Association(namespace or hole, account or hole, arn, fields.span)

    def _addon(self) -> Role:
        """The role of the add-on, for the operator's own ServiceAccount."""
        config = self.tree("external_secrets")
        known = config is None or (isinstance(config, Fields) and not config.open)
        name = text_of(at(config, "role_name")) or Value("external-secrets" if known else HOLE, self.span)
        if truth(at(config, "role_name_use_prefix")) is not False:
            name = Value(f"{name.raw}-{HOLE}", name.span)
        account = ":".join(part if part is not None else HOLE for part in account_of(config))
        subject = Value(f"system:serviceaccount:{account}", self.span)
        test = Condition(Value("StringEquals", self.span), Value(f"{HOLE}:sub", self.span), (subject,), self.span)
        trust = _statement(self.span, ("sts:AssumeRoleWithWebIdentity",), "Federated", HOLE)
        key = self.key("enable_external_secrets")
        maybe = self.switch("enable_external_secrets") is None
        statements = external_secrets("addons", self.major, self.minor, key, self.tree, self.switch, maybe)
        more = ("policy_statements", "source_policy_documents", "role_policies", "override_policy_documents")
        fields = next(objects(config), None)
        makes = at(config, "create_role")
        return Role(
            name,
            self.span,
            trust=Policy((trust._replace(conditions=(test,)),), self.span, module=True),
            policies=(Policy(tuple(statements), self.span, module=True),),
            open=self.broken or not known or (fields is not None and any(fields.get(n) is not None for n in more)),
            maybe=self.maybe or maybe or (makes is not None and truth(makes) is None),
            call=ModuleCall(self.family, self.source, self.major, self.version, self.given, self.span),
        )


def _statement(span: Span, actions: tuple[str, ...], kind: str, who: str) -> Statement:
    return Statement(
        Value("Allow", span),
        span,
        actions=tuple(Value(action, span) for action in actions),
        principals=(Principal(kind, Value(who, span)),),
    )


def _release(family: str, source: str, version: Value | None) -> tuple[int | None, int | None]:
    """Major and minor release of a module, None where the newest may be used."""
    written = version.raw if version is not None else ""
    if "?ref=" in source:
        written = source.rsplit("?ref=", 1)[-1]
    exact = _EXACT.match(written.strip())
    major = _MAJOR.match(written.strip())
    found = int(exact[1]) if exact else int(major[1]) if major and not written.strip().startswith(">") else None
    if family == "irsa":
        # The module was renamed with the release after.
        newest = 5 if "iam-role-for-service-accounts-eks" in source else 6
        found = newest if found is None or found > newest or newest == 6 else found
    return found, int(exact[2]) if exact else None
