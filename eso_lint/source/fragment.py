"""YAML inside a scalar of YAML (`values: |`), read so that findings still stand on lines of the outer file."""

from __future__ import annotations

import re

from eso_lint.source.node import Node, Opaque, Scalar, SourceFile, walk

_HEADER = re.compile(r"(?:[&!]\S*[ \t]+)*\|[0-9+-]*[ \t]*(?:#[^\r\n]*)?(?:\r\n?|\n)")
_INDENT = re.compile(r"(?:[ \t]*(?:\r\n?|\n))*([ ]*)")
_NOT_BREAK = re.compile(r"[^\r\n]+")


def fragment(node: Node, at: Node, templated: bool = False) -> Node:
    """The document that a scalar holds.

    Of a literal block scalar, and of a quoted line without escapes, every span is exact: the text is the file's own.
    Elsewhere (folded, escaped) all nodes stand at `at`. Opaque where the text is no single YAML document. `templated`
    says that the outer file is a Helm template.
    """
    found = fragments(node, at, templated)
    return found[0] if found is not None and len(found) == 1 else _unknown(node)


def fragments(node: Node, at: Node, templated: bool = False) -> list[Node] | None:
    """All documents that a scalar holds, placed as `fragment` does; None where some cannot be read."""
    literal = _literal(node)
    if literal is not None:
        text, start = literal
        pieces = _pieces(text, start)
        # Everything before the content becomes blank, so that offsets need no translation.
        inner = [
            SourceFile(
                node.file.path, (_NOT_BREAK.sub(_blank, node.file.text[:begin]) + node.file.text[begin:end]).encode()
            )
            for begin, end in pieces
        ]
    elif isinstance(node, Scalar):
        inner = [SourceFile(node.file.path, node.text.encode("utf-8", "replace"))]
    else:
        return None
    from eso_lint.source.parse import parse

    roots: list[Node] = []
    for file in inner:
        parsed = parse(file, None, templated)
        if parsed.skipped or any(fault.kind == "syntax" for fault in parsed.faults):
            return None
        roots += [document.root for document in parsed.documents]
    for root in roots:
        for child in walk(root):
            child.file = node.file
            if literal is None:
                child.start, child.end = at.start, at.end
    return roots or None


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _pieces(text: str, start: int) -> list[tuple[int, int]]:
    """Where the documents of a block scalar's content begin and end in the file: `---` is indented there."""
    first = _INDENT.match(text)
    margin = first[1] if first else ""
    pieces, begin = [], 0
    for match in re.finditer(rf"^{margin}---(?=[ \t\r\n]|\Z)", text, re.MULTILINE):
        pieces.append((begin, match.start()))
        begin = match.end()
    pieces.append((begin, len(text)))
    return [(start + a, start + b) for a, b in pieces if text[a:b].strip()]


def _literal(node: Node) -> tuple[str, int] | None:
    """Source text of a scalar that holds just what the file says, and where it starts."""
    if isinstance(node, Scalar) and node.style and node.style in "'\"":
        inner = node.file.text[node.start + 1 : node.end - 1]
        return (inner, node.start + 1) if inner == node.text else None
    if not isinstance(node, Opaque) and not (isinstance(node, Scalar) and node.style == "|"):
        return None
    text = node.file.text
    header = _HEADER.match(text, node.start, node.end)
    return (text[header.end() : node.end], header.end()) if header else None


def _unknown(node: Node) -> Opaque:
    return Opaque(node.file, node.start, node.end, "", "unknown")
