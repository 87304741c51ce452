"""The operator's Helm chart: defaults of the values that rules read, and the keys that tell its values files."""

from __future__ import annotations

from typing import Any

from eso_lint.model.versions import Version, parse_version, resolve_range
from eso_lint.source.node import Node, Opaque, Scalar

CHART = "external-secrets"

# Value -> (first chart with this default, default), oldest first.
_DEFAULTS: dict[str, tuple[tuple[str, Any], ...]] = {
    "certController.create": (("0.5.0", True),),
    "certController.networkPolicy.egress": (("2.8.0", ()),),
    "certController.networkPolicy.enabled": (("2.8.0", False),),
    "controllerClass": (("0.4.0", ""),),
    "crds.conversion.enabled": (("0.8.0", True), ("0.16.0", False)),
    "crds.createClusterExternalSecret": (("0.5.0", True),),
    "crds.createClusterGenerator": (("0.11.0", True),),
    "crds.createClusterPushSecret": (("0.15.0", True),),
    "crds.createClusterSecretStore": (("0.5.0", True),),
    "crds.createPushSecret": (("0.7.0", True),),
    "crds.unsafeServeV1Beta1": (("1.3.1", False),),
    "createOperator": (("0.5.0", True),),
    "extraArgs": (("0.1.1", ()),),
    "extraObjects": (("0.9.17", ()),),
    "genericTargets.enabled": (("1.0.0", False),),
    "installCRDs": (("0.1.1", True),),
    "leaderElect": (("0.1.1", False),),
    "metrics.listen.auth.enabled": (("2.5.0", False),),
    "metrics.listen.secure.enabled": (("0.20.1", False),),
    "networkPolicy.egress": (("2.8.0", ()),),
    "networkPolicy.enabled": (("2.8.0", False),),
    "processClusterExternalSecret": (("0.5.0", True),),
    "processClusterGenerator": (("0.20.1", True),),
    "processClusterPushSecret": (("0.15.0", True),),
    "processClusterStore": (("0.5.0", True),),
    "processPushSecret": (("0.9.2", True),),
    "processSecretStore": (("1.2.0", True),),
    "rbac.aggregateToEdit": (("0.16.2", True),),
    "rbac.create": (("0.1.1", True),),
    "rbac.serviceAccountTokenCreate": (("2.5.0", True),),
    "replicaCount": (("0.1.1", 1),),
    "scopedNamespace": (("0.3.4", ""),),
    "scopedRBAC": (("0.5.0", False),),
    "webhook.certManager.enabled": (("0.9.0", False),),
    "webhook.create": (("0.5.0", True),),
    "webhook.failurePolicy": (("0.5.2", "Fail"),),
    "webhook.networkPolicy.egress": (("2.8.0", ()),),
    "webhook.networkPolicy.enabled": (("2.8.0", False),),
}

# Top-level values that no other widespread chart has.
DISTINCTIVE = frozenset(
    {
        "certController", "controllerClass", "extendedMetricLabels", "genericTargets", "openshiftFinalizers",
        "processClusterExternalSecret", "processClusterGenerator", "processClusterPushSecret", "processClusterStore",
        "processPushSecret", "processSecretStore", "scopedNamespace", "scopedRBAC", "systemAuthDelegator",
    }
)  # fmt: skip
# Top-level values that tell the chart where the path already names the operator.
TYPICAL = DISTINCTIVE | {"bitwarden-sdk-server", "crds", "installCRDs", "leaderElect", "rbac", "webhook"}


def default(path: str, release: Version | None) -> tuple[bool, Any]:
    """(known, default of a value in that chart release); lists and maps are ()."""
    if release is None:
        return False, None
    found: tuple[bool, Any] = (False, None)
    for since, value in _DEFAULTS.get(path, ()):
        first = parse_version(since)
        if first is not None and release >= first:
            found = True, value
    return found


def is_chart(name: str | None) -> bool:
    """Whether a chart name or OCI address ends in the operator's chart."""
    return name is not None and name.rstrip("/").rsplit("/", 1)[-1] == CHART


def release(version: Node | str | None, follows: bool) -> tuple[str | None, Version | None]:
    """Version as written, and the release it stands for.

    `follows` says that the deliverer keeps to the newest chart of a range (Flux and Argo CD do).
    """
    if isinstance(version, Opaque):
        return None, None
    text = version if isinstance(version, str) else version.text if isinstance(version, Scalar) else None
    if not text:
        newest = resolve_range("*") if follows else None
        return None, newest.version if newest else None
    exact = parse_version(text.partition("@")[0])
    if exact is not None or not follows:
        return text, exact
    ranged = resolve_range(text)
    return text, ranged.version if ranged else None
