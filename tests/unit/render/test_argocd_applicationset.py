"""The Applications that ApplicationSets generate."""

from __future__ import annotations

import re
import time

import pytest

from eso_lint.render.argocd.glob import directory_pattern, file_pattern, path_pattern
from eso_lint.source.node import Opaque, string
from tests.unit.render.argo import (
    LOCAL,
    URL,
    app,
    appset,
    es,
    kustomization,
    line,
    namespace_of,
    notes,
    secrets,
    the,
    units_of,
)

TEMPLATE = f"""\
metadata:
  name: 'app-{{{{NAME}}}}'
spec:
  source: {{repoURL: {URL}, path: 'apps/{{{{PATH}}}}'}}
  destination: {{server: {LOCAL}, namespace: '{{{{SPACE}}}}'}}
"""
APPS = {f"apps/{name}/x.yaml": es(name) for name in ("one", "two", "three")}


def template(name: str, path: str = "", space: str = "") -> str:
    return TEMPLATE.replace("NAME", name).replace("PATH", path or name).replace("SPACE", space or name)


def spaces(files: dict[str, str]) -> set[tuple[str | None, str | None]]:
    """(namespace, name) of all ExternalSecrets."""
    return {(namespace, name) for _, namespace, name in secrets(units_of(files))}


def test_list() -> None:
    elements = "- list:\n    elements:\n      - {name: one, team: red}\n      - name: two\n        team: blue"
    units = units_of({**APPS, "argo/set.yaml": appset("s", elements, template("name", space="team"))})
    assert {(n, s) for _, n, s in secrets(units)} == {("red", "one"), ("blue", "two")}
    # A value that is all of a field stands in the element.
    assert line(namespace_of(the(units, "two"))) == ("argo/set.yaml", 12)
    assert [unit.name for unit in units] == ["Argo CD Application argocd/app-one", "Argo CD Application argocd/app-two"]


def test_text_around_a_value_stands_in_the_template() -> None:
    files = {
        **APPS,
        "argo/set.yaml": appset("s", "- list:\n    elements: [{name: one}]", template("name", space="name")).replace(
            "namespace: '{{name}}'", "namespace: 'ns-{{ name }}'"
        ),
    }
    units = units_of(files)
    made = namespace_of(the(units, "one"))
    assert string(made) == "ns-one"
    assert made is not None and made.span.text == "'ns-{{ name }}'"


def test_list_as_text() -> None:
    elements = "- list:\n    elementsYaml: |\n      - name: one\n      - name: two"
    assert spaces({**APPS, "argo/set.yaml": appset("s", elements, template("name"))}) == {
        ("one", "one"),
        ("two", "two"),
    }


def test_nested_values_of_a_list() -> None:
    elements = "- list:\n    elements: [{values: {name: one}, more: [a, b]}]"
    made = {**APPS, "argo/set.yaml": appset("s", elements, template("values.name", space="more.1"))}
    assert spaces(made) == {("b", "one")}


DIRECTORIES = (
    f"- git:\n    repoURL: {URL}\n    directories:\n      - path: apps/*\n      - {{path: apps/three, exclude: true}}"
)


def test_git_directories() -> None:
    files = {**APPS, "apps/two/deep/y.yaml": es("deep"), "other/x.yaml": es("no")}
    files["argo/set.yaml"] = appset("s", DIRECTORIES, template("path.basename", space="path[1]"))
    units = units_of(files)
    assert {(n, s) for _, n, s in secrets(units)} == {("one", "one"), ("two", "two")}
    # What is found by a pattern stands where the pattern does.
    assert line(namespace_of(the(units, "one"))) == ("argo/set.yaml", 11)


def test_git_directories_whole_path() -> None:
    shape = template("path.basename").replace("apps/{{path.basename}}", "{{path}}")
    assert spaces({**APPS, "argo/set.yaml": appset("s", DIRECTORIES, shape)}) == {("one", "one"), ("two", "two")}


@pytest.mark.parametrize(
    ("name", "space", "expected"),
    [
        (".path.basename", ".path.basename", {("one", "one"), ("two", "two")}),
        ("index .path.segments 1", "index .path.segments 0", {("apps", "one"), ("apps", "two")}),
        (".path.basename", 'printf "x-%s" .path.basenameNormalized', {("x-one", "one"), ("x-two", "two")}),
        (".path.basename", ".path.basename | upper", {("ONE", "one"), ("TWO", "two")}),
        (".path.basename", ".nothing.like.it", {(None, "one"), (None, "two")}),
        (".path.basename", ".absent", {(None, "one"), (None, "two")}),
        (".path.basename", "unknownFunction .path", {(None, "one"), (None, "two")}),
    ],
)
def test_go_templates(name: str, space: str, expected: set[tuple[str | None, str]]) -> None:
    text = appset("s", DIRECTORIES, template(name, space=space), "goTemplate: true")
    assert spaces({**APPS, "argo/set.yaml": text}) == expected


def test_go_template_conditions() -> None:
    shape = template(".path.basename").replace(
        "'{{.path.basename}}'}", "'{{ if eq .path.basename \"one\" }}first{{ else }}rest{{ end }}'}"
    )
    text = appset("s", DIRECTORIES, shape, "goTemplate: true")
    assert spaces({**APPS, "argo/set.yaml": text}) == {("first", "one"), ("rest", "two")}


@pytest.mark.parametrize("go", [False, True])
def test_git_files(go: bool) -> None:
    generator = f"- git:\n    repoURL: {URL}\n    files: [{{path: 'config/*.json'}}, {{path: 'config/**/c.yaml'}}]"
    dot = "." if go else ""
    text = appset("s", generator, template(f"{dot}app.name", space=f"{dot}team"), f"goTemplate: {str(go).lower()}")
    files = {
        **APPS,
        "argo/set.yaml": text,
        "config/a.json": '{"app": {"name": "one"}, "team": "red"}',
        "config/deep/c.yaml": "- app: {name: two}\n  team: blue\n- app: {name: three}\n  team: green\n",
        "config/other.txt": "no",
    }
    units = units_of(files)
    assert {(n, s) for _, n, s in secrets(units)} == {("red", "one"), ("blue", "two"), ("green", "three")}
    assert line(namespace_of(the(units, "three"))) == ("config/deep/c.yaml", 4)


@pytest.mark.parametrize("go", [False, True])
def test_paths_of_git_files(go: bool) -> None:
    generator = f"- git:\n    repoURL: {URL}\n    pathParamPrefix: my\n    files: [{{path: 'apps/*/config.json'}}]"
    names = (".my.path.basename", ".my.path.filename") if go else ("my.path.basename", "my.path.filename")
    text = appset("s", generator, template(names[0], space=names[1]), f"goTemplate: {str(go).lower()}")
    assert spaces({**APPS, "apps/one/config.json": "{}", "argo/set.yaml": text}) == {("config.json", "one")}


def test_a_generator_over_another_repository_is_not_known() -> None:
    foreign = DIRECTORIES.replace(URL, "https://git.example/acme/elsewhere")
    files = {**APPS, "argo/set.yaml": appset("s", foreign, template("path.basename"))}
    files["argo/own.yaml"] = appset(
        "own", "- list:\n    elements: [{a: b}]", template("a", "one", "a").replace("{{one}}", "one")
    )
    assert spaces(files) == {("b", "one")}


CLUSTERS = "- clusters:\n    selector: {matchLabels: {env: prod}}\n    values: {app: one}"


def cluster(name: str, env: str) -> str:
    return (
        f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: c-{name}\n  labels:\n"
        f"    argocd.argoproj.io/secret-type: cluster\n    env: {env}\n"
        f"stringData:\n  name: {name}\n  server: https://{name}.example\n"
    )


@pytest.mark.parametrize("go", [False, True])
def test_registered_clusters(go: bool) -> None:
    dot = "." if go else ""
    shape = template(f"{dot}values.app", space=f"{dot}metadata.labels.env").replace(LOCAL, f"'{{{{{dot}server}}}}'")
    text = appset("s", CLUSTERS, shape, f"goTemplate: {str(go).lower()}")
    files = {
        **APPS,
        "argo/set.yaml": text,
        "c/east.yaml": cluster("east", "prod"),
        "c/west.yaml": cluster("west", "dev"),
    }
    assert secrets(units_of(files)) == {("east", "prod", "one")}


@pytest.mark.parametrize("go", [False, True])
def test_clusters_that_are_registered_elsewhere(go: bool) -> None:
    dot = "." if go else ""
    shape = template(f"{dot}values.app", space=f"{dot}metadata.labels.env").replace(LOCAL, f"'{{{{{dot}server}}}}'")
    text = appset("s", CLUSTERS, shape, f"goTemplate: {str(go).lower()}")
    units = units_of({**APPS, "argo/set.yaml": text})
    assert secrets(units) == {(None, None, "one")}
    assert isinstance(namespace_of(the(units, "one")), Opaque)


@pytest.mark.parametrize("go", [False, True])
def test_matrix(go: bool) -> None:
    dot = "." if go else ""
    generators = (
        "- matrix:\n    generators:\n      - list:\n          elements: [{env: dev, dir: apps}, {env: prod, dir: none}]\n"
        f"      - git:\n          repoURL: {URL}\n          directories: [{{path: '{{{{{dot}dir}}}}/t*'}}]"
    )
    text = appset("s", generators, template(f"{dot}path.basename", space=f"{dot}env"), f"goTemplate: {str(go).lower()}")
    assert spaces({**APPS, "argo/set.yaml": text}) == {("dev", "two"), ("dev", "three")}


def test_selector_of_a_generator() -> None:
    generators = (
        "- matrix:\n    generators:\n      - list: {elements: [{name: one, use: 'yes'}, {name: two, use: 'no'}]}\n"
        "      - list: {elements: [{pick: '{{.use}}'}]}\n"
        "  selector: {matchExpressions: [{key: pick, operator: In, values: ['yes']}]}"
    )
    text = appset("s", generators, template(".name"), "goTemplate: true")
    assert spaces({**APPS, "argo/set.yaml": text}) == {("one", "one")}


def test_merge_over_known_keys() -> None:
    generators = (
        "- merge:\n    mergeKeys: [name]\n    generators:\n"
        "      - list: {elements: [{name: one, team: red}, {name: two, team: red}]}\n"
        "      - list: {elements: [{name: two, team: blue}, {name: three, team: blue}]}"
    )
    files = {**APPS, "argo/set.yaml": appset("s", generators, template("name", space="team"))}
    # A key that the first generator does not have is left out.
    assert spaces(files) == {("red", "one"), ("blue", "two")}


def test_merge_over_clusters_that_are_registered_elsewhere() -> None:
    generators = (
        "- merge:\n    mergeKeys: [nameNormalized]\n    generators:\n"
        "      - clusters: {values: {dir: one}}\n"
        "      - list: {elements: [{nameNormalized: east, values.dir: two}, {nameNormalized: west, values.dir: gone}]}"
    )
    shape = (
        template("values.dir", space="values.dir").replace(LOCAL, "'{{server}}'").replace("app-", "{{nameNormalized}}-")
    )
    units = units_of({**APPS, "argo/set.yaml": appset("s", generators, shape)})
    assert secrets(units) == {("east", "two", "two"), (None, "one", "one")}
    # Whether `west` is there is not known: that its directory is not is no fault.
    assert notes(units) == set()


def test_a_generator_may_have_its_own_template() -> None:
    generators = "- list:\n    elements: [{name: one}]\n    template: {spec: {destination: {namespace: theirs}}}\n- list: {elements: [{name: two}]}"
    files = {**APPS, "argo/set.yaml": appset("s", generators, template("name"))}
    assert spaces(files) == {("theirs", "one"), ("two", "two")}


def test_a_template_patch_that_may_change_the_destination() -> None:
    text = appset("s", "- list: {elements: [{name: one}]}", template("name"))
    files = {**APPS, "argo/set.yaml": text + "  templatePatch: |\n    spec: {destination: {namespace: x}}\n"}
    units = units_of(files)
    assert isinstance(namespace_of(the(units, "one")), Opaque)
    assert {kind for kind, _ in notes(units)} == {"opaque"}
    files = {**APPS, "argo/set.yaml": text + "  templatePatch: |\n    metadata: {annotations: {a: b}}\n"}
    assert spaces(files) == {("one", "one")}


@pytest.mark.parametrize(
    "generator", ["- pullRequest: {github: {owner: a}}", "- plugin: {}", "- list: {elements: <ALL>}"]
)
def test_generators_that_ask_others_are_not_known(generator: str) -> None:
    files = {**APPS, "argo/set.yaml": appset("s", generator, template("name"))}
    assert spaces(files) == set()
    # What the template says outright is known all the same.
    shape = template("name", space="fixed").replace("{{fixed}}", "fixed").replace("apps/{{name}}", "apps/one")
    assert spaces({**APPS, "argo/set.yaml": appset("s", generator, shape)}) == {("fixed", "one")}


def test_generated_applications_that_bring_applications() -> None:
    inner = f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: inner, namespace: argocd}}\nspec:\n  source: {{repoURL: {URL}, path: apps/two}}\n  destination: {{server: {LOCAL}, namespace: inner}}\n"
    files = {**APPS, "apps/one/inner.yaml": inner}
    files["argo/set.yaml"] = appset("s", "- list: {elements: [{name: one}]}", template("name"))
    assert spaces(files) == {("one", "one"), ("inner", "two")}


def test_kustomizations_are_built_for_generated_applications() -> None:
    files = {**APPS, "apps/one/kustomization.yaml": kustomization("x.yaml", more="namespace: fixed\n")}
    files["argo/set.yaml"] = appset("s", DIRECTORIES, template("path.basename"))
    assert spaces(files) == {("fixed", "one"), ("two", "two")}


@pytest.mark.parametrize(
    ("make", "pattern", "yes", "no"),
    [
        (directory_pattern, "*.yaml", "a/b.yaml", "a/b.yml"),
        (directory_pattern, "{a,b/*}", "b/c", "c"),
        (directory_pattern, "x[!ab]?", "xc1", "xa1"),
        (path_pattern, "apps/*", "apps/a", "apps/a/b"),
        (path_pattern, "apps/**", "apps/a", "apps/a/b"),
        (path_pattern, "a{b,c}", "a{b,c}", "ab"),
        (path_pattern, "app[s-u]/?", "appt/a", "appa/a"),
        (file_pattern, "config/*.json", "config/a/b.json", "conf/a.json"),
        (file_pattern, r"a\*", "a*", "ab"),
    ],
)
def test_patterns(make: object, pattern: str, yes: str, no: str) -> None:
    found = make(pattern)  # type: ignore[operator]
    assert isinstance(found, re.Pattern)
    assert found.match(yes) and not found.match(no)


def test_many_combinations_come_to_an_end() -> None:
    elements = ", ".join(f"{{k{{}}: v{n}}}" for n in range(40))
    lists = "".join(f"      - list: {{elements: [{elements.replace('{}', str(number))}]}}\n" for number in range(4))
    text = appset("s", f"- matrix:\n    generators:\n{lists}", template("k0"))
    began = time.process_time()
    units = units_of({**APPS, "argo/set.yaml": text})
    assert time.process_time() - began < 30
    assert "opaque" in {note.kind for unit in units for note in unit.notes}


def test_an_application_set_that_a_chart_prints() -> None:
    shape = (
        "metadata:\n  name: '{{`app-{{ .path.basename }}`}}'\nspec:\n  source:\n    repoURL: {{ .Values.url }}\n"
        "    path: 'apps/{{`{{ .path.basename }}`}}'\n  destination:\n    name: in-cluster\n"
        "    namespace: '{{`{{ .path.basename }}`}}'"
    )
    text = appset("s", DIRECTORIES.replace(URL, "{{ .Values.url }}"), shape, "goTemplate: true")
    files = {
        **APPS,
        "chart/Chart.yaml": "apiVersion: v2\nname: sets\nversion: 0.1.0\n",
        "chart/values.yaml": f"url: {URL}\n",
        "chart/templates/set.yaml": text,
        "argo/root.yaml": app("root", "chart", "argocd"),
    }
    units = units_of(files)
    assert {unit.name for unit in units} == {f"Argo CD Application argocd/{n}" for n in ("root", "app-one", "app-two")}
    assert {(n, s) for _, n, s in secrets(units)} == {("one", "one"), ("two", "two")}


@pytest.mark.parametrize("go", [False, True])
def test_the_first_generator_of_a_matrix_wins(go: bool) -> None:
    dot = "." if go else ""
    generators = (
        "- matrix:\n    generators:\n      - list: {elements: [{name: one, team: red}]}\n"
        "      - list: {elements: [{team: blue, more: x}]}"
    )
    text = appset("s", generators, template(f"{dot}name", space=f"{dot}team"), f"goTemplate: {str(go).lower()}")
    assert spaces({**APPS, "argo/set.yaml": text}) == {("red", "one")}


def test_a_name_that_is_not_known_is_shown_as_the_template_has_it() -> None:
    shape = template(".path.basename").replace(
        "'app-{{.path.basename}}'", "'{{ .path.basename }}-{{ .absent | quote }}'"
    )
    units = units_of({**APPS, "argo/set.yaml": appset("s", DIRECTORIES, shape, "goTemplate: true")})
    shown = "Argo CD Application argocd/{{ .path.basename }}-{{ .absent | quote }}"
    assert [unit.name for unit in units] == [f"{shown} (apps/one)", f"{shown} (apps/two)"]
