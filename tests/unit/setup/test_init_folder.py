"""Files into a folder: all or none, and nothing is lost."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from eso_lint.errors import UsageError
from eso_lint.setup import folder as module
from eso_lint.setup.folder import diff, laid_out, plan, write

FILES = {"a.yaml": "a: 1\n", "deep/er/b.json": "{}\n", "deep/c.md": "c\n"}


def everything(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


def put(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    target = tmp_path / "not" / "yet"
    found = plan(str(target), FILES)
    assert found == (("a.yaml", "deep/c.md", "deep/er/b.json"), (), (), ())
    write(str(target), FILES, found)
    assert everything(tmp_path) == {f"not/yet/{path}": text for path, text in FILES.items()}
    again = plan(str(target), FILES)
    assert again.written == ()
    assert again.same == ("a.yaml", "deep/c.md", "deep/er/b.json")


def test_what_is_there_already_is_compared_and_kept(tmp_path: Path) -> None:
    put(tmp_path, {"a.yaml": "a: 2\n", "deep/c.md": "c\n", "own.txt": "mine"})
    found = plan(str(tmp_path), FILES)
    assert found == (("deep/er/b.json",), ("a.yaml",), ("deep/c.md",), ())
    shown = diff(str(tmp_path), FILES)
    assert shown.startswith(
        "--- a/a.yaml\n+++ b/a.yaml\n@@ -1 +1 @@\n-a: 2\n+a: 1\n--- /dev/null\n+++ b/deep/er/b.json\n"
    )
    assert "c.md" not in shown
    write(str(tmp_path), FILES, found)
    assert everything(tmp_path) == {**FILES, "own.txt": "mine"}


def test_a_line_without_an_end_is_told(tmp_path: Path) -> None:
    put(tmp_path, {"a": "x"})
    assert diff(str(tmp_path), {"a": "x\n"}) == "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+x\n"


def test_what_cannot_be_written_is_refused_beforehand(tmp_path: Path) -> None:
    put(tmp_path, {"file": ""})
    (tmp_path / "a.yaml").mkdir()
    with pytest.raises(UsageError, match="is no folder"):
        plan(str(tmp_path / "file"), FILES)
    with pytest.raises(UsageError, match="is no folder, and files are to be written below it"):
        plan(str(tmp_path), {"file/x": ""})
    with pytest.raises(UsageError, match="is a folder, and a file"):
        plan(str(tmp_path), FILES)


def test_other_bytes_and_links_count_as_something_else(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe")
    (tmp_path / "c").symlink_to("nowhere")
    assert plan(str(tmp_path), {"a.yaml": "", "c": ""}).changed == ("a.yaml", "c")
    write(str(tmp_path), {"a.yaml": "", "c": ""}, plan(str(tmp_path), {"a.yaml": "", "c": ""}))
    assert not (tmp_path / "c").is_symlink(), "the link is replaced, what it leads to is not written"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("fails_at", [1, 2, 3, 4])
def test_a_move_that_fails_takes_all_others_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    before = {"a.yaml": "a: 2\n", "own.txt": "mine"}
    put(tmp_path, before)
    found = plan(str(tmp_path), FILES)
    moves: list[str] = []
    real = os.replace

    def replace(source: str, target: str) -> None:
        moves.append(target)
        if len(moves) == fails_at:
            raise OSError(28, "No space left on device", target)
        real(source, target)

    monkeypatch.setattr(module.os, "replace", replace)
    with pytest.raises(OSError, match="No space left"):
        write(str(tmp_path), FILES, found)
    assert everything(tmp_path) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.yaml", "own.txt"], "no folder is left behind"


def test_an_interruption_during_the_moves_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.replace

    def replace(source: str, target: str) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        real(source, target)

    monkeypatch.setattr(module.os, "replace", replace)
    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        write(str(tmp_path / "here"), FILES, plan(str(tmp_path / "here"), FILES))
    assert everything(tmp_path / "here") == FILES
    assert [p.name for p in tmp_path.iterdir()] == ["here"]
    assert signal.getsignal(signal.SIGINT) is handler


def test_an_interruption_before_the_moves_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.makedirs

    def makedirs(path: str, exist_ok: bool = False) -> None:
        real(path, exist_ok=exist_ok)
        if path.endswith("er"):
            raise KeyboardInterrupt

    monkeypatch.setattr(module.os, "makedirs", makedirs)
    with pytest.raises(KeyboardInterrupt):
        write(str(tmp_path / "here"), FILES, plan(str(tmp_path / "here"), FILES))
    assert list(tmp_path.iterdir()) == []


def test_files_of_the_root_are_laid_at_the_root_and_stay_their_owners(tmp_path: Path) -> None:
    files = laid_out({"a.yaml": "", ".eso-lint.yaml": "x", ".github/w.yaml": "y"}, "./apps/eso/")
    assert files == {".eso-lint.yaml": "x", ".github/w.yaml": "y", "apps/eso/a.yaml": ""}
    assert list(laid_out({"a.yaml": ""}, ".")) == ["a.yaml"]
    put(tmp_path, {".eso-lint.yaml": "mine", "apps/eso/a.yaml": "mine"})
    found = plan(str(tmp_path), files, force=False)
    assert found == ((".github/w.yaml",), ("apps/eso/a.yaml",), (), (".eso-lint.yaml",))
    assert plan(str(tmp_path), files, force=True).changed == (".eso-lint.yaml", "apps/eso/a.yaml")
