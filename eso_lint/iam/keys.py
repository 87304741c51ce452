"""Keys of KMS that the repository gives to secrets and parameters, and whether those who read them may use them."""

from __future__ import annotations

from eso_lint.iam import aws
from eso_lint.iam.grant import HOLE, Block, Role
from eso_lint.iam.identities import identities
from eso_lint.iam.join import Login, login_of
from eso_lint.iam.needs_aws import aws_service, effective
from eso_lint.iam.tree import Ref, Tree, text_of
from eso_lint.iam.uses import Use
from eso_lint.model.workspace import Workspace
from eso_lint.record import NamedTuple
from eso_lint.source.file import Span

DECRYPT = "kms:Decrypt"
_TYPES = {
    "SecretsManager": ("aws_secretsmanager_secret", "kms_key_id"),
    "ParameterStore": ("aws_ssm_parameter", "key_id"),
}


class Locked(NamedTuple):
    """A secret whose key the reader's role may not use: where the key is given, and the role."""

    name: str
    key: Span
    role: Role
    login: Login
    sure: bool


def locked(use: Use, ws: Workspace) -> Locked | None:
    """The key that keeps a use out; None where the secret has no key of its own, or the role may use it."""
    if use.feature not in ("data", "extract") or not ws.index(_keyed):
        return None
    name, login = effective(use), login_of(use, ws)
    last = login.last if login is not None else None
    if name is None or login is None or last is None or not last.roles:
        return None
    block = ws.index(_keyed).get((aws_service(use.store) or "", name))
    if block is None or ws.index(_own_policies):
        return None
    key = block.attributes[_TYPES[aws_service(use.store) or ""][1]]
    answers = [aws.allowed(role, DECRYPT, f"arn:{HOLE}:kms:{HOLE}:{HOLE}:key/{HOLE}") for role in last.roles]
    if not all(answer.verdict == "missing" for answer in answers):
        return None
    return Locked(name, key.key, last.roles[0], login, last.sure)


def _keyed(ws: Workspace) -> dict[tuple[str, str], Block]:
    """Secrets and parameters that Terraform makes with a customer's key, by service and name."""
    found: dict[tuple[str, str], Block] = {}
    for service, (kind, argument) in _TYPES.items():
        for block in identities(ws).of_type(kind):
            name, key = block.attributes.get("name"), block.attributes.get(argument)
            text = text_of(_tree(name.value)) if name is not None else None
            if key is not None and text is not None and text.text is not None and _is_key(_tree(key.value)):
                found[service, text.text] = block
    return found


def _tree(value: object) -> Tree | None:
    return value  # type: ignore[return-value]


def _is_key(tree: Tree | None) -> bool:
    """Whether a value certainly names a customer's key: nothing else is, where it may be null or AWS's own."""
    if isinstance(tree, Ref):
        return bool(tree.path) and "aws_kms_key" in tree.path
    text = text_of(tree)
    if text is None:
        return False
    return ":key/" in text.raw or ("alias/" in text.raw and "alias/aws/" not in text.raw)


def _own_policies(ws: Workspace) -> bool:
    """Whether a key has, or may have, a policy that lets somebody in without the right of a role."""
    found = identities(ws)
    return any("policy" in block.attributes for block in found.of_type("aws_kms_key")) or any(
        True for _ in found.of_type("aws_kms_key_policy", "aws_kms_grant")
    )
