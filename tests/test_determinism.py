"""Same input, same bytes; and nothing is asked of the world: no network, no process, no import, no file written."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from eso_lint.report import FORMATS
from tests.process import ROOT, environment

REPOS = ROOT / "tests" / "fixtures" / "repos"
STORIES = sorted(path.name for path in REPOS.iterdir())
# What a linter has no business with. Listing and reading are all that it does.
WATCH = """
import os, sys
from eso_lint.__main__ import main
root, argv = sys.argv[1], sys.argv[2:]
refused = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.mkdir", "os.remove",
           "os.rename", "os.link", "os.symlink", "os.chmod", "os.truncate", "shutil.", "tempfile.", "ctypes.", "webbrowser.",
           "urllib.", "http.", "ftplib.", "pty.", "os.putenv", "exec")
running = False
def watch(event, args):
    if not running:
        return
    if event == "open":
        path, mode, flags = args
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
        assert not writes or path == os.devnull, f"writes {path}"
    elif event == "import":
        assert not str(args[1] or "").startswith(root), f"imports {args}"
    elif event == "compile":
        assert not str(args[1] or "").startswith(root), f"compiles {args}"
    elif event == "exec":
        name = getattr(args[0], "co_filename", "")
        assert not name.startswith(root), f"executes {name}"
    else:
        assert not event.startswith(refused), f"{event} {args}"
sys.dont_write_bytecode = True
sys.addaudithook(watch)
running = True
code = main(argv)
running = False
sys.stdout.flush()
raise SystemExit(code)
"""


def lint(root: Path, *argv: str, seed: str = "0") -> bytes:
    done = subprocess.run(
        [sys.executable, "-m", "eso_lint", "--no-plugins", *argv],
        cwd=root, env=environment(PYTHONHASHSEED=seed), capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr.decode()
    return done.stdout + b"\n--\n" + done.stderr


def shuffled_copy(source: Path, target: Path, seed: int) -> None:
    """A copy whose files are made in another order, backwards in time."""
    paths = [path for path in source.rglob("*") if path.is_file()]
    random.Random(seed).shuffle(paths)
    for i, path in enumerate(paths):
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
        os.utime(place, (1_000_000_000 - i, 1_000_000_000 - i))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """All stories as one repository, so that there is much to put in order."""
    root = tmp_path / "a" / "checkout"
    for name in STORIES:
        shuffled_copy(REPOS / name, root / name, 1)
    (root / ".git").mkdir()
    return root


@pytest.mark.parametrize("argv", [*((f"--format={name}",) for name in FORMATS), ("inventory",), ("inventory", "--format=json")], ids=" ".join)  # fmt: skip
def test_same_input_same_bytes(checkout: Path, argv: tuple[str, ...]) -> None:
    strict = () if argv[0] == "inventory" else ("--profile=audit",)
    first = lint(checkout, *argv, *strict)
    for seed in ("1", "4711"):
        assert lint(checkout, *argv, *strict, seed=seed) == first
    elsewhere = checkout.parent.parent / "quite another" / "place é" / "checkout"
    shuffled_copy(checkout, elsewhere, 2)
    (elsewhere / ".git").mkdir()
    assert lint(elsewhere, *argv, *strict) == first
    assert str(checkout).encode() not in first


def test_findings_do_not_depend_on_where_one_stands(checkout: Path) -> None:
    first = lint(checkout, "--format=json")
    assert lint(checkout / STORIES[0], "--format=json", "..") == first
    assert lint(checkout.parent, "--format=json", "checkout") == first


TRAPS = (
    "sitecustomize.py",
    "usercustomize.py",
    "eso_lint.py",
    "yaml.py",
    "pluggy.py",
    "conftest.py",
    "setup.py",
    "re.py",
)


@pytest.mark.parametrize("argv", [("--format=text",), ("--format=sarif",), ("inventory",), ("config",), ("--format=json", "--profile=audit")], ids=" ".join)  # fmt: skip
def test_nothing_is_asked_of_the_world(checkout: Path, argv: tuple[str, ...]) -> None:
    for trap in TRAPS:
        (checkout / trap).write_text("raise SystemExit('executed')\n")
    (checkout / "Makefile").write_text("external-secrets.io:\n\ttouch executed\n")
    before = sorted((p, p.stat().st_mtime_ns) for p in checkout.rglob("*"))
    env = environment(PYTHONPATH=str(ROOT), PYTHONDONTWRITEBYTECODE="1")
    done = subprocess.run(
        [sys.executable, "-P", "-c", WATCH, str(checkout), *argv],
        cwd=checkout, env=env, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    assert "executed" not in done.stdout + done.stderr
    assert sorted((p, p.stat().st_mtime_ns) for p in checkout.rglob("*")) == before


def test_the_watch_bites(tmp_path: Path) -> None:
    """What the test above refuses is refused, indeed."""
    for bad in ("import socket; socket.socket()", "import subprocess; subprocess.run(['true'])", "open('x', 'w')"):
        code = WATCH.replace("code = main(argv)", f"{bad}\ncode = 0")
        done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=tmp_path, env=environment(), capture_output=True, check=False)  # fmt: skip
        assert done.returncode == 1
        assert b"AssertionError" in done.stderr


def test_a_checkout_that_cannot_be_written(checkout: Path) -> None:
    first = lint(checkout, "--format=json")
    places = [checkout, *checkout.rglob("*")]
    for path in places:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert lint(checkout, "--format=json") == first
    finally:
        for path in places:
            path.chmod(0o755 if path.is_dir() else 0o644)
