"""The reader for plain block YAML gives what libyaml's events give, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from eso_lint.source.builder import Builder, RefusedError, parser
from eso_lint.source.flat import read_flat
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, SourceFile, walk
from eso_lint.source.parse import chunks
from eso_lint.source.template import is_templated, mask

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures").rglob("*.yaml"))


def dump(node: Node, seen: dict[int, int] | None = None) -> object:
    """Everything of a tree that can differ; a container that is shared counts where it is met first."""
    seen = {} if seen is None else seen
    if isinstance(node, (Mapping, Sequence)):
        if id(node) in seen:
            return "shared", seen[id(node)]
        seen[id(node)] = len(seen)
    if isinstance(node, Mapping):
        pairs = [(dump(k, seen), dump(v, seen)) for k, v in node.entries]
        return "mapping", node.start, node.end, node.flow, node.open, node.simple, pairs
    if isinstance(node, Sequence):
        return "sequence", node.start, node.end, node.flow, node.open, [dump(i, seen) for i in node.items]
    if isinstance(node, Opaque):
        return "opaque", node.start, node.end, node.text, node.why
    assert isinstance(node, Scalar)
    return "scalar", node.start, node.end, node.text, node.style, node.tag


def compare(text: str) -> bool:
    """Whether the fast reader read it; where it did, both agree, also with template actions hidden."""
    file = SourceFile("a.yaml", text.encode())
    read = False
    for start, end in chunks(file.text):
        chunk = file.text[start:end]
        read = agrees(file, chunk, start, masked=False) or read
        if is_templated(chunk):
            agrees(file, mask(chunk, start).text, start, masked=True)
    return read


def agrees(file: SourceFile, chunk: str, start: int, masked: bool) -> bool:
    root = read_flat(file, chunk, start, masked)
    if root is None:
        return False
    builder = Builder(file, start, masked)
    try:
        builder.build(parser(chunk), chunk)
    except (RefusedError, yaml.YAMLError) as error:
        raise AssertionError(f"libyaml refuses {chunk!r}: {error}") from error
    assert not builder.duplicates and not builder.refusals
    (other,) = builder.roots
    # Values are found alike before and after keys become nodes.
    assert found(root) == found(other)
    assert dump(root) == dump(other)
    assert found(root) == found(other)
    return True


def found(root: Node) -> list[tuple[str, tuple[int, int] | None]]:
    """What the names that the texts use lead to in the root."""
    names = ("a", "b", "c", "key", "k", "1", "<<", "", "y", "metadata", "absent")
    values = [(name, root.get(name)) for name in names]
    return [(name, None if value is None else (value.start, value.end)) for name, value in values]


READ = (
    "a: b\n",
    "---\n# note\na: b # why\nc:\n  d: 1\n  e:\n    - f\n    - g: h\n      i: j\n    - - k\n      - l\n",
    "a:\n- b\n- c: d\ne: f",
    "a:\nb:\n  c:\n  d: ''\n",
    "a: \"x y\"\nb: '#1'\nc: http://x:1/y#z d#e\n",
    'a: "{{ .x }}"\nb: ${VAR}\n# ${C}\nc: d\n',
    "a:\n  - b:\n    c: d\n  -   e: f\n      g: h\n",
    "a: multiple  words here\n\n\n# end\n",
    # Dashes and quotes in all places.
    "args:\n  - -c\n  - --flag=x\n  - -1\na: -1\nb: --x\n",
    "a:\n  -\n    b: c\n  - # note\n    d: e\n  -\n  - - \n    - f\n",
    '"a b": c\n\'d\': e\n"": f\n$patch: delete\n1: g\n0x1f: h\n.i: j\n',
    "a key with blanks: b\nc::d: e::f\n",
    "a: é — 🔐\n# … über\nclé: \u00a0x\n",
    "a: b # tab\there\n#\ttoo\n",
    # Anchors and aliases.
    "a: &x b\nc: *x\nd: &x 'e'\nf: [*x, *x]\ng: *x # note\n",
    "a: &x\n  b: c\nd: *x\ne:\n  - *x\n  - f\n  - &y\n    - g\n  - *y\n# note\nh: i\n",
    "a: &x # note\n  # more\n  - b\nc:\n  d: *x\ne: f\n",
    "a: &x\n  b: c\nd:\n  <<: *x\n  e: f\ng:\n  <<: [*x, *x]\n",
    'a: &v "${X}"\nb: *v\nc: &w |\n  text\nd: *w\n',
    # Block scalars.
    "a: |\n  b\n   c\n\n  d # e\n\n\nf: |-\n    g\n\nh: |+\n  i\n\n\nj: k\n",
    "a: >\n  b\n  c\n\n  d\n   e\n\n   f\n  g\n\n\nh: >-\n\n\n  i\n  j\nk: >+\n  l\n\n",
    "a:\n  - |\n    b\n  - >-\n    c\n  - d: |\n      e\nf: | # note\n  g\n # less\nh: i\n",
    "a: |\n  b", "a: |-\n  b\n  ", "a: |+\n  b\n   ", "a: >\n  b\n   ", "a: |\n  b ${X} <Y>\n  {{ c }}\nd: ${E}\n",
    # Flow style.
    "a: []\nb: {}\nc: [d, 'e', \"f\", -1, 1.5, http://g/h:1]\ni: {j: k, \"l\":m, 'n': [o, {p: q}]} # r\ns:\n  - []\n  - [t]\n",
    "a: [ b , c ]\nd: { e: f , g: h }\ny: {1: a, y: b}\n",
    # Escapes.
    'a: "b\\nc\\t\\"d\\" \\\\ \\/"\ne: \'it\'\'s\'\n',
    "a: 'b' # c\nd: \"e\"   \nf: g   \nh:   \n  i: j\n",
    # License headers and indented comments.
    "# a\n#\n\n# b\n---   # c\n# d\ne:\n\n  # f\n    # g\n  h: i\n# j\n  k: l\n  # m",
)  # fmt: skip
LEFT = (
    "a: b\n  c: d\n", "a:\n  b: c\n d: e\n", "a: b\na: c\n", "on: b\n1: a\n01: b\n", "a: &x\n", "a: &x\nb: c\n", "a: *x\n",
    "a: &x\n  b: *x\n", "a: b: c\n", "a:\tb\n", "- a\nb: c\n", "a: .inf\n", "a: b\n...\n", "... a\n", "... a: b\n", "a\n",
    "? a\n: b\n", "a: 'b' c\n", "a:\n  - b\n  c: d\n", "a:\n    b: c\n  d: e\n", "", "--- a: b\n", "a: !t b\n",
    "a: |2\n   b\n", "a: |\n\nb: c\n", "a: |\n    \n  b\n", "a: |\n\tb\n", "a: >\n  b\n c: d\n", "a: [b\n", "a: [b,\n  c]\n",
    "a: [b: c]\n", "a: {b}\n", "a: [b] c\n", "a: [b,]\n", "a: {b: c}: d\n", "a: [&x b]\n", 'a: "\\x41"\n', 'a: "b\n  c"\n',
    "a: b\u2028c\n", "a: \x85\n", "a: \x00\n", "a: b\r\n", "~: a\n", "<<: a\n", "a: [{{ b }}]\n", "a: {{ b }}\n", "${A}: b\n",
    "k: " + "[" * 30 + "]" * 30 + "\n", "".join(f"{' ' * i}k:\n" for i in range(120)), "k" * 1100 + ": v\n",
    ("a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
    "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c, *c, *c, *c]\n"),
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
     "null", "x y", "{{ .z }}", "---\n", "key: value\n", "- item\n", "  nested: v\n", " #", "#", "&x ", "&y\n", "*x", "*y",
     "|\n", ">-\n", "|+\n", "[", "]", "[]", "[a, b]", "{a: b}", "{", "}", ", ", "<<: ", "''", '\\n', "é", "\u2028", "\t",
     "...", "\r", "${X}", "a: &x b\n", "c: *x\n", "k: |\n  x\n\n   y\n", "!", "?", "%", "@", "`", "-1", "y: ", "\n\n    "]
)  # fmt: skip


@settings(max_examples=3000, deadline=None)
@given(st.lists(PIECES, max_size=14))
def test_any_text(pieces: list[str]) -> None:
    compare("".join(pieces))


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from((*READ, *LEFT)), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3), PIECES), max_size=3))
def test_texts_with_something_put_in_or_taken_out(text: str, changes: list[tuple[float, int, str]]) -> None:
    for where, gone, piece in changes:
        at = int(where * len(text))
        text = text[:at] + piece + text[at + gone :]
    compare(text)


def test_whoever_walks_may_move_what_is_met() -> None:
    file = SourceFile("a.yaml", b"a:\n  b: c # d\n  # e\n  f: g\n")
    root = read_flat(file, file.text, 0)
    assert root is not None
    texts = []
    for node in walk(root):
        texts.append(node.span.text)
        node.file, node.start, node.end = SourceFile("b.yaml", b""), 0, 0
    assert texts == ["a:\n  b: c # d\n  # e\n  f: g", "a", "b: c # d\n  # e\n  f: g", "b", "c", "f", "g"]


def test_entries_that_are_replaced_are_what_is_found() -> None:
    file = SourceFile("a.yaml", b"a: b\nc: d\n")
    root = read_flat(file, file.text, 0)
    assert isinstance(root, Mapping)
    root.entries = root.entries[1:]
    assert root.get("a") is None and "a" not in root
    assert root.key("c") is root.entries[0][0]


def test_most_fixtures_are_read() -> None:
    texts = [path.read_bytes().decode("utf-8", "replace") for path in FIXTURES]
    assert sum(map(compare, texts)) > 0.8 * len(texts)
