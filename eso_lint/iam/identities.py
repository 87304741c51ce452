"""Everything in a repository that grants something to somebody, looked up by name.

Readers of dialects register in `READERS`; each is asked once for a workspace, and only when a rule asks for
identities. A reader sees all files by path and the workspace's objects, and gives what it finds as `Found`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import NamedTuple

from eso_lint.iam.glob import matches
from eso_lint.iam.grant import HOLE, Association, Block, Grant, ModuleCall, Role, VaultPolicy
from eso_lint.model.workspace import Workspace
from eso_lint.suggest import Nearby

_ARN = re.compile(
    r"arn:(?P<partition>[^:]*):iam::(?P<account>[^:]*):role(?P<path>/(?:.*/)?)(?P<name>[^/]*)\Z", re.DOTALL
)


class Found(NamedTuple):
    """What one reader found."""

    roles: tuple[Role, ...] = ()
    associations: tuple[Association, ...] = ()
    calls: tuple[ModuleCall, ...] = ()
    grants: tuple[Grant, ...] = ()
    vault_policies: tuple[VaultPolicy, ...] = ()
    blocks: tuple[Block, ...] = ()


Reader = Callable[[Workspace], Found]
# Dialect -> module and function, imported when identities are asked for.
READERS: dict[str, tuple[str, str]] = {
    "terraform": ("eso_lint.iam.terraform_found", "read"),
    "cloudformation": ("eso_lint.iam.cloudformation", "read"),
    "objects": ("eso_lint.iam.aws_objects", "read"),
    "vault": ("eso_lint.iam.vault_found", "read"),
}


class Lookup(NamedTuple):
    """What answers to a name: roles that are it for certain, and roles that may be (their name has holes)."""

    exact: tuple[Role, ...]
    maybe: tuple[Role, ...]

    @property
    def all(self) -> tuple[Role, ...]:
        return self.exact + self.maybe


class Identities:
    """Roles, associations and grants of all dialects."""

    def __init__(self, found: Iterable[Found]) -> None:
        every = tuple(found)
        self.roles = tuple(x for f in every for x in f.roles)
        self.associations = tuple(x for f in every for x in f.associations)
        self.calls = tuple(x for f in every for x in f.calls)
        self.grants = tuple(x for f in every for x in f.grants)
        self.vault_policies = tuple(x for f in every for x in f.vault_policies)
        self.blocks = tuple(x for f in every for x in f.blocks)
        self._by_name: dict[str, list[Role]] = {}
        self._holed: list[Role] = []
        for role in self.roles:
            if role.name.text is None:
                self._holed.append(role)
            else:
                self._by_name.setdefault(role.name.text, []).append(role)
        self._names: Nearby | None = None

    def role(self, arn: str) -> Lookup:
        """The roles that an ARN (or a bare name) names; `arn` may have holes.

        A role whose account is known to be another's is none of them. A role of unknown account with exactly that
        name is exact: a repository writes an account id in one place and looks it up in another.
        """
        parts = _ARN.match(arn)
        name = parts["name"] if parts else arn.rsplit("/", 1)[-1]
        account = parts["account"] if parts else HOLE
        exact = []
        maybe = []
        if HOLE not in name:
            exact = [r for r in self._by_name.get(name, ()) if _same_account(r, account)]
            maybe = [r for r in self._holed if r.name.raw.strip(HOLE) and matches(r.name.raw, name) is None]
        else:
            maybe = [r for r in self.roles if r.name.raw.strip(HOLE) and matches(r.name.raw, name) is not False]
        return Lookup(tuple(exact), tuple(r for r in maybe if _same_account(r, account)))

    def near(self, arn: str) -> str | None:
        """A role's name a slip away from the one in an ARN."""
        if self._names is None:
            self._names = Nearby(self._by_name)
        return self._names.slip(arn.rsplit("/", 1)[-1])

    def accounts(self) -> frozenset[str]:
        """The accounts that roles of the repository are known to be in."""
        return frozenset(role.account for role in self.roles if role.account is not None)

    def of_type(self, *types: str) -> Iterator[Block]:
        """Blocks of Terraform by type."""
        return (block for block in self.blocks if block.type in types)


def _same_account(role: Role, account: str) -> bool:
    return role.account is None or matches(account, role.account) is not False


def identities(ws: Workspace) -> Identities:
    """The identities of a repository, read on first use."""
    return ws.index(_identities)


def _identities(ws: Workspace) -> Identities:
    readers: list[Reader] = [getattr(import_module(module), name) for module, name in READERS.values()]
    return Identities(reader(ws) for reader in readers)
