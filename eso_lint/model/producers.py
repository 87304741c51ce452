"""Who makes Secrets: every object that ends in a Secret of a known name, besides Secret manifests themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from eso_lint.model.kinds.external_secret import ExternalSecret
from eso_lint.model.resource import ESO_GROUP, GENERATOR_GROUP, Resource
from eso_lint.model.workspace import Workspace
from eso_lint.source.node import Document, Mapping, Node, is_absent, items, lookup, string
from eso_lint.source.prefilter import is_kustomization

# Kind -> where the name of its Secret stands, the first that is there counts.
_NAMES: dict[str, tuple[tuple[str, ...], ...]] = {
    "SealedSecret": (("spec", "template", "metadata", "name"), ("metadata", "name")),
    "Certificate": (("spec", "secretName"),),
    "OnePasswordItem": (("metadata", "name"),),
    "VaultStaticSecret": (("spec", "destination", "name"),),
    "VaultDynamicSecret": (("spec", "destination", "name"),),
    "VaultPKISecret": (("spec", "destination", "name"),),
    "VaultSecret": (("metadata", "name"),),
    "InfisicalSecret": (("spec", "managedSecretReference", "secretName"),),
    "BitwardenSecret": (("spec", "secretName"),),
    "DopplerSecret": (("spec", "managedSecret", "name"),),
    "GCPSecretManagerSecret": (("metadata", "name"),),
    "AzureKeyVaultSecret": (("spec", "output", "secret", "name"),),
    "ObjectBucketClaim": (("metadata", "name"),),
    "ExternalSecret": (("metadata", "name"),),
    "PasswordSecret": (("metadata", "name"),),
}
# Fields of any other kind that name a Secret which its controller writes.
_FIELDS = ("writeConnectionSecretToRef", "connectionSecret", "targetSecret", "writeSecretToRef")


class Producer(NamedTuple):
    """`name` is None where a template decides it; `namespace` None where unknown."""

    source: Resource | None
    name: str | None
    namespace: str | None


def secret_producers(ws: Workspace) -> Iterator[Producer]:
    """All of them, in no useful order."""
    for resource in ws.resources:
        yield from _of(resource)
    for result in ws.parsed:
        if is_kustomization(result.file.path):
            for document in result.documents:
                yield from _generated(document)


def _of(resource: Resource) -> Iterator[Producer]:
    if isinstance(resource, ExternalSecret):
        if resource.creation_policy != "None":
            yield Producer(resource, resource.target_name, resource.namespace)
        return
    if resource.group in (ESO_GROUP, GENERATOR_GROUP):
        if resource.kind == "ClusterExternalSecret":
            yield Producer(resource, resource.target_name, None)  # type: ignore[attr-defined]
        return
    if resource.kind == "SopsSecret":
        for template in items(resource.at("spec", "secretTemplates")):
            yield Producer(resource, string(lookup(template, "name")), resource.namespace)
    for path in _NAMES.get(resource.kind, ()):
        node = resource.at(*path)
        if not is_absent(node):
            yield Producer(resource, string(node), resource.namespace)
            break
    for field in _FIELDS:
        named = resource.at("spec", field, "name")
        if not is_absent(named):
            yield Producer(resource, string(named), string(resource.at("spec", field, "namespace")))


def _generated(document: Document) -> Iterator[Producer]:
    root: Node = document.root
    for item in items(root.get("secretGenerator")) if isinstance(root, Mapping) else ():
        yield Producer(None, string(lookup(item, "name")), None)
