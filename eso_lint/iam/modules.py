"""What the switches of well-known Terraform modules grant, and what they leave out.

Read in terraform-aws-modules/iam v5 and v6 and terraform-aws-modules/eks-pod-identity: the switch for this operator
writes statements for reading, a second one some for pushing to Secrets Manager.
"""

from __future__ import annotations

from eso_lint.iam.grant import Argument, ModuleCall
from eso_lint.iam.rights import Right
from eso_lint.iam.tree import Items, Tree, text_of
from eso_lint.iam.uses import WRITES
from eso_lint.record import NamedTuple

ATTACH = "attach_external_secrets_policy"
_CREATE = ("external_secrets_secrets_manager_create_permission", "external_secrets_create_permission")
_ARNS = {
    "secretsmanager": "external_secrets_secrets_manager_arns",
    "ssm": "external_secrets_ssm_parameter_arns",
}


class Switch(NamedTuple):
    """An argument of a module call that explains why a right is missing.

    `kind` is arns (the switch is on, and no ARNs are given) or push (the module has no statement for this push).
    `missing` is the argument to give, "" where none would do.
    """

    kind: str
    call: ModuleCall
    at: Argument
    missing: str


def switch_of(right: Right) -> Switch | None:
    """The switch behind a right that fails; None where no module's switch explains it."""
    call = right.role.call
    if call is None or call.family not in ("irsa", "pod-identity"):
        return None
    attach = call.arguments.get(ATTACH)
    if attach is None or not _is_on(attach.value):
        return None
    service = right.need.action.partition(":")[0]
    if right.need.use.feature in WRITES:
        create = next((call.arguments[name] for name in _CREATE if name in call.arguments), None)
        modern = call.family == "pod-identity" or (call.major or 0) >= 6
        missing = _CREATE[1] if modern else _CREATE[0]
        return Switch("push", call, create or attach, "" if create or service != "secretsmanager" else missing)
    arns = _ARNS.get(service)
    if arns is not None and gives_no_arns(call, arns):
        return Switch("arns", call, attach, arns)
    return None


def gives_no_arns(call: ModuleCall, argument: str) -> bool:
    """Whether a call of a module that has no ARNs by itself gives none for a service."""
    if call.family != "pod-identity" and (call.major is None or call.major < 6):
        return False  # up to version 5 the ARNs are `*` where none are given
    given = call.arguments.get(argument)
    return given is None or (isinstance(given.value, Items) and not given.value.items and not given.value.open)


def _is_on(value: object) -> bool:
    text = text_of(_tree(value))
    return text is not None and text.text == "true"


def _tree(value: object) -> Tree | None:
    return value  # type: ignore[return-value]
