"""`eso-lint upgrade` on a repository with an old operator."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from eso_lint.cli import main

ROOT = Path(__file__).parents[3]
FILES = {
    "external-secrets.yaml": """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: external-secrets, namespace: external-secrets}
spec:
  chart:
    spec:
      chart: external-secrets
      version: 0.9.9
      sourceRef: {kind: HelmRepository, name: external-secrets}
  values:
    installCRDs: true
    prometheus: {enabled: true}
""",
    "store.yaml": """\
apiVersion: external-secrets.io/v1beta1
kind: ClusterSecretStore
metadata: {name: alibaba}
spec:
  provider:
    alibaba:
      regionID: eu-central-1
      auth:
        secretRef:
          accessKeyIDSecretRef: {name: alibaba, namespace: eso, key: id}
          accessKeySecretSecretRef: {name: alibaba, namespace: eso, key: secret}
""",
    "shop/db.yaml": """\
apiVersion: external-secrets.io/v1beta1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: alibaba}
  target: {template: {engineVersion: v1}}
  dataFrom: [{extract: {key: shop/db}}]
""",
}


@pytest.fixture(autouse=True)
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def answer(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, dict[str, Any]]:
    code = main(["upgrade", "--format", "json", *argv])
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads((ROOT / "schemas/upgrade.json").read_text()))
    return code, found


def places(found: dict[str, Any]) -> list[tuple[str, int, str]]:
    return [(b["path"], b["line"], b["rule"]) for b in found["breaks"]]


def test_what_breaks_object_by_object(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = answer(capsys, "--to", "2.9")
    assert code == 1
    assert found["to"] == "2.9.0" and found["known"]
    assert [start["version"] for start in found["from"]] == ["0.9.9"]
    assert places(found) == [
        ("external-secrets.yaml", 12, "ESO820"),
        ("shop/db.yaml", 1, "ESO330"),
        ("shop/db.yaml", 6, "ESO303"),
        ("store.yaml", 1, "ESO330"),
        ("store.yaml", 6, "ESO332"),
    ]
    assert {"value": "crds.conversion.enabled", "before": True, "after": False} in found["defaults"]
    assert [c["since"] for c in found["changes"]][:2] == ["0.9.10", "0.11.0"]


def test_a_path_narrows_what_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    _, found = answer(capsys, "--to", "2.9.0", "shop")
    assert {path for path, _, _ in places(found)} == {"shop/db.yaml"}


def test_a_step_that_breaks_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = answer(capsys, "--to", "0.10", "shop")
    assert (code, found["to"], found["breaks"]) == (0, "0.10.7", [])
    assert main(["upgrade", "--to", "0.9.9"]) == 0
    assert "Nothing that is known of would break.\n" in capsys.readouterr().out


def test_text_names_the_object_and_what_to_write(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["upgrade", "--to", "1.0"]) == 1
    out = capsys.readouterr().out
    assert "ExternalSecret v1beta1 is not served by release 1.0.0 (ExternalSecret shop/db)\n" in out
    assert "      write `external-secrets.io/v1`\n" in out
    assert "  0.19.0: the CRDs of stores are too large" in out and "2.0.0:" not in out


def test_a_release_that_is_not_known_yet(capsys: pytest.CaptureFixture[str]) -> None:
    _, found = answer(capsys, "--to", "3.1")
    assert (found["to"], found["known"]) == ("3.1.0", False)
    assert ("store.yaml", 6, "ESO332") in places(found)


def test_what_to_upgrade_to_has_to_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["upgrade"]) == 2
    assert "`--to VERSION`" in capsys.readouterr().err
    assert main(["upgrade", "--to", "latest"]) == 2
    assert "`latest` is no version" in capsys.readouterr().err
