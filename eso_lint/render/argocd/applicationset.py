"""The Applications that an ApplicationSet stamps out, as far as the repository knows its generators' answers."""

from __future__ import annotations

import re
from typing import NamedTuple

from eso_lint.render.argocd.applicationset_generators import Generators
from eso_lint.render.argocd.applicationset_values import Params
from eso_lint.render.argocd.template import Filler, known_text, released
from eso_lint.render.gotemplate.values import Unknown
from eso_lint.render.kustomize.edit import merge
from eso_lint.render.tree import set_field, unknown, without
from eso_lint.render.unit import Item, Note
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, is_absent, items, lookup

_KINDS = ("list", "clusters", "git", "matrix", "merge")
_TOUCHES = {"source": re.compile(r"\b(?:sources?|path|helm|kustomize|chart|repoURL)\b"),
            "destination": re.compile(r"\b(?:destination|server|namespace)\b")}  # fmt: skip


class Generated(NamedTuple):
    """An Application of an ApplicationSet.

    `sure` says that it certainly exists; `cluster` is the name of the registered cluster that it is made for.
    """

    item: Item
    sure: bool
    cluster: str | None


def applications(item: Item, generators: Generators) -> tuple[list[Generated], list[Note]]:
    """What an ApplicationSet generates, and what could not be followed."""
    spec = item.root.get("spec")
    if spec is not None and item.document.dialect != "plain":
        spec = released(spec)
    template = lookup(spec, "template")
    if not isinstance(spec, Mapping) or not isinstance(template, Mapping):
        return [], [Note("opaque", spec or item.root, "what this ApplicationSet generates cannot be known")]
    go = lookup(spec, "goTemplate")
    by_go = isinstance(go, Scalar) and go.value is True
    listed = spec.get("generators")
    found: list[Generated] = []
    notes: list[Note] = []
    if not isinstance(listed, Sequence) or listed.open:
        notes.append(Note("opaque", listed or template, "these generators are not known"))
    filler = Filler(by_go)
    for generator in items(listed):
        base = _typed(item, _base(template, generator))
        for params in generators.sets(generator, by_go):
            made = _placed(item, filler.fill(base, params.values))
            found.append(Generated(made, params.sure, _cluster(params)))
    if generators.cut:
        notes.append(Note("opaque", listed or template, "more Applications than are followed"))
        generators.cut = False
    patch = spec.get("templatePatch")
    if patch is not None and not is_absent(patch):
        notes += _patched(found, patch)
    return found, notes


def _base(template: Mapping, generator: Node) -> Mapping:
    """The template, with what the generator's own one says instead."""
    for kind in _KINDS:
        own = lookup(generator, kind, "template")
        if isinstance(own, Mapping):
            merged = merge(template, own)
            return merged if isinstance(merged, Mapping) else template
    return template


def _typed(item: Item, template: Mapping) -> Node:
    """The template as an Application."""
    root = set_field(template, ("apiVersion",), item.root.get("apiVersion") or template)
    return set_field(root, ("kind",), Scalar(template.file, template.start, template.start, "Application", "'"))


def _placed(item: Item, root: Node) -> Item:
    """One Application, in the namespace of its ApplicationSet."""
    namespace = lookup(item.root, "metadata", "namespace")
    if namespace is not None and isinstance(root.get("metadata"), Mapping):
        root = set_field(root, ("metadata", "namespace"), namespace)
    assert isinstance(root, Mapping)
    made = Item(item.document, root)
    made.via = item.via
    return made


def _cluster(params: Params) -> str | None:
    """The cluster that a set of parameters is about, where its address is not known."""
    if not isinstance(params.values.get("server"), Opaque | Unknown):
        return None
    return known_text(params.values.get("name")) or known_text(params.values.get("nameNormalized"))


def _patched(found: list[Generated], patch: Node) -> list[Note]:
    """A template patch is text of its own: where it speaks of sources or destinations, they are unknown."""
    text = patch.text if isinstance(patch, (Scalar, Opaque)) else ""
    notes = []
    for field, pattern in _TOUCHES.items():
        if pattern.search(text) or not text:
            notes.append(Note("opaque", patch, f"a template patch that may change the {field} is not followed"))
            for one in found:
                spec = one.item.root.get("spec")
                if isinstance(spec, Mapping):
                    root = set_field(one.item.root, ("spec",), without(spec, "sources") if field == "source" else spec)
                    root = set_field(root, ("spec", field), unknown(patch))
                    one.item.root = root if isinstance(root, Mapping) else one.item.root
    return notes
