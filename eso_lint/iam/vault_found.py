"""Vault policies and login roles outside of Terraform: policy files, commands, objects of operators."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from itertools import islice

from eso_lint.iam.grant import HOLE, Grant, Unread, Value, VaultPolicy
from eso_lint.iam.identities import Found
from eso_lint.iam.vault_hcl import Places, looks_like_policy, value_of, vault_rules
from eso_lint.iam.yaml_text import value_of as yaml_text
from eso_lint.model.resource import Resource
from eso_lint.model.workspace import Workspace
from eso_lint.source.file import SourceFile, Span
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, is_absent, items, lookup, string

_POLICY_FILES = (".hcl", ".hcl.tpl", ".hcl.tmpl")
_COMMANDS = (".sh", ".bash", ".yaml", ".yml", ".mk", ".just", "Makefile", "justfile", "Justfile")
_MAX_BYTES = 2_000_000
_MAX_COMMANDS = 500  # of one file
_FLAGS = r"(?:[ \t]+-[\w-]+(?:=[^\s]*)?)*"
_WRITE_POLICY = re.compile(
    rf"\b(?:vault|bao)[ \t]+policy[ \t]+write{_FLAGS}[ \t]+(?P<name>[\"']?[^\s\"'|;&]+[\"']?)[ \t]+"
    r"(?:\\\r?\n[ \t]*)?(?P<from>[^\s|;&<]+)(?:[ \t]*<<-?[ \t]*[\"']?(?P<end>\w{1,100})[\"']?[^\n]*\n)?"
)
_WRITE_ROLE = re.compile(
    rf"\b(?:vault|bao)[ \t]+write{_FLAGS}[ \t]+[\"']?auth/(?P<mount>[\w./${{}}-]+?)/role/(?P<name>[^\s\"']+)[\"']?"
    r"(?P<args>(?:[ \t]*\\\r?\n|[^\n\\;|&])*)"
)
_ARGUMENT = re.compile(r"(?:(?<=\s)|\A)(?P<name>\w+)=(?P<value>\"[^\"\n]*\"|'[^'\n]*'|[^\s\"']*)")
_COMMA = re.compile(r"[^,\s]+")
# The lists of a role, in every dialect, by the name that a Grant has for them.
_FIELDS = {
    "names": ("bound_service_account_names", "targetServiceAccounts", "boundServiceAccountNames"),
    "namespaces": ("bound_service_account_namespaces", "boundServiceAccountNamespaces"),
    "policies": ("policies", "token_policies", "tokenPolicies"),
    "audiences": ("audience", "bound_audiences", "boundAudiences"),
    "subjects": ("bound_subject", "boundSubject"),
}


def read(ws: Workspace) -> Found:
    """All of them; files are looked into where their bytes say that it is worth it."""
    policies: list[VaultPolicy] = []
    grants: list[Grant] = []
    unread: list[Unread] = []
    for path, file in ws.sources.items():
        if file.size > _MAX_BYTES:
            if path.endswith((*_POLICY_FILES, *_COMMANDS)) and file.holds(b"policy write"):
                unread.append(Unread(path, "larger than 2 MB"))
            continue
        if path.endswith(_COMMANDS) and (file.holds(b"policy write") or file.holds(b"/role/")):
            policies += _written_policies(file, ws.sources)
            grants += _written_roles(file)
    for resource in ws.resources:
        make = _KINDS.get((resource.kind, resource.group))
        if make is not None:
            for found in make(resource):
                if isinstance(found, VaultPolicy):
                    policies.append(found)
                else:
                    grants.append(found)
    return Found(grants=tuple(grants), vault_policies=tuple(policies), unread=tuple(unread))


def named_files(ws: Workspace) -> dict[str, list[SourceFile]]:
    """Files with policies by their own name, which by custom is the policy's."""
    found: dict[str, list[SourceFile]] = {}
    for path, file in ws.sources.items():
        if path.endswith(_POLICY_FILES) and file.size <= _MAX_BYTES and file.holds(b"capabilities"):
            found.setdefault(posixpath.basename(path).split(".", 1)[0].lower(), []).append(file)
    return found


def policy_of_file(file: SourceFile) -> VaultPolicy:
    """A policy that is a file; by custom it is written under the name of the file."""
    stem = posixpath.basename(file.path).split(".", 1)[0]
    rules = vault_rules(file.text, lambda start, end: Span(file, start, end))
    whole = Span(file, 0, min(len(file.text), 1))
    return VaultPolicy(Value(stem, whole), rules.rules, whole, rules.open)


def _commented(text: str, at: int) -> bool:
    start = text.rfind("\n", 0, at) + 1
    return text[start:at].lstrip().startswith(("#", "//"))


def _written_policies(file: SourceFile, files: dict[str, SourceFile]) -> Iterator[VaultPolicy]:
    """`vault policy write NAME FILE`, or with the policy in a heredoc."""
    text = file.text
    for match in islice(_WRITE_POLICY.finditer(text), _MAX_COMMANDS):
        if _commented(text, match.start()):
            continue
        start, end = match.span("name")
        name = value_of(match["name"].strip("\"'"), Span(file, start, end))
        if match["end"]:
            stop = re.compile(rf"^[ \t]*{re.escape(match['end'])}[ \t]*\r?$", re.MULTILINE).search(text, match.end())
            until = stop.start() if stop is not None else match.end()
            rules = vault_rules(text, lambda a, b: Span(file, a, b), match.end(), until)
            yield VaultPolicy(name, rules.rules, name.span, rules.open or stop is None)
        elif match["from"] != "-":
            written = posixpath.basename(match["from"].strip("\"'@"))
            found = [f for path, f in files.items() if posixpath.basename(path) == written and f.holds(b"path")]
            if len(found) == 1:
                own = policy_of_file(found[0])
                yield own._replace(name=name)
            else:
                yield VaultPolicy(name, (), name.span, open=True)
        else:
            yield VaultPolicy(name, (), name.span, open=True)  # from a pipe


def _written_roles(file: SourceFile) -> Iterator[Grant]:
    """`vault write auth/MOUNT/role/NAME key=value …`."""
    text = file.text
    for match in islice(_WRITE_ROLE.finditer(text), _MAX_COMMANDS):
        if _commented(text, match.start()):
            continue
        arguments: dict[str, tuple[Value, ...]] = {}
        base = match.start("args")
        for argument in _ARGUMENT.finditer(match["args"]):
            raw = argument["value"]
            quoted = raw[:1] in ("'", '"')
            start = base + argument.start("value") + quoted
            inner = raw[1:-1] if quoted else raw
            arguments[argument["name"]] = tuple(
                value_of(m[0], Span(file, start + m.start(), start + m.end())) for m in _COMMA.finditer(inner)
            )
        name = value_of(match["name"], Span(file, *match.span("name")))
        mount = value_of(match["mount"], Span(file, *match.span("mount")))
        if {"bound_service_account_names", "bound_subject", "policies", "token_policies"} & arguments.keys():
            yield role_grant(name, mount, name.span, arguments.get)


def role_grant(
    name: Value,
    mount: Value,
    span: Span,
    get: Callable[[str], tuple[Value, ...] | None],
    maybe: bool = False,
) -> Grant:
    """A login role. `get` gives a field's texts, None where it is absent."""
    details: dict[str, tuple[Value, ...]] = {}
    for field, spellings in _FIELDS.items():
        for spelling in spellings:
            found = get(spelling)
            if found is not None:
                details[field] = details.get(field, ()) + found
    return Grant("vault-role", name, name, mount._replace(raw=mount.raw.strip("/")), span, details, maybe)


def _texts(node: Node | None) -> tuple[Value, ...] | None:
    """A text, or the texts of a list; what is unknown as a hole."""
    if node is None or is_absent(node):
        return None
    if isinstance(node, Sequence):
        found = tuple(_text(item) for item in node.items)
        return (*found, Value(HOLE, node.span)) if node.open else found
    if isinstance(node, Scalar) and "," in node.text:
        return tuple(value_of(part.strip(), node.span) for part in node.text.split(","))
    return (_text(node),)


def _text(node: Node) -> Value:
    return value_of(node.text, node.span) if isinstance(node, Scalar) else Value(HOLE, node.span)


def policy_of_node(name: Value, node: Node | None) -> VaultPolicy:
    """A policy whose text is a scalar of YAML."""
    text = yaml_text(node)
    if text is None or not looks_like_policy(text.raw):
        return VaultPolicy(name, (), name.span, open=True)
    rules = vault_rules(text.raw, Places(text))
    return VaultPolicy(name, rules.rules, name.span, rules.open)


def _named(resource: Resource, *path: str) -> Value:
    node = resource.at(*path) if path else None
    if is_absent(node):
        node = resource.at("metadata", "name")
    return _text(node) if node is not None else Value(HOLE, resource.kind_node.span)


def _policy_object(resource: Resource) -> Iterator[VaultPolicy | Grant]:
    """`Policy` of the Vault Config Operator."""
    yield policy_of_node(_named(resource, "spec", "name"), resource.at("spec", "policy"))


def _role_object(resource: Resource) -> Iterator[VaultPolicy | Grant]:
    """`KubernetesAuthEngineRole` and `JWTOIDCAuthEngineRole` of the Vault Config Operator."""
    spec = resource.at("spec")
    mount = lookup(spec, "path")
    name = _named(resource, "spec", "name")
    grant = role_grant(
        name,
        _text(mount) if mount is not None else Value(HOLE, name.span),
        name.span,
        lambda field: _texts(lookup(spec, field)),
    )
    spaces = lookup(spec, "targetNamespaces", "targetNamespaces")
    if resource.kind == "KubernetesAuthEngineRole":
        grant.details["namespaces"] = _texts(spaces) or (Value(HOLE, name.span),)
    yield grant


def _crossplane_policy(resource: Resource) -> Iterator[VaultPolicy | Grant]:
    yield policy_of_node(_named(resource, "spec", "forProvider", "name"), resource.at("spec", "forProvider", "policy"))


def _crossplane_role(resource: Resource) -> Iterator[VaultPolicy | Grant]:
    spec = resource.at("spec", "forProvider")
    name = _named(resource, "spec", "forProvider", "roleName")
    mount = lookup(spec, "backend")
    yield role_grant(
        name,
        _text(mount) if mount is not None else Value(HOLE, name.span),
        name.span,
        lambda field: _texts(lookup(spec, field)),
    )


def _bank_vaults(resource: Resource) -> Iterator[VaultPolicy | Grant]:
    """`externalConfig` of a bank-vaults Vault."""
    config = resource.at("spec", "externalConfig")
    for policy in items(lookup(config, "policies")):
        named = lookup(policy, "name")
        if named is not None:
            yield policy_of_node(_text(named), lookup(policy, "rules"))
    for auth in items(lookup(config, "auth")):
        kind = string(lookup(auth, "type"))
        if kind not in ("kubernetes", "jwt"):
            continue
        path = lookup(auth, "path")
        for role in items(lookup(auth, "roles")):
            named = lookup(role, "name")
            if named is None or not isinstance(role, Mapping):
                continue
            mount = _text(path) if path is not None and not is_absent(path) else Value(kind, named.span)
            yield role_grant(_text(named), mount, named.span, _reader(role), maybe=isinstance(named, Opaque))


def _reader(node: Mapping) -> Callable[[str], tuple[Value, ...] | None]:
    return lambda field: _texts(node.get(field))


_KINDS: dict[tuple[str, str], Callable[[Resource], Iterator[VaultPolicy | Grant]]] = {
    ("Policy", "redhatcop.redhat.io"): _policy_object,
    ("KubernetesAuthEngineRole", "redhatcop.redhat.io"): _role_object,
    ("JWTOIDCAuthEngineRole", "redhatcop.redhat.io"): _role_object,
    ("Policy", "vault.vault.upbound.io"): _crossplane_policy,
    ("AuthBackendRole", "kubernetes.vault.upbound.io"): _crossplane_role,
    ("Vault", "vault.banzaicloud.com"): _bank_vaults,
}
KINDS = tuple(sorted({kind for kind, _ in _KINDS}))
