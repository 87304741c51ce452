"""JSON in strings, with places."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eso_lint.iam.grant import HOLE, Piece, Value
from eso_lint.iam.policy_json import tree_of
from eso_lint.iam.tree import Fields, Items, Tree, text_of
from eso_lint.source.file import SourceFile, Span


def value(text: str) -> Value:
    return Value(text, Span(SourceFile("p.json", text.encode()), 0, len(text)))


def plain(tree: Tree | None) -> object:
    if isinstance(tree, Fields):
        return {key.raw: plain(item) for key, item in tree.entries}
    if isinstance(tree, Items):
        return [plain(item) for item in tree.items]
    own = text_of(tree)
    return own.raw if own is not None else None


_TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs", "Cc")))
_JSON = st.recursive(_TEXTS, lambda inner: st.lists(inner) | st.dictionaries(_TEXTS, inner), max_leaves=12)


@given(_JSON.filter(lambda found: not isinstance(found, str)), st.sampled_from([None, 1, "\t"]))
def test_reads_what_json_reads(found: object, indent: int | str | None) -> None:
    assert plain(tree_of(value(json.dumps(found, indent=indent)))) == found


@pytest.mark.parametrize(
    "text", ["{", '{"a": 1,}', "[1,]", '{"a" 1}', "{'a': 1}", '{"a": 1} x', "[" * 10_000, '{"a": "b\nc"}', ""]
)
def test_what_is_no_json_has_no_tree(text: str) -> None:
    assert tree_of(value(text)) is None


def test_more_than_any_policy_is_not_read() -> None:
    assert tree_of(value('["' + "a" * 300_000 + '"]')) is None


def test_places_are_those_of_the_file() -> None:
    tree = tree_of(value('{"Statement": [{"Action": "a"}]}'))
    assert isinstance(tree, Fields)
    inner = tree.get("Statement")
    assert isinstance(inner, Items)
    assert inner.items[0].span.text == '{"Action": "a"}'
    assert text_of(inner.items[0].get("Action")).span.text == '"a"'  # type: ignore[union-attr]


def test_places_go_through_pieces() -> None:
    file = SourceFile("a.tf", b'....{"a": ${x}, "b": "c"}')
    raw = '{"a": ' + HOLE + ', "b": "c"}'
    pieces = (Piece(0, 4, True), Piece(6, 12, False), Piece(7, 14, True))
    tree = tree_of(Value(raw, Span(file, 0, 25), pieces))
    assert isinstance(tree, Fields)
    assert text_of(tree.get("b")).span.text == '"c"'  # type: ignore[union-attr]
    assert text_of(tree.get("a")).raw == HOLE  # type: ignore[union-attr]
