"""The work of a run on the generated corpus, counted exactly: a change that makes more of it is seen, on any machine.

Where a number changes and the change is meant, `pytest tests/test_work.py --snapshot-update` takes it over.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.process import ROOT, environment

COUNT = """
import collections, json, os, sys
before = set(sys.modules)
count, schemas = collections.Counter(), []
def watch(event, args):
    if event == "open" and isinstance(args[0], str):
        path = args[0].replace("\\\\", "/")
        if "/schemas/" in path:
            schemas.append(path.rpartition("/schemas/")[2])
def profile(frame, event, arg):
    if event == "call":
        count["calls"] += 1
        code = frame.f_code
        key = WANTED.get((code.co_name, os.path.basename(code.co_filename)))
        if key:
            count[key] += 1
WANTED = {
    ("_content", "discover.py"): "files opened",
    ("parse", "parse.py"): "files parsed",
    ("read_chunk", "parse.py"): "documents parsed",
    ("build", "builder.py"): "documents parsed by libyaml",
    ("_accumulate", "build.py"): "kustomizations built",
}
from eso_lint.__main__ import main
sys.addaudithook(watch)
sys.setprofile(profile)
code = main(sys.argv[1:])
sys.setprofile(None)
modules = sorted(m for m in set(sys.modules) - before if m.startswith("eso_lint"))
calls = count.pop("calls")
print(json.dumps({"code": code, "work": dict(count), "schemas": schemas, "modules": modules, "calls": calls}), file=sys.stderr)
"""

# Modules of ours besides rules that a run on this corpus may import.
MOST_MODULES = 200


def corpus(root: Path, files: int) -> Path:
    target = root / str(files)
    subprocess.run(
        [sys.executable, ROOT / "bench" / "corpus.py", target, "--files", str(files)],
        check=True, capture_output=True, env=environment(PYTHONHASHSEED="0"),
    )  # fmt: skip
    (target / ".git").mkdir()
    return target


def work(root: Path, *argv: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", COUNT, "--no-plugins", "--format", "concise", "-q", *argv],
        cwd=root, env=environment(PYTHONHASHSEED="0"), capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stderr.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corpus(tmp_path_factory.mktemp("corpus"), 250)


@pytest.mark.parametrize("argv", [(), ("--profile=strict",), ("--format=json",), ("clusters/prod-eu/stores",)], ids=lambda a: " ".join(a) or "plain")  # fmt: skip
def test_work_is_what_it_was(small: Path, argv: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    found = work(small, *argv)
    modules, schemas = found["modules"], found["schemas"]
    assert isinstance(modules, list)
    assert isinstance(schemas, list)
    assert {"work": found["work"], "schemas": sorted(schemas)} == snapshot
    # New modules are no reason for a new snapshot. Which rules are loaded is up to the corpus, which has all there is.
    assert sum(not name.startswith("eso_lint.rules.") for name in modules) <= MOST_MODULES


def test_every_file_is_opened_once(small: Path) -> None:
    opened = work(small)["work"]
    assert isinstance(opened, dict)
    files = [p for p in small.rglob("*") if p.is_file() and p.suffix in (".yaml", ".md")]
    # And the repository's two ignore files, which are not there.
    assert 0 <= opened["files opened"] - len(files) <= 2


def test_work_grows_with_the_files(small: Path, tmp_path: Path) -> None:
    """Twice the files are little more than twice the work: calls of functions, start-up taken off."""
    large = corpus(tmp_path, 500)
    (tmp_path / "none").mkdir()
    start = work(tmp_path / "none")["calls"]
    one, two = (work(root, "--profile=audit")["calls"] for root in (small, large))
    assert isinstance(start, int) and isinstance(one, int) and isinstance(two, int)
    assert (two - start) / (one - start) < 2.4
