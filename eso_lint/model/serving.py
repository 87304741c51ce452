"""Whether the release in play serves an object: its kind, and the version of the API that it is written in."""

from __future__ import annotations

from eso_lint.model.in_play import InPlay, version_in_play
from eso_lint.model.kinds.generator import GENERATOR_KINDS, Stray
from eso_lint.model.kinds.install import OperatorInstall
from eso_lint.model.kinds.store import Store
from eso_lint.model.resource import ESO_GROUP, GENERATOR_GROUP, Resource
from eso_lint.model.served import KINDS, NEWEST, PROVIDERS
from eso_lint.model.versions import Version, parse_version
from eso_lint.model.workspace import Workspace
from eso_lint.record import NamedTuple
from eso_lint.source.node import string
from eso_lint.suggest import closest

_CRD = "CustomResourceDefinition.apiextensions.k8s.io"
_GENERATORS = GENERATOR_KINDS | {"GeneratorState"}
_SWITCH = "crds.unsafeServeV1Beta1"
_SWITCHABLE = Version(1, 3, 1)
# Charts of these releases leave v1alpha1 out where conversion is off.
_TRIMMED = (Version(0, 14, 2), Version(0, 15, 1))


class Serving(NamedTuple):
    """How an object fares with the releases that may be in play: those that refuse it, and those that take it.

    `first` and `last` bound the releases that serve what is written, None where none does or the newest does;
    `best` is the version to write instead. `switched` says that a value of the chart alone makes it served, `open`
    that one may.
    """

    play: InPlay
    refused: tuple[Version, ...]
    accepted: tuple[Version, ...]
    first: Version | None
    last: Version | None
    best: str | None
    switched: bool = False
    open: bool = False


def is_operators(resource: Resource) -> bool:
    """Whether it is an object of a kind that the operator ever had."""
    return resource.group in (ESO_GROUP, GENERATOR_GROUP) and resource.kind in KINDS


def kind_since(kind: str) -> Version:
    """The first release that has a kind, in whatever version."""
    return min(version for first, _ in KINDS[kind].values() if (version := parse_version(first)) is not None)


def serving(resource: Resource, ws: Workspace, releases: tuple[Version, ...] = ()) -> Serving | None:
    """What the releases in play (or these) make of an object's API version; None for what is not the operator's."""
    if not is_operators(resource):
        return None
    play = version_in_play(resource, ws)
    first, last = bounds(resource.kind, resource.version)
    candidates = releases or play.versions or (play.judged,)
    refused = tuple(v for v in candidates if not serves(resource.kind, resource.version, v))
    switched = unknown = False
    if refused and resource.version == "v1beta1" and any(v >= _SWITCHABLE for v in refused):
        answers = {_serves_beta(install) for install in _installs(play, ws)}
        switched, unknown = True in answers, None in answers
    if resource.version == "v1alpha1" and last is not None and not releases:
        trimmed = (play.install is not None and play.install.on("crds.conversion.enabled") is False) or None
        refused += tuple(v for v in candidates if trimmed and _TRIMMED[0] <= v <= _TRIMMED[1])
    accepted = tuple(v for v in candidates if v not in refused)
    best = next((v for v in reversed(KINDS[resource.kind]) if serves(resource.kind, v, max(candidates))), None)
    return Serving(play, refused, accepted, first, last, best, switched, unknown)


def _installs(play: InPlay, ws: Workspace) -> tuple[OperatorInstall, ...]:
    if play.install is not None:
        return (play.install,)
    return tuple(i for i in ws.views(OperatorInstall) if not i.world.endswith("_archive"))


def _serves_beta(install: OperatorInstall) -> bool | None:
    """Whether a chart is told to serve v1beta1 again; None where that may be."""
    node = install.value(_SWITCH)
    return False if node is None else install.on(_SWITCH)


def bounds(kind: str, version: str) -> tuple[Version | None, Version | None]:
    """The first and last release that serve a version of a kind; None for the last where the newest does."""
    first, last = KINDS.get(kind, {}).get(version, ("", ""))
    return parse_version(first), parse_version(last) if last else None


def serves(kind: str, version: str, release: Version) -> bool:
    """Whether a release serves a version of a kind; one newer than all that are known is as the newest."""
    first, last = bounds(kind, version)
    release = min(release, NEWEST)
    return first is not None and first <= release and (last is None or release <= last)


class Gone(NamedTuple):
    """A provider that releases in play lack: `last` had it; `all` says that none of those that may run has it."""

    provider: str
    last: Version
    play: InPlay
    all: bool


def provider_removed(store: Store, ws: Workspace, releases: tuple[Version, ...] = ()) -> Gone | None:
    """The provider of a store, where releases in play (or these) no longer have it in that API version."""
    state = serving(store, ws, releases)
    name = store.provider
    if state is None or name is None:
        return None
    # Where the version that is written is refused as well, the one that is served decides.
    version = store.version if state.accepted or state.best is None else state.best
    first, last = PROVIDERS.get(name, {}).get(version, ("", ""))
    ended = parse_version(last) if first and last else None
    judged = state.accepted or state.refused
    lacking = [release for release in judged if ended is not None and release > ended]
    return Gone(name, ended, state.play, len(lacking) == len(judged)) if ended is not None and lacking else None


class Meant(NamedTuple):
    """The kind, and its group, that a stray object was likely meant to have; "" where nothing is near."""

    kind: str
    group: str


def meant_kind(stray: Stray, ws: Workspace) -> Meant | None:
    """What an object of an unknown kind was meant to be; None where a later release, or a CRD here, may have it."""
    if version_in_play(stray, ws).judged > NEWEST:
        return None
    if any(string(crd.at("spec", "names", "kind")) == stray.kind for crd in ws.of_kind(_CRD)):
        return None
    groups = {kind: GENERATOR_GROUP if kind in _GENERATORS else ESO_GROUP for kind in KINDS}
    written = stray.kind.strip()
    if written in groups:
        return Meant(written, groups[written])
    mine = sorted(kind for kind, group in groups.items() if group == stray.group)
    near = closest(written, mine) if written else None
    return Meant(near or "", stray.group if near else "")
