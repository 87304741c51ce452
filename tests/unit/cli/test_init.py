"""`eso-lint init` on the command line: flags, files, pipes; what it writes, shows and refuses."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from eso_lint.cli import main
from eso_lint.setup.questions import QUESTIONS

ROOT = Path(__file__).parents[3]
ENOUGH = [
    "init", "--teams", "one", "--platform", "kind", "--provider", "kubernetes", "--path", "shop-*",
    "--namespaces", "shop", "--remote-namespace", "shared",
]  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("ESO_LINT_CONFIG", "ESO_LINT_FORMAT", "ESO_LINT_COLOR", "CI", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    code = main(list(argv))
    out = capsys.readouterr()
    return code, out.out, out.err


def piped(text: str, *argv: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "eso_lint", "init", *argv], input=text, capture_output=True, text=True, env=env
    )


def test_flags_alone_are_enough(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    code, out, err = run(capsys, *ENOUGH)
    assert (code, err) == (0, "")
    written = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    assert out.splitlines()[:-1] == written
    assert out.splitlines()[-1].startswith(f"{len(written)} files written")
    assert {".eso-lint.yaml", "external-secrets/NOTES.md"} <= set(written)
    code, out, _ = run(capsys, *ENOUGH)
    assert (code, out.splitlines()[0].split(";")[0]) == (0, f"0 files written, {len(written)} unchanged")


def test_the_result_lints_clean(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert run(capsys, *ENOUGH)[0] == 0
    code, out, err = run(capsys, "--profile", "strict", ".")
    assert code == 0, out
    assert "warning" not in err


def test_missing_answers_are_named_at_once(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    code, out, err = run(capsys, "init", "--teams", "many")
    assert (code, out) == (2, "")
    assert "answers missing: --platform, --provider, --path, --namespaces\n" in err
    assert "--platform  Which platform runs the cluster? eks, gke, aks" in err
    assert "--questions" in err
    assert list(folder.iterdir()) == []


def test_wrong_missing_and_idle_answers_are_named_together(capsys: pytest.CaptureFixture[str]) -> None:
    (Path("answers.yaml")).write_text("teams: one\nplatform: kind\nprovider: vault\naccount: 123456789012\n")
    code, _, err = run(capsys, "init", "--answers", "answers.yaml", "--namespaces", "Shop", "--path", "/shop/*")
    assert code == 2
    first = err.splitlines()[0]
    assert (
        first
        == "eso-lint: answers missing: --vault-url; wrong: --path, --namespaces; not asked here: answers.yaml:4:10"
    )
    assert "answers.yaml:4:10  Which AWS account?" in err


def test_a_flag_wins_over_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("answers.json").write_text(json.dumps({"namespaces": ["blog"], "eso-version": "1.3"}))
    code, out, _ = run(capsys, *ENOUGH, "--answers", "answers.json", "-o", "-")
    assert code == 0
    assert "namespace: shop\n" in out
    assert "blog" not in out
    assert "1.3.2" in out


def test_answers_on_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    data = io.TextIOWrapper(io.BytesIO(b"teams: one\nplatform: kind\n"))
    monkeypatch.setattr(sys, "stdin", data)
    code, _, err = run(capsys, "init", "--answers", "-")
    assert code == 2
    assert "answers missing: --provider, --path, --namespaces\n" in err


MISTAKES = [
    (["init", "here"], "takes no `here`", "--output"),
    (["init", "--answers", "no/such.yaml"], "cannot read `no/such.yaml`", ""),
    (["init", "--temas", "one"], "unknown flag `--temas`", "did you mean `--teams`?"),
    (["--teams", "one"], "`--teams` is no flag of `eso-lint check`", "it belongs to: init"),
    ([*ENOUGH, "--push", "--no-push"], "contradict each other", "drop one"),
    ([*ENOUGH, "--diff", "-o", "-"], "contradict each other", "name the folder"),
    ([*ENOUGH, "--format", "xml"], "knows no `xml`", ""),
    ([*ENOUGH, "--select", "ALL"], "no flag of `eso-lint init`", "check"),
]


@pytest.mark.parametrize(("argv", "message", "hint"), MISTAKES, ids=lambda value: str(value)[-30:])
def test_mistakes(capsys: pytest.CaptureFixture[str], folder: Path, argv: list[str], message: str, hint: str) -> None:
    code, out, err = run(capsys, *argv)
    assert (code, out) == (2, "")
    assert message in err
    assert hint in err
    assert list(folder.iterdir()) == []


def test_files_that_say_something_else_are_kept(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert run(capsys, *ENOUGH)[0] == 0
    own = folder / "external-secrets" / "NOTES.md"
    own.write_text("mine\n")
    (folder / "external-secrets" / "kustomization.yaml").unlink()
    code, out, err = run(capsys, *ENOUGH)
    assert (code, out) == (2, "")
    assert "holds files that say something else: external-secrets/NOTES.md" in err
    assert not (folder / "external-secrets" / "kustomization.yaml").exists(), "all or nothing"
    code, out, _ = run(capsys, *ENOUGH, "--diff")
    assert code == 1
    assert "--- a/external-secrets/NOTES.md\n+++ b/external-secrets/NOTES.md\n" in out
    assert "--- /dev/null\n+++ b/external-secrets/kustomization.yaml\n" in out
    assert own.read_text() == "mine\n"
    assert run(capsys, *ENOUGH, "--force")[0] == 0
    assert own.read_text() != "mine\n"
    assert run(capsys, *ENOUGH, "--diff")[:2] == (0, "")


def test_what_others_own_at_the_root_stays(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    own = folder / ".pre-commit-config.yaml"
    own.write_text("repos: []\n")
    code, out, _ = run(capsys, *ENOUGH)
    assert code == 0
    assert ".pre-commit-config.yaml says something else and was kept: --diff shows" in out
    assert own.read_text() == "repos: []\n"
    assert (folder / ".eso-lint.yaml").exists()
    code, out, _ = run(capsys, *ENOUGH, "--diff")
    assert (code, out.splitlines()[0]) == (1, "--- a/.pre-commit-config.yaml")
    assert run(capsys, *ENOUGH, "--format", "json", "--force")[0] == 0
    assert own.read_text() != "repos: []\n"


def test_the_root_of_the_repository_may_hold_the_manifests(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert run(capsys, *ENOUGH, "--folder", ".", "-o", "new/repository")[0] == 0
    assert (folder / "new" / "repository" / "kustomization.yaml").exists()


def test_standard_output_takes_the_files(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    code, out, err = run(capsys, *ENOUGH, "-o", "-", "--format", "json")
    assert (code, err) == (0, "")
    files = json.loads(out)["files"]
    assert "external-secrets/kustomization.yaml" in files
    code, out, _ = run(capsys, *ENOUGH, "-o", "-")
    assert code == 0
    assert [line[8:] for line in out.splitlines() if line.startswith("# file: ")] == list(files)
    assert list(folder.iterdir()) == []
    code, out, _ = run(capsys, *ENOUGH, "--format", "json")
    assert json.loads(out) == {"folder": ".", "written": sorted(files), "unchanged": [], "kept": []}


def test_the_questions_as_a_schema(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "init", "--questions")
    assert code == 0
    validator = jsonschema.Draft202012Validator(json.loads(out))
    answers = {"teams": "one", "platform": "kind", "provider": "kubernetes", "path": "shop-*", "namespaces": ["shop"]}
    assert [e.message for e in validator.iter_errors(answers)] == ["'remote-namespace' is a required property"]
    assert validator.is_valid({**answers, "remote-namespace": "shared"})


def test_a_pipe_answers_line_by_line(folder: Path) -> None:
    lines = ["one", "5", "kubernetes", "", "shop", "2.33", "2.9", "1", "shared", "", "", "none", "here", ""]
    done = piped("\n".join(lines) + "\n")
    assert (done.returncode, done.stderr.count("2.33 is newer")) == (0, 1), done.stderr
    assert "Summary" in done.stderr
    assert "files written" in done.stdout
    assert (folder / "here" / "external-secrets" / "NOTES.md").exists()


def test_a_pipe_that_ends_leaves_the_defaults_or_names_what_is_missing(folder: Path) -> None:
    done = piped("one\nkind\nkubernetes\nshop-*\n")
    assert done.returncode == 2
    assert "answers missing: --namespaces, --remote-namespace\n" in done.stderr
    done = piped("one\n", "--platform", "kind", "--provider", "kubernetes", "--path", "shop-*", "--namespaces", "shop",
                 "--remote-namespace", "x")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (folder / "external-secrets" / "NOTES.md").exists()


def test_explain_shows_what_would_have_written_it_right(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "explain", "css-unrestricted")
    assert code == 0
    assert out.endswith("\n```sh\neso-lint init --teams one --namespaces team-a,team-b\n```\n")
    assert json.loads(run(capsys, "explain", "ESO201", "--format", "json")[1])["init"].startswith(
        "eso-lint init --teams"
    )
    assert "eso-lint init" not in run(capsys, "explain", "yaml-syntax")[1]
    assert "init" not in json.loads(run(capsys, "explain", "yaml-syntax", "--format", "json")[1])


def test_the_help_lists_every_answer_and_stays_readable(capsys: pytest.CaptureFixture[str]) -> None:
    text = run(capsys, "init", "--help")[1]
    assert all(f"--{question.flag} " in text for question in QUESTIONS)
    assert "-o, --output" in text
    # What has no space in it may be longer.
    assert [line for line in text.splitlines() if len(line) > 120 and " " in line.strip()] == []
