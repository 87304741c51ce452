"""Patches of a kustomization: which objects they are for, and what they make of them."""

from __future__ import annotations

import re

from eso_lint.render.edit import PatchError, json_patch, list_keys, merge, set_field, smear
from eso_lint.render.replacements import Report
from eso_lint.render.select import identified, selected
from eso_lint.render.transformers import blur
from eso_lint.render.unit import Item
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, lookup, string

_OURS = "external-secrets.io"
_KINDS = frozenset(("ExternalSecret", "ClusterExternalSecret", "SecretStore", "ClusterSecretStore", "PushSecret",
                    "ClusterPushSecret", "ClusterGenerator"))  # fmt: skip


class _AnyList(dict[str, str]):
    """An `openapi:` schema may name merge keys for any list of a custom kind: what they merge to is unknown."""

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> str:
        return "?"


UNKNOWN_LISTS: dict[str, str] = _AnyList()


def by_target(
    found: list[Item], nodes: list[Node], target: Mapping, options: Node | None, report: Report, schema: bool = False
) -> list[Item]:
    """A patch with a `target`. One that selects nothing is silent in kustomize: here it is a Note."""
    chosen = [(item, answer) for item in found if (answer := selected(target, item)) is not False]
    if not chosen and _is_ours(target):
        at, message = misfit(found, target)
        report("patch", at, message)
    merges = [node for node in nodes if not isinstance(node, Sequence)]
    if len(merges) > 1:
        report("refused", target, "kustomize takes no more than one merge patch with a `target`")
    renames, rekinds = (_flag(options, name) for name in ("allowNameChange", "allowKindChange"))
    gone = set()
    for node in nodes:
        for item, answer in chosen:
            if isinstance(node, Opaque):
                blur(item, node)
            elif answer is None:
                item.change(smear(item.root, node), node)
            elif isinstance(node, Sequence):
                item.remember()
                try:
                    item.change(json_patch(item.root, node), node)
                except PatchError as error:
                    report("patch", error.at, f"{error} in {_called(item)}")
            elif not apply(item, node, renames, rekinds, schema):
                gone.add(id(item))
    return [item for item in found if id(item) not in gone]


def by_name(
    found: list[Item], nodes: list[Node], at: Node, options: Node | None, report: Report, schema: bool
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
        chosen = [(item, answer) for item in found if (answer := identified(item, node)) is not False]
        if not chosen and _OURS in (string(node.get("apiVersion")) or ""):
            place, message = misfit(found, node)
            report("patch", place, message)
        if len([1 for _, answer in chosen if answer]) > 1:
            report("refused", lookup(node, "metadata", "name") or at, "this patch names several objects")
        for item, answer in chosen:
            if answer is None:
                item.change(smear(item.root, node), node)
            elif not apply(item, node, renames, rekinds, schema):
                gone.add(id(item))
    return [item for item in found if id(item) not in gone]


def apply(item: Item, patch: Node, renames: bool, rekinds: bool, schema: bool = False) -> bool:
    """A merge patch on one object; False where it deletes it.

    It changes no name and no kind unless its options allow it, and never a namespace or a version.
    """
    version = string(item.root.get("apiVersion"))
    lists = list_keys(version, item.kind)
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


def _is_ours(target: Mapping) -> bool:
    group, kind = string(target.get("group")) or "", string(target.get("kind")) or ""
    if group:
        return group.endswith(_OURS)
    return kind in _KINDS


def misfit(found: list[Item], wanted: Mapping) -> tuple[Node, str]:
    """The part of a target that fits no object any more, and what comes closest.

    `wanted` is a `target`, or a merge patch that names its object.
    """
    fields = _fields(wanted)
    ours = [item for item in found if item.group.endswith(_OURS)]
    best: list[Item] = []
    wrong: list[str] = list(fields)
    for item in ours:
        off = [name for name, (_, text) in fields.items() if not _agrees(item, name, text)]
        if len(off) < len(wrong) or (len(off) == len(wrong) and best and off == wrong):
            best = [*best, item] if off == wrong else [item]
            wrong = off
    first = next((n for n in ("version", "group", "kind", "name", "namespace") if n in wrong), None)
    named = _named(fields)
    if first is None or not best or len(wrong) > 1 + ("group" in wrong and "version" in wrong):
        node = fields["name"][0] if "name" in fields else fields["kind"][0] if "kind" in fields else wanted
        return node, f"there is no {named} here"
    return fields[first][0], f"there is no {named} here, but {_closest(best, first)}"


def _fields(wanted: Mapping) -> dict[str, tuple[Node, str]]:
    found: dict[str, tuple[Node, str]] = {}
    version = wanted.get("apiVersion")
    if version is not None:
        group, _, plain = (string(version) or "").rpartition("/")
        found["group"], found["version"] = (version, re.escape(group)), (version, re.escape(plain))
    sources = [(f, wanted.get(f)) for f in ("group", "version", "kind")]
    metadata = wanted.get("metadata") if version is not None else wanted
    sources += [(f, lookup(metadata, f)) for f in ("name", "namespace")]
    for field, node in sources:
        text = string(node)
        if node is not None and text and field not in found:
            found[field] = (node, re.escape(text) if version is not None else text)
    return found


def _agrees(item: Item, field: str, pattern: str) -> bool:
    group, _, version = (string(item.root.get("apiVersion")) or "").rpartition("/")
    if field in ("group", "version"):
        texts = [group if field == "group" else version]
    elif field == "kind":
        texts = [item.kind or ""]
    else:
        texts = [(i[2] if field == "name" else i[1] or "default") or "" for i in item.ids]
    try:
        return any(re.fullmatch(pattern, text) for text in texts)
    except re.error:
        return False


def _named(fields: dict[str, tuple[Node, str]]) -> str:
    kind = fields["kind"][1].replace("\\", "") if "kind" in fields else "object"
    text = f"{kind} `{fields['name'][1]}`".replace("\\", "") if "name" in fields else kind
    if "version" in fields:
        text += f" of version `{fields['version'][1]}`".replace("\\", "")
    return text


def _closest(best: list[Item], field: str) -> str:
    item = best[0]
    more = f" and {len(best) - 1} more" if len(best) > 1 else ""
    version = (string(item.root.get("apiVersion")) or "").rpartition("/")[2]
    what = {"version": f" of version `{version}`", "group": f" of `{string(item.root.get('apiVersion'))}`"}.get(
        field, ""
    )
    if field == "namespace":
        what = f" in namespace `{item.id[1] or 'default'}`"
    return f"{_called(item)}{what}{more}"
