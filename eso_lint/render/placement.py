"""How an object reaches a cluster, as far as it is known."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from eso_lint.regex import pattern
from eso_lint.source.node import Span

_WORLD = pattern(r"(?:^|/)(?:clusters|overlays|environments)/[^/]+(?=/)|(?:^|/)_archive(?=/)")


class Bringer(NamedTuple):
    """A declaration that brings an object: its name, where it stands (None for a bare directory), and its cluster."""

    name: str
    at: Span | None = None
    cluster: str | None = None


class Placement(NamedTuple):
    """What delivery says of one object.

    `units` name all declarations that bring it in this shape, empty where none is known; `via` are the places that
    changed it on its way, in order. `declared` says that its world is a cluster that the repository tells from others,
    not merely a tree of that name. `deployed` is False where nothing brings the object to a cluster, though its
    neighbours are brought there. `written` are namespace and name before delivery changed them, None where it did not.
    `open` says that a kustomization which was not built may change it. `origins` lead from the place of a chart's value
    to the template that prints it.
    """

    units: frozenset[Bringer] = frozenset()
    via: tuple[Span, ...] = ()
    declared: bool = False
    deployed: bool = True
    written: tuple[str, str] | None = None
    open: bool = False
    origins: Mapping[Span, Span] = MappingProxyType({})


WRITTEN = Placement()


def world_of(path: str) -> str:
    """The tree (a cluster, an overlay, an archive) that a path lies in; "" for the repository at large."""
    ends = [match.end() for match in _WORLD.finditer(path)]
    return path[: ends[-1]] if ends else ""
