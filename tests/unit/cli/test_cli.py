"""The command line, end to end: answers to mistakes, exit codes, streams, formats, plug-ins."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from eso_lint.cli import main
from eso_lint.options import OPTIONS, help_text, parse_args

ES = """apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: shop
spec:
  refreshInterval: {interval}
  secretStoreRef: {{name: vault, kind: ClusterSecretStore}}
  dataFrom:
    - extract: {{key: shop/db}}
"""
ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("ESO_LINT_CONFIG", "ESO_LINT_FORMAT", "ESO_LINT_COLOR", "PRE_COMMIT", "CI", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.yaml").write_text(ES.format(interval="1h"))
    (tmp_path / "bad.yaml").write_text(ES.format(interval='"0"').replace("name: db", "name: db2"))
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    code = main(list(argv))
    out = capsys.readouterr()
    return code, out.out, out.err


MISTAKES = [
    (["--selct", "x"], "unknown flag `--selct`", "did you mean `--select`?"),
    (["chekc"], "no command and no path `chekc`", "did you mean the command `check`?"),
    (["check", "bda.yaml"], "no such path `bda.yaml`", "did you mean `bad.yaml`?"),
    (["--select", "refresh-zer0"], "no rule `refresh-zer0`", "did you mean `refresh-zero`?"),
    (["--ignore", "ESO9999"], "no rule `ESO9999`", ""),
    (["--format", "jsno"], "knows no `jsno`", "did you mean `json`?"),
    (["--report", "sarfi:x"], "knows no `sarfi`", "did you mean `sarif`?"),
    (["--report", "sarif"], "write FORMAT:PATH", ""),
    (["--report", "sarif:no/such/place"], "cannot write", ""),
    (["--profile", "stritc"], "knows no `stritc`", "did you mean `strict`?"),
    (["--fail-on"], "needs a value", ""),
    (["--isolated=1"], "takes no value", ""),
    (["-x"], "unknown flag `-x`", ""),
    (["explain"], "needs a rule", ""),
    (["explain", "refresh-zeros"], "no rule `refresh-zeros`", "did you mean `refresh-zero`?"),
    (["rules", "--fix"], "unknown flag `--fix`", ""),
    (["rules", "--git-index"], "no flag of `eso-lint rules`", "check"),
    (["--config", "nope"], "no file `nope`", ""),
    (["--stdin-filename", "x"], "needs the path `-`", ""),
    (["-", "bad.yaml"], "stands alone", ""),
    (["config", "a", "b"], "takes one path", ""),
    (["--format", "json", "--report", "sarif:-"], "two reports to standard output", ""),
]


@pytest.mark.parametrize(
    ("argv", "message", "hint"), MISTAKES, ids=lambda v: " ".join(v) if isinstance(v, list) else ""
)
def test_mistakes_are_answered_in_one_line(
    capsys: pytest.CaptureFixture[str], argv: list[str], message: str, hint: str
) -> None:
    code, out, err = run(capsys, *argv)
    assert (code, out) == (2, "")
    assert message in err.split("\n")[0]
    assert hint in err
    assert len(err.splitlines()) <= 2


def test_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "good.yaml")[0] == 0
    assert run(capsys, "bad.yaml")[0] == 1
    assert run(capsys, "--exit-zero")[0] == 0
    assert run(capsys, "--fail-on", "error")[0] == 0
    assert run(capsys, "--fail-on", "never")[0] == 0
    assert run(capsys, "--ignore", "refresh-zero")[0] == 0
    assert run(capsys, "--min-severity", "error")[0] == 0
    for format in ("text", "concise", "json", "sarif", "github", "markdown"):
        assert run(capsys, "--format", format)[0] == 1


def test_findings_on_stdout_all_else_on_stderr(capsys: pytest.CaptureFixture[str], repo: Path) -> None:
    (repo / ".esolint.yaml").write_text("")
    _, out, err = run(capsys, "--format", "json", "-v")
    assert [f["rule"]["id"] for f in json.loads(out)["findings"]] == ["ESO401"]
    assert ".esolint.yaml is not read" in err
    assert run(capsys, "-q", "--format", "concise")[2] == ""


def test_a_path_narrows_the_report_not_the_reading(capsys: pytest.CaptureFixture[str], repo: Path) -> None:
    (repo / ".git").mkdir()
    (repo / "sub").mkdir()
    (repo / "sub" / "store.yaml").write_text(
        "apiVersion: external-secrets.io/v1\nkind: ClusterSecretStore\nmetadata: {name: vualt}\n"
        "spec:\n  conditions: [{namespaces: [shop]}]\n  provider: {fake: {data: []}}\n"
    )
    _, out, _ = run(capsys, "--format", "json", "good.yaml")
    found = json.loads(out)["findings"]
    assert [(f["path"], f["rule"]["id"]) for f in found] == [("good.yaml", "ESO101")]
    code, _, err = run(capsys, "good.yaml", str(repo.parent))
    assert code == 2
    assert "outside the repository root" in err


def test_standard_input(capsys: pytest.CaptureFixture[str], repo: Path) -> None:
    argv = [sys.executable, "-m", "eso_lint", "--format", "concise", "-"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    text = ES.format(interval='"0"')
    done = subprocess.run(argv, input=text, capture_output=True, text=True, cwd=repo, env=env, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith("stdin.yaml:7:20: ")
    done = subprocess.run(
        [*argv, "--stdin-filename", "good.yaml"],
        input=text,
        capture_output=True,
        text=True,
        cwd=repo,
        env=env,
        check=False,
    )
    assert done.stdout.startswith("good.yaml:7:20: ")
    assert "bad.yaml" not in done.stdout.split("\n")[0]


def test_several_reports(capsys: pytest.CaptureFixture[str], repo: Path) -> None:
    code, out, _ = run(capsys, "--report", "sarif:o.sarif", "--report", "json:o.json", "--format", "concise")
    assert code == 1
    assert out.startswith("bad.yaml:7:20: ")
    assert json.loads((repo / "o.sarif").read_text())["version"] == "2.1.0"
    assert json.loads((repo / "o.json").read_text())["version"] == 1
    assert json.loads(run(capsys, "--report", "json:-")[1])["version"] == 1


def test_environment(capsys: pytest.CaptureFixture[str], repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / "other.yaml").write_text("ignore: [refresh-zero]\n")
    monkeypatch.setenv("ESO_LINT_CONFIG", "other.yaml")
    assert run(capsys)[0] == 0
    assert run(capsys, "--isolated")[0] == 1
    monkeypatch.delenv("ESO_LINT_CONFIG")
    monkeypatch.setenv("ESO_LINT_FORMAT", "concise")
    assert run(capsys)[1].startswith("bad.yaml:7:20")
    monkeypatch.setenv("ESO_LINT_FORMAT", "nope")
    assert run(capsys)[0] == 2
    monkeypatch.setenv("ESO_LINT_FORMAT", "text")
    assert "\x1b[" not in run(capsys)[1]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in run(capsys)[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run(capsys)[1]
    assert "\x1b[" in run(capsys, "--color", "always")[1]
    monkeypatch.setenv("PRE_COMMIT", "1")
    monkeypatch.delenv("ESO_LINT_FORMAT")
    assert run(capsys)[1].startswith("bad.yaml:7:20")


def test_config_command(capsys: pytest.CaptureFixture[str], repo: Path) -> None:
    (repo / ".eso-lint.yaml").write_text("# ours\nprofile: strict\nexclude: [old/]\n")
    code, out, _ = run(capsys, "config", "--fail-on", "error", "--exclude", "new/", "--format", "json")
    found = json.loads(out)
    assert code == 0
    assert found["file"] == ".eso-lint.yaml"
    assert found["settings"]["profile"] == {"value": "strict", "from": ".eso-lint.yaml:2"}
    assert found["settings"]["fail-on"] == {"value": "error", "from": "--fail-on"}
    assert found["settings"]["exclude"] == {"value": ["old/", "new/"], "from": ".eso-lint.yaml:3, --exclude"}
    assert found["settings"]["closed-world"]["from"] == "default"
    assert "profile" in run(capsys, "config")[1]


def test_rules_and_explain(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(run(capsys, "rules", "--format", "json")[1])
    assert {"ESO101", "ESO401"} <= {rule["id"] for rule in found}
    assert "refresh-zero" in run(capsys, "rules")[1]
    page = run(capsys, "explain", "ESO401")[1]
    assert page == run(capsys, "explain", "refresh-zero", "--format", "markdown")[1]
    assert page.startswith("# ESO401 refresh-zero")
    assert json.loads(run(capsys, "explain", "eso401", "--format", "json")[1])["name"] == "refresh-zero"


def test_help_lists_every_flag(capsys: pytest.CaptureFixture[str]) -> None:
    text = run(capsys, "--help")[1]
    assert all(f"--{option.name}" in text for option in OPTIONS if "check" in option.on)
    assert run(capsys, "rules", "-h")[1] == help_text("rules")
    assert all(len(line) <= 120 for line in text.splitlines())


def test_a_command_may_follow_switches() -> None:
    line = parse_args(["-v", "explain", "ESO101"])
    assert (line.command, line.words) == ("explain", ["ESO101"])
    assert parse_args(["--", "explain"]).words == ["explain"]
    assert parse_args(["--select", "a,b", "--select=c"]).list("select") == ("a", "b", "c")


def test_show_files_and_statistics(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--show-files")[1] == "bad.yaml\ngood.yaml\n"
    assert "ESO401 refresh-zero" in run(capsys, "--statistics", "--format", "concise")[1]


def test_suppressed_findings_are_counted(capsys: pytest.CaptureFixture[str], repo: Path) -> None:
    (repo / "bad.yaml").write_text(
        ES.format(interval='"0" # eso-lint: ignore[refresh-zero] a bootstrap token').replace("name: db", "name: db2")
    )
    code, out, _ = run(capsys)
    assert code == 0
    assert "Suppressed: 1 finding (1 by comment)" in out
    assert run(capsys, "--no-ignores")[0] == 1


def test_no_command_meets_an_internal_error_without_a_report(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("something odd")

    monkeypatch.setattr("eso_lint.commands.check.run", broken)
    code, out, err = run(capsys, "bad.yaml")
    assert (code, out) == (2, "")
    assert "internal error: something odd" in err
    assert "issues/new" in err
    assert "Traceback" not in err
    assert str(ROOT) not in err
    assert "Traceback" in run(capsys, "-v", "bad.yaml")[2]


def test_interrupt(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("eso_lint.commands.check.run", interrupted)
    assert run(capsys)[0] == 130


def test_a_reader_that_leaves_is_no_error(repo: Path) -> None:
    command = f"{sys.executable} -m eso_lint --help | true"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=repo, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)  # fmt: skip
    assert done.stderr == ""
