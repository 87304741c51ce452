"""Patches that find no object: what is said of them, and when nothing can be said."""

from __future__ import annotations

import pytest

from eso_lint.render.kustomize.build import Build
from eso_lint.render.repository import Repository
from eso_lint.render.unit import Note, Unit, settled
from eso_lint.source.node import SourceFile
from eso_lint.source.parse import parse

STORE = """apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault, labels: {team: shop}}
spec: {}
"""
SECRET = """apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: database, namespace: shop}
spec: {}
"""


def notes(files: dict[str, str], root: str = "", unread: tuple[str, ...] = ()) -> list[Note]:
    """The notes of a build; `unread` files exist and were not parsed."""
    sources = {path: SourceFile(path, text.encode()) for path, text in files.items()}
    parsed = [parse(file) for path, file in sources.items() if path not in unread]
    return list(Build(Repository(parsed, sources, frozenset(files))).build(root).notes)


def unfit(target: str, **more: str) -> list[Note]:
    patch = f"patches:\n- target: {target}\n  patch: '[]'\n"
    files = {"kustomization.yaml": "resources: [store.yaml, db.yaml]\n" + patch, "store.yaml": STORE, "db.yaml": SECRET}
    return [note for note in notes({**files, **more}) if note.kind == "patch"]


@pytest.mark.parametrize(
    ("target", "at", "suggestion"),
    [
        ("{group: external-secrets.io, version: v1beta1, kind: ClusterSecretStore}", "v1beta1", "v1"),
        ("{version: v1beta1, kind: ClusterSecretStore, name: vault}", "v1beta1", "v1"),
        ("{kind: SecretStore, name: vault}", "SecretStore", "ClusterSecretStore"),
        ("{kind: ClusterSecretStore, name: valut}", "valut", "vault"),
        ("{kind: ExternalSecret, name: database, namespace: shops}", "shops", "shop"),
        ("{kind: ExternalSecret, name: other}", "other", ""),
        ("{kind: ClusterSecretStore, name: vault, labelSelector: team=blog}", "team=blog", ""),
    ],
)
def test_the_wrong_part_of_a_target(target: str, at: str, suggestion: str) -> None:
    (note,) = unfit(target)
    assert note.at.span.text == at
    assert note.suggestion == suggestion
    assert not note.fails


@pytest.mark.parametrize(
    "target",
    [
        "{kind: ExternalSecret}",
        "{kind: PushSecret}",
        "{kind: ExternalSecret, name: .*-backup}",
        "{kind: ExternalSecret, labelSelector: team=blog}",
        "{kind: ExternalSecret, namespace: blog}",
        "{kind: Deployment, name: shop}",
        "{labelSelector: team=blog}",
        '{kind: ExternalSecret, name: "${NAME}"}',
        "{kind: ExternalSecret, name: '['}",
    ],
)
def test_targets_for_whatever_is_there(target: str) -> None:
    assert unfit(target) == []


def test_what_cannot_be_known() -> None:
    patch = "patches:\n- target: {kind: ExternalSecret, name: other}\n  patch: '[]'\n"
    listed = "resources: [store.yaml, db.yaml]\n"
    files = {"store.yaml": STORE, "db.yaml": SECRET}

    def found(kustomization: str, **more: str) -> list[Note]:
        return [n for n in notes({**files, **more, "kustomization.yaml": kustomization}) if n.kind == "patch"]

    assert found(listed + patch)
    assert not found("resources: [store.yaml, https://example.org/base?ref=v1]\n" + patch)
    assert not found("resources: [store.yaml, gone.yaml]\n" + patch)
    assert not found(listed + "helmCharts: [{name: shop}]\n" + patch)
    assert not found("resources: []\n" + patch), "nothing at all is scaffolding"
    assert not found(listed + patch, **{"db.yaml": SECRET.replace("database", "${NAME}")})


def test_other_kinds_only_where_all_of_them_were_read() -> None:
    patch = "patches:\n- target: {kind: ServiceAccount, name: reader}\n  patch: '[]'\n"
    account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: reeder}\n"
    files = {"kustomization.yaml": "resources: [a.yaml, b.yaml]\n" + patch, "a.yaml": account, "b.yaml": account}
    files["b.yaml"] = account.replace("reeder", "reader")
    assert [n.kind for n in notes(files)] == ["fits"]
    assert [n.kind for n in notes(files, unread=("b.yaml",))] == ["fits"]
    files["b.yaml"] = SECRET
    (note,) = notes(files)
    assert (note.kind, note.suggestion) == ("patch", "reeder")


@pytest.mark.parametrize(
    ("patch", "at", "suggestion"),
    [
        (SECRET.replace("v1", "v1beta1"), "external-secrets.io/v1beta1", "external-secrets.io/v1"),
        (SECRET.replace("{name: database, namespace: shop}", "{name: database}"), "database", "shop"),
        (SECRET.replace("database", "databse"), "databse", "database"),
    ],
)
def test_a_merge_patch_that_names_no_object_fails(patch: str, at: str, suggestion: str) -> None:
    files = {
        "kustomization.yaml": "resources: [db.yaml]\npatchesStrategicMerge: [p.yaml]\n",
        "db.yaml": SECRET,
        "p.yaml": patch,
    }
    (note,) = notes(files)
    assert (note.kind, note.at.file.path, note.fails) == ("patch", "p.yaml", True)
    assert (note.at.span.text, note.suggestion) == (at, suggestion)


def test_a_component_fits_if_it_fits_somewhere() -> None:
    component = "kind: Component\npatches:\n- target: {kind: ExternalSecret, name: database}\n  patch: '[]'\n"
    files = {
        "part/kustomization.yaml": component,
        "a/kustomization.yaml": "resources: [db.yaml]\ncomponents: [../part]\n",
        "a/db.yaml": SECRET,
        "b/kustomization.yaml": "resources: [store.yaml]\ncomponents: [../part]\n",
        "b/store.yaml": STORE,
    }
    built = {root: tuple(notes(files, root)) for root in ("a", "b")}
    assert [note.kind for note in built["a"] + built["b"]] == ["fits", "patch"]
    units = [Unit("kustomize", root, None, root, None, (), frozenset(), found) for root, found in built.items()]
    assert settled(units) == ()
    assert settled(units[1:]) == built["b"]
    assert settled([units[1], units[1]]) == built["b"], "each is told once"
