"""Documents as text: YAML with comments, and the JSON and HCL of policies."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

Path = tuple[str | int, ...]


class Document(NamedTuple):
    """One YAML document: plain data, a comment above it, and comments above some of its keys (by path)."""

    body: Mapping[str, Any]
    head: str = ""
    notes: Mapping[Path, str] = {}


def yaml_text(*documents: Document) -> str:
    """The documents of one file."""
    return "---\n".join(_one(document) for document in documents)


def json_text(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def hcl_text(value: object, indent: int = 0) -> str:
    """A value as an expression of HCL: objects and lists over several lines, texts that may hold `${...}`."""
    pad = "  " * (indent + 1)
    if isinstance(value, Mapping):
        width = max((len(_hcl_key(key)) for key in value), default=0)
        lines = [f"{pad}{_hcl_key(key):<{width}} = {hcl_text(item, indent + 1)}" for key, item in value.items()]
        return "{\n" + "\n".join(lines) + f"\n{'  ' * indent}}}"
    if isinstance(value, (list, tuple)):
        if len(value) == 1 and isinstance(value[0], str):
            return f"[{hcl_text(value[0])}]"
        return "[\n" + "".join(f"{pad}{hcl_text(item, indent + 1)},\n" for item in value) + f"{'  ' * indent}]"
    return json.dumps(value, ensure_ascii=False)


def _hcl_key(key: str) -> str:
    return key if key.replace("_", "a").replace("-", "a").isalnum() else json.dumps(key)


def _comment(text: str) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in text.split("\n"))


def _one(document: Document) -> str:
    from ruamel.yaml import YAML

    writer = YAML()
    writer.width = 4096
    writer.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    writer.dump(_commented(document.body, document.notes, ()), stream)
    return (_comment(document.head) if document.head else "") + stream.getvalue()


def _commented(value: Any, notes: Mapping[Path, str], path: Path) -> Any:
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(value, Mapping):
        out = CommentedMap()
        for key, item in value.items():
            out[_quoted(key)] = _commented(item, notes, (*path, key))
            note = notes.get((*path, key))
            if note is not None:
                # A list's items stand four columns further in than the key that holds it.
                depth = sum(4 if isinstance(step, int) else 2 for step in path)
                out.yaml_set_comment_before_after_key(key, before=note, indent=depth)
        return out
    if isinstance(value, (list, tuple)):
        return CommentedSeq(_commented(item, notes, (*path, i)) for i, item in enumerate(value))
    return _quoted(value)


def _quoted(value: Any) -> Any:
    """Texts that Kubernetes' reader of YAML 1.1 would take for something else, in quotes; long ones as blocks."""
    if not isinstance(value, str):
        return value
    if "\n" in value:
        from ruamel.yaml.scalarstring import LiteralScalarString

        return LiteralScalarString(value)
    if _is_plain(value):
        return value
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    return DoubleQuotedScalarString(value)


@cache
def _is_plain(text: str) -> bool:
    import yaml

    try:
        return bool(yaml.safe_load(text) == text)
    except (ValueError, yaml.YAMLError):
        return False
