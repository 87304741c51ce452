"""`--render`: a second opinion by the tools themselves, only where the user asks for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from eso_lint.cli import main

KUBECTL = os.environ.get("ESO_LINT_KUBECTL", "")
ES = """apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db}
spec:
  secretStoreRef: {name: vault, kind: ClusterSecretStore}
  data: [{secretKey: a, remoteRef: {key: a}}]
"""


@pytest.fixture(autouse=True)
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "db.yaml").write_text(ES)
    (tmp_path / "kustomization.yaml").write_text("namespace: shop\nresources: [db.yaml]\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(Path(KUBECTL).parent) if KUBECTL else "")
    return tmp_path


def test_unknown_and_absent_tools(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["--render", "hlem"]) == 2
    assert "did you mean `helm`?" in capsys.readouterr().err
    monkeypatch.setenv("PATH", "")
    assert main(["--render", "helm,kustomize"]) == 2
    assert "there is no helm on PATH" in capsys.readouterr().err


def test_a_repository_does_not_decide_what_is_run(capsys: pytest.CaptureFixture[str], repo: Path) -> None:
    (repo / ".eso-lint.yaml").write_text("render: [helm]\n")
    assert main([]) == 2
    assert "unknown key `render`" in capsys.readouterr().err


@pytest.mark.skipif(not KUBECTL, reason="ESO_LINT_KUBECTL names no kubectl")
def test_kustomize_agrees(capsys: pytest.CaptureFixture[str], repo: Path) -> None:
    assert main(["--render", "kustomize"]) == 0
    assert "differs" not in capsys.readouterr().out
    (repo / "kustomization.yaml").write_text("namespace: shop\nresources: [db.yaml]\ngenerators: [own.yaml]\n")
    (repo / "own.yaml").write_text("apiVersion: example.org/v1\nkind: Own\nmetadata: {name: own}\n")
    assert main(["--render", "kustomize"]) == 0
    assert (
        "kustomization.yaml:3: kustomize is not run: what the generator Own brings is not known"
        in capsys.readouterr().out
    )
