"""Whole small repositories: the command finds exactly what the marks in their files say, and nothing else.

A line that ends in `# <- ESO101` must carry that finding. A fixture may hold `.eso-lint.yaml`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from eso_lint.testing import marks_of

REPOS = Path(__file__).parent / "fixtures" / "repos"


def run(folder: Path, *args: str) -> tuple[int, dict[str, object]]:
    """Exit code and JSON report of a real run in a folder that is no part of this checkout."""
    argv = [sys.executable, "-m", "eso_lint", "check", "--format", "json", *args, "."]
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout)


def text_files(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


def found(report: dict[str, object]) -> set[tuple[str, int, str]]:
    return {(f["path"], f["start"]["line"], f["rule"]["id"]) for f in report["findings"]}  # type: ignore[attr-defined]


@pytest.mark.parametrize("folder", sorted(p for p in REPOS.iterdir() if p.is_dir()), ids=lambda p: p.name)
def test_repository_has_exactly_its_marked_findings(folder: Path, tmp_path: Path) -> None:
    marks = marks_of(text_files(folder))
    wanted = {(path, line, rule) for (path, line), rules in marks.items() for rule in rules}
    shutil.copytree(folder, tmp_path / folder.name)
    code, report = run(tmp_path / folder.name)
    assert found(report) == wanted
    assert code == (1 if wanted else 0)
