"""Values in a template: maps and lists of scalars that know their place, text with places, plain Python values."""

from __future__ import annotations

from eso_lint.render.gotemplate.text import RESIDUAL, VALUE, Piece, Text
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence


class Unresolved(Exception):  # noqa: N818 - a state, not a fault
    """What an expression gives cannot be known."""


class Unknown:
    """A value that cannot be known. It is passed on, and stops whatever looks at it; `truth` may be known."""

    def __init__(self, truth: bool | None = None) -> None:
        self.truth = truth


UNKNOWN = Unknown()
TRUE_UNKNOWN = Unknown(True)
FALSE_UNKNOWN = Unknown(False)


class Map(dict[str, object]):
    """A map. `places` has the keys as written; `open` says that further keys are unknown."""

    __slots__ = ("open", "places")

    def __init__(self, open: bool = False) -> None:
        super().__init__()
        self.open = open
        self.places: dict[str, Scalar] = {}

    def clone(self) -> Map:
        made = Map(self.open)
        made.update(self)
        made.places = dict(self.places)
        return made

    def hide(self) -> None:
        """Forget everything: something unknown was done to it."""
        self.open = True
        for key in self:
            self[key] = UNKNOWN


class Methods:
    """Something whose methods templates call, as `.Files.Get`."""

    def call(self, name: str, args: list[object]) -> object:
        """Raises Unresolved where the answer is not known."""
        raise Unresolved


class Limit:
    """How much work is left; a hostile chart comes to an end here."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def spend(self, steps: int = 1) -> None:
        """Raises TooMuch at the end."""
        self.steps -= steps
        if self.steps < 0:
            raise TooMuch


class TooMuch(Exception):  # noqa: N818 - a state, not a fault
    """The chart asks for more work than any honest one."""


def from_node(node: Node | None, literal: bool, limit: Limit) -> object:
    """A value as a template sees it. `literal` says that marks of other template languages in it are mere text."""
    limit.spend()
    if isinstance(node, Mapping):
        made = Map(node.open)
        for name, (key, child) in node.index.items():
            # Where a template may put in keys, those that are written may stand in one of its branches.
            made[name] = UNKNOWN if node.open else from_node(child, literal, limit)
            if isinstance(key, Scalar):
                made.places[name] = key
        return made
    if isinstance(node, Sequence):
        return UNKNOWN if node.open else [from_node(item, literal, limit) for item in node.items]
    if isinstance(node, Opaque):
        if literal and node.why in ("template", "placeholder") and node.text:
            return Scalar(node.file, node.start, node.end, node.text, "'")
        return UNKNOWN
    return node


def plain(value: object) -> object:
    """A value as Python sees it; raises Unresolved where it is not known."""
    if isinstance(value, Unknown | Opaque):
        raise Unresolved
    if isinstance(value, Scalar):
        return value.value
    if isinstance(value, Text):
        if value.residual:
            raise Unresolved
        return value.plain
    return value


def truth(value: object) -> bool:
    """Go's truth: false for nil, false, zero, and whatever is empty."""
    if isinstance(value, Unknown) and value.truth is not None:
        return value.truth
    if isinstance(value, Text) and value.residual:
        if any(piece.text and piece.kind != RESIDUAL for piece in value.pieces):
            return True
        raise Unresolved
    value = plain(value)
    if isinstance(value, Map) and not value and value.open:
        raise Unresolved
    return bool(value)


def format_value(value: object) -> str:
    """What `{{ value }}` prints."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return go_float(value)
    raise Unresolved


def go_float(value: float) -> str:
    """Go's `%v`: the shortest digits, with an exponent below -4 and from 6 on."""
    if value != value or value in (float("inf"), float("-inf")):
        raise Unresolved
    exponent = int(f"{value:.16e}".partition("e")[2])
    digits = repr(value)
    if -4 <= exponent < 6:
        return (format(value, "f") if "e" in digits else digits).removesuffix(".0")
    sign = "-" if value < 0 else ""
    bare = digits.partition("e")[0].lstrip("-").replace(".", "").strip("0")
    head = bare[0] + ("." + bare[1:] if len(bare) > 1 else "")
    return f"{sign}{head}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def text_of(value: object) -> Text:
    """What a value prints, with its place."""
    if isinstance(value, Text):
        return value
    known = plain(value)
    # Numbers of values files are floats to Helm.
    shown = format_value(float(known) if isinstance(value, Scalar) and type(known) is int else known)
    if isinstance(value, Scalar):
        return Text((Piece(shown, VALUE, value.span),))
    return Text((Piece(shown),))


def string_of(value: object) -> str:
    """The text of a string. Raises Unresolved for anything else."""
    value = plain(value)
    if not isinstance(value, str):
        raise Unresolved
    return value


def number_of(value: object) -> int:
    """A whole number."""
    value = plain(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unresolved
    return int(value)


def field(value: object, name: str) -> object:
    """`value.name`. Helm fails on a field of nothing."""
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, Map):
        return value.get(name, UNKNOWN if value.open else None)
    if isinstance(value, dict | Mapping):
        return value.get(name)
    raise Unresolved


def pairs(value: object) -> list[tuple[object, object]]:
    """Keys and values in the order of `range`. Raises Unresolved where not all are known."""
    value = plain(value)
    if value is None:
        return []
    if isinstance(value, list):
        return list(enumerate(value))
    if isinstance(value, Map) and not value.open:
        return [(value.places.get(key, key), value[key]) for key in sorted(value)]
    raise Unresolved
