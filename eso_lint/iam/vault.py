"""From a Vault store to the login role that it takes, and to the policies that this role brings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from eso_lint.iam.blocks import Blocks
from eso_lint.iam.glob import matches
from eso_lint.iam.grant import HOLE, Block, Grant, Value, VaultPolicy, VaultRule
from eso_lint.iam.identities import identities
from eso_lint.iam.needs import Need, needs_of
from eso_lint.iam.tree import Ref, objects, text_of, texts
from eso_lint.iam.uses import Use, uses, uses_of
from eso_lint.iam.vault_acl import Allowed, allowed
from eso_lint.iam.vault_found import named_files, policy_of_file, role_grant
from eso_lint.iam.vault_hcl import Places, vault_rules
from eso_lint.model.kinds.store import Store
from eso_lint.model.resource import Resource
from eso_lint.model.workspace import Workspace
from eso_lint.source.node import Mapping, Node, Opaque, is_absent, string

# The login methods whose roles a repository may hold, with the field that says where they are mounted.
_METHODS = {"kubernetes": "mountPath", "jwt": "path"}


class Vault(NamedTuple):
    """All policies and login roles of a repository."""

    policies: dict[str, list[VaultPolicy]]
    roles: tuple[Grant, ...]


class Login(NamedTuple):
    """How a store logs in: the method, where it is mounted, and the role's name (None where it cannot be known)."""

    method: str
    mount: str
    mount_at: Node
    role: str
    role_at: Node


class VaultGap(NamedTuple):
    """A need that the policies of a store's role do not meet. `segment` is the path that would, if only it had `data/`.

    `others` are the needs of the same use that are not met either.
    """

    need: Need
    others: tuple[Need, ...]
    answer: Allowed
    policies: tuple[VaultPolicy, ...]
    role: Grant
    segment: VaultRule | None

    @property
    def use(self) -> Use:
        return self.need.use


def vault_identities(ws: Workspace) -> Vault:
    return ws.index(_vault)


def _vault(ws: Workspace) -> Vault:
    known = identities(ws)
    blocks = Blocks(known)
    policies: dict[str, list[VaultPolicy]] = {}
    for policy in (*known.vault_policies, *_terraform_policies(blocks)):
        # Vault keeps names of policies in lower case.
        policies.setdefault(policy.name.raw.lower(), []).append(policy)
    roles = [grant for grant in known.grants if grant.kind == "vault-role"]
    roles += _terraform_roles(blocks)
    return Vault(policies, tuple(roles))


def _terraform_roles(blocks: Blocks) -> Iterator[Grant]:
    types = {"vault_kubernetes_auth_backend_role": "kubernetes", "vault_jwt_auth_backend_role": "jwt"}
    for block in blocks.of_type(*types):
        name = blocks.text(block, "role_name")
        if name is not None:
            mount = blocks.text(block, "backend") or Value(types[block.type], block.span)
            yield role_grant(name, mount, block.span, lambda f, b=block: blocks.texts(b, f), block.maybe)  # type: ignore[misc]


def _terraform_policies(blocks: Blocks) -> Iterator[VaultPolicy]:
    for block in blocks.of_type("vault_policy"):
        name = blocks.text(block, "name")
        if name is not None:
            yield _terraform_policy(block, name, blocks)


def _terraform_policy(block: Block, name: Value, blocks: Blocks) -> VaultPolicy:
    tree = blocks.tree(block, "policy")
    if isinstance(tree, Ref):
        document = blocks.target(tree)
        if document is not None and document.type == "vault_policy_document":
            return VaultPolicy(name, tuple(_document_rules(document, blocks)), name.span, _may_grow(document))
    text = text_of(tree)
    if text is None or text.raw == HOLE:
        return VaultPolicy(name, (), name.span, open=True)
    rules = vault_rules(text.raw, Places(text))
    return VaultPolicy(name, rules.rules, name.span, rules.open or block.maybe)


def _document_rules(document: Block, blocks: Blocks) -> Iterator[VaultRule]:
    for rule in objects(blocks.tree(document, "rule")):
        path = text_of(blocks.follow(rule.get("path")))
        if path is not None:
            capabilities = texts(blocks.follow(rule.get("capabilities")))
            yield VaultRule(path._replace(raw=path.raw.removeprefix("/")), capabilities, path.span)


def _may_grow(document: Block) -> bool:
    argument = document.attributes.get("rule")
    return document.maybe or argument is None or getattr(argument.value, "open", False)


def login_of(store: Store) -> Login | None:
    """The one login by role that a store uses; None where it uses another, several, or it cannot be known."""
    auth = store.config("auth")
    if store.provider not in ("vault", "openBao") or not isinstance(auth, Mapping) or auth.open:
        return None
    used = [name for name, value in auth.named() if name != "namespace" and not is_absent(value)]
    method = used[0] if len(used) == 1 else ""
    field = _METHODS.get(method)
    block = auth.get(method)
    if field is None or not isinstance(block, Mapping):
        return None
    role, mount = block.get("role"), block.get(field)
    name = string(role)
    path = method if is_absent(mount) or string(mount) == "" else string(mount)
    if not name or path is None or role is None:
        return None
    base = ("spec", "provider", store.provider, "auth", method)
    return Login(method, path.strip("/").removeprefix("auth/"), store.anchor(*base, field), name, role)


def roles_named(store: Store, ws: Workspace) -> tuple[Login, tuple[Grant, ...]] | None:
    """The roles with the name that a store logs in with, wherever they are mounted; None where no name is known."""
    login = login_of(store)
    if login is None:
        return None
    return login, tuple(r for r in vault_identities(ws).roles if matches(r.role.raw, login.role) is not False)


def role_of(store: Store, ws: Workspace) -> Grant | None:
    """The one role that a store logs in with; None where there is none here, or several may be meant."""
    named = roles_named(store, ws)
    if named is None:
        return None
    login, roles = named
    here = [r for r in roles if matches(r.scope.raw, login.mount) is not False]
    return here[0] if len(here) == 1 and here[0].role.text is not None and not here[0].maybe else None


def policies_of(role: Grant, ws: Workspace) -> tuple[VaultPolicy, ...] | None:
    """The policies that a role brings; None where one of them is not seen, or may be one of several."""
    found: list[VaultPolicy] = []
    for name in role.details.get("policies", ()):
        if name.text == "default":
            continue  # it says nothing of secrets
        known = _named(name.text.lower(), ws) if name.text is not None else ()
        if len(known) != 1:
            return None
        found.append(known[0])
    return tuple(found) or None


def _named(name: str, ws: Workspace) -> tuple[VaultPolicy, ...]:
    """The policies of a name: those that something writes, else a file that is called so."""
    written = vault_identities(ws).policies.get(name)
    return tuple(written or (policy_of_file(file) for file in ws.index(named_files).get(name, ())))


def vault_gaps(resource: Resource, ws: Workspace) -> Iterator[VaultGap]:
    """What one object asks of Vault stores whose role certainly may not: one gap for each use."""
    told: set[tuple[object, ...]] = set()
    for use in uses_of(resource, ws):
        gap = _gap(use, ws)
        if gap is not None:
            key = (id(use.at), id(gap.role), gap.need.action, gap.need.resource)
            if key not in told:
                told.add(key)
                yield gap


def segment_gaps(store: Store, ws: Workspace) -> Iterator[VaultGap]:
    """The paths of policies that lack `data/` or `metadata/`, each once, with a use that shows it."""
    told: set[tuple[object, int]] = set()
    for use in uses(store, ws):
        gap = _gap(use, ws)
        if gap is not None and gap.segment is not None:
            at = gap.segment.path.span
            if (at.file, at.start) not in told:
                told.add((at.file, at.start))
                yield gap


def _gap(use: Use, ws: Workspace) -> VaultGap | None:
    if use.store.provider not in ("vault", "openBao"):
        return None
    role = role_of(use.store, ws)
    policies = policies_of(role, ws) if role is not None else None
    if role is None or policies is None:
        return None
    answers = [(need, judged(policies, use.store, need)) for need in needs_of(use, ws)]
    missing = [(need, answer) for need, answer in answers if answer.fails]
    if not missing:
        return None
    missing.sort(key=lambda item: not item[0].sure)
    need, answer = missing[0]
    segment = next((s for n, _ in missing if (s := _without_segment(policies, n)) is not None), None)
    return VaultGap(need, tuple(n for n, _ in missing[1:]), answer, policies, role, segment)


def judged(policies: tuple[VaultPolicy, ...], store: Store, need: Need) -> Allowed:
    """What policies say of a need of a store."""
    answers = [allowed(policies, need.action, path) for path in _paths(store, need.resource)]
    if all(answer.fails for answer in answers):
        return answers[0] if answers else Allowed("unknown")
    return next((a for a in answers if a.verdict == "granted"), Allowed("unknown"))


def _paths(store: Store, path: str) -> tuple[str, ...]:
    """A path as a policy may have it: one of a parent namespace has the store's namespace before it."""
    node = store.config("namespace")
    if is_absent(node):
        return (path,)
    if isinstance(node, Opaque) or string(node) is None:
        return ()
    return (path, f"{(string(node) or '').strip('/')}/{path}")


def _without_segment(policies: tuple[VaultPolicy, ...], need: Need) -> VaultRule | None:
    """The rule that would allow a need of version 2 of the KV engine, were there no `data/` in paths."""
    for segment in ("/data/", "/metadata/"):
        mount, found, rest = need.resource.partition(segment)
        if not found or HOLE in need.resource:
            continue
        answer = allowed(policies, need.action, f"{mount}/{rest}")
        rule = answer.rule
        if answer.verdict == "granted" and rule is not None and not rule.path.raw.startswith(f"{mount}{segment}"):
            return rule
    return None
