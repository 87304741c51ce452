"""Which cluster an Application delivers to."""

from __future__ import annotations

import base64

from tests.unit.render.argo import LOCAL, app, es, kustomization, secrets, units_of

EAST = "https://east.example:6443"


def two(first: str, second: str) -> dict[str, str]:
    return {
        "a/one.yaml": app("one", "apps/one", server=first),
        "a/two.yaml": app("two", "apps/two", server=second),
        "apps/one/x.yaml": es("one"),
        "apps/two/x.yaml": es("two"),
    }


def clusters(files: dict[str, str]) -> dict[str | None, str | None]:
    return {name: cluster for cluster, _, name in secrets(units_of(files))}


def test_one_cluster_is_not_named() -> None:
    assert clusters(two(f"server: {LOCAL}", "name: in-cluster")) == {"one": None, "two": None}


def test_named_clusters_are_apart_from_the_one_of_argo_cd() -> None:
    assert clusters(two("name: east", f"server: {LOCAL}/")) == {"one": "east", "two": "in-cluster"}


def test_an_unknown_destination_is_no_cluster() -> None:
    assert clusters(two("name: east", "server: <SERVER>")) == {"one": "east", "two": None}


def test_an_address_counts_where_no_names_do() -> None:
    assert clusters(two(f"server: {EAST}", f"server: {LOCAL}")) == {"one": EAST, "two": None}
    # The same cluster may go by both.
    assert clusters(two(f"server: {EAST}", "name: east")) == {"one": None, "two": "east"}


def test_a_registered_address_has_a_name() -> None:
    secret = (
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: c\n  labels:\n    argocd.argoproj.io/secret-type: cluster\n"
    )
    plain = secret + f"stringData:\n  name: east\n  server: {EAST}\n"
    assert clusters({**two(f"server: {EAST}", "name: east"), "c.yaml": plain}) == {"one": "east", "two": "east"}
    hidden = {key: base64.b64encode(text.encode()).decode() for key, text in (("name", "hub"), ("server", LOCAL))}
    encoded = secret + f"data:\n  name: {hidden['name']}\n  server: {hidden['server']}\n"
    assert clusters({**two("name: east", "name: hub"), "c.yaml": encoded}) == {"one": "east", "two": "in-cluster"}


def test_a_cluster_that_the_tree_is_called_after_may_be_its_own() -> None:
    files = two("name: hub", f"server: {LOCAL}")
    files = {path.replace("a/", "argocd/hub/", 1): text for path, text in files.items()}
    assert clusters(files)["two"] is None


def test_applications_of_one_name_in_two_trees_make_two_clusters() -> None:
    files = {}
    for tree in ("east", "west"):
        files[f"clusters/{tree}/root.yaml"] = app("root", f"argocd/{tree}", "argocd")
        files[f"argocd/{tree}/shop.yaml"] = app("shop", f"apps/{tree}")
        files[f"apps/{tree}/x.yaml"] = es(tree)
    assert clusters(files) == {"east": "clusters/east", "west": "clusters/west"}


def test_overlays_over_one_base_are_clusters_of_their_own() -> None:
    files = {
        "base/kustomization.yaml": kustomization("shop.yaml"),
        "base/shop.yaml": app("shop", "apps/shop"),
        "apps/shop/x.yaml": es("x"),
    }
    for tree in ("east", "west"):
        files[f"{tree}/kustomization.yaml"] = kustomization("../base", more=f"nameSuffix: ''\nnamespace: {tree}\n")
    # Under other namespaces both could go to one cluster: nothing tells.
    assert {cluster for cluster, _, _ in secrets(units_of(files))} == {None}
    for tree in ("east", "west"):
        files[f"{tree}/kustomization.yaml"] = kustomization("../base", more=f"commonLabels: {{tree: {tree}}}\n")
    assert {cluster for cluster, _, _ in secrets(units_of(files))} == {"east", "west"}


def test_what_another_cluster_gets_belongs_to_its_own_argo_cd() -> None:
    files = {
        "a/hub.yaml": app("hub", "spoke/apps", "argocd", server="name: east"),
        "a/web.yaml": app("web", "apps/web"),
        "spoke/apps/shop.yaml": app("shop", "apps/shop"),
        "apps/shop/x.yaml": es("x"),
        "apps/web/y.yaml": es("z"),
    }
    assert clusters(files) == {"x": "east", "z": "in-cluster"}


def test_a_name_in_trees_that_are_apart_is_ambiguous() -> None:
    files = {}
    for tree in ("one", "two"):
        files[f"{tree}/kustomization.yaml"] = kustomization("shop.yaml")
        files[f"{tree}/shop.yaml"] = app("shop", f"apps/{tree}", server="name: edge")
        files[f"apps/{tree}/x.yaml"] = es(tree)
    assert clusters(files) == {"one": None, "two": None}
