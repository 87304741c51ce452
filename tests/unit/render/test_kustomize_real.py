"""Our kustomize builds against the real tool's: as it ran when the fixtures were made, and as it runs here."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from eso_lint.render.kustomize.build import Build
from tests.compare_kustomize import EXPECTED, FileSource, compare, is_built, kubectl, real, refusals, verdict

FIXTURES = Path(__file__).parents[2] / "fixtures"
SOURCES = {
    "kustomize": FileSource(FIXTURES / "kustomize"),
    **{folder.name: FileSource(folder) for folder in sorted((FIXTURES / "repos").iterdir()) if folder.is_dir()},
}
ROOTS = [(name, root) for name, source in SOURCES.items() for root in source.roots() if is_built(source, root)]
OURS = [root for name, root in ROOTS if name == "kustomize"]
KEPT = [root for root in OURS if f"{root}/{EXPECTED}" in SOURCES["kustomize"].paths]
REFUSED = sorted(set(OURS) - set(KEPT))


def is_recent(binary: str) -> bool:
    """Whether it is of the minor version that the fixtures were made with, or a later one."""
    command = [binary, "version", "--client", "-o", "json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    version = json.loads(done.stdout).get("kustomizeVersion", "") if done.returncode == 0 else ""
    found = re.match(r"v(\d+)\.(\d+)", version)
    return found is not None and (int(found[1]), int(found[2])) >= (5, 8)


@pytest.fixture(scope="module")
def binary() -> str:
    found = kubectl()
    if found is None:
        pytest.skip("no kubectl: name one in ESO_LINT_KUBECTL")
    if not is_recent(found):
        pytest.skip("this kubectl is older than kustomize 5.8")
    return found


def test_there_is_something_to_compare() -> None:
    assert len(KEPT) > 40
    assert all(root.startswith("refused/") for root in REFUSED)
    assert len(REFUSED) > 10
    assert any(name != "kustomize" for name, _ in ROOTS)


@pytest.mark.parametrize("root", KEPT)
def test_builds_give_what_the_real_tool_gave(root: str) -> None:
    source = SOURCES["kustomize"]
    built = Build(source).build(root)
    assert refusals(built) == []
    theirs = real((source.root / root / EXPECTED).read_bytes())
    assert theirs
    found = verdict(built, theirs, all_kinds=True)
    assert (found.word, found.detail, found.objects) == ("agree", "", len(theirs))


@pytest.mark.parametrize("root", REFUSED)
def test_what_the_real_tool_refuses_is_noted(root: str) -> None:
    built = Build(SOURCES["kustomize"]).build(root)
    assert refusals(built) or any(note.kind == "opaque" for note in built.notes)


def test_a_file_above_is_noted() -> None:
    """Flux and Argo CD's own builds allow it, plain kustomize does not."""
    built = Build(SOURCES["kustomize"]).build("outside/in")
    assert [note.kind for note in built.notes] == ["outside"]
    assert len(built.items) == 1


@pytest.mark.parametrize(("name", "root"), ROOTS, ids=[f"{name}/{root}" for name, root in ROOTS])
def test_builds_agree_with_the_real_tool_here(name: str, root: str, binary: str) -> None:
    source = SOURCES[name]
    found = compare(source, Build(source), root, binary, all_kinds=True)
    assert found.word == ("refused" if name == "kustomize" and root in REFUSED else "agree"), found.detail
