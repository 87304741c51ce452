"""Charts: what templates print, and where each scalar stands."""

from __future__ import annotations

import pytest

from eso_lint.source.node import lookup, string
from tests.unit.render.charts import CHART, HEAD, chart, render, shown, value

NAME = "metadata: {name: {{ %s }}}\n"


def named(expression: str, values: str = "", **more: str) -> str:
    """The name that an expression gives, with its place."""
    made = render(chart(HEAD + f"metadata:\n  name: {expression}\n", values, **more))
    (item,) = made.items
    return value(item, "metadata", "name")


@pytest.mark.parametrize(
    ("expression", "place"),
    [
        ("{{ .Values.a }}", "text @ c/values.yaml:1:4"),
        ('"{{ .Values.a }}"', "text @ c/values.yaml:1:4"),
        ("{{ .Values.a | quote }}", "text @ c/values.yaml:1:4"),
        ('{{ .Values.a | default "x" }}', "text @ c/values.yaml:1:4"),
        ('{{ default .Values.a .Values.none | lower | trunc 63 | trimSuffix "-" }}', "text @ c/values.yaml:1:4"),
        ('{{ printf "%s-db" .Values.a }}', "text-db @ c/values.yaml:1:4"),
        ('{{ include "name" . }}', "text @ c/values.yaml:1:4"),
        ("{{ $x := .Values.m }}{{ $x.in }}", "deep @ c/values.yaml:2:9"),
        ("{{ (index .Values.l 1) }}", "two @ c/values.yaml:3:10"),
        ('{{ tpl "{{ .Values.a }}" . }}', "text @ c/values.yaml:1:4"),
        ("{{ tpl .Values.t . }}", "text! @ c/values.yaml:1:4"),
        # More than a value, or no value: the template is what one would change.
        ("{{ .Values.a }}-db", "text-db @ c/templates/t.yaml:4:9"),
        ('{{ printf "%s-%s" .Values.a .Values.m.in }}', "text-deep @ c/templates/t.yaml:4:9"),
        ('{{ .Values.none | default "x" }}', "x @ c/templates/t.yaml:4:9"),
        ("{{ .Chart.Name }}", "shop @ c/templates/t.yaml:4:9"),
        ('{{ include "both" . }}', "shop-text-deep @ c/templates/t.yaml:4:9"),
        ("plain", "plain @ c/templates/t.yaml:4:9"),
        # What is not known.
        ("{{ .Capabilities.KubeVersion.Version }}", "? @ c/templates/t.yaml:4:9"),
        ("{{ randAlphaNum 5 }}", "? @ c/templates/t.yaml:4:9"),
        ('{{ required "wanted" .Values.none }}', "? @ c/templates/t.yaml:4:9"),
        ('{{ include "nowhere" . }}', "? @ c/templates/t.yaml:4:9"),
        ("{{ .Values.none.deeper }}", "? @ c/templates/t.yaml:4:9"),
        ('x-{{ (lookup "v1" "Secret" "a" "b").data }}', "? @ c/templates/t.yaml:4:9"),
    ],
)
def test_a_scalar_stands_where_one_would_change_it(expression: str, place: str) -> None:
    values = "a: text\nm: {in: deep}\nl: [one, two]\nt: '{{ .Values.a }}!'\n"
    helpers = (
        '{{ define "name" }}{{ .Values.a | trunc 20 }}{{ end }}'
        '{{ define "both" }}{{ printf "%s-%s" .Chart.Name .Values.a }}-{{ .Values.m.in }}{{ end }}'
    )
    assert named(expression, values, **{"c/templates/_h.tpl": helpers}) == place


def test_release_name_and_namespace_stand_where_they_are_given() -> None:
    template = HEAD + "metadata:\n  name: {{ .Release.Name }}\n  namespace: {{ .Release.Namespace | quote }}\n"
    (item,) = render(chart(template)).items
    assert value(item, "metadata", "name") == "rel @ <rel>:1:1"
    assert value(item, "metadata", "namespace") == "ns @ <ns>:1:1"
    (item,) = render(chart(template), release=None).items
    assert value(item, "metadata", "name").startswith("? @ c/templates/t.yaml")


def test_what_a_values_file_sets_stands_there() -> None:
    files = chart(
        HEAD + "metadata: {name: {{ .Values.name }}, namespace: {{ .Values.space }}}\n",
        "name: one\nspace: here\n",
        **{"c/values-prod.yaml": "# production\nspace: there\n"},
    )
    (item,) = render(files, "c/values-prod.yaml").items
    assert value(item, "metadata", "name") == "one @ c/values.yaml:1:7"
    assert value(item, "metadata", "namespace") == "there @ c/values-prod.yaml:2:8"
    assert [(span.file.path, action.text) for span, action in item.origins.items()] == [
        ("c/values.yaml", "{{ .Values.name }}"),
        ("c/values-prod.yaml", "{{ .Values.space }}"),
    ]
    assert item.via == tuple(item.origins)


def test_lines_that_are_included_stand_in_the_helper_and_values_in_their_file() -> None:
    files = chart(
        HEAD + 'metadata:\n  name: x\n  labels:\n    {{- include "labels" . | nindent 4 }}\n',
        "labels:\n  team: shop\n",
        **{"c/templates/_h.tpl": '{{ define "labels" }}\nfixed: text\n{{ toYaml .Values.labels }}\n{{ end }}'},
    )
    (item,) = render(files).items
    labels = lookup(item.root, "metadata", "labels")
    assert shown(lookup(labels, "fixed")) == "text @ c/templates/_h.tpl:2:8"
    assert shown(lookup(labels, "team")) == "shop @ c/values.yaml:2:9"
    assert shown(labels.key("team")) == "team @ c/values.yaml:2:3"  # type: ignore[union-attr]


def test_objects_under_a_condition_that_cannot_be_known_may_be_absent() -> None:
    template = (
        '{{ if .Capabilities.APIVersions.Has "x" }}\n' + HEAD + "metadata: {name: a}\n"
        "{{ else }}\n" + HEAD + "metadata: {name: b}\n{{ end }}\n---\n" + HEAD + "metadata: {name: c}\n"
    )
    template = template.replace("{{ else }}\n", "---\n{{ else }}\n")
    made = render(chart(template)).items
    assert [(item.id[2], item.maybe) for item in made] == [("a", True), ("b", True), ("c", False)]


def test_conditions_that_are_known_decide() -> None:
    template = '{{ if and .Values.enabled (eq .Values.kind "x") }}\n' + HEAD + "metadata: {name: a}\n{{ end }}\n"
    assert len(render(chart(template, "enabled: true\nkind: x\n")).items) == 1
    assert render(chart(template, "enabled: false\nkind: x\n")).items == ()
    # One false operand settles it, whatever the other is.
    assert render(chart(template.replace("(eq", "false (eq"), "enabled: true\n")).items == ()


def test_variables_after_an_unknown_branch_are_unknown() -> None:
    template = (
        '{{ $x := "a" }}{{ $d := dict "k" "a" }}{{ if .Capabilities.X }}{{ $x = "b" }}{{ $_ := set $d "k" "b" }}{{ end }}\n'
        + HEAD
        + "metadata: {name: {{ $x }}, namespace: {{ $d.k }}}\n"
    )
    (item,) = render(chart(template)).items
    assert value(item, "metadata", "name").startswith("?")
    assert value(item, "metadata", "namespace").startswith("?")


def test_lines_that_are_not_known_leave_their_mapping_open() -> None:
    template = (
        HEAD
        + "metadata:\n  name: x\n  labels:\n    a: b\n    {{- toYaml .Values.none.more | nindent 4 }}\nspec:\n  a: b\n"
    )
    (item,) = render(chart(template)).items
    assert lookup(item.root, "metadata", "labels").open  # type: ignore[union-attr]
    assert string(lookup(item.root, "metadata", "name")) == "x"
    assert not lookup(item.root, "spec").open  # type: ignore[union-attr]


def test_loops_make_objects_of_their_own() -> None:
    template = (
        "{{ range $n, $s := .Values.secrets }}\n---\n"
        + HEAD
        + "metadata: {name: {{ $n }}}\nspec: {k: {{ $s.key }}}\n{{ end }}\n"
    )
    made = render(chart(template, "secrets:\n  one: {key: a}\n  two: {key: b}\n")).items
    assert [value(item, "metadata", "name") for item in made] == ["one @ c/values.yaml:2:3", "two @ c/values.yaml:3:3"]
    assert [value(item, "spec", "k") for item in made] == ["a @ c/values.yaml:2:14", "b @ c/values.yaml:3:14"]
    assert len({item.document.number for item in made}) == 2


def test_templates_of_the_operator_come_through_as_text() -> None:
    template = HEAD + (
        "metadata: {name: x}\nspec:\n"
        '  a: "{{ "{{ .password }}" }}"\n'
        "  b: '{{ `{{ .user }}` }}'\n"
        "  {{- if .Capabilities.X }}\n  c: d\n  {{- end }}\n"
    )
    (item,) = render(chart(template)).items
    assert [lookup(item.root, "spec", key).text for key in "ab"] == ["{{ .password }}", "{{ .user }}"]  # type: ignore[union-attr]


def test_unknown_values_stay_unknown() -> None:
    files = chart(
        HEAD + "metadata: {name: {{ .Values.a.b }}, namespace: {{ .Values.c }}}\n",
        "a: {b: default}\nc: d\n",
        **{"c/x.yaml": "{{ if x }}\na: {b: x}\n{{ else }}\nb: {}\n{{ end }}\n"},
    )
    (item,) = render(files, "c/x.yaml").items
    assert value(item, "metadata", "name").startswith("? @ c/templates")
    assert value(item, "metadata", "namespace").startswith("? @ c/templates")


def test_default_values_that_cannot_be_read_are_unknown() -> None:
    (item,) = render(chart(HEAD + 'metadata: {name: {{ .Values.a | default "x" }}}\n', "a: b: c\n")).items
    assert value(item, "metadata", "name").startswith("?")


def test_null_takes_a_default_away() -> None:
    files = chart(
        HEAD + 'metadata: {name: {{ .Values.a | default "none" }}, namespace: {{ .Values.m.x | default "gone" }}}\n',
        "a: set\nm: {x: 1}\n",
        **{"c/p.yaml": "a: null\nm: {x: null}\n"},
    )
    (item,) = render(files, "c/p.yaml").items
    assert (string(lookup(item.root, "metadata", "name")), string(lookup(item.root, "metadata", "namespace"))) == (
        "none",
        "gone",
    )


def test_a_chart_that_refuses_its_values_says_so() -> None:
    made = render(chart('{{ if not .Values.a }}{{ fail "set a" }}{{ end }}\n' + HEAD + "metadata: {name: x}\n"))
    assert [note.message for note in made.notes] == ["the chart refuses its values: set a"]
    assert [item.maybe for item in made.items] == [True]


def test_charts_that_are_brought_along() -> None:
    files = chart(
        HEAD + "metadata: {name: outer}\n",
        "cache: {name: given}\nglobal: {g: all}\n",
        **{
            "c/Chart.yaml": CHART
            + "dependencies:\n- {name: cache, repository: file://../cache}\n- {name: off, repository: file://../off, condition: off.enabled}\n"
            "- {name: far, version: 1.x, repository: 'https://charts.example.com'}\n",
            "cache/Chart.yaml": "name: cache\n",
            "cache/values.yaml": "name: own\n",
            "cache/templates/t.yaml": HEAD
            + "metadata: {name: {{ .Values.name }}, namespace: {{ .Values.global.g }}}\n",
            "off/Chart.yaml": "name: off\n",
            "off/values.yaml": "enabled: false\n",
            "off/templates/t.yaml": HEAD + "metadata: {name: off}\n",
            "p.yaml": "off: {enabled: false}\n",
        },
    )
    made = render(files, "p.yaml")
    assert [item.id[2] for item in made.items] == ["outer", "given"]
    assert value(made.items[1], "metadata", "namespace") == "all @ c/values.yaml:2:13"
    assert [(note.kind, note.message) for note in made.notes] == [("chart", "the chart `far` is not in the repository")]
    assert {"c/Chart.yaml", "c/values.yaml", "cache/templates/t.yaml"} <= made.files


@pytest.mark.parametrize(
    "template",
    [
        '{{ define "a" }}{{ include "a" . }}{{ include "a" . }}{{ end }}{{ include "a" . }}\n',
        "{{ range until 1000 }}{{ range until 1000 }}{{ range until 1000 }}x{{ end }}{{ end }}{{ end }}\n",
        '{{ $x := "aaaaaaaaaa" }}{{ range until 1000 }}{{ $x = printf "%s%s" $x $x }}{{ end }}\n',
        '{{ $x := repeat 1000 "a" }}{{ $x = repeat 1000 $x }}{{ $x = replace "a" $x $x }}{{ $x = join $x (splitList "a" $x) }}\n',
        '{{ $d := dict "a" 1 }}{{ range until 1000 }}{{ $d = dict "a" $d "b" $d }}{{ end }}{{ $e := deepCopy $d }}{{ toYaml $d }}\n',
        '{{ regexReplaceAll "(a+)+$" (repeat 50 "a") "b" }}{{ regexMatch "(a|aa)+b" (repeat 50 "a") }}\n',
        "{{ " + "(" * 5000 + ")" * 5000 + " }}\n",
        "{{ if true }}" * 5000 + "{{ end }}" * 5000,
        "{{ .Values.bomb | toYaml }}\n",
        "{{ range until 1000 }}{{ range until 1000 }}" + "a: b\n" * 1000 + "{{ end }}{{ end }}\n",
        '{{ $x := repeat 1000 "a: b\\n" }}{{ range until 1000 }}{{ range until 1000 }}{{ $x }}{{ end }}{{ end }}\n',
        "{{ range until 1000 }}{{ $x := toYaml $.Values | nindent 4 | trim | b64enc }}{{ end }}\n",
        (
            "{{ $l := until 1000 }}{{ range until 7 }}{{ $l = concat $l $l }}{{ end }}"
            "{{ range until 1000 }}{{ range until 1000 }}{{ $l = rest $l }}{{ end }}{{ end }}\n"
        ),
        "{{ end }}{{ else }}\n",
    ],
)
def test_a_hostile_template_ends_and_its_objects_are_read_as_they_stand(template: str) -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}]\n" for a, b in zip("abcdefghijkl", "bcdefghijklm", strict=True)
    )
    made = render(
        chart(template + "---\n" + HEAD + "metadata: {name: x}\n", "bomb:\n  " + bomb.replace("\n", "\n  ") + "\n")
    )
    assert [item.id[2] for item in made.items] in (["x"], [])


def test_charts_that_bring_themselves_along_end() -> None:
    itself = CHART + "dependencies:\n" + "".join(f"- {{name: s{i}, repository: file://../c}}\n" for i in range(20))
    made = render(chart(HEAD + "metadata: {name: x}\n", **{"c/Chart.yaml": itself}))
    assert {item.id[2] for item in made.items} == {"x"}
