from __future__ import annotations

import json
from pathlib import Path

import pytest

from eso_lint.cli import main
from tests.unit.schema.test_store import UUID, crd


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".eso-lint.yaml").write_text("schemas: eso-schemas\n")
    (tmp_path / "id.yaml").write_text(UUID)
    (tmp_path / "crds.json").write_text(json.dumps(crd(upper={"type": "boolean"})))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_crds_are_added_and_judge(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schemas", "add", "crds.json", "--eso-version", "v2.10.0"]) == 0
    assert capsys.readouterr().out == "eso-schemas/eso-2.10.0.crds: release 2.10.0, 1 kind\n"
    (repository / "crds.json").unlink()
    assert main(["schemas"]) == 0
    out = capsys.readouterr().out
    assert "bundled: 0.1.0 to " in out
    assert "eso-schemas/eso-2.10.0.crds: release 2.10.0, 1 kind\n" in out
    assert main(["check", "--format", "concise", "-q", "--eso-version", "2.10.0", "--select", "ESO301"]) == 1
    out = capsys.readouterr().out
    assert "`lower`" in out
    assert "`upper`" not in out


def test_the_release_may_stand_in_a_label(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labelled = crd(upper={"type": "boolean"})
    labelled["metadata"]["labels"] = {"app.kubernetes.io/version": "v2.11.0"}
    (repository / "crds.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [labelled]}))
    assert main(["schemas", "add", "crds.json"]) == 0
    assert "eso-2.11.0.crds" in capsys.readouterr().out


def test_a_folder_that_is_not_there_yet_is_empty(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schemas"]) == 0
    assert main(["check", "-q", "--select", "ESO301", "--fail-on", "never"]) == 0


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["schemas", "list"], "knows no `list`"),
        (["schemas", "add"], "needs files"),
        (["schemas", "add", "nowhere.yaml"], "no such file"),
        (["schemas", "add", "id.yaml"], "holds no CustomResourceDefinition"),
        (["schemas", "add", "crds.json"], "is not known"),
        (["schemas", "add", "crds.json", "--eso-version", "2.9.0"], "are bundled"),
        (["schemas", "add", "crds.json", "--eso-version", "new"], "not the version of a release"),
        (["schemas", "add", "old.json", "--eso-version", "2.10.0"], "cannot be read"),
        (["schemas", "--isolated", "add", "crds.json"], "no folder"),
    ],
)
def test_what_cannot_be_added_is_said(
    repository: Path, capsys: pytest.CaptureFixture[str], argv: list[str], says: str
) -> None:
    old = crd(upper={"type": "boolean"})
    old["spec"]["validation"] = {"openAPIV3Schema": {}}
    del old["spec"]["versions"]
    (repository / "old.json").write_text(json.dumps(old))
    assert main(argv) == 2
    assert says in capsys.readouterr().err
    assert not (repository / "eso-schemas").exists()


def test_a_folder_outside_is_refused(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / ".eso-lint.yaml").write_text("schemas: ../outside\n")
    assert main(["schemas", "add", "crds.json", "--eso-version", "2.10.0"]) == 2
    assert "outside" in capsys.readouterr().err
