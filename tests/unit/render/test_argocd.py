"""What Applications deliver, in small repositories."""

from __future__ import annotations

import pytest

from eso_lint.render.argocd.units import argocd_units
from eso_lint.render.tree import set_field, text_node
from eso_lint.source.node import Opaque, lookup, string
from tests.unit.render.argo import (
    URL,
    app,
    es,
    kustomization,
    line,
    namespace_of,
    notes,
    repository,
    secrets,
    the,
    units_of,
)


def test_the_destination_gives_a_namespace_to_what_has_none() -> None:
    units = units_of(
        {
            "argocd/shop.yaml": app("shop", "apps/shop"),
            "apps/shop/a.yaml": es("bare") + "---\n" + es("own", "elsewhere") + "---\n" + es("empty", '""'),
        }
    )
    assert secrets(units) == {(None, "shop", "bare"), (None, "elsewhere", "own"), (None, "shop", "empty")}
    stamped = the(units, "bare")
    # The namespace stands where somebody would change it.
    assert line(namespace_of(stamped)) == ("argocd/shop.yaml", 12)
    assert [span.text for span in stamped.via] == ["shop"]
    assert the(units, "own").via == ()


def test_cluster_scoped_kinds_get_no_namespace() -> None:
    cluster = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: space\n"
    role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: role\n"
    units = units_of(
        {
            "argocd/shop.yaml": app("shop", "apps/shop"),
            "apps/shop/a.yaml": "---\n".join((es("store", kind="ClusterSecretStore"), cluster, role, es("x"))),
        }
    )
    assert {name: namespace_of(the(units, name)) for name in ("store", "space", "role")} == dict.fromkeys(
        ("store", "space", "role")
    )
    assert string(namespace_of(the(units, "x"))) == "shop"


def test_an_unknown_namespace_stays_unknown() -> None:
    units = units_of({"a/shop.yaml": app("shop", "apps/shop", "<TEAM>"), "apps/shop/a.yaml": es("x")})
    assert isinstance(namespace_of(the(units, "x")), Opaque)


def test_without_a_destination_namespace_nothing_is_stamped() -> None:
    text = app("shop", "apps/shop").replace("    namespace: shop\n", "")
    units = units_of({"a/shop.yaml": text, "apps/shop/a.yaml": es("x")})
    assert namespace_of(the(units, "x")) is None


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", {"top"}),
        ("directory:\n  recurse: true", {"top", "deep", "skipped"}),
        ("directory:\n  recurse: true\n  exclude: 'sub/skip*'", {"top", "deep"}),
        ("directory:\n  recurse: true\n  include: '{*deep.yaml,nothing}'", {"deep"}),
        ("directory:\n  include: '*.yaml'\n  exclude: 'top.yaml'", set()),
        # The pattern's star passes over slashes, as the server's does.
        ("directory:\n  recurse: true\n  exclude: '*skip.yaml'", {"top", "deep"}),
    ],
)
def test_files_of_a_directory(options: str, expected: set[str]) -> None:
    units = units_of(
        {
            "argocd/shop.yaml": app("shop", "apps/shop", more=options),
            "apps/shop/top.yaml": es("top"),
            "apps/shop/sub/deep.yaml": es("deep"),
            "apps/shop/sub/skip.yaml": es("skipped"),
            "apps/shop/marked.yaml": "# +argocd:skip-file-rendering\n" + es("marked"),
            "apps/shop/notes.yaml": "some: values\n",
        }
    )
    assert {name for _, _, name in secrets(units)} == expected


def test_jsonnet_is_not_known() -> None:
    units = units_of(
        {
            "argocd/shop.yaml": app("shop", "apps/shop", more="directory:\n  recurse: true"),
            "apps/shop/a.yaml": es("x"),
            "apps/shop/more.jsonnet": "{}",
        }
    )
    assert {kind for kind, _ in notes(units)} == {"opaque"}
    assert {name for _, _, name in secrets(units)} == {"x"}


def test_a_kustomization_is_built_and_its_namespace_wins() -> None:
    units = units_of(
        {
            "argocd/shop.yaml": app("shop", "apps/shop"),
            "apps/shop/kustomization.yaml": kustomization("a.yaml", "../base"),
            "apps/shop/a.yaml": es("a"),
            "apps/base/kustomization.yaml": kustomization("b.yaml", more="namespace: fixed\n"),
            "apps/base/b.yaml": es("b"),
            "apps/shop/unlisted.yaml": es("c"),
        }
    )
    assert secrets(units) == {(None, "shop", "a"), (None, "fixed", "b")}
    (unit,) = units
    assert unit.path == "apps/shop"
    assert "apps/base/b.yaml" in unit.files and "apps/shop/unlisted.yaml" not in unit.files


def test_the_kustomize_block_edits_the_kustomization() -> None:
    options = (
        "kustomize:\n  namePrefix: team-\n  nameSuffix: -v1\n  namespace: other\n"
        "  commonLabels: {team: shop}\n  components: [../audit]\n"
        "  patches:\n    - target: {kind: ExternalSecret}\n"
        "      patch: |\n        - op: add\n          path: /spec/refreshInterval\n          value: 5m"
    )
    files = {
        "argocd/shop.yaml": app("shop", "apps/shop", more=options),
        "apps/shop/kustomization.yaml": kustomization("a.yaml", more="namePrefix: old-\ncommonLabels: {app: web}\n"),
        "apps/shop/a.yaml": es("a"),
        "apps/audit/kustomization.yaml": kustomization("b.yaml", kind="Component"),
        "apps/audit/b.yaml": es("b"),
    }
    units = units_of(files)
    assert secrets(units) == {(None, "other", "team-a-v1"), (None, "other", "team-b-v1")}
    made = the(units, "team-a-v1")
    assert string(lookup(made.root, "metadata", "labels", "team")) == "shop"
    assert string(lookup(made.root, "metadata", "labels", "app")) == "web"
    interval = lookup(made.root, "spec", "refreshInterval")
    assert string(interval) == "5m"
    assert line(interval) == (
        "argocd/shop.yaml",
        files["argocd/shop.yaml"].splitlines().index("              value: 5m") + 1,
    )


def test_several_sources_deliver_together() -> None:
    text = app("shop", "x").replace(
        f"  source:\n    repoURL: {URL}\n    path: x\n",
        "  sources:\n"
        f"    - {{repoURL: {URL}, path: apps/one}}\n"
        f"    - {{repoURL: {URL}, path: apps/two}}\n"
        f"    - {{repoURL: {URL}, ref: values}}\n"
        "    - {repoURL: https://charts.example, chart: redis, targetRevision: 1.0.0}\n",
    )
    units = units_of({"a/shop.yaml": text, "apps/one/a.yaml": es("a"), "apps/two/b.yaml": es("b")})
    assert secrets(units) == {(None, "shop", "a"), (None, "shop", "b")}
    assert len(units) == 1
    assert notes(units) == {("chart", "redis")}


def test_another_repository_delivers_nothing() -> None:
    foreign = app("alien", "apps/shop", url="https://git.example/acme/other")
    units = units_of(
        {
            "a/shop.yaml": app("shop", "apps/shop", url="git@git.example:acme/platform"),
            "a/blog.yaml": app("blog", "apps/blog"),
            "a/alien.yaml": foreign.replace("apps/shop", "deploy/manifests"),
            "deploy/other/b.yaml": es("no"),
            "apps/shop/a.yaml": es("a"),
            "apps/blog/a.yaml": es("b"),
        }
    )
    # Both forms of the one address count as this repository.
    assert secrets(units) == {(None, "shop", "a"), (None, "shop", "b")}
    assert notes(units) == {("remote", "deploy/manifests")}


def test_a_path_that_another_repository_shares_by_chance_is_not_taken() -> None:
    files = {f"a/{n}.yaml": app(n, f"apps/{n}") for n in ("one", "two", "three")}
    files |= {f"apps/{n}/a.yaml": es(n) for n in ("one", "two", "three")}
    files["a/alien.yaml"] = app("alien", "apps/one", "wrong", url="https://git.example/acme/other")
    assert {namespace for _, namespace, _ in secrets(units_of(files))} == {"shop"}


@pytest.mark.parametrize("url", ["<REPO_URL>", '"{{ .Values.url }}"', "''"])
def test_an_unknown_address_is_this_repository_where_the_path_is_here(url: str) -> None:
    files = {"a/shop.yaml": app("shop", "apps/shop", url=url), "apps/shop/a.yaml": es("a")}
    assert secrets(units_of(files)) == {(None, "shop", "a")}
    files["a/shop.yaml"] = app("shop", "apps/none", url=url)
    units = units_of(files)
    assert secrets(units) == set()
    assert {kind for kind, _ in notes(units)} == {"remote"}


def test_a_missing_directory_is_noted_only_where_this_repository_is_meant() -> None:
    units = units_of(
        {
            "a/shop.yaml": app("shop", "apps/shop"),
            "a/lost.yaml": app("lost", "apps/gone"),
            "a/token.yaml": app("token", "apps/<NAME>"),
            "apps/shop/a.yaml": es("a"),
        }
    )
    assert notes(units) == {("missing", "apps/gone"), ("opaque", "apps/<NAME>")}
    assert secrets(units) == {(None, "shop", "a")}


def test_two_tools_at_once_are_refused() -> None:
    options = "kustomize:\n  namePrefix: a-\ndirectory:\n  recurse: true"
    units = units_of({"a/shop.yaml": app("shop", "apps/shop", more=options), "apps/shop/a.yaml": es("a")})
    assert {kind for kind, _ in notes(units)} == {"refused"}
    assert secrets(units) == set()


def test_a_plugin_is_not_known() -> None:
    units = units_of(
        {"a/shop.yaml": app("shop", "apps/shop", more="plugin:\n  name: avp"), "apps/shop/a.yaml": es("a")}
    )
    assert {kind for kind, _ in notes(units)} == {"opaque"}
    assert secrets(units) == set()


def test_applications_of_an_application_deliver_once() -> None:
    files = {
        "bootstrap/root.yaml": app("root", "apps", "argocd"),
        "apps/shop.yaml": app("shop", "deploy/shop"),
        "deploy/shop/a.yaml": es("a"),
    }
    units = units_of(files)
    assert [unit.name for unit in units] == ["Argo CD Application argocd/root", "Argo CD Application argocd/shop"]
    assert secrets(units) == {(None, "shop", "a")}


def test_an_application_that_nothing_delivers_still_counts() -> None:
    files = {
        "bootstrap/root.yaml": app("root", "apps", "argocd"),
        "apps/shop.yaml": app("shop", "deploy/shop"),
        "spare/blog.yaml": app("blog", "deploy/blog", "blog"),
        "deploy/shop/a.yaml": es("a"),
        "deploy/blog/b.yaml": es("b"),
    }
    assert secrets(units_of(files)) == {(None, "shop", "a"), (None, "blog", "b")}


def test_an_application_that_delivers_itself_comes_to_an_end() -> None:
    units = units_of({"apps/root.yaml": app("root", "apps", "argocd"), "apps/x.yaml": es("x")})
    assert [unit.name for unit in units] == ["Argo CD Application argocd/root"]
    assert secrets(units) == {(None, "argocd", "x")}


def test_an_application_that_gives_itself_a_namespace_comes_to_an_end() -> None:
    text = app("root", "apps", "argocd").replace("  namespace: argocd\n", "", 1)
    units = units_of({"apps/root.yaml": text, "apps/x.yaml": es("x")})
    assert [unit.name for unit in units] == ["Argo CD Application root"]


def test_what_another_tool_delivers_counts_in_its_shape() -> None:
    source, given = repository({"apps/shop.yaml": app("shop", "<PATH>"), "deploy/a.yaml": es("a")})
    changed = given[0].copy()
    path = lookup(changed.root, "metadata", "name")
    assert path is not None
    changed.change(set_field(changed.root, ("spec", "source", "path"), text_node(path, "deploy")), path)
    assert secrets(argocd_units(source, [*given, changed])) == {(None, "shop", "a")}
    assert secrets(argocd_units(source, given)) == set()


def test_two_applications_that_deliver_each_other_come_to_an_end() -> None:
    files = {
        "a/one.yaml": app("one", "b", "argocd"),
        "b/two.yaml": app("two", "a", "argocd"),
        "a/x.yaml": es("x"),
        "b/y.yaml": es("y"),
    }
    assert sorted(unit.name for unit in units_of(files)) == [
        "Argo CD Application argocd/one",
        "Argo CD Application argocd/two",
    ]


def test_an_overlay_gives_applications_their_shape() -> None:
    patch = "- op: replace\n  path: /spec/source/path\n  value: deploy/prod\n"
    files = {
        "base/kustomization.yaml": kustomization("shop.yaml"),
        "base/shop.yaml": app("shop", "deploy/dev"),
        "prod/kustomization.yaml": kustomization(
            "../base", more="patches: [{path: patch.yaml, target: {kind: Application}}]\n"
        ),
        "prod/patch.yaml": patch,
        "deploy/dev/a.yaml": es("a"),
        "deploy/prod/b.yaml": es("b"),
    }
    # The base alone is applied by nobody.
    assert {name for _, _, name in secrets(units_of(files))} == {"b"}


def test_a_patch_file_is_no_application() -> None:
    patch = app("shop", "deploy/prod").replace("  namespace: argocd\n", "")
    files = {
        "prod/kustomization.yaml": kustomization("shop.yaml", more="patchesStrategicMerge: [patch.yaml]\n"),
        "prod/shop.yaml": app("shop", "deploy/dev").replace("  namespace: argocd\n", ""),
        "prod/patch.yaml": patch,
        "deploy/prod/b.yaml": es("b"),
    }
    assert [unit.name for unit in units_of(files)] == ["Argo CD Application shop"]


CHART = {
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
    "charts/web/values.yaml": "store: common\n",
    "charts/web/templates/secret.yaml": es("web").replace(
        "spec: {}", "spec:\n  secretStoreRef:\n    name: {{ .Values.store }}"
    ),
}


def test_a_chart_is_rendered_for_the_release() -> None:
    units = units_of({**CHART, "a/web.yaml": app("web", "charts/web")})
    made = the(units, "web")
    assert string(namespace_of(made)) == "shop"
    (unit,) = units
    assert {"charts/web/Chart.yaml", "charts/web/templates/secret.yaml"} <= unit.files


@pytest.mark.parametrize(
    ("options", "store", "place"),
    [
        ("", "common", ("charts/web/values.yaml", 1)),
        ("helm:\n  valueFiles: [prod.yaml]", "from-file", ("charts/web/prod.yaml", 2)),
        ("helm:\n  valueFiles: [/env/x.yaml]", "from-root", ("env/x.yaml", 1)),
        ("helm:\n  valueFiles: [prod.yaml]\n  valuesObject: {store: object}", "object", ("a/web.yaml", 12)),
        ("helm:\n  values: |\n    store: text", "text", ("a/web.yaml", 12)),
        (
            "helm:\n  values: |\n    store: text\n  parameters:\n    - {name: store, value: parameter}",
            "parameter",
            ("a/web.yaml", 14),
        ),
    ],
)
def test_values_of_a_chart(options: str, store: str, place: tuple[str, int]) -> None:
    units = units_of(
        {
            **CHART,
            "charts/web/prod.yaml": "# production\nstore: from-file\n",
            "env/x.yaml": "store: from-root\n",
            "a/web.yaml": app("web", "charts/web", more=options),
        }
    )
    node = lookup(the(units, "web").root, "spec", "secretStoreRef", "name")
    assert string(node) == store
    assert line(node) == place


def test_values_of_another_source() -> None:
    text = app("web", "x").replace(
        f"  source:\n    repoURL: {URL}\n    path: x\n",
        "  sources:\n"
        f"    - repoURL: {URL}\n      path: charts/web\n"
        "      helm: {valueFiles: [$values/env/prod.yaml]}\n"
        f"    - {{repoURL: {URL}, ref: values}}\n",
    )
    files = {**CHART, "env/prod.yaml": "store: theirs\n", "a/web.yaml": text}
    units = units_of(files)
    assert string(lookup(the(units, "web").root, "spec", "secretStoreRef", "name")) == "theirs"
    assert "env/prod.yaml" in units[0].files
    # A source that is not in this repository leaves the layer unknown.
    files["a/web.yaml"] = text.replace(f"{{repoURL: {URL}, ref", "{repoURL: https://git.example/x/y, ref")
    node = lookup(the(units_of(files), "web").root, "spec", "secretStoreRef", "name")
    assert isinstance(node, Opaque)


def test_a_missing_values_file() -> None:
    options = "helm:\n  valueFiles: [none.yaml]"
    units = units_of({**CHART, "a/web.yaml": app("web", "charts/web", more=options)})
    assert notes(units) == {("missing", "none.yaml")}
    assert isinstance(lookup(the(units, "web").root, "spec", "secretStoreRef", "name"), Opaque)
    units = units_of(
        {**CHART, "a/web.yaml": app("web", "charts/web", more=options + "\n  ignoreMissingValueFiles: true")}
    )
    assert notes(units) == set()
    assert string(lookup(the(units, "web").root, "spec", "secretStoreRef", "name")) == "common"


def test_units_of_one_name_are_told_apart() -> None:
    files = {f"{n}/shop.yaml": app("shop", f"apps/{n}") for n in ("one", "two")}
    files |= {f"apps/{n}/a.yaml": es(n) for n in ("one", "two")}
    assert len({unit.name for unit in units_of(files)}) == 2
