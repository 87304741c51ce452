"""HelmReleases of Flux whose chart is in the repository, and charts that nothing releases."""

from __future__ import annotations

import pytest

from eso_lint.render.helm.alone import chart_units
from eso_lint.render.helm.flux import helm_units, release_name, release_units
from eso_lint.render.unit import Item, Unit
from eso_lint.source.node import Mapping, lookup, string
from tests.unit.render.charts import HEAD, chart, plain_items, repository, shown, value

TEMPLATE = (
    HEAD
    + "metadata:\n  name: {{ .Release.Name }}\n  labels: {a: {{ .Values.a | quote }}, b: {{ .Values.b | quote }}, n: {{ .Release.Namespace }}}\n"
    "---\napiVersion: external-secrets.io/v1\nkind: ClusterSecretStore\nmetadata: {name: {{ .Values.store }}}\n"
)
SOURCE = (
    "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: flux-system, namespace: flux-system}\n"
    "spec: {url: 'https://git.example.com/us/repo'}\n"
)


def release(spec: str, name: str = "web", namespace: str = "apps") -> str:
    return (
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n"
        f"metadata:\n  name: {name}\n  namespace: {namespace}\nspec:\n"
        "  chart: {spec: {chart: ./c, sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}%s}}\n"
    ) % "" + spec


def units(spec: str = "", **more: str) -> list[Unit]:
    files = chart(
        TEMPLATE, "a: own\nb: own\nstore: vault\n", **{"release.yaml": release(spec), "source.yaml": SOURCE, **more}
    )
    source = repository(files)
    return helm_units(source, plain_items(source), "prod")


def secret(spec: str = "", **more: str) -> Item:
    (unit,) = units(spec, **more)
    return unit.items[0]


def labels(item: Item) -> dict[str, str]:
    return {key: value(item, "metadata", "labels", key) for key in "ab"}


def test_a_release_says_name_and_namespace() -> None:
    (unit,) = units()
    assert (unit.tool, unit.name, unit.path, unit.cluster) == ("helm", "Flux HelmRelease apps/web", "c", "prod")
    item, store = unit.items
    assert value(item, "metadata", "name") == "web @ release.yaml:4:9"
    assert value(item, "metadata", "namespace") == "apps @ release.yaml:5:14"
    assert lookup(store.root, "metadata", "name") is not None
    assert value(item, "metadata", "labels", "a") == "own @ c/values.yaml:1:4"
    assert {"c/templates/t.yaml", "c/values.yaml", "c/Chart.yaml"} <= unit.files


def test_a_target_namespace_is_where_it_goes() -> None:
    item = secret("  targetNamespace: shop\n")
    assert value(item, "metadata", "namespace") == "shop @ release.yaml:8:20"
    assert value(item, "metadata", "name") == "shop-web @ release.yaml:4:9"
    assert (
        value(secret("  targetNamespace: shop\n  releaseName: given\n"), "metadata", "name")
        == "given @ release.yaml:9:16"
    )


def test_long_release_names_are_cut() -> None:
    (unit,) = units(f"  targetNamespace: {'n' * 50}\n")
    assert string(lookup(unit.items[0].root, "metadata", "name")) == "n" * 40 + "-61dfa7c26e9c"


def test_values_are_layered() -> None:
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf, namespace: apps}\ndata:\n  values.yaml: |\n    a: config\n    b: config\n  one: single\n"
    item = secret(
        "  valuesFrom: [{kind: ConfigMap, name: conf}]\n  values:\n    b: inline\n", **{"config.yaml": config}
    )
    assert labels(item) == {"a": "config @ config.yaml:6:8", "b": "inline @ release.yaml:10:8"}
    item = secret(
        "  valuesFrom: [{kind: ConfigMap, name: conf, valuesKey: one, targetPath: a}]\n", **{"config.yaml": config}
    )
    assert labels(item) == {"a": "single @ config.yaml:8:8", "b": "own @ c/values.yaml:2:4"}


@pytest.mark.parametrize("kind", ["Secret", "ConfigMap"])
def test_values_that_are_not_seen_are_unknown(kind: str) -> None:
    item = secret(f"  valuesFrom: [{{kind: {kind}, name: nowhere}}]\n  values: {{b: inline}}\n")
    assert labels(item) == {"a": "? @ c/templates/t.yaml:5:15", "b": "inline @ release.yaml:9:15"}
    item = secret(f"  valuesFrom: [{{kind: {kind}, name: nowhere, targetPath: a}}]\n")
    assert labels(item)["a"].startswith("?")
    assert labels(item)["b"] == "own @ c/values.yaml:2:4"


def test_values_files_take_the_place_of_the_charts_own() -> None:
    files = {
        "release.yaml": release("").replace(
            "namespace: flux-system}", "namespace: flux-system}, valuesFiles: [./c/prod.yaml]"
        )
    }
    (unit,) = units("", **files, **{"c/prod.yaml": "a: prod\nstore: aws\n"})
    assert value(unit.items[0], "metadata", "labels", "a") == "prod @ c/prod.yaml:1:4"
    assert string(lookup(unit.items[0].root, "metadata", "labels", "b")) is None
    assert "c/prod.yaml" in unit.files


def test_post_renderers_change_what_comes_out() -> None:
    patch = "  postRenderers:\n  - kustomize:\n      patches:\n      - target: {kind: ExternalSecret}\n        patch: |\n          - {op: replace, path: /metadata/labels/a, value: patched}\n"
    assert labels(secret(patch))["a"].startswith("patched @ release.yaml:")
    unclear = secret("  postRenderers:\n  - kustomize: {patchesJson6902: []}\n")
    assert value(unclear, "metadata", "name").startswith("?")


def test_charts_from_elsewhere_give_no_unit() -> None:
    elsewhere = release("").replace("./c", "c").replace("GitRepository", "HelmRepository")
    assert units("", **{"release.yaml": elsewhere}) == []
    other = SOURCE.replace("metadata: {name: flux-system", "metadata: {name: other").replace("us/repo", "them/repo")
    foreign = release("").replace("name: flux-system, namespace", "name: other, namespace")
    assert units("", **{"release.yaml": foreign, "other.yaml": other}) == []


def test_each_cluster_has_its_own_releases() -> None:
    files = chart(TEMPLATE, "a: own\nb: own\nstore: vault\n", **{"one/release.yaml": release("")})
    files |= {"two/release.yaml": release("", "api"), "loose.yaml": release("", "loose"), "source.yaml": SOURCE}
    source = repository(files)
    items = plain_items(source)
    brought = [
        Unit(
            "flux",
            cluster,
            None,
            cluster,
            cluster,
            tuple(i for i in items if i.document.file.path == path),
            frozenset((path,)),
        )
        for cluster, path in (("one", "one/release.yaml"), ("two", "two/release.yaml"))
    ]
    found = release_units(source, brought, items)
    assert [(unit.cluster, unit.name) for unit in found] == [
        ("one", "Flux HelmRelease apps/web"),
        ("two", "Flux HelmRelease apps/api"),
        (None, "Flux HelmRelease apps/loose"),
    ]


def test_release_names_that_are_not_known() -> None:
    source = repository({"r.yaml": release("").replace("name: web", "name: ${NAME}")})
    (item,) = plain_items(source)
    assert isinstance(item.root, Mapping)
    assert release_name(item.root) is None


ALONE = (
    HEAD
    + "metadata: {name: {{ .Values.a }}, namespace: {{ .Values.b }}}\n{{ if .Values.extra }}\n---\n"
    + HEAD
    + "metadata: {name: x}\n{{ end }}\n"
)


def test_a_chart_that_nothing_releases_has_its_own_values() -> None:
    source = repository(chart(ALONE, "a: own\nb: b\n"))
    (unit,) = chart_units(source, ())
    item, off = unit.items
    assert (off.maybe, value(off, "metadata", "name")) == (True, "x @ c/templates/t.yaml:8:18")
    assert (unit.name, unit.cluster, unit.at) == ("chart c", None, None)
    assert value(item, "metadata", "name") == "own @ c/values.yaml:1:4"
    assert chart_units(source, ["c/Chart.yaml"]) == []


def test_values_files_beside_a_chart_are_alternatives() -> None:
    more = {"c/values-prod.yaml": "b: prod\nextra: true\n", "c/values/dev.yaml": "a: own\n"}
    (unit,) = chart_units(repository(chart(ALONE, "a: own\nb: b\n", **more)), ())
    item, extra = unit.items
    assert value(item, "metadata", "name") == "own @ c/values.yaml:1:4"
    assert value(item, "metadata", "namespace").startswith("? @ c/templates")
    assert extra.maybe
    assert set(more) <= unit.files


def test_charts_of_other_charts_are_not_alone() -> None:
    more = {
        "c/charts/in/Chart.yaml": "name: in\n",
        "c/charts/in/templates/t.yaml": HEAD + "metadata: {name: in}\n",
        "lib/Chart.yaml": "name: lib\ntype: library\n",
        "lib/templates/t.yaml": HEAD + "metadata: {name: lib}\n",
    }
    found = chart_units(repository(chart(HEAD + "metadata: {name: out}\n", **more)), ())
    assert [[shown(lookup(i.root, "metadata", "name")) for i in unit.items] for unit in found] == [
        ["out @ c/templates/t.yaml:3:18", "in @ c/charts/in/templates/t.yaml:3:18"]
    ]
