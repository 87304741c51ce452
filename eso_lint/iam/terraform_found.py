"""What Terraform files grant: AWS roles and associations, and the blocks that readers of other clouds ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eso_lint.iam.grant import Argument, Block, Unread
from eso_lint.iam.hcl_eval import Budget
from eso_lint.iam.identities import Found
from eso_lint.iam.terraform import Terraform
from eso_lint.iam.terraform_aws import aws_roles
from eso_lint.iam.terraform_use import Use
from eso_lint.model.workspace import Workspace
from eso_lint.source.file import Span

# Types of blocks that are given as they are.
_TYPES = (
    r"aws_(?:secretsmanager_secret(?:_policy)?|ssm_parameter|kms_key(?:_policy)?|kms_alias|kms_grant)"
    r"|google_(?:project|service_account|secret_manager|iam_workload|organization_iam|folder_iam)\w*"
    r"|azurerm_(?:key_vault|role_|federated_|user_assigned_)\w*|azuread_\w+|vault_\w+"
    r"|kubernetes_(?:service_account|role|cluster_role)\w*"
)
_GIVEN = re.compile(rf"(?:{_TYPES})\Z")
_NEEDLE = re.compile(
    rf"(?:resource|data)\s+\"?(?:aws_iam_|aws_eks_pod_identity_association|{_TYPES})"
    r"|iam-role-for-service-accounts|iam-assumable-role-with-oidc|eks-pod-identity|eks-blueprints-addons".encode()
)


def read(ws: Workspace) -> Found:
    """The Terraform and OpenTofu of a repository."""
    tree = Terraform(ws.sources, _NEEDLE)
    budget = Budget()
    uses: dict[str, Use] = {}
    for directory in tree.roots():
        module = tree.module(directory)
        if module is not None:
            for use in _below(Use(tree, module, budget), set(tree.wanted)):
                uses[use.home] = use
    aws = aws_roles(uses)
    if tree.cut:  # what was left out may be attached to any of them
        aws = aws._replace(roles=tuple(role._replace(open=True) for role in aws.roles))
    blocks = tuple(block for use in uses.values() for block in _blocks(use))
    return Found(aws.roles, aws.associations, aws.calls, blocks=blocks, unread=tuple(_unread(tree, uses, budget)))


def _unread(tree: Terraform, uses: dict[str, Use], budget: Budget) -> Iterator[Unread]:
    if tree.cut or budget.spent:
        yield Unread("*.tf", "more instances and values than are looked at")
    for path, why in sorted(tree.unread.items()):
        yield Unread(path, why)
    faults = {span for use in uses.values() for span in use.module.faults}
    for span in sorted(faults, key=lambda span: (span.file.path, span.start)):
        yield Unread(span.file.path, "no HCL from here on", span)


def _below(use: Use, wanted: set[str]) -> Iterator[Use]:
    """A use, and those of its calls that lead to something of interest."""
    yield use
    for name in sorted(use.module.calls):
        for _, inner in use.below(name):
            if inner.module.directory in wanted:
                yield from _below(inner, wanted)


def _blocks(use: Use) -> Iterator[Block]:
    for ident in sorted(use.module.blocks):
        if _GIVEN.match(ident[1]) is None:
            continue
        written = use.module.blocks[ident]
        span = Span(written.file, written.item.start, written.item.end)
        for instance in use.instances(written):
            fields = use.fields(ident, instance)
            key = f"[{instance.key}]" if instance.names else ""
            prefix = f"{use.address}." if use.address else ""
            data = "data." if ident[0] == "data" else ""
            yield Block(
                ident[0],
                ident[1],
                ident[2],
                f"{prefix}{data}{ident[1]}.{ident[2]}{key}",
                {name.raw: Argument(name.span, value) for name, value in fields.entries},
                span,
                instance.maybe or use.maybe or fields.open,
            )
