"""What ESO's admission webhook is asked about, and from which release on it refuses what."""

from __future__ import annotations

from eso_lint.model.kinds.external_secret import ClusterExternalSecret
from eso_lint.model.kinds.push_secret import BasePushSecret
from eso_lint.model.resource import Resource
from eso_lint.model.workspace import Workspace

# The webhook sees no v1alpha1: the API server converts or refuses it before, and its entries are written otherwise.
_SEEN = ("v1", "v1beta1")


def is_seen(resource: Resource) -> bool:
    """Whether an object, or the one made from it, is written as the webhook's rules know it."""
    return resource.version in _SEEN


def refused(resource: Resource, ws: Workspace, since: str) -> bool:
    """Whether the webhook refuses this very object, where it does so from a release on.

    No webhook is asked about a ClusterExternalSecret or PushSecret. Where several releases may run, all must refuse.
    """
    if isinstance(resource, ClusterExternalSecret | BasePushSecret) or not is_seen(resource):
        return False
    return runs(resource, ws, since)


def runs(resource: Resource, ws: Workspace, since: str) -> bool:
    """Whether every release that may judge the object is that one or later."""
    # Nothing of this is loaded for a repository without such faults.
    from eso_lint.model.in_play import version_in_play
    from eso_lint.model.versions import parse_version

    wanted = parse_version(since)
    play = version_in_play(resource, ws)
    lowest = play.versions[0] if play.versions else play.judged
    return wanted is not None and lowest >= wanted


def may_grow(resource: Resource) -> bool:
    """Whether an object may have more than is seen: its chart is released elsewhere, with values of that place."""
    chart = any(unit.at is None and unit.name.startswith("chart ") for unit in resource.placement.units)
    return chart and "{{" in resource.file.text
