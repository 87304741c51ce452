"""Where kustomize changes fields beyond the plain ones: its built-in tables and `configurations:` files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from eso_lint.render.tree import split_path
from eso_lint.render.unit import Item
from eso_lint.source.node import Mapping, Node, Scalar, items, string


class FieldSpec(NamedTuple):
    """A field of the kinds that `group`, `version` and `kind` select ("" is any)."""

    path: tuple[str, ...]
    kind: str = ""
    group: str = ""
    version: str = ""
    create: bool = False

    def fits(self, item: Item) -> bool:
        if self.kind and self.kind != item.kind:
            return False
        if not self.group and not self.version:
            return True
        face = item.face
        return self.group in ("", face.group) and self.version in ("", face.version)


class Reference(NamedTuple):
    """Fields that hold the name of an object of one kind."""

    kind: str
    group: str
    version: str
    fields: tuple[FieldSpec, ...]

    def means(self, item: Item) -> bool:
        face = item.face
        if self.group not in ("", face.group) or self.version not in ("", face.version):
            return False
        return any(i[0] == self.kind for i in item.former)


class Config(NamedTuple):
    """What `configurations:` files add to the built-in tables."""

    references: tuple[Reference, ...] = ()
    prefix: tuple[FieldSpec, ...] = ()
    suffix: tuple[FieldSpec, ...] = ()
    namespace: tuple[FieldSpec, ...] = ()
    labels: tuple[FieldSpec, ...] = ()
    annotations: tuple[FieldSpec, ...] = ()

    def plus(self, other: Config) -> Config:
        if other in (NONE, self):
            return self
        if self == NONE:
            return other
        return Config(
            tuple(dict.fromkeys((*self.references, *other.references))),
            *(tuple(dict.fromkeys((*a, *b))) for a, b in zip(self[1:], other[1:], strict=True)),
        )


NONE = Config()


def read_config(root: Node) -> Config:
    """One `configurations:` file."""
    return Config(
        tuple(
            Reference(_text(r, "kind"), _text(r, "group"), _text(r, "version"), _specs(r.get("fieldSpecs")))
            for r in items(root.get("nameReference"))
        ),
        *(_specs(root.get(f)) for f in ("namePrefix", "nameSuffix", "namespace", "commonLabels", "commonAnnotations")),
    )


def _specs(node: Node | None) -> tuple[FieldSpec, ...]:
    return tuple(field_spec(entry) for entry in items(node) if isinstance(entry, Mapping))


def field_spec(entry: Node) -> FieldSpec:
    create = entry.get("create")
    return FieldSpec(
        tuple(split_path(_text(entry, "path"))), _text(entry, "kind"), _text(entry, "group"), _text(entry, "version"),
        isinstance(create, Scalar) and create.value is True,
    )  # fmt: skip


def _text(node: Node, key: str) -> str:
    return string(node.get(key)) or ""


_POD_SPECS = {
    "Pod": "spec", "PodTemplate": "template/spec", "Deployment": "spec/template/spec",
    "ReplicaSet": "spec/template/spec", "DaemonSet": "spec/template/spec", "StatefulSet": "spec/template/spec",
    "Job": "spec/template/spec", "CronJob": "spec/jobTemplate/spec/template/spec",
}  # fmt: skip
_RBAC = "rbac.authorization.k8s.io"


def _in_pods(*paths: str, but: Iterable[str] = ()) -> list[FieldSpec]:
    return [
        FieldSpec((*above.split("/"), *path.split("/")), kind)
        for kind, above in _POD_SPECS.items()
        if kind not in but
        for path in paths
    ]


def _at(path: str, *kinds: str, group: str = "") -> list[FieldSpec]:
    return [FieldSpec(tuple(split_path(path)), kind, group) for kind in kinds]


def _containers(*paths: str) -> list[str]:
    return [f"{container}/{path}" for container in ("containers", "initContainers") for path in paths]


REFERENCES = (
    Reference(
        "ConfigMap", "", "v1",
        (
            *_in_pods("volumes/configMap/name", "volumes/projected/sources/configMap/name",
                      *_containers("env/valueFrom/configMapKeyRef/name", "envFrom/configMapRef/name")),
            *_at("rules/resourceNames", "Role", "ClusterRole"),
            *_at("metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap", "Ingress"),
        ),
    ),
    Reference(
        "Secret", "", "v1",
        (
            *_in_pods("volumes/secret/secretName", "volumes/projected/sources/secret/name", "imagePullSecrets/name",
                      *_containers("env/valueFrom/secretKeyRef/name", "envFrom/secretRef/name")),
            *_at("rules/resourceNames", "Role", "ClusterRole"),
            *_at("spec/tls/secretName", "Ingress"),
            *_at("metadata/annotations/ingress.kubernetes.io\\/auth-secret", "Ingress"),
            *_at("metadata/annotations/nginx.ingress.kubernetes.io\\/auth-secret", "Ingress"),
            *_at("metadata/annotations/nginx.ingress.kubernetes.io\\/auth-tls-secret", "Ingress"),
            *_at("imagePullSecrets/name", "ServiceAccount"),
        ),
    ),
    Reference("Role", _RBAC, "", tuple(_at("roleRef/name", "RoleBinding", group=_RBAC))),
    Reference("ClusterRole", _RBAC, "", tuple(_at("roleRef/name", "RoleBinding", "ClusterRoleBinding", group=_RBAC))),
    Reference(
        "ValidatingAdmissionPolicy", "admissionregistration.k8s.io", "",
        tuple(_at("spec/policyName", "ValidatingAdmissionPolicyBinding", group="admissionregistration.k8s.io")),
    ),
    Reference(
        "ServiceAccount", "", "v1",
        (
            *_at("subjects", "RoleBinding", "ClusterRoleBinding", group=_RBAC),
            *_in_pods("serviceAccountName", but=("PodTemplate", "ReplicaSet")),
            *_at("spec/template/spec/serviceAccountName", "ReplicationController"),
        ),
    ),
    Reference(
        "Service", "", "v1",
        tuple(_at("webhooks/clientConfig/service", "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration",
                  group="admissionregistration.k8s.io")),
    ),
)  # fmt: skip

_TEMPLATES = ("ReplicationController", "Deployment", "ReplicaSet", "DaemonSet", "StatefulSet", "Job")


def _made(path: str, *kinds: str, create: bool = True) -> list[FieldSpec]:
    return [FieldSpec(tuple(path.split("/")), kind, create=create) for kind in kinds]


_META_LABELS = FieldSpec(("metadata", "labels"), create=True)
TEMPLATE_LABELS = (
    *_made("spec/template/metadata/labels", *_TEMPLATES),
    *_made("spec/jobTemplate/metadata/labels", "CronJob"),
    *_made("spec/jobTemplate/spec/template/metadata/labels", "CronJob"),
)
SELECTOR_LABELS = (
    *_made("spec/selector", "Service", "ReplicationController"),
    *_made("spec/selector/matchLabels", "Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"),
    *_made("spec/selector/matchLabels", "Job", "PodDisruptionBudget", create=False),
    *_made("spec/jobTemplate/spec/selector/matchLabels", "CronJob", create=False),
    *_made("spec/podSelector/matchLabels", "NetworkPolicy", create=False),
    *_made("spec/ingress/from/podSelector/matchLabels", "NetworkPolicy", create=False),
    *_made("spec/egress/to/podSelector/matchLabels", "NetworkPolicy", create=False),
)
LABELS = (_META_LABELS,)
COMMON_LABELS = (_META_LABELS, *TEMPLATE_LABELS, *SELECTOR_LABELS)
ANNOTATIONS = (
    FieldSpec(("metadata", "annotations"), create=True),
    *_made("spec/template/metadata/annotations", *_TEMPLATES),
    *_made("spec/jobTemplate/metadata/annotations", "CronJob"),
    *_made("spec/jobTemplate/spec/template/metadata/annotations", "CronJob"),
)
NAME = (FieldSpec(("metadata", "name")),)
