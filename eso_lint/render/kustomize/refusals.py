"""What kustomize refuses to build: told as Notes, since somebody will see the error sooner than the cluster."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from eso_lint.render.kustomize.paths import NAMES, Paths
from eso_lint.render.unit import Item
from eso_lint.source.node import Document, Mapping, Node, is_absent, lookup, string


class Target(Protocol):
    """What is being built."""

    items: list[Item]

    def note(self, kind: str, at: Node, message: str) -> None: ...


def check_kustomization(target: Target, paths: Paths, directory: str, document: Document) -> None:
    """The file itself: one of its name, with something in it, no template."""
    root = document.root
    names = [name for name in NAMES if paths.join(directory, name) in paths.source.paths]
    if len(names) > 1:
        target.note("refused", root, f"kustomize refuses a directory with both `{names[0]}` and `{names[1]}`")
    if document.dialect != "plain":
        target.note("opaque", root, "this kustomization is a template")
    elif _says_nothing(root):
        target.note("refused", root, "kustomize refuses a kustomization without content")


def _says_nothing(root: Node) -> bool:
    fields = root.named() if isinstance(root, Mapping) and not root.open else [("", root)]
    return all(_nothing(value) for name, value in fields if name not in ("apiVersion", "kind"))


def _nothing(value: Node) -> bool:
    return is_absent(value) or string(value) == ""


def check_twice(target: Target) -> None:
    """kustomize adds no object under an identity that is taken."""
    seen = set()
    for item in target.items:
        api, _, _, (kind, namespace, name), settled = item.face
        if name is None or not settled:
            continue
        identity = (api, kind, namespace or "default", name)
        if identity in seen:
            target.note("refused", lookup(item.root, "metadata", "name") or item.root, f"a second {kind} `{name}`")
        seen.add(identity)


def check_paths(target: Target, entries: Iterable[Node]) -> None:
    """Entries of `patches` are mappings: kustomize read paths there long ago, and refuses them now."""
    for entry in entries:
        if string(entry) is not None:
            target.note("refused", entry, "kustomize takes no path here: write `path: ...`")
