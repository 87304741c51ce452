"""Misuse, as processes: exit code 2, silence on standard output, the place where there is a file, and what to do next."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.process import environment, run

ES = """apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  refreshInterval: 1h
  secretStoreRef: {name: vault, kind: ClusterSecretStore}
  dataFrom: [{extract: {key: shop/db}}]
"""


class Misuse(NamedTuple):
    """`config` is the configuration file's text; `said` all stand in the message, whose last line is the next step."""

    name: str
    argv: tuple[str, ...]
    said: tuple[str, ...]
    config: str | bytes | None = None
    env: tuple[tuple[str, str], ...] = ()


MISUSES = (
    Misuse("flag", ("--formt", "json"), ("unknown flag `--formt`", "did you mean `--format`?")),
    Misuse("short flag", ("-z",), ("unknown flag `-z`", "--help")),
    Misuse("flag of another command", ("explain", "--git-index"), ("no flag of `eso-lint explain`", "check")),
    Misuse("flag without its value", ("--profile",), ("`--profile` needs a value", "minimal, default, strict, audit")),
    Misuse("flag with a value", ("--quiet=yes",), ("`--quiet` takes no value", "write `--quiet`")),
    Misuse("command", ("explian", "ESO101"), ("no command and no path `explian`", "did you mean the command `explain`?")),
    Misuse("help as a word", ("help",), ("no command and no path `help`", "did you mean `eso-lint --help`?")),
    Misuse("path", ("aps/",), ("no such path `aps/`", "did you mean `apps`?")),
    Misuse("path below what is not there", ("no/such/thing",), ("no such path `no/such/thing`", "`no` does not exist")),
    Misuse("empty path", ("",), ("an empty path", "unset variable")),
    Misuse("path elsewhere", ("apps", os.sep), ("outside the repository root", "one repository")),
    Misuse("rule", ("--select", "store-not-fond"), ("no rule `store-not-fond`", "did you mean `store-not-found`?")),
    Misuse("rule number", ("explain", "401"), ("no rule `401`", "did you mean `ESO401`?")),
    Misuse("no rule", ("explain",), ("needs a rule", "eso-lint explain store-not-found")),
    Misuse("format", ("--format", "jsn"), ("knows no `jsn`", "did you mean `json`?")),
    Misuse("format of the environment", (), ("knows no `yaml`", "one of:"), env=(("ESO_LINT_FORMAT", "yaml"),)),
    Misuse("profile", ("--profile", "paranoid"), ("knows no `paranoid`", "one of: minimal")),
    Misuse("report without a path", ("--report", "sarif"), ("write FORMAT:PATH", "sarif:eso-lint.sarif")),
    Misuse("report into nowhere", ("--report", "json:no/o.json"), ("cannot write `no/o.json`", "directory must exist")),
    Misuse("two reports to one stream", ("--format", "json", "--report", "sarif:-"), ("two reports", "FORMAT:PATH")),
    Misuse("name for standard input", ("--stdin-filename", "x.yaml"), ("needs the path `-`", "eso-lint - --stdin-filename")),
    Misuse("standard input and a path", ("-", "apps"), ("stands alone", "--stdin-filename")),
    Misuse("standard input and a change", ("-", "--changed-since", "HEAD"), ("contradict", "drop one")),
    Misuse("config and no config", ("--config", "c.yaml", "--isolated"), ("contradict", "drop one")),
    Misuse("change outside of git", ("--changed-since", "HEAD"), ("no git repository", "--changed-since")),
    Misuse("index outside of git", ("--git-index",), ("no git repository", "--git-index")),
    Misuse("missing config", ("--config", "eso-lint.yml"), ("no file `eso-lint.yml`", "did you mean `.eso-lint.yaml`?"), ""),
    Misuse("config that is a directory", ("--config", "apps"), ("cannot read `apps`", "a file")),
    Misuse("two paths for config", ("config", "a", "b"), ("takes one path", "one repository")),
    Misuse("config key", (), (".eso-lint.yaml:2:1: unknown key `exclud`", "did you mean `exclude`?"), "# ours\nexclud: [a]\n"),
    Misuse("config key below", (), (".eso-lint.yaml:2:4: unknown key `namespce`", "did you mean `namespaces`?"), "external:\n   namespce: [a]\n"),
    Misuse("config key in a list", (), (".eso-lint.yaml:2:16: unknown key `ingore`", "did you mean `ignore`?"), "overrides:\n- {paths: [a], ingore: [ESO4]}\n"),
    Misuse("config value", (), (".eso-lint.yaml:1:10: `fail-on`", "did you mean `warning`?"), "fail-on: waring\n"),
    Misuse("config rule", (), (".eso-lint.yaml:1:10: no rule `refresh-zeroo`", "did you mean `refresh-zero`?"), "ignore: [refresh-zeroo]\n"),
    Misuse("config list", (), (".eso-lint.yaml:1:9: `select` must be a list", "[store-unused]"), "select: store-unused\n"),
    Misuse("config that is no YAML", (), (".eso-lint.yaml:1:10: this `[` is never closed", "add `]`"), "exclude: [a\n"),
    Misuse("config with a template", (), ("1:10: `profile` must be one of", "not a template", "docs/configuration.md"), "profile: {{ .Values.profile }}\n"),
    Misuse("config in bytes", (), (".eso-lint.yaml:1:", "save the file as UTF-8"), b"profile: \xff\xfe\n"),
    Misuse("config of another version", (), (".eso-lint.yaml:1:1: ", ">=99", "install a version that fits"), 'required-version: ">=99"\n'),
    Misuse("huge config", (), ("`.eso-lint.yaml` is larger than", "no configuration file"), b"#" * 2_000_000),
)  # fmt: skip


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    (root / "apps").mkdir(parents=True)
    (root / "apps" / "es.yaml").write_text(ES)
    return root


@pytest.mark.parametrize("misuse", MISUSES, ids=lambda m: m.name)
def test_misuse_is_answered(repo: Path, misuse: Misuse) -> None:
    if misuse.config is not None:
        text = misuse.config
        (repo / ".eso-lint.yaml").write_bytes(text.encode() if isinstance(text, str) else text)
    done = run(repo, *misuse.argv, env=environment(GIT_CEILING_DIRECTORIES=str(repo.parent), **dict(misuse.env)))
    assert (done.code, done.out) == (2, "")
    lines = done.err.splitlines()
    assert lines[0].startswith("eso-lint: ")
    assert len(lines) == 2, done.err
    assert lines[1].startswith("  ")
    for words in misuse.said:
        assert words in done.err
    # The last of the words is what to do next.
    assert misuse.said[-1] in lines[1]


def test_ctrl_c(repo: Path) -> None:
    """While it waits for standard input: 130, one line, no traceback."""
    process = subprocess.Popen(
        [sys.executable, "-c", "print(flush=True); from eso_lint.__main__ import command; command()", "-"],
        cwd=repo, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, b"eso-lint: interrupted\n")


STREAMS = (
    ("eso-lint 1>&-", 1, ""),
    ("eso-lint 2>&-", 1, ""),
    ("eso-lint --version 1>&- 2>&-", 0, ""),
    ("eso-lint - 0<&-", 2, "standard input is closed"),
    ("eso-lint >/dev/full", 2, "No space left"),
    ("eso-lint --format json >/dev/full", 2, "No space left"),
    ("eso-lint -q --report json:/dev/full >/dev/null", 2, "No space left"),
    ("eso-lint | head -1; exit ${PIPESTATUS[0]}", 1, ""),
    ("eso-lint --format json | true; exit ${PIPESTATUS[0]}", None, ""),
)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a system without /dev/full")
@pytest.mark.parametrize(("command", "code", "said"), STREAMS, ids=[c for c, _, _ in STREAMS])
def test_streams(repo: Path, command: str, code: int | None, said: str) -> None:
    text = ES.replace("1h", '"0"')
    (repo / "apps" / "es.yaml").write_text("---\n".join(text.replace("name: db", f"name: db{i}") for i in range(300)))
    script = command.replace("eso-lint", f"{shlex.quote(sys.executable)} -m eso_lint", 1)
    done = subprocess.run(["bash", "-c", script], cwd=repo, env=environment(), capture_output=True, text=True, check=False, timeout=60)  # fmt: skip
    assert code in (done.returncode, None)
    assert done.returncode in (0, 1, 2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "internal error" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize("format", ["text", "concise", "json", "sarif", "github", "markdown"])
def test_a_terminal_that_is_not_utf_8(repo: Path, format: str) -> None:
    text = ES.replace("1h", '"0" # é').replace("shop/db", "shop/日本/")
    (repo / "apps" / "é.yaml").write_text(text, encoding="utf-8")
    for errors in ("strict", "replace"):
        env = environment(LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", PYTHONIOENCODING=f"ascii:{errors}")
        done = run(repo, "--format", format, env=env)
        assert (done.code, done.err) == (1, "")
        assert done.out.isascii()
