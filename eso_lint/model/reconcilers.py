"""Which of the operator's kinds an install has switched off, and which objects of a repository then wait in vain."""

from __future__ import annotations

from collections.abc import Iterator

from eso_lint.model.in_play import claims_of, meets
from eso_lint.model.kinds.install import OperatorInstall
from eso_lint.model.resource import Resource
from eso_lint.model.workspace import Workspace
from eso_lint.record import NamedTuple
from eso_lint.source.node import string


class Switches(NamedTuple):
    """The values that decide over one kind: its reconciler, the controller's flag of the same meaning, its CRD."""

    kind: str
    process: str
    flag: str
    crd: str


SWITCHES = (
    Switches(
        "ClusterSecretStore", "processClusterStore", "enable-cluster-store-reconciler",
        "createClusterSecretStore",
    ),
    Switches(
        "ClusterExternalSecret", "processClusterExternalSecret", "enable-cluster-external-secret-reconciler",
        "createClusterExternalSecret",
    ),
    Switches(
        "ClusterPushSecret", "processClusterPushSecret", "enable-cluster-push-secret-reconciler",
        "createClusterPushSecret",
    ),
    Switches("PushSecret", "processPushSecret", "enable-push-secret-reconciler", "createPushSecret"),
    Switches("SecretStore", "processSecretStore", "enable-secret-store-reconciler", ""),
    Switches("ClusterGenerator", "processClusterGenerator", "", "createClusterGenerator"),
)  # fmt: skip
_CRD = "CustomResourceDefinition.apiextensions.k8s.io"
# What a confined operator does not look after.
_CLUSTER_WIDE = ("ClusterSecretStore", "ClusterExternalSecret")


class Idle(NamedTuple):
    """A kind that no operator of its cluster looks after: the value that says so, and an object that waits."""

    path: str
    kind: str
    waiting: Resource


def idle_kinds(install: OperatorInstall, ws: Workspace) -> Iterator[Idle]:
    """Kinds that an install has switched off while the repository delivers objects of them to the same cluster."""
    if len(beside(install.world, ws)) > 1:
        return  # another operator may look after them
    for switch in SWITCHES:
        off = install.value(switch.process) is not None and install.on(switch.process) is False
        path = switch.process
        if not off and switch.kind in _CLUSTER_WIDE and install.scoped is True:
            off, path = True, "scopedRBAC"
        if off and not (switch.flag and install.has_flag(switch.flag)):
            waiting = _first(switch.kind, install, ws)
            if waiting is not None:
                yield Idle(path, switch.kind, waiting)


def missing_crds(install: OperatorInstall, ws: Workspace) -> Iterator[tuple[Switches, Resource | None]]:
    """Kinds whose CRD an install leaves out and nothing else of the repository brings, with an object of that kind."""
    if install.on("installCRDs") is not True or any(claim.install is not install for claim in claims_of(ws)):
        return
    carried = {string(crd.at("spec", "names", "kind")) for crd in ws.of_kind(_CRD)}
    for switch in SWITCHES:
        path = f"crds.{switch.crd}"
        if switch.crd and install.value(path) is not None and install.on(path) is False and switch.kind not in carried:
            yield switch, _first(switch.kind, install, ws)


def _first(kind: str, install: OperatorInstall, ws: Workspace) -> Resource | None:
    """The first object of a kind that goes to the cluster of an install."""
    for resource in ws.of_kind(kind):
        if resource.placement.deployed and not resource.archived and meets(resource.world, install.world):
            return resource
    return None


def beside(world: str, ws: Workspace) -> tuple[OperatorInstall, ...]:
    """The installs that may serve a world, one for each place that declares it."""
    found = {
        (install.file.path, install.at.start): install
        for install in ws.views(OperatorInstall)
        if meets(install.world, world)
    }
    return tuple(found.values())


def controller_classes(resource: Resource, ws: Workspace) -> frozenset[str] | None:
    """The controller classes of the operators that may serve an object; None where not all are known, or none is."""
    found = set()
    for install in beside(resource.world, ws):
        written = install.setting("controllerClass")
        if not written.known or not isinstance(written.value, str) or install.has_flag("controller-class"):
            return None
        found.add(written.value or "default")
    return frozenset(found) or None


def allows_manifests(resource: Resource, ws: Workspace) -> OperatorInstall | None:
    """The install that refuses generic targets to an object; None where one allows them, or may."""
    installs = beside(resource.world, ws)
    for install in installs:
        off = install.on("genericTargets.enabled") is False
        if not off or install.has_flag("unsafe-allow-generic-targets"):
            return None
    return installs[0] if installs else None
