"""Small repositories with Applications, for the tests of Argo CD."""

from __future__ import annotations

from eso_lint.render.argocd.units import argocd_units
from eso_lint.render.kustomize.build import objects
from eso_lint.render.repository import Repository
from eso_lint.render.unit import Item, Unit
from eso_lint.source.node import Node, SourceFile, lookup
from eso_lint.source.parse import parse
from eso_lint.source.prefilter import is_kustomization

URL = "https://git.example/acme/platform.git"
LOCAL = "https://kubernetes.default.svc"


def es(name: str, namespace: str = "", kind: str = "ExternalSecret") -> str:
    place = f"  namespace: {namespace}\n" if namespace else ""
    return f"apiVersion: external-secrets.io/v1\nkind: {kind}\nmetadata:\n  name: {name}\n{place}spec: {{}}\n"


def app(
    name: str, path: str, namespace: str = "shop", more: str = "", server: str = f"server: {LOCAL}", url: str = URL
) -> str:
    """An Application; `more` are further lines of its source, without indentation."""
    lines = "".join(f"    {line}\n" for line in more.splitlines())
    return (
        f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: {name}\n  namespace: argocd\n"
        f"spec:\n  source:\n    repoURL: {url}\n    path: {path}\n{lines}"
        f"  destination:\n    {server}\n    namespace: {namespace}\n"
    )


def appset(name: str, generators: str, template: str, more: str = "") -> str:
    """An ApplicationSet; generators and template are YAML without indentation."""
    listed = "".join(f"    {line}\n" for line in generators.splitlines())
    shape = "".join(f"    {line}\n" for line in template.splitlines())
    extra = "".join(f"  {line}\n" for line in more.splitlines())
    return (
        f"apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata:\n  name: {name}\n  namespace: argocd\n"
        f"spec:\n{extra}  generators:\n{listed}  template:\n{shape}"
    )


def kustomization(*resources: str, more: str = "", kind: str = "Kustomization") -> str:
    return f"kind: {kind}\nresources: [{', '.join(resources)}]\n{more}"


def repository(files: dict[str, str]) -> tuple[Repository, list[Item]]:
    sources = {path: SourceFile(path, text.encode()) for path, text in files.items()}
    parsed = [parse(file) for path, file in sources.items() if path.endswith((".yaml", ".yml", ".json"))]
    given = [
        item
        for result in parsed
        if not is_kustomization(result.file.path)
        for document in result.documents
        for item in objects(document, document.root)
    ]
    return Repository(parsed, sources, frozenset(sources)), given


def units_of(files: dict[str, str]) -> list[Unit]:
    return argocd_units(*repository(files))


def secrets(units: list[Unit]) -> set[tuple[str | None, str | None, str | None]]:
    """(cluster, namespace, name) of all ExternalSecrets."""
    return {(u.cluster, i.id[1], i.id[2]) for u in units for i in u.items if i.kind == "ExternalSecret"}


def the(units: list[Unit], name: str) -> Item:
    (found,) = [i for u in units for i in u.items if i.id[2] == name]
    return found


def notes(units: list[Unit]) -> set[tuple[str, str]]:
    """(kind, text at its place) of all notes."""
    return {(note.kind, note.at.span.text) for unit in units for note in unit.notes}


def line(node: Node | None) -> tuple[str, int]:
    assert node is not None
    return node.file.path, node.file.position(node.start)[0]


def namespace_of(item: Item) -> Node | None:
    return lookup(item.root, "metadata", "namespace")
