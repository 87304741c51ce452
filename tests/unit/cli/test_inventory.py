"""`eso-lint inventory` and `eso-lint explain-object` on a repository with two clusters."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from eso_lint.cli import main

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "tests/fixtures/repos/flux-two-clusters", tmp_path, dirs_exist_ok=True)
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    code = main(argv)
    done = capsys.readouterr()
    return code, done.out, done.err


def objects(capsys: pytest.CaptureFixture[str], world: str, *argv: str) -> dict[str, Any]:
    code, out, _ = run(capsys, "inventory", "--format", "json", *argv)
    assert code == 0
    found = json.loads(out)
    jsonschema.validate(found, json.loads((ROOT / "schemas/inventory.json").read_text()))
    (chosen,) = [w for w in found["worlds"] if w["name"] == world]
    assert chosen["declared"]
    return {f"{o['kind']} {o['name']['value']}": o for o in chosen["objects"]}


def test_where_an_object_goes_and_what_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    found = objects(capsys, "clusters/staging")
    database = found["ExternalSecret database"]
    assert database["namespace"] == {
        "value": "shop",
        "at": {"path": "clusters/staging/apps.yaml", "line": 15, "column": 20},
        "why": None,
    }
    assert database["units"] == ["Flux Kustomization flux-system/shop"]
    (store,) = database["stores"]
    assert (store["name"], store["answer"], store["why"]) == ("aws-stagging", "missing", "near-name")
    assert store["at"]["path"] == "clusters/staging/apps.yaml"
    (cache,) = found["ExternalSecret cache"]["stores"]
    assert cache["answer"] == "found" and cache["stores"][0]["path"] == "infrastructure/stores/store.yaml"
    assert found["ClusterSecretStore aws-staging"]["namespace"]["value"] == ""
    assert "ExternalSecret audit" not in found


def test_a_path_narrows_what_is_shown_not_what_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    found = objects(capsys, "clusters/prod", "apps/shop/cache.yaml")
    assert list(found) == ["ExternalSecret cache"]
    assert found["ExternalSecret cache"]["namespace"]["value"] == "shop"


def test_the_table_names_each_world_and_each_answer(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "inventory")
    assert code == 0 and not err
    assert "clusters/prod: 9 objects" in out and "clusters/staging: 7 objects" in out
    assert "missing; closest name: ClusterSecretStore aws-staging at infrastructure/stores/store.yaml:5:9" in out
    assert "7 delivery units: 7 by flux." in out


def test_what_is_stated_is_shown(capsys: pytest.CaptureFixture[str], repo: Path) -> None:
    (repo / ".eso-lint.yaml").write_text("clusters: {live: {root: clusters/prod}}\n")
    assert "ExternalSecret audit" in objects(capsys, "live")


def test_the_story_of_an_object(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "explain-object", "apps/shop/cache.yaml:9")
    assert code == 0
    prod, staging = out.split("\n\n")[1:]
    assert "in clusters/prod" in prod and "in clusters/staging" in staging
    assert "spec.secretStoreRef.name comes from clusters/prod/apps.yaml:38:18" in prod
    assert "namespace shop, given at clusters/staging/apps.yaml:15:20" in staging
    assert "brought by Flux Kustomization flux-system/shop (clusters/staging/apps.yaml:4:9)" in staging


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "takes one FILE:LINE"),
        (("apps/shop/queue.yaml",), "apps/shop/queue.yaml:1, apps/shop/queue.yaml:19"),
        (("apps/shop:3",), "is a directory"),
        (("apps/shop/kustomization.yaml:1",), "no object of `apps/shop/kustomization.yaml` was read"),
        (("apps/shop/databse.yaml:1",), "did you mean `apps/shop/database.yaml`?"),
    ],
)
def test_mistakes(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str) -> None:
    code, out, err = run(capsys, "explain-object", *words)
    assert code == 2 and not out
    assert message in err


def test_an_empty_repository_says_so(capsys: pytest.CaptureFixture[str], repo: Path) -> None:
    for path in repo.iterdir():
        shutil.rmtree(path)
    code, out, _ = run(capsys, "inventory")
    assert (code, out) == (0, "The repository holds no ExternalSecrets, PushSecrets or stores.\n")
