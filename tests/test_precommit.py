"""The real pre-commit drives our hooks in a scratch repository: what a developer's commit will meet."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("pre_commit")
ROOT = Path(__file__).parent.parent
PARTS = ("eso_lint", "schemas", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
HOOKS = ("eso-lint", "eso-lint-changed")
pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is needed")


def store(name: str) -> str:
    return f"""apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: {name}
spec:
  conditions:
    - namespaces: [shop]
  provider:
    vault: {{server: "https://vault.example.org", auth: {{kubernetes: {{mountPath: kubernetes, role: eso}}}}}}
"""


def external_secret(name: str, store: str, interval: str = "1h") -> str:
    return f"""apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: {name}
  namespace: shop
spec:
  refreshInterval: {interval}
  secretStoreRef:
    kind: ClusterSecretStore
    name: {store}
  dataFrom:
    - extract:
        key: shop/{name}
"""


class Scratch:
    """A git repository with the hook installed."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.folder = folder
        self.env = env

    def run(self, *argv: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(argv, cwd=self.folder, env=self.env, capture_output=True, text=True, check=False)
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def write(self, path: str, text: str, stage: bool = True) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        if stage:
            self.run("git", "add", "--", path)

    def commit(self, *, hooks: bool = True) -> tuple[bool, str]:
        """Whether the commit went through, and what was printed."""
        done = self.run("git", "commit", "-m", "change", *(() if hooks else ("--no-verify",)), check=False)
        return done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def hook_source(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, dict[str, str]]:
    """Our own repository, as pre-commit clones it; the hook's environment is built once."""
    base = tmp_path_factory.mktemp("precommit")
    source = base / "eso-lint"
    source.mkdir()
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, source / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / part, source / part)
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    env.update(
        PRE_COMMIT_HOME=str(base / "cache"),
        GIT_CONFIG_GLOBAL=os.devnull,
        GIT_AUTHOR_NAME="a", GIT_AUTHOR_EMAIL="a@example.org", GIT_COMMITTER_NAME="a", GIT_COMMITTER_EMAIL="a@example.org",
        PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    )  # fmt: skip
    for argv in (["git", "init", "-q"], ["git", "add", "-A"], ["git", "commit", "-qm", "release"]):
        subprocess.run(argv, cwd=source, env=env, check=True)
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=source, env=env, check=True, capture_output=True, text=True)
    return source, done.stdout.strip(), env


@pytest.fixture
def scratch(hook_source: tuple[Path, str, dict[str, str]], tmp_path: Path) -> Iterator[Callable[[str], Scratch]]:
    source, revision, env = hook_source

    def make(hook: str) -> Scratch:
        repo = Scratch(tmp_path, env)
        repo.run("git", "init", "-q")
        repo.write(
            ".pre-commit-config.yaml",
            f"repos:\n  - repo: {source}\n    rev: {revision}\n    hooks:\n      - id: {hook}\n",
        )
        repo.write("stores/vault.yaml", store("vault"))
        repo.write("stores/other.yaml", store("other"))
        repo.write("apps/web app/es.yaml", external_secret("web", "vault"))
        repo.commit(hooks=False)
        repo.run(sys.executable, "-m", "pre_commit", "install")
        return repo

    yield make


@pytest.mark.parametrize("hook", HOOKS)
def test_a_good_commit_passes(scratch: Callable[[str], Scratch], hook: str) -> None:
    repo = scratch(hook)
    repo.write("apps/api/es.yaml", external_secret("api", "other"))
    passed, output = repo.commit()
    assert passed, output


@pytest.mark.parametrize("hook", HOOKS)
def test_an_added_fault_is_refused(scratch: Callable[[str], Scratch], hook: str) -> None:
    repo = scratch(hook)
    repo.write("apps/new app/es.yaml", external_secret("api", "vualt"))
    passed, output = repo.commit()
    assert not passed
    assert "apps/new app/es.yaml:10:11" in output
    assert "store-not-found" in output


@pytest.mark.parametrize("hook", HOOKS)
def test_a_commit_that_only_deletes_a_used_store_is_refused(scratch: Callable[[str], Scratch], hook: str) -> None:
    repo = scratch(hook)
    repo.run("git", "rm", "-q", "stores/vault.yaml")
    passed, output = repo.commit()
    assert not passed
    assert "apps/web app/es.yaml:10:11" in output


@pytest.mark.parametrize("hook", HOOKS)
def test_deleting_a_store_with_its_user_passes(scratch: Callable[[str], Scratch], hook: str) -> None:
    repo = scratch(hook)
    repo.run("git", "rm", "-q", "stores/vault.yaml", "apps/web app/es.yaml")
    passed, output = repo.commit()
    assert passed, output


@pytest.mark.parametrize("hook", HOOKS)
def test_a_renamed_store_breaks_an_untouched_file(scratch: Callable[[str], Scratch], hook: str) -> None:
    repo = scratch(hook)
    repo.write("stores/vault.yaml", store("vault-two"))
    passed, output = repo.commit()
    assert not passed
    assert "apps/web app/es.yaml:10:11" in output


@pytest.mark.parametrize("hook", HOOKS)
def test_a_moved_file_passes(scratch: Callable[[str], Scratch], hook: str) -> None:
    repo = scratch(hook)
    repo.run("git", "mv", "stores/vault.yaml", "stores/moved.yaml")
    passed, output = repo.commit()
    assert passed, output


@pytest.mark.parametrize("hook", HOOKS)
def test_only_what_is_staged_counts(scratch: Callable[[str], Scratch], hook: str) -> None:
    repo = scratch(hook)
    path = "apps/api/es.yaml"
    repo.write(path, external_secret("api", "vault"))
    repo.write(path, external_secret("api", "vualt"), stage=False)
    passed, output = repo.commit()
    assert passed, output
    repo.write(path, external_secret("api", "vualt"))
    repo.write(path, external_secret("api", "vault"), stage=False)
    passed, output = repo.commit()
    assert not passed
    assert f"{path}:10:11" in output


@pytest.mark.parametrize("hook", HOOKS)
def test_an_untracked_store_does_not_count(scratch: Callable[[str], Scratch], hook: str) -> None:
    repo = scratch(hook)
    repo.write("stores/new-store.yaml", store("fresh"), stage=False)
    repo.write("apps/api/es.yaml", external_secret("api", "fresh"))
    passed, output = repo.commit()
    assert not passed
    assert "no ClusterSecretStore named `fresh`" in output


def test_the_changed_hook_leaves_old_findings_alone(scratch: Callable[[str], Scratch]) -> None:
    repo = scratch("eso-lint-changed")
    repo.write("apps/old/es.yaml", external_secret("old", "vault", '"0"'))
    repo.commit(hooks=False)
    repo.write("apps/api/es.yaml", external_secret("api", "vault"))
    passed, output = repo.commit()
    assert passed, output
    repo.write("apps/old/es.yaml", external_secret("old", "vault", '"0" # still'))
    passed, output = repo.commit()
    assert not passed
    assert "refresh-zero" in output


def test_the_first_commit_of_a_repository(hook_source: tuple[Path, str, dict[str, str]], tmp_path: Path) -> None:
    source, revision, env = hook_source
    repo = Scratch(tmp_path, env)
    repo.run("git", "init", "-q")
    config = f"repos:\n  - repo: {source}\n    rev: {revision}\n    hooks:\n      - id: eso-lint-changed\n"
    repo.write(".pre-commit-config.yaml", config)
    repo.write("es.yaml", external_secret("web", "vault", '"0"'))
    repo.run(sys.executable, "-m", "pre_commit", "install")
    passed, output = repo.commit()
    assert not passed
    assert "refresh-zero" in output
