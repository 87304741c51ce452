"""Shell text in the scalars of pipeline definitions and Taskfiles."""

from __future__ import annotations

from eso_lint.source.block import Block, Writer
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, SourceFile, walk
from eso_lint.source.parse import parse

_YAML_KEYS = {
    "task": frozenset({"cmds", "cmd"}),
    "workflow": frozenset({"run"}),
    "gitlab": frozenset({"script", "before_script", "after_script"}),
    "pipeline": frozenset({"script", "bash", "run", "command"}),
}
_ENV_KEYS = frozenset({"env", "vars", "variables", "environment"})


def shell_in_yaml(file: SourceFile, kind: str, variables: list[tuple[str, str | None]]) -> list[Block]:
    keys = _YAML_KEYS[kind]
    blocks: list[Block] = []
    for document in parse(file).documents:
        for node in walk(document.root):
            if not isinstance(node, Mapping):
                continue
            for key, value in node.entries:
                name = key.text if isinstance(key, Scalar) else ""
                if name in _ENV_KEYS and isinstance(value, Mapping):
                    variables += _settings(value)
                elif name in keys:
                    blocks += _scalars(value)
                elif kind == "task" and name == "tasks" and isinstance(value, Mapping):
                    for _, task in value.entries:  # short forms: a command, or a list of them
                        blocks += _scalars(task)
    return blocks


def _settings(node: Mapping) -> list[tuple[str, str | None]]:
    return [
        (key.text, value.text if isinstance(value, Scalar) else None)
        for key, value in node.entries
        if isinstance(key, Scalar)
    ]


def _scalars(node: Node, depth: int = 0) -> list[Block]:
    """Blocks of a command or a (nested) list of commands."""
    if isinstance(node, (Scalar, Opaque)):
        block = scalar_block(node)
        return [block] if block is not None else []
    if isinstance(node, Sequence) and depth < 5:
        return [block for item in node.items for block in _scalars(item, depth + 1)]
    return []


def scalar_block(scalar: Scalar | Opaque) -> Block | None:
    """The shell text of a YAML scalar (with template actions or without), line by line as the parser reads it."""
    file, text = scalar.file, scalar.file.text
    writer = Writer(file)
    style = scalar.style if isinstance(scalar, Scalar) else text[scalar.start : scalar.start + 1]
    if style and style in "|>":
        _block_scalar(scalar, writer, style == ">")
        return writer.block()
    style = style if style and style in "'\"" else ""
    quote = len(style)
    at, end = scalar.start + quote, scalar.end - quote
    while at < end:
        c = text[at]
        if c == "\\" and style == '"':
            escaped = text[at + 1 : at + 2]
            writer.put({"n": "\n", "t": "\t", "\n": " ", "\r": " "}.get(escaped, escaped), at)
            at += 2
        elif c == "'" and style == "'":
            writer.put("'", at)
            at += 2
        elif c in "\r\n":
            writer.put(" ", at)
            at += 1
        else:
            stop = at + 1
            while stop < end and text[stop] not in "\\'\r\n":
                stop += 1
            writer.copy(at, stop)
            at = stop
    return writer.block()


def _block_scalar(scalar: Node, writer: Writer, folded: bool) -> None:
    text, end = scalar.file.text, scalar.end
    at = text.find("\n", scalar.start, end) + 1
    indent: int | None = None
    while 0 < at < end:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        line = text[at:stop].rstrip("\r")
        blank = not line.strip()
        if indent is None and not blank:
            indent = len(line) - len(line.lstrip(" "))
        lead = min(indent or 0, len(line) - len(line.lstrip(" ")))
        writer.copy(at + lead, at + len(line))
        following = text[stop + 1 : stop + 2 + (indent or 0)].lstrip(" ")
        fold = folded and not blank and following[:1] not in ("", "\r", "\n") and line[lead : lead + 1] != " "
        writer.put(" " if fold else "\n", stop)
        at = stop + 1
