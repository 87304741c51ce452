"""YAML inside block scalars keeps its place in the outer file."""

from __future__ import annotations

import pytest

from eso_lint.source.fragment import fragment
from eso_lint.source.node import Mapping, Opaque, Scalar, SourceFile, lookup
from eso_lint.source.parse import parse


def inner(text: str) -> tuple[Mapping, object]:
    root = parse(SourceFile("a.yaml", text.encode())).documents[0].root
    assert isinstance(root, Mapping)
    node, key = root.get("values"), root.key("values")
    assert node is not None and key is not None
    return root, fragment(node, key)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("header", ["|", "|-", "|+", "| # chart values", "&v |"])
def test_literal_scalars_are_exact(header: str, end: str) -> None:
    text = end.join(["# é", f"values: {header}", "  # comment", "  a:", "    b: wörd", "  c: |", "    d", "e: f", ""])
    _, node = inner(text)
    found = lookup(node, "a", "b")  # type: ignore[arg-type]
    assert isinstance(found, Scalar) and found.span.text == "wörd"
    assert found.file.position(found.start) == (5, 8)
    assert lookup(node, "c").text.strip() == "d"  # type: ignore[arg-type,union-attr]


@pytest.mark.parametrize("value", [">-\n  a: b\n", '"a: \\x62"', "'{a: b, c: it''s}'", '"a:\n  b"'])
def test_others_stand_at_the_key(value: str) -> None:
    _, node = inner(f"values: {value}\n")
    found = lookup(node, "a")  # type: ignore[arg-type]
    assert isinstance(found, Scalar) and found.text == "b" and found.span.text == "values"


@pytest.mark.parametrize("value", ['"a: b"', "'a: b'", "'{c: d, a: b}'"])
def test_quoted_lines_without_escapes_are_exact(value: str) -> None:
    _, node = inner(f"values: {value}\n")
    found = lookup(node, "a")  # type: ignore[arg-type]
    assert isinstance(found, Scalar) and found.span.text == "b"


@pytest.mark.parametrize("value", ["|\n  a: [\n", "|\n  a: b\n  --- \n  c: d\n", "[1]", '""'])
def test_what_is_no_single_document_is_unknown(value: str) -> None:
    assert isinstance(inner(f"values: {value}\n")[1], Opaque)
