"""The reader for plain block YAML gives what libyaml's events give, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from eso_lint.source.builder import Builder, RefusedError, parser
from eso_lint.source.flat import read_flat
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, SourceFile
from eso_lint.source.parse import chunks

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures").rglob("*.yaml"))


def dump(node: Node) -> object:
    """Everything of a tree that can differ."""
    if isinstance(node, Mapping):
        pairs = [(dump(k), dump(v)) for k, v in node.entries]
        return "mapping", node.start, node.end, node.flow, node.open, node.simple, pairs
    if isinstance(node, Sequence):
        return "sequence", node.start, node.end, node.flow, node.open, [dump(i) for i in node.items]
    if isinstance(node, Opaque):
        return "opaque", node.start, node.end, node.text, node.why
    assert isinstance(node, Scalar)
    return "scalar", node.start, node.end, node.text, node.style, node.tag


def compare(text: str) -> bool:
    """Whether the fast reader read it; where it did, both agree."""
    file = SourceFile("a.yaml", text.encode())
    read = False
    for start, end in chunks(file.text):
        chunk = file.text[start:end]
        root = read_flat(file, chunk, start)
        if root is None:
            continue
        builder = Builder(file, start)
        try:
            builder.build(parser(chunk), chunk)
        except (RefusedError, yaml.YAMLError) as error:
            raise AssertionError(f"libyaml refuses {chunk!r}: {error}") from error
        assert not builder.duplicates and not builder.refusals
        assert [dump(r) for r in builder.roots] == [dump(root)]
        read = True
    return read


READ = (
    "a: b\n",
    "---\n# note\na: b # why\nc:\n  d: 1\n  e:\n    - f\n    - g: h\n      i: j\n    - - k\n      - l\n",
    "a:\n- b\n- c: d\ne: f",
    "a:\nb:\n  c:\n  d: ''\n",
    "a: \"x y\"\nb: '#1'\nc: http://x:1/y#z\n".replace("#z", ""),
    "a: {{x}}".replace("{{x}}", '"{{ .x }}"') + "\nb: ${VAR}\n",
    "a:\n  - b:\n    c: d\n  -   e: f\n      g: h\n",
    "a: multiple  words here\n\n\n# end\n",
)
LEFT = (
    "a: b\n  c: d\n", "a:\n  b: c\n d: e\n", "a: &x b\n", "a: |\n  b\n", "a: [b]\n", "a: b\na: c\n", "on: b\n",
    "a: b: c\n", "a:\tb\n", "a: é\n", "- a\nb: c\n", "a: .inf\n", "a: b\n...\n", "a\n", "? a\n: b\n", "a: 'it''s'\n",
    "a: 'b' c\n", "a:\n  - b\n  c: d\n", "a:\n    b: c\n  d: e\n", "",
)  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_reads(text: str) -> None:
    assert compare(text)


@pytest.mark.parametrize("text", LEFT)
def test_leaves_to_libyaml(text: str) -> None:
    assert not compare(text)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda p: p.name)
def test_fixtures(path: Path) -> None:
    compare(path.read_bytes().decode("utf-8", "replace"))


PIECES = st.sampled_from(
    ["a", "b:", "c: d", "- ", "-", "  ", "    ", "\n", "\n  ", "\n- ", "\n  - ", "e:\n", "# x", '"q"', "'s'", ": ", "1", "~",
     "null", "x y", "{{ .z }}", "---\n", "key: value\n", "- item\n", "  nested: v\n", " #", "#"]
)  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(st.lists(PIECES, max_size=14))
def test_any_text(pieces: list[str]) -> None:
    compare("".join(pieces))
