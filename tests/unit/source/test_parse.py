from __future__ import annotations

import sys
import time
from typing import Any

import pytest
import yaml

from eso_lint.source.node import (
    Document,
    Mapping,
    Node,
    Opaque,
    Scalar,
    Sequence,
    SourceFile,
    decode,
    is_absent,
    lookup,
    walk,
)
from eso_lint.source.parse import Parsed, chunks, parse


def read(text: str | bytes, path: str = "x.yaml") -> Parsed:
    return parse(SourceFile(path, text.encode() if isinstance(text, str) else text))


def root(text: str) -> Node:
    parsed = read(text)
    assert not parsed.faults, parsed.faults
    return parsed.documents[0].root


def at(node: Node, *path: str | int) -> Node:
    found = lookup(node, *path)
    assert found is not None
    return found


def spans(document: Document) -> list[str]:
    return [node.span.text for node in walk(document.root) if isinstance(node, (Scalar, Opaque))]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_spans_in_every_line_style(newline: str, bom: str, encoding: str) -> None:
    if encoding != "utf-8" and not bom:
        bom = "\ufeff"
    text = (
        'a: x\n# 😀 wide\n"ключ":\t\'y z\'\nlist:\n- 1\n- "😀"\n---\nb: |\n  one\n  two\n\nc: >-\n  f\nd: {e: [f, g]}\n'
    )
    file = SourceFile("x.yaml", (bom + text.replace("\n", newline)).encode(encoding))
    parsed = parse(file)
    assert not parsed.faults
    assert spans(parsed.documents[0]) == ["a", "x", '"ключ"', "'y z'", "list", "1", '"😀"']
    second = [text.replace(newline, "\n") for text in spans(parsed.documents[1])]
    assert second == ["b", "|\n  one\n  two", "c", ">-\n  f", "d", "e", "f", "g"]
    assert file.position(at(parsed.documents[0].root, "ключ").start) == (3, 9)
    assert file.position(at(parsed.documents[1].root, "d", "e", 1).start) == (14, 12)


def test_breaks_of_libyaml_that_editors_do_not_know() -> None:
    file = SourceFile("x.yaml", 'a: "x\u2028y\x85z"\nb: 1\n'.encode())
    parsed = parse(file)
    assert file.position(at(parsed.documents[0].root, "b").start) == (2, 4)


def test_anchors_tags_and_aliases_have_the_value_alone() -> None:
    node = root("a: &x !!str 5\nb: *x\nc: &m\n  k: v\nd: *m\ne: &x 6\nf: *x\ng: &empty\nh: !!map {}\n")
    assert at(node, "a").span.text == "5"
    assert at(node, "b").span.text == "*x"
    assert isinstance(at(node, "b"), Scalar)
    assert at(node, "b").value == "5"  # type: ignore[attr-defined]
    assert at(node, "c") is at(node, "d")
    assert at(node, "c").span.text == "k: v"
    assert at(node, "f").text == "6"  # type: ignore[attr-defined]
    assert is_absent(at(node, "g"))


def test_merge_keys() -> None:
    node = root(
        "base: &b {x: 1, w: 1}\nmore: &m {w: 2, z: 2}\none: {<<: *b, w: 3}\n"
        "list: {<<: [*m, *b]}\nnested: &n {<<: *b}\ndeep: {<<: *n, x: 9}\nquoted: {'<<': 1}\nlate: {w: 3, <<: *b}\n"
    )
    assert isinstance(node, Mapping)
    values = {
        name: {key: value.text for key, (_, value) in mapping.index.items()}  # type: ignore[attr-defined]
        for name, (_, mapping) in node.index.items()
        if isinstance(mapping, Mapping)
    }
    assert values["one"] == {"x": "1", "w": "3"}
    assert values["list"] == {"w": "2", "z": "2", "x": "1"}
    assert values["deep"] == {"x": "9", "w": "1"}
    assert values["quoted"] == {"<<": "1"}
    # kubectl takes the merged value where the merge key comes later, kustomize the written one.
    assert isinstance(at(node, "late", "w"), Opaque)


def test_both_of_two_duplicates_are_kept_and_reported() -> None:
    parsed = read("a: 1\nb: {c: 1, c: 2}\na: 3\ntrue: x\nyes: y\n")
    assert [f.kind for f in parsed.faults] == ["duplicate-key"] * 3
    assert [f.span.text for f in parsed.faults] == ["c", "a", "yes"]
    assert [f.related[0][0].text for f in parsed.faults] == ["c", "a", "true"]
    node = parsed.documents[0].root
    assert isinstance(node, Mapping)
    assert len(node.entries) == 5
    assert at(node, "a").text == "3"  # type: ignore[attr-defined]


def test_keys_are_what_kubernetes_makes_of_them() -> None:
    node = root("1: a\nyes: b\n0x10: c\n'no': d\n")
    assert isinstance(node, Mapping)
    assert list(node.index) == ["1", "true", "16", "no"]


FAULTS = [
    ("a:\n\tb: 1", (2, 1), "a tab indents this line"),
    ("a:\n  b: 1\n\tc: 2", (3, 1), "a tab indents this line"),
    ("a: @x", (1, 4), "a plain value cannot begin with `@`"),
    ("a: b: c", (1, 5), "a `:` is not allowed here"),
    ("a: [1, 2", (1, 4), "this `[` is never closed"),
    ("a: {b: 1\nc: 2", (2, 2), "`,` or `}` is missing before this"),
    ('a: "foo\nb: c\n', (1, 4), "this quote is never closed"),
    ("a: *nope", (1, 4), "alias `*nope` has no anchor before it"),
    ("a: &x [*x]", (1, 8), "anchor `&x` contains itself"),
    ("a: *", (1, 4), "`*` starts an alias or anchor without a name"),
    ('a: "\\d"', (1, 5), "an unknown escape stands in double quotes"),
    ("a:\n  b: 1\n c: 2", (3, 2), "this line does not continue what stands above it"),
    ("a: - b", (1, 4), "a list item is not allowed here"),
    ("a: >x\n", (1, 5), "this cannot follow a block scalar's `|` or `>`"),
    ("? [a]\n: b", (1, 3), "a key must be a scalar, not a mapping or a list"),
    ("%YAML 1.2\n---\na: 1\n", (1, 1), "Kubernetes reads YAML 1.1 and refuses `%YAML 1.2`"),
    ("a: b\x07", (1, 5), "control character U+0007 is not allowed in YAML"),
    ("a: b\x00", (1, 5), "control character U+0000 is not allowed in YAML"),
    ("a: .inf", (1, 4), "Kubernetes refuses the number `.inf`"),
    ("~: a", (1, 1), "a key must not be null"),
    ("a: {<<: 1}", (1, 9), "a merge key takes a mapping or a list of mappings"),
    ("a: !!int x", (1, 10), "text tagged `!!int` is none"),
    ("a:\n-\tb: [", (2, 2), "a tab is not allowed here"),
    ("a: {\n", (1, 4), "this `{` is never closed"),
    ("a: [b,\n", (1, 6), "a value is missing after this"),
    ("a: ]", (1, 4), "a value is missing before `]`"),
    ("{}\na: 1", (2, 1), "this stands outside the document above it"),
    ("key\n", None, ""),
]


@pytest.mark.parametrize(("text", "place", "message"), FAULTS)
def test_faults_are_plain_and_exact(text: str, place: tuple[int, int] | None, message: str) -> None:
    faults = read(text).faults
    if place is None:
        assert faults == ()
        return
    (fault,) = faults
    assert (fault.span.file.position(fault.span.start), fault.message) == (place, message)
    assert fault.help


def test_a_broken_document_spares_its_neighbours() -> None:
    parsed = read("a: 1\n---\nb: [\n---\nc: 3\n")
    assert [spans(d) for d in parsed.documents] == [["a", "1"], ["c", "3"]]
    assert [d.number for d in parsed.documents] == [0, 2]
    assert parsed.faults[0].span.file.position(parsed.faults[0].span.start) == (3, 4)


def test_bytes_that_are_no_utf8() -> None:
    parsed = read("a: é\nb: x".encode() + b"\xff\n---\nc: 1\n")
    (fault,) = parsed.faults
    assert fault.message == "byte 0xff is not valid UTF-8"
    assert fault.span.file.position(fault.span.start) == (2, 5)
    assert len(parsed.documents) == 2
    assert read("a: \ufffd\n").faults == ()


def test_documents() -> None:
    def split(text: str) -> list[str]:
        return [text[start:end] for start, end in chunks(text)]

    assert split("a\n---\nb\n--- # x\nc\n---") == ["a\n", "---\nb\n", "--- # x\nc\n", "---"]
    assert split("%YAML 1.1\n# c\n---\na\n---\nb") == ["%YAML 1.1\n# c\n---\na\n", "---\nb"]
    assert split("a: |\n  ---\n----\n") == ["a: |\n  ---\n----\n"]
    assert [d.number for d in read("---\n---\na: 1\n---\n# only a comment\n---\nb: 1\n").documents][-1] > 0
    assert len(read("a: 1\n...\n---\nb: 1\n...\n").documents) == 2
    assert len(read("%TAG ! tag:x,2000:\n---\na: !b c\n").documents) == 1


def test_unwanted_documents_are_not_parsed() -> None:
    file = SourceFile("x.yaml", b"a: [\n---\nb: 1\n")
    parsed = parse(file, lambda text: "b" in text)
    assert [spans(d) for d in parsed.documents] == [["b", "1"]]
    assert parsed.faults == ()


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("${NAME}", "variable"),
        ("pre-${NAME:=x}-post", "variable"),
        ("$(NAME)", "variable"),
        ("$ENV/$CLUSTER", "variable"),
        ('"{{ .x }}"', "template"),
        ("<TOKEN>", "placeholder"),
        ("<token-name>", "placeholder"),
        ("<path:kv/data/x#y>", "placeholder"),
        ("ref+vault://x/y", "placeholder"),
        ("'@@X@@'", "placeholder"),
        ("'%%X%%'", "placeholder"),
        ("ENC[AES256_GCM,data:x,iv:y]", "encrypted"),
        ("|\n  a ${B}\n", "variable"),
        ("$1", None),
        ("${1}_X", None),
        ("a$", None),
        ("$${NAME}", None),
        ("(?P<name>x)", None),
        ("a < b", None),
        ("x@@y", None),
    ],
)
def test_variables_and_placeholders(value: str, why: str | None) -> None:
    node = at(root(f"first: 1\na: {value}\nlast: 2\n"), "a")
    assert (node.why if isinstance(node, Opaque) else None) == why
    assert isinstance(at(root(f"a: {value}\nlast: 2\n"), "last"), Scalar)


def test_the_operators_templates_stay_readable() -> None:
    parsed = read('a: "{{ .user }}:{{ .pass }}"\n')
    assert parsed.documents[0].dialect == "plain"
    assert at(parsed.documents[0].root, "a").text == "{{ .user }}:{{ .pass }}"  # type: ignore[attr-defined]


def test_a_key_that_is_unknown_opens_its_mapping() -> None:
    node = root("m:\n  ${KEY}: 1\n  b: 2\n")
    assert isinstance(at(node, "m", "anything"), Opaque)


HOSTILE = {
    "flow depth": "[" * 50_000,
    "block depth": "".join("  " * i + "a:\n" for i in range(1200)),
    "dash depth": "- " * 50_000 + "x",
    "alias bomb": "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 60)),
    "merge bomb": "a0: &a0 {k: 1}\n"
    + "".join(f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}], k{i}: 1}}\n" for i in range(1, 900)),
    "merge chain": "a0: &a0 {k: 1}\n" + "".join(f"a{i}: &a{i} {{<<: *a{i - 1}}}\n" for i in range(1, 9000)),
    "long line": "a: " + "x" * 4_000_000,
    "long key": "k" * 2000 + ": 1",
    "braces": "{{" * 100_000,
    "open comments": "{{/*}}" * 60_000,
    "open quotes": '{{ "\\"}}' * 30_000,
    "backticks": "{{ ` }}" * 30_001,
    "definitions": '{{ define "x" }}{{ end }}' * 20_000,
    "insertions": "a:\n" + "  {{ toYaml .x | nindent 2 }}\n" * 20_000,
    "one line of actions": "a: " + "{{ x }} {% y %}" * 30_000,
    "separators": "\n---" * 100_000,
    "directives": "# x\n" * 100_000 + "%",
    "carets": "${A}" * 200_000,
    "tokens": "<a" * 200_000,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("in_chart", [False, True])
def test_hostile_text_neither_hangs_nor_fails(name: str, in_chart: bool) -> None:
    began = time.process_time()
    parsed = parse(SourceFile("x.yaml", HOSTILE[name].encode()), None, in_chart)
    for document in parsed.documents:
        assert sum(1 for _ in walk(document.root)) > 0
    assert time.process_time() - began < 15  # far above what it takes; a hang is far above this


def test_the_pure_python_parser_gives_the_same_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = [dump(d.root) for d in read(SAMPLE).documents]
    monkeypatch.setitem(sys.modules, "yaml._yaml", None)
    slow = read(SAMPLE)
    assert [dump(d.root) for d in slow.documents] == fast
    assert read("a: [1").faults[0].kind == "syntax"


SAMPLE = """\
# head
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: "db", labels: {a: 'b', 'c d': e}}
spec:
  data:
  - secretKey: x   # tail
    remoteRef: &ref
      key: shop/db
  - remoteRef: *ref
    "secretKey":
  text: |
    one
      two

  folded: >-
    a
    b
  last: [1, [2, {x: y}], ]
---
- a
-   - b
    - c
-
"""


def dump(node: Node) -> Any:
    if isinstance(node, Mapping):
        return (node.start, node.end, [(dump(k), dump(v)) for k, v in node.entries])
    if isinstance(node, Sequence):
        return (node.start, node.end, [dump(i) for i in node.items])
    assert isinstance(node, Scalar)
    return (node.start, node.end, node.text, node.style)


def test_values_agree_with_pyyaml() -> None:
    for document, other in zip(read(SAMPLE).documents, yaml.compose_all(SAMPLE), strict=True):
        assert plain_tree(document.root) == yaml_tree(other)


def plain_tree(node: Node) -> Any:
    if isinstance(node, Mapping):
        return [(plain_tree(k), plain_tree(v)) for k, v in node.entries]
    if isinstance(node, Sequence):
        return [plain_tree(i) for i in node.items]
    assert isinstance(node, Scalar)
    return node.text


def yaml_tree(node: Any) -> Any:
    if isinstance(node, yaml.MappingNode):
        return [(yaml_tree(k), yaml_tree(v)) for k, v in node.value]
    if isinstance(node, yaml.SequenceNode):
        return [yaml_tree(i) for i in node.value]
    return node.value


def test_starts_agree_with_ruamel() -> None:
    from ruamel.yaml import YAML

    text = SAMPLE.split("---\n")[0]
    loaded = YAML().load(text)
    file = SourceFile("x.yaml", text.encode())
    compared = 0
    stack: list[tuple[Any, Node]] = [(loaded, parse(file).documents[0].root)]
    while stack:
        theirs, ours = stack.pop()
        if isinstance(ours, Mapping):
            for name, (key, value) in ours.index.items():
                line, column = theirs.lc.key(name)
                assert file.position(key.start) == (line + 1, column + 1)
                if isinstance(value, Scalar) and not value.span.text.startswith(("|", ">")) and value.text:
                    line, column = theirs.lc.value(name)
                    assert file.position(value.start) == (line + 1, column + 1)
                compared += 1
                stack.append((theirs[name], value))
        elif isinstance(ours, Sequence):
            for i, item in enumerate(ours.items):
                line, column = theirs.lc.item(i)
                if isinstance(item, Scalar):
                    assert file.position(item.start) == (line + 1, column + 1)
                compared += 1
                stack.append((theirs[i], item))
    assert compared > 20


def test_decode_never_fails() -> None:
    for data in (b"\xff\xfea", b"\xfe\xff\x00", b"\xef\xbb\xbf", b"", b"\xff", b"\xed\xa0\x80"):
        decode(data)


def test_aliases_that_kubernetes_refuses() -> None:
    """Its reader counts what aliases spell out to, and allows much, but not everything."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 30)]
    bomb = parse(SourceFile("bomb.yaml", "\n".join(lines).encode()))
    assert not bomb.documents
    assert bomb.faults[0].message == "aliases spell out without bound, which Kubernetes refuses"
    assert bomb.faults[0].span.text == "*a28"
    many = "a: &a [" + "x, " * 50 + "x]\n" + "".join(f"k{i}: *a\n" for i in range(90))
    assert not parse(SourceFile("many.yaml", many.encode())).faults
