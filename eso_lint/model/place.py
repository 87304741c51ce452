"""Where objects stand: in which namespace, in which tree, and whether one is within reach of a reference."""

from __future__ import annotations

from eso_lint.model.reference import Reference
from eso_lint.model.resource import CLUSTER_SCOPED, Resource


def may_be_in(resource: Resource, namespace: str | None) -> bool:
    """Whether an object is, or (where either namespace is unknown) may be, in a namespace."""
    if namespace is None or resource.kind in CLUSTER_SCOPED:
        return True
    return resource.namespace in (None, namespace)


def is_in(resource: Resource, namespace: str | None) -> bool:
    """Whether an object certainly is in a namespace."""
    return namespace is not None and resource.namespace == namespace


def same_world(a: Resource, b: Resource) -> bool:
    """Whether two objects can meet in one cluster: the same tree, or one that holds the other. Archives stay alone."""
    one, other = sorted((a.world, b.world), key=len)
    if one == other:
        return True
    return not other.endswith("_archive") and (not one or other.startswith(one + "/"))


def serves(candidate: Resource, reference: Reference) -> bool:
    """Whether an object of another kind could be what is meant: cluster-scoped, or certainly beside the reference."""
    if candidate.kind in CLUSTER_SCOPED:
        return True
    home = reference.namespace or reference.source.namespace
    if home:
        return is_in(candidate, home)
    return candidate.namespace is None and candidate.file is reference.source.file
