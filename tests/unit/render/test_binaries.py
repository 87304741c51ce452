"""The real tools as a second opinion: on a copy, cut off from everything, and only for what needs nothing else."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from eso_lint.render import binary
from eso_lint.render.helm.binary import Helm
from eso_lint.render.helm.chart_render import charts_of, render_chart
from eso_lint.render.kustomize.binary import second_opinion
from eso_lint.render.kustomize.build import Build
from eso_lint.source.node import Opaque
from tests.compare_helm import helm
from tests.compare_kustomize import kubectl
from tests.unit.render.charts import CHART, HEAD, chart, name, repository, value

TEMPLATE = HEAD + "metadata:\n  name: {{ .Values.a }}\n  namespace: {{ .Capabilities.KubeVersion.Major | quote }}\n"


def script(folder: Path, text: str) -> str:
    """A binary that prints what it was given, and a text."""
    path = folder / "tool"
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.fixture
def real_helm() -> str:
    found = helm()
    if found is None:
        pytest.skip("no helm: name one in ESO_LINT_HELM")
    return found


@pytest.fixture
def real_kubectl() -> str:
    found = kubectl()
    if found is None:
        pytest.skip("no kubectl: name one in ESO_LINT_KUBECTL")
    return found


def asked(files: dict[str, str], tool: str, **settings: object):  # type: ignore[no-untyped-def]
    source = repository(files)
    charts_of(source).exact = Helm(source, tool, **settings)  # type: ignore[arg-type]
    return render_chart(source, "c", name("rel"), name("ns"))


def test_what_helm_knows_is_known_and_stands_in_our_files(real_helm: str) -> None:
    made = asked(chart(TEMPLATE, "a: text\n"), real_helm)
    (item,) = made.items
    assert value(item, "metadata", "name") == "text @ c/values.yaml:1:4"
    assert value(item, "metadata", "namespace") == "1 @ c/templates/t.yaml:5:14"
    assert made.notes == ()


def test_charts_of_directories_elsewhere_are_laid_beside(real_helm: str) -> None:
    more = {
        "c/Chart.yaml": CHART + "dependencies:\n- {name: in, version: 1.0.0, repository: file://../in}\n",
        "in/Chart.yaml": "apiVersion: v2\nname: in\nversion: 1.0.0\n",
        "in/values.yaml": "a: inner\n",
        "in/templates/t.yaml": HEAD + "metadata: {name: {{ .Values.a }}}\n",
    }
    made = asked(chart(TEMPLATE, "a: text\n", **more), real_helm)
    assert sorted(value(item, "metadata", "name") for item in made.items) == [
        "inner @ in/values.yaml:1:4",
        "text @ c/values.yaml:1:4",
    ]


def test_a_chart_that_needs_the_network_is_not_given_to_helm(tmp_path: Path) -> None:
    more = {
        "c/Chart.yaml": CHART
        + "dependencies:\n- {name: far, version: 1.0.0, repository: 'https://charts.example.com'}\n"
    }
    made = asked(chart(TEMPLATE, "a: text\n", **more), script(tmp_path, "touch ran\nexit 1\n"))
    assert [note.kind for note in made.notes] == ["chart", "unasked"]
    assert value(made.items[0], "metadata", "name") == "text @ c/values.yaml:1:4"


def test_unknown_values_are_not_guessed_for_helm(tmp_path: Path) -> None:
    source = repository(chart(TEMPLATE, "a: text\n"))
    charts_of(source).exact = Helm(source, script(tmp_path, "exit 1\n"))
    file = source.file("c/values.yaml")
    assert file is not None
    made = render_chart(source, "c", name("rel"), name("ns"), (Opaque(file, 0, 1, "", "unknown"),))
    assert [note.kind for note in made.notes] == ["unasked"]
    assert [n.kind for n in render_chart(source, "c", None, name("ns")).notes] == ["unasked"]


def test_where_helm_prints_something_else_a_note_says_so(tmp_path: Path) -> None:
    text = HEAD.replace("\n", "\\n") + "metadata: {name: text, namespace: a}\\nspec: {other: true}\\n"
    made = asked(
        chart(HEAD + "metadata: {name: text, namespace: a}\nspec: {other: false}\n"),
        script(tmp_path, f"printf '# Source: shop/templates/t.yaml\\n{text}'\n"),
    )
    assert [(note.kind, note.message) for note in made.notes] == [
        ("differs", "helm makes something else of `spec.other`")
    ]
    assert value(made.items[0], "spec", "other") == "true @ c/templates/t.yaml:4:15"


def test_a_binary_sees_nothing_of_the_user_and_ends_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com")
    monkeypatch.setenv("HELM_PLUGINS", "/somewhere")
    monkeypatch.setenv("KUBECONFIG", "/somewhere")
    shown = binary.run([script(tmp_path, "set\n")], tmp_path).text
    assert "proxy.example.com" not in shown and "/somewhere" not in shown
    assert f"HOME='{tmp_path / 'home'}'" in shown
    assert "more than 0.2 seconds" in binary.run([script(tmp_path, "while :; do :; done\n")], tmp_path, 0.2).failure
    assert binary.run([script(tmp_path, "echo no >&2\nexit 3\n")], tmp_path).failure == "no"
    assert binary.run([str(tmp_path / "gone")], tmp_path).failure


def test_a_tool_of_the_working_directory_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path, "exit 0\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", ".")
    assert binary.find("tool") is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert binary.find("gone", "tool") == str(tmp_path / "tool")


KUSTOMIZE = {
    "k/kustomization.yaml": "namespace: shop\nnamePrefix: a-\nresources: [../base]\n",
    "base/kustomization.yaml": "resources: [es.yaml]\n",
    "base/es.yaml": HEAD + "metadata: {name: x}\nspec: {refreshInterval: 1h}\n",
}


def test_kustomize_agrees(real_kubectl: str) -> None:
    source = repository(KUSTOMIZE)
    built = Build(source).build("k")
    command = [real_kubectl, "kustomize"]
    assert second_opinion(source, "k", built, command) == ()
    other = Build(
        repository({**KUSTOMIZE, "base/es.yaml": HEAD + "metadata: {name: x}\nspec: {refreshInterval: 2h}\n"})
    ).build("k")
    (note,) = second_opinion(source, "k", other, command)
    assert (note.kind, note.message) == ("differs", "kustomize makes something else of `spec.refreshInterval`")
    assert note.at.file.path == "base/es.yaml"
    (gone,) = second_opinion(source, "k", built._replace(items=()), command)
    assert gone.message == "kustomize makes ExternalSecret `a-x`, which was not found"


@pytest.mark.parametrize(
    "line",
    [
        "resources: [https://github.com/a/b]",
        "helmCharts: [{name: x, repo: 'https://charts.example.com'}]",
        "generators: [exec.yaml]",
    ],
)
def test_kustomize_is_not_asked_where_it_would_fetch_or_run_something(line: str, tmp_path: Path) -> None:
    files = {"k/kustomization.yaml": line + "\n", "k/exec.yaml": "apiVersion: x/v1\nkind: Thing\nmetadata: {name: x}\n"}
    source = repository(files)
    (note,) = second_opinion(source, "k", Build(source).build("k"), [script(tmp_path, "exit 0\n")])
    assert note.kind == "unasked"
