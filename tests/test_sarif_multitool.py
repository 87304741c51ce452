"""Microsoft's validator finds no error and no warning in our SARIF. Runs where its npm package is present.

The validator exits 0 even with errors, so its own report is read.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from eso_lint.lint.report import Report
from tests.unit.report import samples
from tests.unit.report.odd import ODD

CHECKOUT = Path(__file__).parent.parent
REPOS = CHECKOUT / "tests" / "fixtures" / "repos"


def multitool() -> str | None:
    """The native program in the npm package: its node wrapper passes arguments through a shell, unquoted."""
    named = os.environ.get("ESO_LINT_SARIF_MULTITOOL")
    shim = Path(named) if named else CHECKOUT / "node_modules" / ".bin" / "sarif-multitool"
    if not shim.exists():
        return None
    packages = shim.resolve().parent.parent
    programs = sorted(packages.glob("sarif-multitool-*/Sarif.Multitool")) + sorted(
        packages.glob("sarif-multitool-*/Sarif.Multitool.exe")
    )
    return next((str(program) for program in programs if os.access(program, os.X_OK)), None)


TOOL = multitool()
needs_tool = pytest.mark.skipif(TOOL is None, reason="sarif-multitool is not installed")
# Notes only: plain text messages, no version control data, addresses that cannot be reached offline, no embedded files.
EXPECTED = frozenset({"SARIF2002", "SARIF2003", "SARIF2006", "SARIF2013"})
# Some odd files have no text to show.
EXPECTED_OF_ODD = EXPECTED | {"SARIF2010", "SARIF2011"}


def complaints(folder: Path, expected: frozenset[str] = EXPECTED) -> list[str]:
    """What the validator says against the logs in a folder, expected notes left out."""
    assert TOOL is not None
    logs = sorted(folder.glob("*.sarif"))
    assert logs
    out = folder / "validation.json"
    argv = [TOOL, "validate", *map(str, logs), "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning;Note"]
    argv += ["-o", str(out), "--log", "ForceOverwrite"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=300)
    assert out.exists(), done.stdout + done.stderr
    found = []
    seen = set()
    for run in json.loads(out.read_text(encoding="utf-8-sig"))["runs"]:
        artifacts = [Path(a["location"]["uri"]).name for a in run.get("artifacts", [])]
        for result in run.get("results", []):
            level, rule = result.get("level", "warning"), result["ruleId"].split("/")[0]
            where = result["locations"][0]["physicalLocation"]["artifactLocation"]
            name = artifacts[where["index"]] if "index" in where else Path(where["uri"]).name
            seen.add(name)
            if level != "note" or rule not in expected:
                found.append(f"{name}: {level} {rule} {json.dumps(result['message'])}")
        for invocation in run.get("invocations", []):
            notices = invocation.get("toolExecutionNotifications", [])
            found += [n["message"]["text"] for n in notices if n.get("level") == "error"]
    # Each log earns at least an expected note, so one without any was not looked at.
    assert seen == {log.name for log in logs}
    return found


def write(log: Path, report: Report) -> None:
    text = samples.shown("sarif", report, sarif_suppressed=True, sarif_category="eso-lint")
    log.write_text(text, encoding="utf-8")


@needs_tool
def test_sample_reports_are_valid(tmp_path: Path) -> None:
    write(tmp_path / "story.sarif", samples.story())
    write(tmp_path / "empty.sarif", samples.report())
    assert complaints(tmp_path) == []


@needs_tool
def test_reports_on_odd_files_are_valid(tmp_path: Path) -> None:
    for name, report in ODD.items():
        write(tmp_path / f"{name}.sarif", report)
    assert complaints(tmp_path, EXPECTED_OF_ODD) == []


@needs_tool
def test_a_wrong_log_is_noticed(tmp_path: Path) -> None:
    log = tmp_path / "wrong.sarif"
    write(log, samples.story())
    log.write_text(log.read_text(encoding="utf-8").replace('"startLine": 17', '"startLine": 0'), encoding="utf-8")
    assert complaints(tmp_path)


@needs_tool
def test_reports_on_fixture_repositories_are_valid(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    for folder in sorted(p for p in REPOS.iterdir() if p.is_dir()):
        log = tmp_path / f"{folder.name}.sarif"
        argv = [sys.executable, "-m", "eso_lint", "check", "--profile", "audit", "--report", f"sarif:{log}", "."]
        done = subprocess.run(argv, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode in (0, 1), done.stderr
    assert complaints(tmp_path) == []
