"""What else speaks for an object: operator objects inside other objects, in text that could not be read, and names.

All of it only ever makes an answer Unknown, so it may take too much, never too little.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from eso_lint.model.kinds.generator import GENERATOR_KINDS
from eso_lint.model.resource import ESO_GROUP, GENERATOR_GROUP, Resource, group_version
from eso_lint.regex import pattern
from eso_lint.source.node import Document, Mapping, Node, Opaque, Scalar, SourceFile, items, string, walk
from eso_lint.source.pattern import in_order
from eso_lint.source.prefilter import is_kustomization

if TYPE_CHECKING:
    from eso_lint.source.parse import Parsed

ANY_STORE = "*Store"
_STORE_KINDS = frozenset({"SecretStore", "ClusterSecretStore"})
_NEEDLE = "external-secrets.io"
_KIND = pattern(r"""kind["']?[ \t]*[:=][ \t]*["']?(\w+)""")
_NAME = pattern(r"""name["']?[ \t]*[:=][ \t]*["']?([^\s"',}#]+)""")
_VARIABLE = pattern(r"\{\{.*?\}\}|\$\{[^}]*\}|\$\([^)]*\)|<[^<>]*>|%\{[^}]*\}|@@?[A-Za-z_]+@@?", re.DOTALL)
# A key below which a chart keeps stores: `secretStores:`, `clusterSecretStore:`, but no `secretStoreRef:`.
_STORE_KEY = pattern(r"(?i)(?:secret[-_]?stores?|\Astores?)\Z")
_LANGUAGE = pattern(
    r"\.(?:tf|tfvars|hcl|jsonnet|libsonnet|cue|k|dhall|sh|bash|py|ts|js|go|rb|tpl|tmpl|j2|nix|toml|ya?ml|json)\Z"
)
# Literals, since a search for each is ten times as fast as one case-insensitive pattern.
_WORDS = (b"ecretStore", b"ecretstore", b"ecret_store", b"ecret-store", b"SECRET_STORE", b"stores:", _NEEDLE.encode())
_ACCOUNT = pattern(r"""serviceAccount(?:Name)?["']?[ \t]*[:=][ \t]*["']?([\w.-]*)""")
_NEAR = 300  # characters behind `serviceAccount:` in which its `name:` stands


def inside(foreign: Iterable[Document], parsed: Iterable[Parsed]) -> Iterator[tuple[str, str | None]]:
    """Everything that `embedded` and `unread` find in the documents that are no operator objects, and around them."""
    for document in foreign:
        yield from embedded(document)
    for result in parsed:
        yield from unread(result)


def embedded(document: Document) -> Iterator[tuple[str, str | None]]:
    """Kind and name of operator objects that lie inside another object (chart values, compositions, text blobs).

    They are not linted, but they may satisfy a reference. The name is None where it is templated; the kind is
    ANY_STORE where chart values only name stores.
    """
    text = document.file.text
    if text.find("tore", document.start, document.end) < 0 and text.find(_NEEDLE, document.start, document.end) < 0:
        return
    if is_kustomization(document.file.path) or string(document.root.get("kind")) == "CustomResourceDefinition":
        return
    for node in walk(document.root):
        if isinstance(node, Mapping):
            if node is not document.root and "apiVersion" in node and "kind" in node:
                yield from _object(node)
            for key, (_, value) in node.index.items():
                if _STORE_KEY.search(key):
                    yield from ((ANY_STORE, name) for name in _names_below(value))
        elif isinstance(node, (Scalar, Opaque)) and _NEEDLE in node.text:
            yield from in_text(node.text)


def _object(node: Mapping) -> Iterator[tuple[str, str | None]]:
    api_version, kind = string(node.get("apiVersion")), string(node.get("kind"))
    if node.get("metadata") is None and node.get("spec") is None:
        # A health check or an owner reference names an object; it is none.
        return
    if api_version and kind and group_version(api_version)[0] in (ESO_GROUP, GENERATOR_GROUP):
        metadata = node.get("metadata")
        yield kind, string(metadata.get("name")) if metadata is not None else None


def _names_below(value: Node) -> Iterator[str]:
    """Names that a chart may give to stores: map keys, list items, and `name` fields."""
    if isinstance(value, Mapping):
        yield from value.index
        yield from filter(None, (string(value.get("name")),))
    for item in items(value):
        yield from filter(None, (string(item), string(item.get("name")) if isinstance(item, Mapping) else None))


def in_text(text: str) -> Iterator[tuple[str, str | None]]:
    """Operator objects in text that is not parsed: every kind with every name near it."""
    if _NEEDLE not in text:
        return
    kinds = {kind for kind in _KIND.findall(text) if kind in _STORE_KINDS or kind in GENERATOR_KINDS}
    for name in set(_NAME.findall(text)) if kinds else ():
        known = None if re.search(r"[{}<$%@]", name) else name
        for kind in kinds:
            yield kind, known


def unread(result: Parsed) -> Iterator[tuple[str, str | None]]:
    """Operator objects in the parts of a file that gave no document."""
    if not (result.faults or result.skipped) or _NEEDLE not in result.file.text:
        return
    from eso_lint.source.parse import chunks

    read = [(document.start, document.end) for document in result.documents]
    for start, end in chunks(result.file.text):
        if not any(first < end and start < last for first, last in read):
            yield from in_text(result.file.text[start:end])


def may_be_named(resource: Resource, name: str) -> bool:
    """Whether a templated name (`${CLUSTER}-vault`) can become this one."""
    if resource.name is not None:
        return resource.name == name
    node = resource.name_node
    text = node.text.strip("\"'") if isinstance(node, Opaque) else ""
    pieces = _VARIABLE.split(text)
    if len(pieces) < 2 or re.search(r"[{}<>$%@\ue000]", "".join(pieces)):
        return True
    return in_order(pieces, name)


def service_accounts(documents: Iterable[Document]) -> frozenset[str]:
    """Names under `serviceAccount:` or `serviceAccountName:` anywhere: charts and workloads rely on these accounts."""
    found: set[str] = set()
    for document in documents:
        text = document.file.text
        at = text.find("serviceAccount", document.start, document.end)
        if at < 0 or group_version(string(document.root.get("apiVersion")) or "")[0] in (ESO_GROUP, GENERATOR_GROUP):
            continue
        for match in _ACCOUNT.finditer(text, at, document.end):
            found.add(match[1])
            if not match[1]:
                found.update(_NAME.findall(text, match.end(), min(match.end() + _NEAR, document.end)))
    return frozenset(found)


def other_texts(sources: Iterable[SourceFile], parsed: frozenset[str]) -> tuple[SourceFile, ...]:
    """Files that were not parsed and may still define stores or generators: other languages, chart values."""
    return tuple(
        f
        for f in sources
        if f.path not in parsed and any(f.holds(word) for word in _WORDS) and _LANGUAGE.search(f.path)
    )


def mentioned(texts: Iterable[SourceFile], kind: str, name: str) -> bool:
    """Whether one of `other_texts` may define a store or generator of that name.

    Other languages (Terraform, Jsonnet, scripts) count where they name kind and name; YAML where a key is the name.
    """
    wanted, word = name.encode(), kind.encode()
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower().encode()
    as_key = rf"""(?m)^[ \t]*["']?{re.escape(name)}["']?[ \t]*:"""
    for file in texts:
        if not file.holds(wanted):
            continue
        if file.path.endswith((".yaml", ".yml", ".json")):
            if re.search(as_key, file.text):
                return True
        elif (file.holds(word) or file.holds(snake)) and _whole(name, file.text):
            return True
    return False


def _whole(name: str, text: str) -> bool:
    return re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])", text) is not None


def writes(file: SourceFile, name: str) -> bool:
    """Whether a file gives a name as the value of a field called name or store, in YAML, JSON or HCL."""
    if not file.holds(name.encode()):
        return False
    field = rf"""(?i)\b\w*(?:name|store|ref)["']?[ \t]*[:=][ \t]*["']?{re.escape(name)}["']?(?![\w.-])"""
    return re.search(field, file.text) is not None
