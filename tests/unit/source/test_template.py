from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, SourceFile, lookup, walk
from eso_lint.source.parse import Parsed, parse
from eso_lint.source.template import actions, mask


def read(text: str, in_chart: bool = True, path: str = "chart/templates/x.yaml") -> Parsed:
    return parse(SourceFile(path, text.encode()), None, in_chart)


def root(text: str) -> Node:
    parsed = read(text)
    assert not parsed.skipped
    assert not parsed.faults
    return parsed.documents[0].root


def at(node: Node, *path: str | int) -> Node:
    found = lookup(node, *path)
    assert found is not None
    return found


def test_scalars_that_touch_an_action_are_opaque_and_keep_their_place() -> None:
    text = 'a: {{ .x }}-b\nb: "{{ .y | default "z" }}"\nc: plain\n{{ .k }}: v\nd: [{{ .p }}, q]\n'
    node = root(text)
    assert at(node, "a").span.text == "{{ .x }}-b"
    assert isinstance(at(node, "a"), Opaque)
    assert at(node, "b").text == '"{{ .y | default "z" }}"'  # type: ignore[attr-defined]
    assert isinstance(at(node, "c"), Scalar)
    assert at(node, "c").span.text == "plain"
    assert isinstance(at(node, "d", 0), Opaque)
    # The unknown key may be any.
    assert isinstance(at(node, "absent"), Opaque)


def test_lines_of_control_vanish() -> None:
    node = root(
        "{{- if .Values.on }}\na: 1\n{{- with .x }}\nb:\n  {{- range .y }}\n  - {{ . }}\n  {{- end }}\n{{- end }}\n"
        "{{/* a comment with }} 'quote */}}\nc: |\n  text\n{{- end }}\n"
    )
    assert at(node, "a").text == "1"  # type: ignore[attr-defined]
    items = at(node, "b")
    assert isinstance(items, Sequence)
    assert items.open
    assert node.get("absent") is None


@pytest.mark.parametrize(
    ("text", "path", "opened"),
    [
        ("m:\n  a: 1\n  {{- toYaml .x | nindent 2 }}\nn: 2\n", ("m",), True),
        ("m:\n  a: 1\n  {{- toYaml .x | nindent 2 }}\nn: 2\n", (), False),
        ("m:\n  a: 1\n{{ toYaml .x | indent 2 }}\nn: 2\n", ("m",), True),
        ("m: {{- toYaml .x | nindent 2 }}\n  a: 1\nn: 2\n", ("m",), True),
        ("m:\n  a: 1\n{{ include \"x\" . }}\nn: 2\n", (), True),
        ("m:\n  a: 1\n  b: |\n    {{ .x }}\nn: 2\n", ("m",), False),
        ("m:\n  a: 1\n  {{ if .x }}\n  b: 1\n  {{ else }}\n  c: 1\n  {{ end }}\nn: 2\n", ("m",), True),
        ("m:\n  a: 1\n  {{ if .x }}\n  b: 1\n  {{ else }}\n  c: 1\n  {{ end }}\nn: 2\n", (), False),
        ("m:\n  a: 1\n  {{ if .x }}\n  b: 1\n  {{ end }}\nn: 2\n", ("m",), False),
        ("m:\n  a: 1\n  {{ range .x }}\n  {{ .k }}: 1\n  {{ end }}\nn: 2\n", ("m",), True),
        ("m:\n  - a\n  {{- toYaml .x | nindent 2 }}\n", ("m",), True),
        ("m:\n- a\n{{- toYaml .x | nindent 0 }}\n", ("m",), True),
        ("m:\n  - name: a\n    {{- toYaml .x | nindent 4 }}\n  - name: b\n", ("m", 0), True),
        ("m:\n  - name: a\n    {{- toYaml .x | nindent 4 }}\n  - name: b\n", ("m", 1), False),
        ("m:\n  - {{- toYaml .x | nindent 4 }}\n    name: a\n", ("m", 0), True),
        ("{{ define \"x\" }}\nb: 1\n{{ end }}\na: 1\n", (), False),
        ("{{ $x := 1 }}\na: 1\n", (), False),
        ("{{ if .x }}k: v{{ end }}\na: 1\n", (), True),
    ],
)  # fmt: skip
def test_what_a_template_may_fill_is_open(text: str, path: tuple[str | int, ...], opened: bool) -> None:
    node = at(root(text), *path)
    assert isinstance(node, (Mapping, Sequence))
    assert node.open is opened


@pytest.mark.parametrize(
    "text",
    [
        "m:\n  {{- toYaml .x | nindent 2 }}\nn: 1\n",
        "m: {{- toYaml .x | nindent 2 }}\nn: 1\n",
        "m:\n{{ toYaml .x | indent 2 }}\n",
        "m:\n  {{ if .a }}\n  {{- toYaml .x | nindent 2 }}\n  {{ end }}\nn: 1\n",
        "m: >-\n  {{ .x }}\nn: 1\n",
        "m: a\n  {{ .x }}\nn: 1\n",
        "{{ if .a }}\nm: 1\n{{ else }}\nm: 2\n{{ end }}\n",
    ],
)
def test_values_that_a_template_makes_are_opaque(text: str) -> None:
    assert isinstance(at(root(text), "m"), Opaque)


def test_two_branches_are_no_duplicates() -> None:
    parsed = read("m:\n  {{ if .a }}\n  k: 1\n  {{ end }}\n  {{ if not .a }}\n  k: 2\n  {{ end }}\n")
    assert parsed.faults == ()
    assert isinstance(at(parsed.documents[0].root, "m", "k"), Opaque)


def test_merge_keys_in_templates() -> None:
    node = root("a: &a {x: '{{ .x }}', w: 1}\nb:\n  <<: *a\n  z: {{ .z }}\nc:\n  <<: {{ .m }}\n  w: 1\n")
    assert isinstance(at(node, "b", "x"), Opaque)
    assert isinstance(at(node, "b", "w"), Scalar)
    assert isinstance(at(node, "c", "other"), Opaque)


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("{% if x %}\na: {{ y }}\n{% endif %}\n", "jinja"),
        ("{# note #}\na: {{ y }}\n", "jinja"),
        ("#% if x %#\na: #{ y }#\n#% endif %#\nb: 1\n", "jinja"),
        ("%{ if x ~}\na: {{ y }}\n%{ endif ~}\n", "terraform"),
        ("#@ load('x')\na: #@ data.y\n", "ytt"),
    ],
)
def test_other_dialects(text: str, dialect: str) -> None:
    document = read(text, in_chart=False).documents[0]
    assert document.dialect == dialect
    assert isinstance(at(document.root, "a"), Opaque)


def test_outside_a_chart_what_is_yaml_is_read_as_yaml() -> None:
    document = read('a: "{{ .x }}"\nb: "{{ `{{ .y }}` }}"\n', in_chart=False).documents[0]
    assert document.dialect == "plain"
    assert at(document.root, "a").text == "{{ .x }}"  # type: ignore[attr-defined]


def test_what_is_no_yaml_before_rendering_is_skipped_and_counted() -> None:
    parsed = read("a:\n  b: 1\n {{ if x }}c{{ end }}: 2\n---\nd: 1\n")
    assert len(parsed.skipped) == 1
    assert parsed.faults == ()
    assert len(parsed.documents) == 1
    assert read("a: [", in_chart=False, path="x.yaml.tpl").skipped
    assert not read("a: [", in_chart=False, path="x.yaml.tpl").faults


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{{ a }}{{ b }}", ["{{ a }}", "{{ b }}"]),
        ('{{ "}}" }}', ['{{ "}}" }}']),
        ('{{ "\\"}}" }}', ['{{ "\\"}}" }}']),
        ("{{ `}}` }}", ["{{ `}}` }}"]),
        ("{{ '}' }}", ["{{ '}' }}"]),
        ('{{- /* " */ -}}', ['{{- /* " */ -}}']),
        ("{{ a\n  b }}", ["{{ a\n  b }}"]),
        ('{{ "open }}', ['{{ "open }}']),
        ("{{ a", []),
        ("${{ a }}", ["{{ a }}"]),
        ("{%- x -%}{# y #}", ["{%- x -%}", "{# y #}"]),
        ("# {{ a }}", ["{{ a }}"]),
        ('{"a": {"b": {}}}', []),
    ],
)
def test_actions(text: str, found: list[str]) -> None:
    assert [text[a.start : a.end] for a in actions(text)] == found


PIECES = st.sampled_from(
    ["{{", "}}", "{{- ", " -}}", "{%", "%}", "{#", "#}", "#{", "}#", "/*", "*/", '"', "'", "`", "\\", "\n", "\r\n", "  ",
     "- ", "a: ", "b", ": ", "|", ">", "[", "]", "{", "}", ",", "&a ", "*a", "<<: ", "? ", "---\n", "...\n", "\t", "#",
     " nindent 2 ", "if x", "else", "end", "range", "define", "${A}", "<t>", "\x00", "\x85", "\ufeff", "é", "😀", "!!int ",
     "%YAML 1.2\n"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join), st.booleans())
def test_any_text_can_be_read(text: str, in_chart: bool) -> None:
    assert len(mask(text, 0).text) == len(text)
    parsed = read(text, in_chart)
    size = len(parsed.file.text)
    for document in parsed.documents:
        for node in walk(document.root):
            assert 0 <= node.start <= node.end <= size
            if isinstance(node, Scalar):
                assert node.string is None or isinstance(node.value, str)
            if isinstance(node, Mapping):
                assert isinstance(node.index, dict)
    for fault in parsed.faults:
        assert 0 <= fault.span.start <= fault.span.end <= size
        assert fault.message


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_can_be_read(data: bytes) -> None:
    for in_chart in (False, True):
        parse(SourceFile("x.yaml", data), None, in_chart)
