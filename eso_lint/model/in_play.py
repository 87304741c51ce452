"""Which release of the operator a world runs: what the configuration says, else what the repository installs there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from eso_lint.model.kinds.install import OperatorInstall
from eso_lint.model.kinds.script import Script
from eso_lint.model.resource import Resource
from eso_lint.model.served import NEWEST
from eso_lint.model.versions import Version, named, parse_version
from eso_lint.model.workspace import Workspace
from eso_lint.record import NamedTuple
from eso_lint.render.placement import world_of
from eso_lint.source.node import SourceFile, Span


class InPlay(NamedTuple):
    """The version in play.

    `version` is None where nothing says it. `versions` are all that may run, lowest first: more than one where the
    repository's installs differ and nothing tells which of them serves; `version` then is the highest. `at` is the
    place that says it (None for the configuration), `why` the same in words, fit for a note. `install` is the chart's
    install that says it, with its values.
    """

    version: Version | None
    at: Span | None
    why: str
    versions: tuple[Version, ...] = ()
    install: OperatorInstall | None = None

    @property
    def judged(self) -> Version:
        """The version to judge by: the newest known where nothing says one."""
        return self.version or NEWEST

    @property
    def certain(self) -> bool:
        """Whether exactly one version may run."""
        return len(self.versions) == 1


_UPSTREAM = b"external-secrets/external-secrets"
_FILES = frozenset(("kustomize", "fleet", "umbrella", "helmfile", "addon", "terraform"))
NOTHING = InPlay(None, None, f"nothing in the repository says which version runs; the newest, {NEWEST}, is assumed")


def version_in_play(where: Resource | str, ws: Workspace) -> InPlay:
    """The version that judges an object, or that a world (a path of the repository, a cluster's name) runs."""
    known: _Known = ws.index(_known)
    if isinstance(where, Resource):
        return known.of(where.world, posixpath.dirname(where.file.path), where.placement.declared)
    return known.of(where, where, True)


def claims_of(ws: Workspace) -> tuple[Claim, ...]:
    """Everything in the repository that says a version."""
    known: _Known = ws.index(_known)
    return known.claims


def assumed(ws: Workspace) -> str | None:
    """What the summary says once where objects were judged by a version that nothing states; None where none was."""
    known: _Known = ws.index(_known)
    if not known.guessed:
        return None
    return f"nothing says which release of the operator runs: judged by the newest, {NEWEST} (`eso-version` sets it)"


class Claim(NamedTuple):
    """One statement of a version: `rank` 0 for an exact pin or a lock, 1 for a range, 2 for a fingerprint of CRDs,
    3 for a script.

    `crds` says whether it brings CRDs: None where that cannot be known.
    """

    version: Version
    world: str
    at: Span
    why: str
    rank: int = 0
    crds: bool | None = None
    install: OperatorInstall | None = None
    lowest: Version | None = None


class _Known:
    """All claims of a workspace, and the answers by world and directory."""

    def __init__(self, ws: Workspace) -> None:
        self.config = ws.config
        self.ws = ws
        self._claims: tuple[Claim, ...] | None = None
        self._hints: tuple[Claim, ...] | None = None
        self._answers: dict[tuple[str, str, bool], InPlay] = {}
        self.guessed = False

    @property
    def claims(self) -> tuple[Claim, ...]:
        if self._claims is None:
            self._claims = tuple(_claims(self.ws))
        return self._claims

    @property
    def hints(self) -> tuple[Claim, ...]:
        """What scripts install: asked where nothing else says a version."""
        if self._hints is None:
            self._hints = ()
            if self.ws.views(Script):
                from eso_lint.model.crd_claims import script_claims

                self._hints = tuple(
                    Claim(found.version, world_of(found.at.file.path), found.at, found.why, 3)
                    for found in script_claims(self.ws)
                )
        return self._hints

    def of(self, world: str, directory: str, declared: bool) -> InPlay:
        key = (world, directory, declared)
        found = self._answers.get(key)
        if found is None:
            found = self._configured(world, directory) or self._found(world, directory, declared)
            self._answers[key] = found
        return found

    def _configured(self, world: str, directory: str) -> InPlay | None:
        for cluster in self.config.clusters:
            inside = (directory + "/").startswith(cluster.root + "/")
            if cluster.eso_version and (world == cluster.name or inside):
                return _said(cluster.eso_version, f"the configuration says so for cluster `{cluster.name}`")
        if self.config.eso_version:
            return _said(self.config.eso_version, "`eso-version` says so")
        return None

    def _found(self, world: str, directory: str, declared: bool) -> InPlay:
        claims = [claim for claim in self.claims if claim.crds is not False] or list(self.claims or self.hints)
        there = [claim for claim in claims if claim.world == world]
        if not there or not world:
            there = [claim for claim in claims if meets(claim.world, world)]
        if not there and not declared:
            there = list(claims)  # a mere tree may be part of any cluster
        if not there:
            self.guessed = True
            return NOTHING
        best = min(claim.rank for claim in there)
        there = _nearest([claim for claim in there if claim.rank == best], directory)
        versions = sorted({v for claim in there for v in (claim.lowest, claim.version) if v is not None})
        top = max(there, key=lambda claim: (claim.version, claim.at.file.path, -claim.at.start))
        return InPlay(top.version, top.at, top.why, tuple(versions), top.install)


def _said(written: str, why: str) -> InPlay:
    version = named(written)
    return InPlay(version, None, why, (version,) if version else ()) if version else NOTHING


def meets(one: str, other: str) -> bool:
    """Whether two worlds may be one cluster; archives stay alone."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return not long.endswith("_archive") and (not short or long.startswith(short + "/"))


def _nearest(claims: list[Claim], directory: str) -> list[Claim]:
    """Of claims that differ, those that share most of the path with a directory, where some share more than others."""
    if len({claim.version for claim in claims}) < 2:
        return claims
    parts = directory.split("/")

    def shared(claim: Claim) -> int:
        count = 0
        for mine, its in zip(parts, claim.at.file.path.split("/"), strict=False):
            if mine != its:
                break
            count += 1
        return count

    most = max(map(shared, claims))
    return [claim for claim in claims if shared(claim) == most]


def _known(ws: Workspace) -> _Known:
    return _Known(ws)


def _claims(ws: Workspace) -> Iterable[Claim]:
    """Installs of the chart, CRDs by address and content, and what scripts install where nothing else says it."""
    worlds = _Worlds(ws)
    found: list[Claim] = []
    for install in ws.views(OperatorInstall):
        if install.release is None:
            continue
        exact = install.version is not None and parse_version(install.version.partition("@")[0]) is not None
        span = install.at.span
        why = f"`{span.file.path}` installs {install.title}"
        first = Claim(
            install.release, install.world, span, why, 0 if exact else 1, install.on("installCRDs"), install
        )  # fmt: skip
        # Objects were brought to their worlds before; what files declare goes where the files go.
        there = worlds.of(span.file.path, install.world) if install.shape in _FILES else (install.world,)
        found += [first._replace(world=world) for world in there]
    if any(_is_crd_source(parsed.file) for parsed in ws.parsed):
        from eso_lint.model.crd_claims import crd_claims

        for crds in crd_claims(ws):
            path = crds.at.file.path
            claim = Claim(
                crds.version, "", crds.at, crds.why, 0 if crds.exact else 2, True, None, crds.lowest
            )  # fmt: skip
            found += [claim._replace(world=world) for world in worlds.of(path, crds.world)]
    return [claim for claim in found if not claim.world.endswith("_archive")]


def _is_crd_source(file: SourceFile) -> bool:
    """Whether a file may hold CRDs of the operator, or say where they or a copy of its chart come from."""
    return file.holds(b"external-secrets") and (file.holds(b"CustomResourceDefinition") or file.holds(_UPSTREAM))


class _Worlds:
    """The worlds that get a file: those of the units that read it, else the tree it lies in."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws

    def of(self, path: str, known: str | None) -> tuple[str, ...]:
        from eso_lint.render.unit import Unit

        units = [unit for unit in self.ws.views(Unit) if path in unit.files]
        if units:
            from eso_lint.render.worlds import world_of_unit

            roots = {cluster.root: cluster.name for cluster in self.ws.config.clusters}
            return tuple(sorted({world_of_unit(unit, roots)[0] for unit in units}))
        return (world_of(path) if known is None else known,)
