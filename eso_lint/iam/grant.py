"""What is granted to whom, as written somewhere in the repository: values with places.

Text may have holes: parts that nothing in the repository decides (an account id looked up at run time, a variable that
its caller sets). A hole is one character, `HOLE`, and may stand for any text. Whoever compares asks `glob.py`, which
answers yes, no or perhaps.
"""

from __future__ import annotations

from typing import NamedTuple

from eso_lint.source.file import Span

HOLE = "\0"
# One character that a cloud chooses by chance: the end of a Secrets Manager ARN has six of them.
RANDOM = "\1"


class Piece(NamedTuple):
    """From `offset` on a text was written at `start` of the file: letter by letter where `exact`, else all there."""

    offset: int
    start: int
    exact: bool


class Value(NamedTuple):
    """A text and where it is written; `HOLE` stands for what is unknown in it.

    `pieces` say where its parts stand, for texts that are read further (policies in strings); without them it stands
    letter by letter in the span if it is as long as that.
    """

    raw: str
    span: Span
    pieces: tuple[Piece, ...] = ()

    @property
    def text(self) -> str | None:
        """The text, or None where any part of it is unknown."""
        return None if HOLE in self.raw else self.raw

    @property
    def shown(self) -> str:
        """For messages: holes as `…`."""
        return self.raw.replace(HOLE, "…").replace(RANDOM, "?")


class Condition(NamedTuple):
    """One test of a statement's `Condition`: an operator (`StringEquals`), a key, and the values it compares with."""

    operator: Value
    key: Value
    values: tuple[Value, ...]
    span: Span


class Principal(NamedTuple):
    """Who is meant: `kind` is AWS, Service, Federated, CanonicalUser or `*`; `value` an ARN, a service or `*`."""

    kind: str
    value: Value


class Statement(NamedTuple):
    """One statement of a policy. `maybe`: whether it is there at all hangs on something unknown.

    An unknown list is one value that is all hole.
    """

    effect: Value
    span: Span
    sid: str | None = None
    actions: tuple[Value, ...] = ()
    not_actions: tuple[Value, ...] = ()
    resources: tuple[Value, ...] = ()
    not_resources: tuple[Value, ...] = ()
    principals: tuple[Principal, ...] = ()
    not_principals: tuple[Principal, ...] = ()
    conditions: tuple[Condition, ...] = ()
    maybe: bool = False


class Policy(NamedTuple):
    """A policy document. `open`: it has or may have statements that are not seen here.

    `name` is that of the managed policy, the inline policy or the trust policy's role; None where it has none.
    `module`: the statements are written by a well-known module, whose call is all that the repository holds.
    """

    statements: tuple[Statement, ...]
    span: Span
    name: Value | None = None
    open: bool = False
    module: bool = False


class Role(NamedTuple):
    """An AWS role. `trust` is None where it is not seen.

    `account` is None where unknown. `open`: policies may be attached that are not seen here (an AWS-managed one, one
    by an unknown ARN, a statement elsewhere). `origin` names the dialect: terraform, cloudformation, eksctl, ack,
    crossplane. `maybe`: it may not exist (a `count` that is unknown). `assumed`: its policies are those that come of
    the defaults of variables.
    """

    name: Value
    span: Span
    account: str | None = None
    path: str = "/"
    partition: str | None = None
    trust: Policy | None = None
    policies: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    open: bool = False
    maybe: bool = False
    origin: str = "terraform"
    call: ModuleCall | None = None
    assumed: bool = False


class ModuleCall(NamedTuple):
    """The call of a registry module that makes a role. `arguments` are the values given, by name (see tree.py).

    `family` is `irsa` (iam-role-for-service-accounts[-eks]), `oidc` (iam-assumable-role-with-oidc), `pod-identity`
    or `addons` (EKS blueprints add-ons); `major` the module's major version, or None where unknown.
    """

    family: str
    source: Value
    major: int | None
    version: Value | None
    arguments: dict[str, Argument]
    span: Span


class Argument(NamedTuple):
    """An argument of a call: its name's place, and its value (a `Tree` of tree.py)."""

    key: Span
    value: object


class Association(NamedTuple):
    """An EKS Pod Identity association: the ServiceAccount whose pods get the role."""

    namespace: Value
    service_account: Value
    role: Value
    span: Span
    origin: str = "terraform"


class Grant(NamedTuple):
    """A permission of one of the other clouds, or of Kubernetes.

    `kind` names the shape (`gcp-project`, `gcp-secret`, `gcp-service-account`, `azure-role`, `azure-access-policy`,
    `azure-federation`, `vault-role`, `k8s-role`); `member` is who gets it, `role` what, `scope` on what. `details`
    holds what only that shape has.
    """

    kind: str
    member: Value
    role: Value
    scope: Value
    span: Span
    details: dict[str, tuple[Value, ...]]
    maybe: bool = False


class VaultRule(NamedTuple):
    """One `path` of a Vault policy."""

    path: Value
    capabilities: tuple[Value, ...]
    span: Span


class VaultPolicy(NamedTuple):
    name: Value
    rules: tuple[VaultRule, ...]
    span: Span
    open: bool = False


class Block(NamedTuple):
    """A resource or data source of Terraform of any type, its attributes evaluated (see tree.py).

    `address` is as Terraform writes it, with the instance's key; nested blocks are lists of objects under their name.
    """

    mode: str
    type: str
    name: str
    address: str
    attributes: dict[str, Argument]
    span: Span
    maybe: bool = False


class Unread(NamedTuple):
    """A file, or a part of one, that could hold grants and was not read: what it may grant is unknown."""

    path: str
    why: str
    span: Span | None = None


class Answer(NamedTuple):
    """Whether something is allowed. `verdict` is granted, denied, missing or unknown.

    `statement` is the one that grants or denies it, else the one that comes closest; `why` says what keeps that one
    from granting it: action, resource, condition, boundary, or "" where nothing comes close.
    """

    verdict: str
    statement: Statement | None = None
    why: str = ""

    @property
    def fails(self) -> bool:
        """Certain not to be allowed."""
        return self.verdict in ("denied", "missing")
