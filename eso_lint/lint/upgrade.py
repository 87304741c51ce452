"""What an upgrade of the operator would break: what rules say of the release to come, and not of the one in play."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from eso_lint.lint.rule import Finding, Rule
from eso_lint.lint.run import run
from eso_lint.model.chart_values import changed_defaults
from eso_lint.model.in_play import InPlay, version_in_play
from eso_lint.model.kinds.install import OperatorInstall
from eso_lint.model.resource import ESO_GROUP, GENERATOR_GROUP
from eso_lint.model.served import NEWEST
from eso_lint.model.versions import Version, parse_version
from eso_lint.model.workspace import Workspace

# Rules whose answer depends on the release, by the beginning of their ids.
ASKED = ("ESO30", "ESO31", "ESO32", "ESO33", "ESO61", "ESO62", "ESO63", "ESO64", "ESO65", "ESO82")
# What changes for everybody, or for some, that no object shows: release, and what to know before it.
CHANGES = (
    ("0.5.0", "`v1beta1` is the stored version; the webhook converts `v1alpha1`, so it must be reachable"),
    ("0.9.10", "the chart's `prometheus` values are gone; `metrics` and `serviceMonitor` took their place"),
    ("0.11.0", "names, keys and namespaces of references have patterns and lengths, and the kinds are enumerated"),
    ("0.16.0", "`v1` arrives and `v1alpha1` leaves the CRDs: no object may be stored as `v1alpha1` any more"),
    ("0.16.1", "the conversion webhook is gone"),
    ("0.17.0", "`v1beta1` is no longer served: everything that applies it fails"),
    ("0.19.0", "the CRDs of stores are too large for client-side apply: `--server-side`, `ServerSideApply=true`"),
    ("1.1.1", "`refreshInterval` is defaulted to `1h0m0s`, no more to `1h`: GitOps tools may see a difference"),
    ("2.0.0", "the providers `alibaba` and `device42` are gone; `webhook.failurePolicy` now holds for stores, too"),
    ("2.5.0", "`scopedRBAC` alone confines the operator to the namespace of its release"),
    ("2.8.0", "`kubernetes` stores need both members of `auth.cert` and `auth.token`; a Conjur store exactly one auth"),
    ("2.9.0", "policies of `remoteRef`, `extract` and `find` are no longer defaulted in the stored object"),
)


class Start(NamedTuple):
    """A release that is in play before the upgrade, what says so, and the worlds that run it."""

    version: Version | None
    play: InPlay
    worlds: tuple[str, ...]


class Upgrade(NamedTuple):
    """The answer: findings that the upgrade brings, and those it takes away; changes and defaults worth knowing."""

    to: Version
    starts: tuple[Start, ...]
    breaks: tuple[Finding, ...]
    mended: int
    changes: tuple[tuple[str, str], ...]
    defaults: tuple[tuple[str, object, object], ...]


def upgrade(ws: Workspace, to: Version, rules: Iterable[Rule]) -> Upgrade:
    """Ask the rules twice: as things are, and as they would be."""
    rules = tuple(rules)
    config = ws.config._replace(
        eso_version=str(to), clusters=tuple(cluster._replace(eso_version=str(to)) for cluster in ws.config.clusters)
    )
    installs = tuple(
        install if install.release is None else install.upgraded(to) for install in ws.views(OperatorInstall)
    )
    later = ws.under(config, {OperatorInstall: installs})
    before = {_identity(finding) for finding in run(rules, ws)}
    after = list(run(rules, later))
    fresh = tuple(finding for finding in after if _identity(finding) not in before)
    mended = len(before - {_identity(finding) for finding in after})
    starts = _starts(ws)
    lowest = min((start.version for start in starts if start.version is not None), default=None)
    return Upgrade(to, starts, fresh, mended, _changes(lowest, to), _defaults(ws, to))


def _identity(finding: Finding) -> tuple[str, str, int]:
    return finding.rule.id, finding.fingerprint, finding.span.start


def _starts(ws: Workspace) -> tuple[Start, ...]:
    found: dict[Version | None, tuple[InPlay, set[str]]] = {}
    for resource in ws.resources:
        if resource.group in (ESO_GROUP, GENERATOR_GROUP) and not resource.archived:
            play = version_in_play(resource, ws)
            for version in play.versions or (None,):
                found.setdefault(version, (play, set()))[1].add(resource.world)
    ordered = sorted(found, key=lambda version: version or NEWEST)
    return tuple(Start(version, found[version][0], tuple(sorted(found[version][1]))) for version in ordered)


def _changes(lowest: Version | None, to: Version) -> tuple[tuple[str, str], ...]:
    if lowest is None:
        return ()
    return tuple(
        (since, text)
        for since, text in CHANGES
        if (version := parse_version(since)) is not None and lowest < version <= to
    )


def _defaults(ws: Workspace, to: Version) -> tuple[tuple[str, object, object], ...]:
    """Defaults of the chart that change under an install which does not set the value."""
    found: dict[str, tuple[str, object, object]] = {}
    for install in ws.views(OperatorInstall):
        for path, old, new in changed_defaults(install.release, to) if install.release is not None else ():
            if install.value(path) is None:
                found[path] = (path, old, new)
    return tuple(found[path] for path in sorted(found))
