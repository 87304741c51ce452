"""HCL: what it reads as, where it stands, and that nothing stops it."""

from __future__ import annotations

import pytest

from eso_lint.iam.hcl import read
from eso_lint.iam.hcl_ast import Body, Call, Choice, For, Index, Object, Operation, Splat, Template, Text, Tuple
from eso_lint.source.file import SourceFile


def body(text: str) -> Body:
    return read(SourceFile("main.tf", text.encode()))


def value(expression: str) -> object:
    return body(f"x = {expression}\n").attributes[0].value


def text_of(template: object) -> str:
    assert isinstance(template, Template)
    return "".join(part.text if isinstance(part, Text) else "…" for part in template.parts)


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ('"a"', Template),
        ("[1, 2,\n 3,\n]", Tuple),
        ('{ a = 1, "b" : 2\n c = 3 }', Object),
        ("{ for = 1 }", Object),
        ("[for k, v in var.x : v if v != null]", For),
        ("{ for k, v in var.x : k => v... }", For),
        ("merge(local.a, { b = 1 })", Call),
        ("concat(local.lists...)", Call),
        ("provider::aws::arn_parse(x)", Call),
        ("var.a ? 1 : 2", Choice),
        ("(\n var.a\n ? 1\n : 2\n)", Choice),
        ("1 + 2 * 3 >= 4 && !var.a", Operation),
        ("aws_x.y[*]", Splat),
        ("aws_x.y.*", Splat),
        ('local.a["b"]', Index),
        ("local.a.0", Index),
        ("[ # why\n 1, /* 2, */ // 3\n]", Tuple),
    ],
)
def test_expressions(expression: str, kind: type) -> None:
    found = value(expression)
    assert isinstance(found, kind)
    # A choice in brackets stands inside of them; all else is the whole text.
    start, end = 4, 4 + len(expression)
    if expression[0] != "(":
        assert (found.start, found.end) == (start, end)  # type: ignore[attr-defined]


def test_operators_bind_as_in_terraform() -> None:
    found = value("a || b && c == d + e * f")
    assert isinstance(found, Operation)
    assert found.operator == "||"
    operators = []
    while isinstance(found, Operation):
        operators.append(found.operator)
        found = found.right
    assert operators == ["||", "&&", "==", "+", "*"]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r'"a\"b\n\\"', 'a"b\n\\'),
        (r'"\u0041\U00000042"', "AB"),
        ('"$${x} %%{y} $ %"', "${x} %{y} $ %"),
        ('"a-${var.b}-c"', "a-…-c"),
        ('"${"${"}"}"}"', "…"),
        ("<<EOT\n  a\n  b ${c}\nEOT", "  a\n  b …\n"),
        ("<<-EOT\n    a\n\n      b\n    EOT", "a\n\n  b\n"),
        ("<<-EOT\n  ${a}\n    b\n  EOT", "…\n  b\n"),
    ],
)
def test_strings(written: str, text: str) -> None:
    assert text_of(value(written)) == text


def test_blocks_and_labels_have_their_places() -> None:
    text = 'resource "aws_iam_role" "eso" {\n  name = "x"\n  inline_policy { policy = "y" }\n}\n'
    (block,) = body(text).blocks
    assert text[block.start : block.end] == 'resource "aws_iam_role" "eso"'
    assert [text[label.start : label.end] for label in block.labels] == ["aws_iam_role", "eso"]
    (name,) = block.body.attributes
    assert text[name.start : name.end] == "name"
    assert text[name.value.start : name.value.end] == '"x"'
    assert block.body.blocks[0].type == "inline_policy"


def test_a_byte_order_mark_and_carriage_returns_are_no_fault() -> None:
    found = read(SourceFile("a.tf", b"\xef\xbb\xbfa = 1\r\nb {\r\n c = <<E\r\nx\r\nE\r\n}\r\n"))
    assert [a.name for a in found.attributes] == ["a"]
    assert found.blocks[0].body.attributes[0].name == "c"
    assert found.broken == ()


def test_what_is_no_hcl_is_left_out_and_its_place_is_kept() -> None:
    text = 'a = 1\nresource "x" "y" {\n  b = = 2\n}\nc = 3\n'
    found = body(text)
    assert [a.name for a in found.attributes] == ["a", "c"]
    assert found.blocks == ()
    assert found.broken[0] == text.index("= 2")


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 5_000,
        "a = " + "(" * 5_000 + "1" + ")" * 5_000,
        "a = " + '"${' * 5_000,
        "a = " + "-" * 5_000 + "1",
        "a = b" + ".c" * 5_000,
        "a = b" + "+c" * 5_000,
        "a {" * 5_000,
        "a = <<E\n" * 5_000,
        'a = "\n' * 5_000,
        "a = b(c" + ",c" * 5_000,
        "a = {" + "b = 1," * 5_000,
        "}" * 5_000,
    ],
    ids=lambda text: text[:12],
)
def test_hostile_texts_end(text: str) -> None:
    found = body("first = 1\n" + text)
    assert found.attributes[0].name == "first"
    assert found.broken


def test_a_comment_without_end_takes_the_rest() -> None:
    found = body("a = 1\n" + "/*\n" * 50_000)
    assert [a.name for a in found.attributes] == ["a"]
    assert found.broken == ()
