from __future__ import annotations

import random
import subprocess
import time
from pathlib import Path

import pytest

from eso_lint.source.discover import discover
from eso_lint.source.ignore import Patterns

CASES = [
    ("*.tmp", "a/b.tmp", True),
    ("/build", "build", True),
    ("/build", "a/build", False),
    ("a/b", "a/b", True),
    ("a/b", "x/a/b", False),
    ("**/b", "x/y/b", True),
    ("a/**/b", "a/b", True),
    ("a/**/b", "a/x/y/b", True),
    ("a/**", "a/x", True),
    ("dir/", "dir", False),
    ("fo?.yaml", "foo.yaml", True),
    ("[ab].yaml", "c.yaml", False),
    ("[!ab].yaml", "c.yaml", True),
    (r"\#x", "#x", True),
    (r"\!x", "!x", True),
    ("x\\ ", "x ", True),
    ("x ", "x", True),
    ("# x", "# x", False),
    ("a*b*c", "axxbyyc", True),
    ("a*b*c", "axxcyyb", False),
    ("*", "anything", True),
]


@pytest.mark.parametrize(("pattern", "path", "ignored"), CASES)
def test_a_pattern(pattern: str, path: str, ignored: bool) -> None:
    assert (Patterns([pattern]).decide(path, path.rsplit("/", 1)[-1]) is True) is ignored


def test_the_last_match_decides() -> None:
    patterns = Patterns(["*.yaml", "!keep.yaml", "sub/keep.yaml"])
    assert patterns.decide("keep.yaml", "keep.yaml") is False
    assert patterns.decide("sub/keep.yaml", "keep.yaml") is True
    assert patterns.decide("x.json", "x.json") is None


def test_no_pattern_is_slow() -> None:
    began = time.process_time()
    for pattern in ("*a" * 60 + "b", "**/a/" * 60 + "b", "[a-z]*" * 40 + "!"):
        Patterns([pattern]).decide("a/" * 200 + "a" * 250, "a" * 250)
    assert time.process_time() - began < 2


def test_a_broken_class_spares_the_other_patterns() -> None:
    assert Patterns(["[z-a]", "*.tmp"]).decide("x.tmp", "x.tmp") is True


def test_agrees_with_git(tmp_path: Path) -> None:
    rng = random.Random(7)
    names = ["a", "b", "ab", "a.yaml", "b.yaml", "x.json"]
    for path in {"/".join(rng.choice(names) for _ in range(rng.randint(1, 4))) + ".yml" for _ in range(150)}:
        target = tmp_path / path
        if not any(parent.is_file() for parent in target.parents):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text("a: 1\n")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    atoms = ["a", "b", "ab", "*.yml", "a*", "**", "*", "?", "[ab]", "a.yaml", "b.yaml.yml", "*b*"]
    for _ in range(60):
        for directory in (tmp_path, tmp_path / "a"):
            if directory.is_dir():
                (directory / ".gitignore").write_text("\n".join(_pattern(rng, atoms) for _ in range(rng.randint(0, 5))))
        listed = subprocess.run(
            ["git", "-C", str(tmp_path), "ls-files", "--others", "--exclude-standard", "-z"],
            check=True,
            capture_output=True,
        ).stdout.decode()
        wanted = {p for p in listed.split("\0") if p.endswith(".yml")}
        found = {p for p in discover(str(tmp_path)).paths if p.endswith(".yml")}
        rules = {d.name: (d / ".gitignore").read_text() for d in (tmp_path, tmp_path / "a") if d.is_dir()}
        assert found == wanted, rules


def _pattern(rng: random.Random, atoms: list[str]) -> str:
    text = "/".join(rng.choice(atoms) for _ in range(rng.randint(1, 3)))
    return rng.choice(["", "", "!"]) + rng.choice(["", "", "/"]) + text + rng.choice(["", "", "/"])
