"""What HCL reads as. Every node has its place: `start` and `end` are offsets into the file's text."""

from __future__ import annotations

from typing import NamedTuple


class HclError(Exception):
    """Text that is no HCL; caught where reading goes on."""


class Literal(NamedTuple):
    """A number, `true`, `false` or `null`."""

    text: str
    start: int
    end: int


class Name(NamedTuple):
    text: str
    start: int
    end: int


class Get(NamedTuple):
    """`base.name`."""

    base: Expr
    name: str
    start: int
    end: int


class Index(NamedTuple):
    base: Expr
    key: Expr
    start: int
    end: int


class Splat(NamedTuple):
    """`base[*]`; what follows is asked of each item."""

    base: Expr
    start: int
    end: int


class Call(NamedTuple):
    """`name(args)`; with `expand` the last argument is a list of arguments (`…`)."""

    name: str
    args: tuple[Expr, ...]
    expand: bool
    start: int
    end: int


class Tuple(NamedTuple):
    items: tuple[Expr, ...]
    start: int
    end: int


class Object(NamedTuple):
    entries: tuple[tuple[Expr, Expr], ...]
    start: int
    end: int


class For(NamedTuple):
    """`[for k, v in source : value if test]`; with a key an object."""

    names: tuple[str, ...]
    source: Expr
    key: Expr | None
    value: Expr
    test: Expr | None
    group: bool
    start: int
    end: int


class Choice(NamedTuple):
    test: Expr
    yes: Expr
    no: Expr
    start: int
    end: int


class Operation(NamedTuple):
    """A binary operation; a unary one has no `left`."""

    operator: str
    left: Expr | None
    right: Expr
    start: int
    end: int


class Text(NamedTuple):
    """Literal text of a template. Where `end - start` is the length of the text, it stands so in the file."""

    text: str
    start: int
    end: int


class Template(NamedTuple):
    """A quoted string or heredoc. A part that is None is a directive (`%{ … }`): what is there is not known."""

    parts: tuple[Text | Expr | None, ...]
    start: int
    end: int
    heredoc: bool = False


Expr = Literal | Name | Get | Index | Splat | Call | Tuple | Object | For | Choice | Operation | Template


class Attribute(NamedTuple):
    """`start` to `end` is its name."""

    name: str
    value: Expr
    start: int
    end: int


class Body(NamedTuple):
    """What a block or file holds. `broken` says where statements begin to be no HCL."""

    attributes: tuple[Attribute, ...]
    blocks: tuple[Block, ...]
    broken: tuple[int, ...] = ()

    def get(self, name: str) -> Expr | None:
        return next((a.value for a in self.attributes if a.name == name), None)


class Block(NamedTuple):
    """`start` to `end` is its head: type and labels. Each label has the place of its text, quotes left out."""

    type: str
    labels: tuple[Text, ...]
    body: Body
    start: int
    end: int
