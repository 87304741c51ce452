"""Everything in a repository that grants something to somebody, looked up by name.

Readers of dialects register in `READERS`; each is asked once for a workspace, and only when a rule asks for what it
gives. A reader sees all files by path and the workspace's objects, and gives what it finds as `Found`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from typing import NamedTuple

from eso_lint.iam.glob import matches
from eso_lint.iam.grant import HOLE, Association, Block, Grant, ModuleCall, Role, Unread, VaultPolicy
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
    unread: tuple[Unread, ...] = ()


class Reader(NamedTuple):
    """A dialect: the module whose `read(workspace)` finds things in it, imported where a file may hold some.

    `gives` are the fields of `Found` that it fills. A file may hold some where its path ends so, and `needle` is in
    its bytes.
    """

    module: str
    gives: frozenset[str]
    ends: tuple[str, ...]
    needle: bytes = b""


_ROLES = frozenset(("roles", "associations", "calls"))
_VAULT = frozenset(("grants", "vault_policies"))
_YAML = (".yaml", ".yml", ".json", ".template")
READERS: dict[str, Reader] = {
    "terraform": Reader("eso_lint.iam.terraform_found", _ROLES | {"blocks"}, (".tf", ".tofu", ".tf.json")),
    "cloudformation": Reader("eso_lint.iam.cloudformation", _ROLES, _YAML, b"AWS::"),
    "ack": Reader("eso_lint.iam.aws_objects", _ROLES, _YAML, b".services.k8s.aws/"),
    "crossplane": Reader("eso_lint.iam.aws_objects", _ROLES, _YAML, b".aws."),
    "eksctl": Reader("eso_lint.iam.aws_objects", _ROLES, _YAML, b"eksctl.io/"),
    "vault": Reader("eso_lint.iam.vault_found", _VAULT, ("",)),
}


class Lookup(NamedTuple):
    """What answers to a name: roles that are it for certain, and roles that may be (their name has holes)."""

    exact: tuple[Role, ...]
    maybe: tuple[Role, ...]

    @property
    def all(self) -> tuple[Role, ...]:
        return self.exact + self.maybe


class Identities:
    """What all dialects grant; each is read when something that it gives is asked for."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._found: dict[str, Found] = {}
        self._names: Nearby | None = None

    def _every(self, field: str) -> list[Found]:
        every: list[Found] = []
        for reader in READERS.values():
            if field not in reader.gives:
                continue
            if reader.module not in self._found and reader.module in self._worth:
                self._found[reader.module] = import_module(reader.module).read(self._ws)
            found = self._found.get(reader.module)
            if found is not None and not any(found is other for other in every):
                every.append(found)
        return every

    @cached_property
    def _worth(self) -> frozenset[str]:
        """The modules of readers for which a file may hold something: every file is looked into once."""
        worth: set[str] = set()
        waiting = dict(READERS)
        for path, file in self._ws.sources.items():
            for reader in tuple(waiting.values()):
                if path.endswith(reader.ends) and (not reader.needle or file.holds(reader.needle)):
                    worth.add(reader.module)
                    waiting = {d: r for d, r in waiting.items() if r.module not in worth}
        return frozenset(worth)

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        return tuple(x for f in self._every("roles") for x in f.roles)

    @cached_property
    def associations(self) -> tuple[Association, ...]:
        return tuple(x for f in self._every("associations") for x in f.associations)

    @cached_property
    def calls(self) -> tuple[ModuleCall, ...]:
        return tuple(x for f in self._every("calls") for x in f.calls)

    @cached_property
    def grants(self) -> tuple[Grant, ...]:
        return tuple(x for f in self._every("grants") for x in f.grants)

    @cached_property
    def vault_policies(self) -> tuple[VaultPolicy, ...]:
        return tuple(x for f in self._every("vault_policies") for x in f.vault_policies)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(x for f in self._every("blocks") for x in f.blocks)

    @property
    def unread(self) -> tuple[Unread, ...]:
        """What was not read of the files that were looked at so far."""
        seen = {id(f): f for f in self._found.values()}
        return tuple(x for f in seen.values() for x in f.unread)

    @cached_property
    def _named(self) -> dict[str, list[Role]]:
        found: dict[str, list[Role]] = {}
        for role in self.roles:
            if role.name.text is not None:
                found.setdefault(role.name.text, []).append(role)
        return found

    @cached_property
    def _holes(self) -> tuple[Role, ...]:
        """Roles whose name is not known, or not all of it."""
        return tuple(role for role in self.roles if role.name.text is None)

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
            exact = [r for r in self._named.get(name, ()) if _same_account(r, account)]
            maybe = [r for r in self._holes if r.name.raw.strip(HOLE) and matches(r.name.raw, name) is None]
        else:
            maybe = [r for r in self.roles if r.name.raw.strip(HOLE) and matches(r.name.raw, name) is not False]
        return Lookup(tuple(exact), tuple(r for r in maybe if _same_account(r, account)))

    def near(self, arn: str) -> str | None:
        """A role's name a slip away from the one in an ARN."""
        if self._names is None:
            self._names = Nearby(self._named)
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
    return Identities(ws)


def unread_notes(ws: Workspace) -> tuple[str, ...]:
    """What the summary says of files that may grant something and were not read."""
    unread = identities(ws).unread
    if not unread:
        return ()
    first = unread[0]
    line = f":{first.span.file.position(first.span.start)[0]}" if first.span is not None else ""
    more = len(unread) - 1
    others = f", nor {more} more place{'s' if more > 1 else ''}" if more else ""
    return (f"what `{first.path}{line}` grants is not read ({first.why}){others}; what is unknown is not reported",)
