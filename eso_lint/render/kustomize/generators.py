"""configMapGenerator and secretGenerator: the objects that they make, and the hash at the end of their names."""

from __future__ import annotations

import base64
import hashlib
import json
import posixpath
from collections.abc import Callable, Iterable, Iterator

from eso_lint.render.tree import effective, set_field, text_node, unknown, with_entries, with_pairs
from eso_lint.render.unit import Item
from eso_lint.source.node import Document, Mapping, Node, Opaque, Scalar, SourceFile, is_absent, items, lookup, string

_LINE = 70
_SAFE = str.maketrans({"0": "g", "1": "h", "3": "k", "a": "m", "e": "t"})
_SPACE = " \t\n\v\f\r\x85\xa0"

FileOf = Callable[[Node, str], SourceFile | None]


class Content(Opaque):
    """The value of a key of a Secret: never shown, needed for the hash of its name alone."""

    __slots__ = ("data",)

    def __init__(self, at: Node, data: bytes) -> None:
        super().__init__(at.file, at.start, at.end, "", "unknown")
        self.data = data


class Pair:
    """One entry of generated data: its key's place, and the value (None where it is unknown)."""

    __slots__ = ("data", "key", "value")

    def __init__(self, key: Scalar, value: Node, data: bytes | None) -> None:
        self.key, self.value, self.data = key, value, data


def generate(document: Document, kind: str, entry: Mapping, options: Node | None, file_of: FileOf) -> Item | None:
    """The ConfigMap or Secret that one entry makes. `file_of` resolves a path, with a Note where there is no file.

    None where the entry has no name. Data whose keys are unknown is an open mapping.
    """
    name = entry.get("name")
    if name is None or is_absent(name):
        return None
    at = entry.key("name") or name
    root: Node = Mapping(entry.file, entry.start, entry.end)
    root = set_field(root, ("apiVersion",), text_node(at, "v1"))
    root = set_field(root, ("kind",), text_node(at, kind))
    root = set_field(root, ("metadata", "name"), name)
    own = entry.get("options")
    namespace = entry.get("namespace")
    if namespace is not None and not is_absent(namespace) and string(namespace) != "":
        root = set_field(root, ("metadata", "namespace"), namespace)
    for field in ("labels", "annotations"):
        for source in (options, own):
            pairs = lookup(source, field)
            if isinstance(pairs, Mapping):
                root = _put(root, ("metadata", field), ((name, *pair) for name, pair in pairs.index.items()))
    if kind == "Secret":
        type_ = entry.get("type")
        root = set_field(
            root, ("type",), type_ if type_ is not None and string(type_) != "" else text_node(at, "Opaque")
        )
    whole = True
    stored: dict[str, list[tuple[str, Node, Node]]] = {}
    for pair in _pairs(entry, file_of):
        if pair is None:
            whole = False
            continue
        field, value = _stored(kind, pair)
        stored.setdefault(field, []).append((pair.key.text, pair.key, value))
    for field, given in stored.items():
        root = _put(root, (field,), given)
    if not whole:
        data = lookup(root, "data")
        fresh = with_entries(data, effective(data)) if isinstance(data, Mapping) else Mapping(at.file, at.start, at.end)
        fresh.open = True
        root = set_field(root, ("data",), fresh)
    for source in (options, own):
        flag = lookup(source, "immutable")
        if isinstance(flag, Opaque) or (isinstance(flag, Scalar) and flag.value is True):
            root = set_field(root, ("immutable",), flag)
    if not isinstance(root, Mapping):
        return None
    item = Item(document, root)
    item.generated = True
    item.hashed = not any(_true(lookup(source, "disableNameSuffixHash")) for source in (options, own))
    return item


def absorb(found: list[Item], fresh: Item, behavior: str | None) -> str | None:
    """Add a generated object to those that are there, merging or replacing one of the same identity.

    A message where kustomize would refuse.
    """
    kind, namespace, name = fresh.id
    matches = [
        i for i, item in enumerate(found)
        if any(d[0] == kind and d[2] == name and (d[1] or "default") == (namespace or "default") for d in item.ids)
    ]  # fmt: skip
    if name is None:
        found.append(fresh)
        return None
    if not matches:
        if behavior in ("merge", "replace"):
            return f"there is no {kind} `{name}` to {behavior}"
        found.append(fresh)
        return None
    if behavior not in ("merge", "replace"):
        return f"there is a {kind} `{name}` already: `behavior` must be merge or replace"
    old = found[matches[0]]
    item = old.copy()
    root: Node = fresh.root
    for field in ("labels", "annotations"):
        root = _under(root, old.root, ("metadata", field))
    for field in ("name", "namespace"):
        value = lookup(old.root, "metadata", field)
        if value is not None:
            root = set_field(root, ("metadata", field), value)
    if behavior == "merge":
        for field in ("data", "binaryData"):
            root = _under(root, old.root, (field,))
    item.change(root, fresh.root)
    item.generated, item.hashed = True, old.hashed and fresh.hashed
    found[matches[0]] = item
    return None


def _under(root: Node, old: Node, path: tuple[str, ...]) -> Node:
    """The tree with the entries of an older one that it lacks."""
    before = lookup(old, *path)
    if not isinstance(before, Mapping):
        return root
    now = lookup(root, *path)
    if now is None or not isinstance(now, Mapping):
        return set_field(root, path, before) if now is None else root
    fresh = with_entries(before, effective(before))
    fresh.open = before.open or now.open
    return set_field(root, path, with_pairs(fresh, now.index.values()))


def _put(root: Node, path: tuple[str, ...], pairs: Iterable[tuple[str, Node, Node]]) -> Node:
    """The tree with (name, place of the key, value) set in a mapping, which is made where it is missing."""
    made = [(Scalar(key.file, key.start, key.end, name, "'"), value) for name, key, value in pairs]
    if not made:
        return root
    mapping = lookup(root, *path)
    if not isinstance(mapping, Mapping):
        mapping = Mapping(made[0][0].file, made[0][0].start, made[0][0].end)
    return set_field(root, path, with_pairs(mapping, made))


def _true(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.value is True


def _stored(kind: str, pair: Pair) -> tuple[str, Node]:
    if kind == "Secret":
        return "data", pair.value if pair.data is None else Content(pair.key, pair.data)
    if pair.data is None:
        return "data", pair.value
    try:
        pair.data.decode()
    except UnicodeDecodeError:
        return "binaryData", text_node(pair.value, encoded(pair.data))
    return "data", pair.value


def _pairs(entry: Mapping, file_of: FileOf) -> Iterator[Pair | None]:
    """Entries in kustomize's order (envs, files, literals); None for one whose key is unknown."""
    envs = list(items(entry.get("envs")))
    env = entry.get("env")
    if env is not None and not is_absent(env):
        envs.append(env)
    for node in envs:
        text = string(node)
        file = file_of(node, text) if text else None
        if file is None:
            yield None
        else:
            yield from _env_file(node, file)
    for node in items(entry.get("files")):
        text = string(node)
        if not text:
            yield None
            continue
        key, separator, path = text.partition("=")
        if not separator:
            key, path = posixpath.basename(text), text
        file = file_of(node, path)
        label = Scalar(node.file, node.start, node.end, key, "'")
        if file is None:
            yield Pair(label, unknown(node), None)
        else:
            content = file.data
            whole = Scalar(file, 0, len(file.text), content.decode("utf-8", "replace"), "|")
            yield Pair(label, whole, content)
    for node in items(entry.get("literals")):
        if isinstance(node, Opaque):
            key, separator, _ = node.text.strip("\"'").partition("=")
            known = separator and not set("{}<>$%") & set(key)
            yield Pair(Scalar(node.file, node.start, node.end, key, "'"), unknown(node), None) if known else None
            continue
        text = string(node)
        if text is None or "=" not in text:
            continue
        key, _, value = text.partition("=")
        bare = value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
        start, end = node.start, node.end
        if isinstance(node, Scalar) and node.end - node.start == len(text) + (2 if node.style else 0):
            start = node.start + (1 if node.style else 0) + len(key) + 1
            end = start + len(value)
        label = Scalar(node.file, node.start, max(node.start, start - 1), key, "'")
        yield Pair(label, Scalar(node.file, start, end, bare, "'"), bare.encode())


def _env_file(at: Node, file: SourceFile) -> Iterator[Pair | None]:
    offset = 0
    for line in file.text.split("\n"):
        begin = offset
        offset += len(line) + 1
        text = line.removesuffix("\r").lstrip(_SPACE)
        if not text or text.startswith("#"):
            continue
        begin += line.index(text[0])
        key, separator, value = text.partition("=")
        label = Scalar(file, begin, begin + len(key), key, "'")
        start = begin + len(key) + 1
        if separator:
            yield Pair(label, Scalar(file, start, start + len(value), value, "'"), value.encode())
        else:
            # The value comes from the environment of whoever builds.
            yield Pair(label, unknown(label), None)


def encoded(data: bytes) -> str:
    """Base64 as kustomize writes it: in lines of 70, each with a break where there is more than one."""
    text = base64.b64encode(data).decode()
    if len(text) < _LINE:
        return text
    return "".join(text[i : i + _LINE] + "\n" for i in range(0, len(text), _LINE))


def suffix(item: Item) -> str | None:
    """The hash that kustomize appends to a generated object's name; None where a value is unknown."""
    data, binary = _values(item.root.get("data")), _values(item.root.get("binaryData"))
    if data is None or binary is None:
        return None
    # The name does not count: kustomize looks for it in a place where none is.
    fields: dict[str, object] = {"kind": item.kind, "name": "", "data": data or ""}
    if item.kind == "Secret":
        kind = item.root.get("type")
        if isinstance(kind, Opaque):
            return None
        fields["type"] = string(kind) or ""
        plain = _values(item.root.get("stringData"))
        if plain is None:
            return None
        if plain:
            fields["stringData"] = plain
    elif binary:
        fields["binaryData"] = binary
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10].translate(_SAFE)


def _values(node: Node | None) -> dict[str, object] | None:
    if node is None or is_absent(node):
        return {}
    if not isinstance(node, Mapping) or node.open:
        return None
    found: dict[str, object] = {}
    for key, (_, value) in node.index.items():
        if isinstance(value, Content):
            found[key] = encoded(value.data)
        elif isinstance(value, Scalar):
            found[key] = value.value
        else:
            return None
    return found


def add_hash(item: Item) -> None:
    """Give a generated object its final name: Opaque where the hash cannot be known."""
    old = lookup(item.root, "metadata", "name") if item.hashed else None
    if old is None:
        return
    text, digest = string(old), suffix(item)
    fresh: Node = unknown(old, f"{text or ''}-")
    if text is not None and digest is not None:
        fresh = text_node(old, f"{text}-{digest}")
    item.remember()
    item.change(set_field(item.root, ("metadata", "name"), fresh), old)
