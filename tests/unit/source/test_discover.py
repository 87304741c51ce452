from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from eso_lint.errors import UsageError
from eso_lint.source.discover import Discovery, Skip, discover, find_root


def put(root: Path, *paths: str, text: str = "a: 1\n") -> None:
    for path in paths:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


def names(found: Discovery) -> list[str]:
    return [file.path for file in found.files]


def git(root: Path, *args: str) -> None:
    subprocess.run(["git", "-C", str(root), "-c", "user.name=t", "-c", "user.email=t@t", *args], check=True)


def test_sorted_and_only_what_matters(tmp_path: Path) -> None:
    put(
        tmp_path,
        "b.yaml",
        "a/x.yml",
        "a.json",
        "pic.png",
        "Makefile",
        "values.yaml.j2",
        ".git/config.yaml",
        "z/Kustomization",
    )
    found = discover(str(tmp_path))
    assert names(found) == ["Makefile", "a.json", "a/x.yml", "b.yaml", "values.yaml.j2", "z/Kustomization"]
    assert "pic.png" in found.paths
    assert not any(path.startswith(".git/") for path in found.paths)


def test_files_without_extension_are_scripts_only_by_first_line(tmp_path: Path) -> None:
    put(tmp_path, "run", text="#!/usr/bin/env bash\n")
    put(tmp_path, "LICENSE", text="words\n")
    assert names(discover(str(tmp_path))) == ["run"]


def test_gitignore_and_exclude(tmp_path: Path) -> None:
    put(tmp_path, "a.yaml", "out/b.yaml", "keep/c.yaml", "keep/gen.yaml", "vendor/d.yaml")
    put(tmp_path, ".gitignore", text="out/\n*.gen\n")
    put(tmp_path, "keep/.gitignore", text="gen.yaml\n")
    found = names(discover(str(tmp_path), exclude=["vendor/"]))
    assert found == [".gitignore", "a.yaml", "keep/.gitignore", "keep/c.yaml"]


def test_ignore_files_above_a_named_directory_hold(tmp_path: Path) -> None:
    put(tmp_path, "apps/a/b.yaml", "apps/a/c.yaml")
    put(tmp_path, ".gitignore", text="c.yaml\n")
    assert names(discover(str(tmp_path), [str(tmp_path / "apps")])) == ["apps/a/b.yaml"]


def test_a_named_file_is_read_whatever_ignores_it(tmp_path: Path) -> None:
    put(tmp_path, "a.yaml", "note.txt")
    put(tmp_path, ".gitignore", text="a.yaml\n")
    args = [str(tmp_path / "a.yaml"), str(tmp_path / "note.txt")]
    assert names(discover(str(tmp_path), args, exclude=["*.yaml"])) == ["a.yaml", "note.txt"]
    assert names(discover(str(tmp_path), args, exclude=["*.yaml"], force_exclude=True)) == ["note.txt"]


def test_paths_that_do_not_exist_or_lie_outside(tmp_path: Path) -> None:
    put(tmp_path, "in/store.yaml", "out.yaml")
    with pytest.raises(UsageError, match="does not exist") as error:
        discover(str(tmp_path / "in"), [str(tmp_path / "in" / "stroe.yaml")])
    assert "store.yaml" in error.value.hint
    with pytest.raises(UsageError, match="lies outside"):
        discover(str(tmp_path / "in"), [str(tmp_path / "out.yaml")])


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX only")
def test_hostile_entries(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    put(root, "x.yaml/inner.yaml", "ok.yaml")
    put(tmp_path, "secret.yaml")
    os.mkfifo(root / "fifo.yaml")
    (root / "loop").symlink_to(root)
    (root / "self.yaml").symlink_to("self.yaml")
    (root / "out.yaml").symlink_to(tmp_path / "secret.yaml")
    (root / "outdir").symlink_to(tmp_path)
    (root / "same.yaml").symlink_to("ok.yaml")
    (root / "bin.yaml").write_bytes(b"a\x00b")
    (root / "wide.yaml").write_text("a: 1\n", encoding="utf-16")
    with (root / "huge.yaml").open("wb") as stream:
        stream.truncate(1 << 30)
    found = discover(str(root))
    assert names(found) == ["ok.yaml", "wide.yaml", "x.yaml/inner.yaml"]
    assert found.skipped == (
        Skip("bin.yaml", "binary"),
        Skip("fifo.yaml", "no regular file"),
        Skip("huge.yaml", "larger than 5,000,000 bytes"),
        Skip("out.yaml", "symbolic link out of the repository"),
        Skip("outdir", "symbolic link out of the repository"),
        Skip("self.yaml", "symbolic link that leads nowhere"),
    )
    assert names(discover(str(root), [str(root / "fifo.yaml")])) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="needs a user whom permissions bind")
def test_no_permission(tmp_path: Path) -> None:
    put(tmp_path, "a.yaml", "d/b.yaml")
    (tmp_path / "a.yaml").chmod(0)
    (tmp_path / "d").chmod(0)
    try:
        assert [s.reason for s in discover(str(tmp_path)).skipped] == ["permission denied"] * 2
    finally:
        (tmp_path / "d").chmod(0o700)


def test_git_index(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    put(tmp_path, "a.yaml", "with space.yaml", "new\nline.yaml", "staged.yaml", "gone.yaml", "vendor/v.yaml")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "x")
    put(tmp_path, "untracked.yaml", "later.yaml")
    git(tmp_path, "add", "later.yaml")
    (tmp_path / "gone.yaml").unlink()
    found = discover(str(tmp_path), exclude=["vendor"], git_index=True)
    assert names(found) == ["a.yaml", "later.yaml", "new\nline.yaml", "staged.yaml", "with space.yaml"]
    assert names(discover(str(tmp_path), [str(tmp_path / "vendor")], git_index=True)) == ["vendor/v.yaml"]


def test_git_index_outside_a_repository(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="git"):
        discover(str(tmp_path), git_index=True)


def test_find_root(tmp_path: Path) -> None:
    put(tmp_path, "repo/a/b.yaml", "repo/.git/HEAD", "bare/b.yaml")
    assert find_root(str(tmp_path / "repo/a/b.yaml")) == str((tmp_path / "repo").resolve())
    assert find_root(str(tmp_path / "bare")) == str((tmp_path / "bare").resolve())


def test_nothing_heavy_is_imported() -> None:
    heavy = ["dataclasses", "subprocess", "json", "yaml", "inspect", "importlib.metadata"]
    code = f"import sys; before = set(sys.modules); import eso_lint.source.discover; print([m for m in {heavy} if m in sys.modules and m not in before])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_is_named_twice_is_walked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a.yaml", "b/c.yaml")
    walked: list[str] = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: walked.append(str(path)) or scandir(path))
    found = discover(str(tmp_path), [str(tmp_path), str(tmp_path / ".")])
    assert names(found) == ["a.yaml", "b/c.yaml"]
    assert len(walked) == 2
