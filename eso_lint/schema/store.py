"""Which schema judges an object: that of its own API version, as the release in play has it.

Bundled packs hold every release up to the newest that was known when this version was made. For later ones there are
packs that a user added (`eso-lint schemas add`), then the CRDs in the repository itself, then the newest known.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from eso_lint.model.in_play import version_in_play
from eso_lint.model.resource import Resource
from eso_lint.model.served import NEWEST
from eso_lint.model.versions import Version, parse_version
from eso_lint.model.workspace import Workspace
from eso_lint.schema.pack import Pack, Shape, read_pack, shape_at

# Kinds that share the pack of another.
PACKS = {"ClusterSecretStore": "SecretStore"}
# Files of a user's own packs: not named as manifests, so that they are not read as such.
SUFFIX = ".crds"

_GROUPS = ("external-secrets.io", "generators.external-secrets.io")


class Point(NamedTuple):
    """From `release` on, `row` is the schema of a version (None: it has none), and whether the version is served."""

    release: Version
    row: int | None
    served: bool


class Chosen(NamedTuple):
    """A schema to judge by. `release` is the operator's release that it is taken from, `wanted` the one in play.

    `exact` is False where the release in play is newer than all schemas that are known. `status_apart` says that the
    API server drops `status` from what is written. `served` says whether the release in play serves the version.
    """

    shape: Shape
    release: Version
    wanted: Version
    exact: bool
    status_apart: bool
    served: bool
    kind: str
    scope: str
    points: tuple[Point, ...]
    own: bool = False

    def newest_knows(self, steps: tuple[str | int, ...], value: object = None) -> bool:
        """Whether the newest bundled schema has a field, and takes a value of it."""
        shape = shape_at(self.bundled_shape(self.points[-1]), steps) if self.points else None
        return shape is not None and (value is None or shape.choices is None or value in shape.choices)

    def bundled_shape(self, point: Point) -> Shape | None:
        """The schema of the same kind and version at another point of its history."""
        pack = bundled(self.kind)
        return None if pack is None or point.row is None else pack.shape(point.row)

    def known_in_version(self, steps: tuple[str | int, ...]) -> str | None:
        """Another API version of the kind that the release in play serves, and that has a field."""
        pack = bundled(self.kind)
        if pack is None or self.kind not in pack.kinds:
            return None
        known = pack.kinds[self.kind]
        for version in known["versions"]:
            points = history(known["group"], self.kind, version)
            last = [point for point in points if point.release <= self.wanted][-1:]
            if points != self.points and last and last[0].served:
                shape = self.bundled_shape(last[0])
                if shape_at(shape, steps) is not None:
                    return f"{known['group']}/{version}"
        return None


@cache
def bundled(kind: str) -> Pack | None:
    """The bundled pack that holds a kind; None for a kind that no release ever had."""
    from eso_lint.resources import load_json

    try:
        return Pack(load_json(f"crds/{PACKS.get(kind, kind)}.json"))
    except FileNotFoundError:
        return None


@cache
def history(group: str, kind: str, version: str) -> tuple[Point, ...]:
    """The change points of a kind's API version in the bundled releases, oldest first; empty where it never was."""
    if group not in _GROUPS or not kind.isalnum():
        return ()
    pack = bundled(kind)
    known = pack.kinds.get(kind) if pack is not None else None
    if known is None or known["group"] != group:
        return ()
    return tuple(
        Point(parse_version(release) or NEWEST, row, served)
        for release, row, served in known["versions"].get(version, ())
    )


def schemas_of(resource: Resource, ws: Workspace) -> tuple[Chosen, ...]:
    """The schemas that may judge an object: one, or those of the lowest and highest release that may be in play.

    Empty for what is no object of the operator, or a kind or version that no release has.
    """
    if resource.group not in _GROUPS:
        return ()
    where = version_in_play(resource, ws)
    wanted = where.versions or (where.judged,)
    if where.version is None:
        # Nothing says which release runs: the newest that is known, or what the repository itself carries.
        added = ws.index(added_packs)
        own = _carried(resource, ws)
        if own is not None:
            return (own,)
        wanted = (max((NEWEST, *(pack.version for pack in added))),)
    found = [schema_at(resource, version, ws) for version in dict.fromkeys((wanted[0], wanted[-1]))]
    return tuple(schema for schema in found if schema is not None)


def schema_of(resource: Resource, ws: Workspace) -> Chosen | None:
    """The schema that judges an object: of several that may, the newest."""
    found = schemas_of(resource, ws)
    return found[-1] if found else None


def schema_at(resource: Resource, wanted: Version, ws: Workspace) -> Chosen | None:
    """The schema of an object's API version at a release."""
    group, kind, version = resource.group, resource.kind, resource.version
    if wanted > NEWEST:
        for added in ws.index(added_packs):
            if added.version <= wanted:
                chosen = _of_pack(added.pack, resource, added.version, wanted, _same_minor(added.version, wanted))
                if chosen is not None:
                    return chosen
        own = _carried(resource, ws)
        if own is not None:
            return own._replace(wanted=wanted)
    return _at(group, kind, version, wanted)


@cache
def _at(group: str, kind: str, version: str, wanted: Version) -> Chosen | None:
    """The schema in force at a release; where there is none, the last one before it, else the first one after it."""
    points = history(group, kind, version)
    before = [point for point in points if point.release <= wanted]
    held = [point for point in before if point.row is not None] or [p for p in points if p.row is not None][:1]
    pack = bundled(kind)
    if not held or pack is None or held[-1].row is None:
        return None
    served = bool(before) and before[-1].row is not None and before[-1].served
    apart, scope = bool(pack.kinds[kind]["status"]), str(pack.kinds[kind]["scope"])
    exact = wanted <= NEWEST or _same_minor(wanted, NEWEST)
    return Chosen(pack.shape(held[-1].row), held[-1].release, wanted, exact, apart, served, kind, scope, points)


def _same_minor(one: Version, other: Version) -> bool:
    return one[:2] == other[:2]


class Added(NamedTuple):
    """A pack that a user added, or that was made of CRDs in the repository."""

    version: Version
    pack: Pack


def added_packs(ws: Workspace) -> tuple[Added, ...]:
    """The packs in the folder that the configuration names, newest first; ask `ws.index(added_packs)`."""
    folder = ws.config.schemas
    if folder is None:
        return ()
    inside = folder.strip("/") + "/"
    found = []
    for path, file in ws.sources.items():
        if path.startswith(inside) and path.endswith(SUFFIX):
            pack = read_pack(file.text)
            version = parse_version(pack.release) if pack is not None else None
            if pack is not None and version is not None:
                found.append(Added(version, pack))
    return tuple(sorted(found, key=lambda added: added.version, reverse=True))


def _of_pack(pack: Pack, resource: Resource, release: Version, wanted: Version, exact: bool) -> Chosen | None:
    known = pack.kinds.get(resource.kind)
    if known is None or known.get("group") != resource.group:
        return None
    points = known["versions"].get(resource.version)
    if not points:
        return None
    _, row, served = points[-1]
    apart, scope = bool(known.get("status")), str(known.get("scope", ""))
    points = history(resource.group, resource.kind, resource.version)
    return Chosen(pack.shape(row), release, wanted, exact, apart, bool(served), resource.kind, scope, points)


def _carried(resource: Resource, ws: Workspace) -> Chosen | None:
    """The schema of a CRD in the repository, where all copies of it agree."""
    from eso_lint.schema.vendored import carried

    pack = carried(ws).get(resource.kind)
    chosen = None if pack is None else _of_pack(pack, resource, NEWEST, NEWEST, True)
    return None if chosen is None else chosen._replace(own=True)
