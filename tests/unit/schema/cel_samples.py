"""Schemas and nodes for the tests of CEL."""

from __future__ import annotations

import json
from typing import Any

from eso_lint.schema.cel.nodes import Context
from eso_lint.schema.cel.program import Answer, compile_text
from eso_lint.schema.cel.rules import Uncounted, Violation, validations
from eso_lint.schema.pack import Pack, Packer, Shape
from eso_lint.source.node import Mapping, Node, SourceFile
from eso_lint.source.parse import parse

STRING: dict[str, Any] = {"type": "string"}


def shape(schema: dict[str, Any]) -> Shape:
    packer = Packer()
    row = packer.add(schema)
    return Pack({"kinds": {}, "rows": [json.loads(text) for text in packer.rows]}).shape(row)


def fields(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def node(text: str) -> Node:
    return parse(SourceFile("x.yaml", text.encode())).documents[0].root


def evaluate(expression: str, text: str = "{}", schema: dict[str, Any] | None = None, root: bool = False) -> Answer:
    """The answer for `self` in a YAML text."""
    return compile_text(expression).evaluate(node(text), shape(schema or fields(a=STRING)), Context(), root)


def broken(rule: dict[str, Any] | str, text: str, schema: dict[str, Any], at: Node | None = None) -> list[Any]:
    """What one rule says of a YAML text."""
    rules = [{"rule": rule} if isinstance(rule, str) else rule]
    top = node(text)
    return list(validations(top, shape({**schema, "x-kubernetes-validations": rules}), at or top))


def where(found: list[Violation | Uncounted]) -> tuple[str, str]:
    """The text at the place of the one violation, and its message."""
    (violation,) = found
    assert isinstance(violation, Violation)
    at = violation.blame.at
    return "" if isinstance(at, Mapping) else at.span.text, violation.message
