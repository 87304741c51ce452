"""Patches of a kustomization: which objects they are for, and what they make of them."""

from __future__ import annotations

from collections.abc import Callable

from eso_lint.render.kustomize.edit import PatchError, TooMuchError, json_patch, list_keys, merge, set_field, smear
from eso_lint.render.kustomize.replacements import Report
from eso_lint.render.kustomize.select import Named, Target
from eso_lint.render.kustomize.transformers import blur
from eso_lint.render.unit import Item
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, lookup, string

# Told of every target, or merge patch that names its object: whether there is, or may be, an object for it.
Fit = Callable[[Mapping, bool], None]
# An object, and whether it is certainly the one that is meant (None: it may be).
Chosen = tuple[Item, bool | None]


class _AnyList(dict[str, str]):
    """An `openapi:` schema may name merge keys for any list of a custom kind: what they merge to is unknown."""

    def get(self, key: str, default: object = None) -> str:
        return "?"


UNKNOWN_LISTS: dict[str, str] = _AnyList()


def _untold(wanted: Mapping, fits: bool) -> None:
    """For patches of which it does not matter whether they find anything."""


def by_target(
    found: list[Item], nodes: list[Node], target: Mapping, options: Node | None, report: Report, schema: bool = False
) -> list[Item]:
    """A patch with a `target`. kustomize says nothing of one that selects nothing."""
    return on_chosen(found, Target(target).among(found), nodes, target, options, report, schema)


def on_chosen(
    found: list[Item],
    selected: list[Chosen],
    nodes: list[Node],
    target: Mapping,
    options: Node | None,
    report: Report,
    schema: bool,
) -> list[Item]:
    """A patch with a `target`, on what that selects."""
    merges = [node for node in nodes if not isinstance(node, Sequence)]
    if len(merges) > 1:
        report("refused", target, "kustomize takes no more than one merge patch with a `target`")
    renames, rekinds = (_flag(options, name) for name in ("allowNameChange", "allowKindChange"))
    gone = set()
    for node in nodes:
        for item, answer in selected:
            if isinstance(node, Opaque):
                blur(item, node)
            elif answer is None or isinstance(node, Sequence):
                _json(item, node, answer, report)
            elif not apply(item, node, renames, rekinds, schema):
                gone.add(id(item))
    return [item for item in found if id(item) not in gone] if gone else found


def _json(item: Item, node: Node, answer: bool | None, report: Report) -> None:
    """A JSON patch on one object, or (`answer` is None) any patch that may be for it."""
    try:
        if answer is None:
            item.change(smear(item.root, node), node)
            return
        item.remember()
        item.change(json_patch(item.root, node), node)
    except PatchError as error:
        report("refused", error.at, f"{error} in {_called(item)}")
    except TooMuchError:
        report("opaque", node, "this patch is too long to be followed")
        blur(item, node)


def by_name(
    found: list[Item],
    nodes: list[Node],
    at: Node,
    options: Node | None,
    report: Report,
    schema: bool,
    fit: Fit = _untold,
) -> list[Item]:
    """Merge patches that name their object themselves. kustomize refuses one that names none."""
    renames, rekinds = (_flag(options, name) for name in ("allowNameChange", "allowKindChange"))
    gone = set()
    for node in nodes:
        if isinstance(node, Sequence):
            report("refused", at, "a JSON patch wants a `target`")
            continue
        if not isinstance(node, Mapping):
            continue
        selected = Named(node).among(found)
        fit(node, bool(selected))
        if len([1 for _, answer in selected if answer]) > 1:
            report("refused", lookup(node, "metadata", "name") or at, "this patch names several objects")
        for item, answer in selected:
            if answer is None:
                item.change(smear(item.root, node), node)
            elif not apply(item, node, renames, rekinds, schema):
                gone.add(id(item))
    return [item for item in found if id(item) not in gone] if gone else found


def apply(item: Item, patch: Node, renames: bool, rekinds: bool, schema: bool = False) -> bool:
    """A merge patch on one object; False where it deletes it.

    It changes no name and no kind unless its options allow it, and never a namespace or a version.
    """
    lists = list_keys(item.face.api, item.kind)
    if schema and not lists:
        lists = UNKNOWN_LISTS
    merged = merge(item.root, patch, lists)
    if merged is None:
        return False
    if renames or rekinds:
        item.remember()
    kept: list[tuple[str, ...]] = [("apiVersion",), ("metadata", "namespace")]
    kept += [] if renames else [("metadata", "name")]
    kept += [] if rekinds else [("kind",)]
    for path in kept:
        before = lookup(item.root, *path)
        now = lookup(merged, *path)
        if before is not None and now is not before:
            merged = set_field(merged, path, before)
        elif before is None and now is not None and path[0] == "metadata":
            merged = _without(merged, path)
    item.change(merged, patch)
    return True


def _without(root: Node, path: tuple[str, ...]) -> Node:
    from eso_lint.render.tree import without

    parent = lookup(root, *path[:-1])
    return set_field(root, path[:-1], without(parent, path[-1])) if isinstance(parent, Mapping) else root


def _flag(options: Node | None, name: str) -> bool:
    node = lookup(options, name)
    return isinstance(node, Scalar) and node.value is True


def _called(item: Item) -> str:
    name = string(lookup(item.root, "metadata", "name"))
    return f"{item.kind} `{name}`" if name else f"a {item.kind}"
