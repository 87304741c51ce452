"""Parsed documents to typed resources."""

from __future__ import annotations

from collections.abc import Iterator

from eso_lint.model.kinds.argocd import ARGO_GROUP, ArgoApplication
from eso_lint.model.kinds.core import ConfigMap, Namespace, Secret, ServiceAccount
from eso_lint.model.kinds.external_secret import ClusterExternalSecret, ExternalSecret
from eso_lint.model.kinds.generator import GENERATOR_KINDS, Generator, GeneratorState, Stray
from eso_lint.model.kinds.policy import AdmissionPolicy, NetworkPolicy, WebhookConfiguration
from eso_lint.model.kinds.push_secret import ClusterPushSecret, PushSecret
from eso_lint.model.kinds.rbac import ClusterRole, ClusterRoleBinding, Role, RoleBinding
from eso_lint.model.kinds.store import ClusterSecretStore, SecretStore
from eso_lint.model.resource import ESO_GROUP, GENERATOR_GROUP, Resource, group_version
from eso_lint.render.placement import WRITTEN, Placement
from eso_lint.source.node import Document, Mapping, Sequence, string
from eso_lint.source.prefilter import OWN_KINDS

_RBAC = "rbac.authorization.k8s.io"
_OPERATOR = frozenset({ESO_GROUP, GENERATOR_GROUP})
# Groups of which every kind can refuse an object.
_ADMISSION = frozenset({"constraints.gatekeeper.sh", "policies.kyverno.io"})

VIEWS: dict[tuple[str, str], type[Resource]] = {
    (ESO_GROUP, "ExternalSecret"): ExternalSecret,
    (ESO_GROUP, "ClusterExternalSecret"): ClusterExternalSecret,
    (ESO_GROUP, "SecretStore"): SecretStore,
    (ESO_GROUP, "ClusterSecretStore"): ClusterSecretStore,
    (ESO_GROUP, "PushSecret"): PushSecret,
    (ESO_GROUP, "ClusterPushSecret"): ClusterPushSecret,
    **{(GENERATOR_GROUP, kind): Generator for kind in GENERATOR_KINDS},
    (GENERATOR_GROUP, "GeneratorState"): GeneratorState,
    (ARGO_GROUP, "Application"): ArgoApplication,
    (ARGO_GROUP, "ApplicationSet"): ArgoApplication,
    ("", "Namespace"): Namespace,
    ("", "ServiceAccount"): ServiceAccount,
    ("", "Secret"): Secret,
    ("", "ConfigMap"): ConfigMap,
    **{(_RBAC, view.__name__): view for view in (Role, ClusterRole, RoleBinding, ClusterRoleBinding)},
    ("networking.k8s.io", "NetworkPolicy"): NetworkPolicy,
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): WebhookConfiguration,
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"): AdmissionPolicy,
    ("kyverno.io", "ClusterPolicy"): AdmissionPolicy,
    ("kyverno.io", "Policy"): AdmissionPolicy,
    ("templates.gatekeeper.sh", "ConstraintTemplate"): AdmissionPolicy,
}


# Objects of these groups say what is delivered where.
DELIVERY_GROUPS = frozenset(
    {"kustomize.toolkit.fluxcd.io", "fluxcd.controlplane.io", "helm.toolkit.fluxcd.io", ARGO_GROUP}
)


def group_of(document: Document) -> str:
    """The API group of a document's object (of a List: that of its first item); "" where there is none."""
    root = document.root
    listed = root.get("items")
    if isinstance(listed, Sequence) and listed.items:
        root = listed.items[0]
    return group_version(string(root.get("apiVersion")) or "")[0]


def resource(document: Document, root: Mapping, placement: Placement, world: str) -> Iterator[Resource]:
    """One rendered object."""
    return _object(document, root, placement, world, set())


def resources(document: Document, placement: Placement = WRITTEN, world: str = "") -> Iterator[Resource]:
    """The objects of one document; the items of a List are objects of their own."""
    yield from _object(document, document.root, placement, world, set())


def _is_slip(group: str) -> bool:
    """Whether an API group is the operator's, misspelt. Other operators have kinds of these names, too."""
    from eso_lint.suggest import closest, is_slip

    return closest(group, _OPERATOR) is not None and any(is_slip(group, ours) for ours in _OPERATOR)


def _object(document: Document, root: object, placement: Placement, world: str, seen: set[int]) -> Iterator[Resource]:
    # What an alias repeats is one object at one place.
    if not isinstance(root, Mapping) or id(root) in seen:
        return
    seen.add(id(root))
    api_version, kind = string(root.get("apiVersion")), string(root.get("kind"))
    if api_version is not None and root.get("kind") is None and group_version(api_version)[0] in _OPERATOR:
        kind = ""
    if kind is None or api_version is None:
        return
    if kind.endswith("List") and isinstance(root.get("items"), Sequence):
        for item in root.get("items").items:  # type: ignore[union-attr]
            yield from _object(document, item, placement, world, seen)
        return
    group, version = group_version(api_version)
    view = VIEWS.get((group, kind))
    if view is None:
        stray = group in _OPERATOR or (kind in OWN_KINDS and _is_slip(group))
        view = AdmissionPolicy if group in _ADMISSION else Stray if stray else Resource
    yield view(document, root, group, version, kind, placement, world)
