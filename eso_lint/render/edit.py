"""Changes to a position tree: each gives a new tree, and what did not change keeps its place in its own file."""

from __future__ import annotations

from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, lookup, string

Path = tuple[str | int, ...]


def with_entry(mapping: Mapping, key: Node, value: Node) -> Mapping:
    """The mapping with one key set; an existing key keeps its place in the order."""
    name = key.text if isinstance(key, Scalar) else ""
    entries: list[tuple[Node, Node]] = []
    done = False
    for old_key, old_value in effective(mapping):
        if isinstance(old_key, Scalar) and old_key.text == name:
            entries.append((old_key, value))
            done = True
        else:
            entries.append((old_key, old_value))
    if not done:
        entries.append((key, value))
    return _copy(mapping, entries)


def without(mapping: Mapping, name: str) -> Mapping:
    """The mapping without a key."""
    return _copy(mapping, [(k, v) for k, v in effective(mapping) if not (isinstance(k, Scalar) and k.text == name)])


def effective(mapping: Mapping) -> list[tuple[Node, Node]]:
    """Entries as Kubernetes sees them: merge keys applied, of duplicates the last; opaque keys kept."""
    pairs = list(mapping.index.values())
    return pairs + [(k, v) for k, v in mapping.entries if not isinstance(k, Scalar)]


def _copy(mapping: Mapping, entries: list[tuple[Node, Node]]) -> Mapping:
    fresh = Mapping(mapping.file, mapping.start, mapping.end, tuple(entries), mapping.flow)
    fresh.open = mapping.open
    return fresh


def sequence_with(sequence: Sequence, items: list[Node]) -> Sequence:
    fresh = Sequence(sequence.file, sequence.start, sequence.end, tuple(items), sequence.flow)
    fresh.open = sequence.open
    return fresh


def set_field(root: Node, path: tuple[str, ...], value: Node) -> Node:
    """The tree with a field set; missing mappings on the way are made, at the value's place."""
    if not path:
        return value
    if isinstance(root, Opaque):
        return root
    mapping = root if isinstance(root, Mapping) else Mapping(value.file, value.start, value.end)
    head = path[0]
    key = mapping.key(head) or Scalar(value.file, value.start, value.start, head)
    child = mapping.index[head][1] if head in mapping else Mapping(value.file, value.start, value.end)
    return with_entry(mapping, key, set_field(child, path[1:], value))


def merge(base: Node, patch: Node) -> Node | None:
    """A strategic merge without a schema: mappings merge, null and `$patch: delete` remove, the rest replaces.

    None where the patch deletes the whole.
    """
    if not isinstance(patch, Mapping) or not isinstance(base, Mapping):
        return strip(patch)
    directive = string(patch.index["$patch"][1]) if "$patch" in patch else None
    if directive == "delete":
        return None
    if directive == "replace":
        return strip(patch)
    result = base
    for key, value in effective(patch):
        if not isinstance(key, Scalar):
            result = _copy(result, [*effective(result), (key, value)])
            result.open = True
            continue
        if key.text.startswith("$"):
            continue
        if isinstance(value, Scalar) and value.value is None:
            result = without(result, key.text)
        elif key.text in result:
            merged = merge(result.index[key.text][1], value)
            result = (
                without(result, key.text) if merged is None else with_entry(result, result.index[key.text][0], merged)
            )
        else:
            fresh = strip(value)
            if fresh is not None:
                result = with_entry(result, key, fresh)
    if patch.open and not result.open:
        result = _copy(result, effective(result))
        result.open = True
    return result


def strip(node: Node) -> Node | None:
    """A patch's own subtree as it lands where nothing was: directives and nulls are gone."""
    if isinstance(node, Mapping):
        if "$patch" in node and string(node.index["$patch"][1]) == "delete":
            return None
        entries = []
        for key, value in effective(node):
            if isinstance(key, Scalar) and key.text.startswith("$"):
                continue
            if isinstance(value, Scalar) and value.value is None:
                continue
            kept = strip(value)
            if kept is not None:
                entries.append((key, kept))
        return _copy(node, entries)
    if isinstance(node, Sequence):
        return sequence_with(node, [kept for item in node.items if (kept := strip(item)) is not None])
    return node


class PatchError(Exception):
    """A JSON patch operation that kustomize would refuse. `at` is the operation's place."""

    def __init__(self, at: Node, message: str) -> None:
        super().__init__(message)
        self.at = at


def json_patch(root: Node, operations: Node) -> Node:
    """RFC 6902 operations in order. An operation on something that cannot be known leaves the tree as it is."""
    for operation in operations.items if isinstance(operations, Sequence) else ():
        op, pointer = string(lookup(operation, "op")), string(lookup(operation, "path"))
        if op is None or pointer is None:
            continue
        steps = _steps(pointer)
        value = lookup(operation, "value")
        if op in ("move", "copy"):
            source = string(lookup(operation, "from"))
            moved = _at(root, _steps(source)) if source is not None else None
            if moved is None or source is None:
                raise PatchError(operation, f"`from: {source}` is not there")
            if op == "move":
                root = _change(root, _steps(source), None, "remove", operation)
            root = _change(root, steps, moved, "add", operation)
        elif op in ("add", "replace"):
            root = _change(
                root,
                steps,
                value if value is not None else Scalar(operation.file, operation.start, operation.start, ""),
                op,
                operation,
            )
        elif op == "remove":
            root = _change(root, steps, None, op, operation)
    return root


def _steps(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _at(node: Node | None, steps: list[str]) -> Node | None:
    for step in steps:
        if isinstance(node, Mapping):
            node = node.get(step)
        elif isinstance(node, Sequence) and step.isdigit() and int(step) < len(node.items):
            node = node.items[int(step)]
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
        if rest:
            if head not in node:
                if node.open:
                    return node
                raise PatchError(at, f"nothing at `{head}`")
            return with_entry(node, node.index[head][0], _change(node.index[head][1], rest, value, op, at))
        if op == "remove":
            if head not in node and not node.open:
                raise PatchError(at, f"nothing at `{head}` to remove")
            return without(node, head)
        if op == "replace" and head not in node and not node.open:
            raise PatchError(at, f"nothing at `{head}` to replace")
        assert value is not None
        return with_entry(node, node.key(head) or Scalar(value.file, value.start, value.start, head), value)
    if isinstance(node, Sequence):
        items = list(node.items)
        if head == "-" and not rest and op == "add" and value is not None:
            return sequence_with(node, [*items, value])
        if not head.isdigit() or int(head) > len(items) or (int(head) == len(items) and (rest or op != "add")):
            if node.open:
                return node
            raise PatchError(at, f"no item `{head}`")
        i = int(head)
        if rest:
            items[i] = _change(items[i], rest, value, op, at)
        elif op == "remove":
            del items[i]
        elif op == "add" and value is not None:
            items.insert(i, value)
        elif value is not None:
            items[i] = value
        return sequence_with(node, items)
    raise PatchError(at, f"`{head}` is below a scalar")
