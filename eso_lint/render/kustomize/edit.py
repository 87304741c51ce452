"""Patches on position trees: strategic merge and RFC 6902. What did not change keeps its place in its own file."""

from __future__ import annotations

import re

from eso_lint.render.tree import (
    MAX_STEPS,
    effective,
    sequence_with,
    unknown,
    with_entries,
    with_entry,
    with_field,
    with_pairs,
    without,
)
from eso_lint.render.tree import set_field as set_field
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, lookup, string
from eso_lint.source.size import height, weigh

# Lists that kustomize merges, by the kind of object: field -> the key that tells items apart ("" for plain values).
_METADATA = {"finalizers": "", "ownerReferences": "uid"}
_POD = {
    **_METADATA, "containers": "name", "initContainers": "name", "ephemeralContainers": "name", "env": "name",
    "volumes": "name", "volumeMounts": "mountPath", "volumeDevices": "devicePath", "ports": "containerPort",
    "imagePullSecrets": "name", "hostAliases": "ip", "topologySpreadConstraints": "topologyKey",
    "resourceClaims": "name",
}  # fmt: skip
_WORKLOADS = ("Pod", "PodTemplate", "Deployment", "ReplicaSet", "ReplicationController", "DaemonSet", "StatefulSet",
              "Job", "CronJob")  # fmt: skip
_LISTS: dict[tuple[str, str], dict[str, str]] = {
    **{(g, k): _POD for g in ("", "apps", "batch") for k in _WORKLOADS},
    ("", "ServiceAccount"): {**_METADATA, "secrets": "name"},
    ("", "Service"): {**_METADATA, "ports": "port"},
}
_BUILT_IN = frozenset(
    ("", "apps", "batch", "rbac.authorization.k8s.io", "networking.k8s.io", "policy", "admissionregistration.k8s.io")
)
_NOTHING: dict[str, str] = {}
_NUMBER = re.compile(r"[0-9]{1,8}")
# What the copies of one patch may add, and the work that it may be, counted in nodes.
_MOST_COPIED = 50_000
MAX_DEPTH = 128
_MOST_WORK = 20_000_000


def list_keys(api_version: str | None, kind: str | None) -> dict[str, str]:
    """The lists of a kind that strategic merges merge; custom kinds have none: theirs are replaced."""
    group = (api_version or "").rpartition("/")[0]
    return _LISTS.get((group, kind or ""), _METADATA if group in _BUILT_IN else _NOTHING)


def merge(base: Node, patch: Node, lists: dict[str, str] = _NOTHING) -> Node | None:
    """A strategic merge: mappings merge, null and `$patch: delete` remove, the rest replaces but for known lists.

    None where the patch deletes the whole. kustomize knows no directive but `$patch`: others are data like any other.
    """
    if not isinstance(patch, Mapping) or not isinstance(base, Mapping):
        return strip(patch, lists)
    directive = string(patch.index["$patch"][1]) if "$patch" in patch else None
    if directive == "delete":
        return None
    if directive == "replace":
        return strip(patch, lists)
    result = dict(base.index)
    odd = [pair for pair in base.entries if not isinstance(pair[0], Scalar)]
    for key, value in effective(patch):
        if not isinstance(key, Scalar):
            odd.append((key, value))
            continue
        name = key.text
        if name == "$patch":
            continue
        if isinstance(value, Scalar) and value.value is None:
            result.pop(name, None)
        elif name in result:
            old_key, old = result[name]
            merged: Node | None = value
            if isinstance(value, Sequence):
                by = lists.get(name)
                if by == "?":
                    merged = unknown(value)
                elif by is not None and isinstance(old, Sequence):
                    merged = _merge_lists(old, value, by, lists)
            else:
                merged = merge(old, value, lists)
            if merged is None:
                del result[name]
            else:
                result[name] = (old_key, merged)
        else:
            fresh = _fresh(name, value, lists)
            if fresh is not None:
                result[name] = (key, fresh)
    whole = with_entries(base, [*result.values(), *odd])
    whole.open = base.open or patch.open or any(not isinstance(key, Scalar) for key, _ in patch.entries)
    return whole


def _merge_lists(base: Sequence, patch: Sequence, by: str, lists: dict[str, str]) -> Node:
    """Items of the patch first, as kustomize orders them; those of the base that it does not name after them."""
    if any(string(lookup(item, "$patch")) == "replace" for item in patch.items if isinstance(item, Mapping)):
        return _stripped(sequence_with(patch, [i for i in patch.items if "$patch" not in _keys(i)]), lists)
    old = {_identity(item, by): item for item in base.items}
    result: list[Node] = []
    named = set()
    for item in patch.items:
        identity = _identity(item, by)
        named.add(identity)
        merged = merge(old[identity], item, lists) if identity in old and identity is not None else strip(item, lists)
        if merged is not None:
            result.append(merged)
    result += [item for item in base.items if _identity(item, by) not in named]
    fresh = sequence_with(base, result)
    fresh.open = base.open or patch.open
    return fresh


def _keys(node: Node) -> set[str]:
    return set(node.index) if isinstance(node, Mapping) else set()


def _identity(item: Node, by: str) -> str | None:
    node = lookup(item, by) if by else item
    return node.text if isinstance(node, Scalar) else None


def strip(node: Node, lists: dict[str, str]) -> Node | None:
    """A patch's own subtree as it lands where nothing was: without directives and nulls; lists that replace stay."""
    if not isinstance(node, Mapping):
        return node
    if "$patch" in node and string(node.index["$patch"][1]) == "delete":
        return None
    entries = []
    for key, value in effective(node):
        name = key.text if isinstance(key, Scalar) else ""
        if name == "$patch" or (isinstance(value, Scalar) and value.value is None):
            continue
        kept = _fresh(name, value, lists)
        if kept is not None:
            entries.append((key, kept))
    return with_entries(node, entries)


def _fresh(name: str, value: Node, lists: dict[str, str]) -> Node | None:
    if isinstance(value, Sequence):
        return _stripped(value, lists) if lists.get(name) else value
    return strip(value, lists)


def _stripped(node: Sequence, lists: dict[str, str]) -> Sequence:
    return sequence_with(node, [kept for item in node.items if (kept := strip(item, lists)) is not None])


class PatchError(Exception):
    """A JSON patch operation that kustomize would refuse. `at` is the operation's place."""

    def __init__(self, at: Node, message: str) -> None:
        super().__init__(message)
        self.at = at


class TooMuchError(Exception):
    """A patch that is too much to follow."""


def json_patch(root: Node, operations: Node) -> Node:
    """RFC 6902 operations in order. An operation on something that cannot be known leaves the tree as it is.

    Copies without measure are unknown; TooMuchError where all of it is too much to follow.
    """
    given = operations.items if isinstance(operations, Sequence) else ()
    if len(given) > 20 and len(given) * (len(given) + weigh(root)) > _MOST_WORK:
        raise TooMuchError
    room = _MOST_COPIED
    for operation in given:
        op, path = string(lookup(operation, "op")), lookup(operation, "path")
        pointer = string(path)
        if op is None or pointer is None or path is None:
            continue
        steps = _steps(pointer)
        if len(steps) > MAX_STEPS:
            continue  # deeper than anything that is asked for
        value = lookup(operation, "value")
        if value is None:
            # An absent value is null.
            value = Scalar(operation.file, operation.start, operation.start, "null")
        if op in ("move", "copy"):
            source = string(lookup(operation, "from"))
            if source is None:
                continue
            moved = _at(root, _steps(source))
            if moved is None and op == "copy" and isinstance(_at(root, _steps(source)[:-1]), Mapping):
                # A key that is absent reads as null.
                moved = Scalar(operation.file, operation.start, operation.start, "null")
            if moved is None:
                raise PatchError(lookup(operation, "from") or operation, f"there is nothing at `{source}`")
            if op == "move":
                root = _change(root, _steps(source), None, "remove", path)
            else:
                room -= weigh(moved)
            if room < 0 or height(moved) > MAX_DEPTH:
                moved = unknown(moved)
            root = _change(root, steps, moved, "add", path)
        elif op in ("add", "replace"):
            root = _change(root, steps, value, op, path)
        elif op == "remove":
            root = _change(root, steps, None, op, path)
        elif op == "test":
            actual = _at(root, steps)
            missing = not (isinstance(value, Scalar) and value.value is None)
            if missing if actual is None else same(actual, value) is False:
                raise PatchError(path, f"the test of `{pointer}` fails")
        else:
            raise PatchError(lookup(operation, "op") or operation, f"there is no operation `{op}`")
    return root


def same(one: Node, other: Node) -> bool | None:
    """Whether two trees hold the same values; None where that cannot be known."""
    if isinstance(one, Opaque) or isinstance(other, Opaque):
        return None
    if isinstance(one, Scalar) and isinstance(other, Scalar):
        return bool(one.value == other.value)
    if isinstance(one, Sequence) and isinstance(other, Sequence):
        if len(one.items) != len(other.items):
            return None if one.open or other.open else False
        return _all(same(a, b) for a, b in zip(one.items, other.items, strict=True))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        if set(one.index) != set(other.index):
            return None if one.open or other.open else False
        return _all(same(one.index[k][1], other.index[k][1]) for k in one.index)
    return False


def _all(answers: object) -> bool | None:
    found = list(answers)  # type: ignore[call-overload]
    return False if False in found else None if None in found else True


def smear(root: Node, patch: Node) -> Node:
    """The tree where it is unknown whether a patch applies: all that the patch would set is Opaque."""
    if isinstance(patch, Sequence):
        if len(patch.items) * (len(patch.items) + weigh(root)) > _MOST_WORK:
            raise TooMuchError
        for operation in patch.items:
            pointer = string(lookup(operation, "path"))
            if pointer:
                try:
                    steps = _steps(pointer.removesuffix("/-"))
                    root = _change(root, steps, unknown(operation), "add", operation)
                except PatchError:
                    continue
        return root
    if not isinstance(patch, Mapping) or not isinstance(root, Mapping):
        return unknown(patch)
    pairs: list[tuple[Node, Node]] = []
    for key, value in effective(patch):
        if isinstance(key, Scalar) and key.text not in ("apiVersion", "kind", "name", "namespace"):
            old = root.index[key.text][1] if key.text in root else None
            pairs.append((key, smear(old, value) if isinstance(old, Mapping) else unknown(value)))
    return with_pairs(root, pairs)


def _steps(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _at(node: Node | None, steps: list[str]) -> Node | None:
    for step in steps:
        if isinstance(node, Opaque):
            return node
        if isinstance(node, Mapping):
            node = node.get(step)
        elif isinstance(node, Sequence) and _NUMBER.fullmatch(step) and int(step) < len(node.items):
            node = node.items[int(step)]
        elif isinstance(node, Sequence) and node.open:
            return unknown(node)
        else:
            return None
    return node


def _change(node: Node, steps: list[str], value: Node | None, op: str, at: Node) -> Node:
    if isinstance(node, Opaque):
        return node
    if not steps:
        return value if value is not None else node
    head, rest = steps[0], steps[1:]
    if isinstance(node, Mapping):
        if head not in node and node.open and (rest or op == "remove"):
            return node
        if rest:
            if head not in node:
                raise PatchError(at, f"there is nothing at `{head}`")
            return with_field(node, head, _change(node.get(head) or node, rest, value, op, at), node)
        if op == "remove":
            if head not in node:
                raise PatchError(at, f"there is nothing at `{head}` to remove")
            return without(node, head)
        # kustomize sets a key also where there is none to replace.
        assert value is not None
        if head in node:
            return with_field(node, head, value, at)
        return with_entry(node, Scalar(at.file, at.start, at.end, head, "'"), value)
    if isinstance(node, Sequence):
        items = list(node.items)
        if head == "-" and not rest and op == "add" and value is not None:
            return sequence_with(node, [*items, value])
        number = int(head) if _NUMBER.fullmatch(head.removeprefix("-")) else None
        if number is not None and number < 0:
            number += len(items) + (op == "add" and not rest)
        top = len(items) + (op == "add" and not rest)
        if number is None or not 0 <= number < top:
            if node.open:
                return node
            raise PatchError(at, f"the list has no item `{head}`")
        if rest:
            items[number] = _change(items[number], rest, value, op, at)
        elif op == "remove":
            del items[number]
        elif op == "add" and value is not None:
            items.insert(number, value)
        elif value is not None:
            items[number] = value
        return sequence_with(node, items)
    raise PatchError(at, f"`{head}` is below a scalar")
