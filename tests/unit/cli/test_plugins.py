"""Strangers' plug-ins, each a distribution made on the spot; a real process, as entry points are the process's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
RULE = """
import pluggy
from eso_lint.api import ExternalSecret, Problem, Severity, rule
hookimpl = pluggy.HookimplMarker("eso_lint")

@rule(id="{id}", name="{name}", on=ExternalSecret, severity=Severity.WARNING, since="1.0", bad=(), good=())
def owner_label_missing(es, ws):
    '''No owner label.

    Why: nobody knows whom to ask.

    Fix: add it.
    '''
    yield Problem(at=es.name_node, message="label `owner` is missing")

@hookimpl
def eso_lint_rules():
    return [owner_label_missing]
"""
REPORTER = """
import pluggy
from eso_lint.api import Reporter
hookimpl = pluggy.HookimplMarker("eso_lint")

@hookimpl
def eso_lint_reporters():
    return [Reporter("{name}", "how many", lambda report, stream, options: stream.write(f"{{len(report.shown)}} shown\\n"))]
"""
ES = "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: db}\nspec:\n  secretStoreRef: {name: vault}\n  dataFrom: [{extract: {key: a}}]\n"


def run(tmp_path: Path, code: str, *argv: str) -> subprocess.CompletedProcess[str]:
    site = tmp_path / "site"
    info = site / "acme_rules-1.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-rules\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[eso_lint]\nacme = acme_rules\n")
    (site / "acme_rules.py").write_text(code)
    repo = tmp_path / "repo"
    repo.mkdir(exist_ok=True)
    (repo / "es.yaml").write_text(ES)
    env = {**os.environ, "PYTHONPATH": f"{site}{os.pathsep}{ROOT}"}
    return subprocess.run(
        [sys.executable, "-m", "eso_lint", *argv], cwd=repo, env=env, capture_output=True, text=True, check=False
    )


def test_a_rule_of_a_stranger(tmp_path: Path) -> None:
    done = run(tmp_path, RULE.format(id="ACME001", name="owner-label-missing"), "--format", "json")
    assert done.returncode == 1, done.stderr
    assert [f["rule"]["id"] for f in json.loads(done.stdout)["findings"]] == ["ACME001"]


def test_without_plugins(tmp_path: Path) -> None:
    assert run(tmp_path, "raise OSError", "--no-plugins").returncode == 0


def test_a_format_of_a_stranger(tmp_path: Path) -> None:
    assert run(tmp_path, REPORTER.format(name="count"), "--format", "count").stdout == "0 shown\n"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("raise OSError('no disk')", "OSError: no disk"),
        (RULE.format(id="ACME001", name="refresh-zero"), "both define a rule `refresh-zero`"),
        (RULE.format(id="ESO999", name="owner-label-missing"), "ids that begin with ESO"),
        (RULE.format(id="acme", name="owner-label-missing"), "ids look like"),
        (RULE.format(id="ACME001", name="x").replace("def eso_lint_rules", "def eso_lint_rulez"), "cannot be loaded"),
        (
            RULE.format(id="ACME001", name="x").replace("return [owner_label_missing]", "return 1 / 0"),
            "ZeroDivisionError",
        ),
        (RULE.format(id="ACME001", name="x").replace("return [owner_label_missing]", "return ['x']"), "not a Rule"),
        (REPORTER.format(name="json"), "which exists already"),
    ],
)
def test_a_broken_plugin_stops_the_run(tmp_path: Path, code: str, message: str) -> None:
    done = run(tmp_path, code, "--format", "count" if "Reporter" in code else "text")
    assert done.returncode == 2
    assert message in done.stderr
    assert "acme-rules 1.2" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_index_and_the_host_name_the_same_rules() -> None:
    from eso_lint.plugins import Host
    from eso_lint.rules.index import INDEX

    assert sorted(Host(False).rules()) == sorted(INDEX)


RENDERER = """
import pluggy
from eso_lint.api import Mapping, Renderer, Scalar, Sequence, lookup
hookimpl = pluggy.HookimplMarker("eso_lint")

def text(at, value):
    return Scalar(at.file, at.start, at.end, value, "'")

def mapping(at, **values):
    return Mapping(at.file, at.start, at.end, tuple((text(at, k), v) for k, v in values.items()))

def render(document):
    '''A Database stands for an ExternalSecret of its name.'''
    root = document.root
    if getattr(lookup(root, "kind"), "text", "") != "Database":
        return
    interval, name = lookup(root, "spec", "refresh"), lookup(root, "metadata", "name")
    {broken}
    yield document._replace(root=mapping(
        root, apiVersion=text(root, "external-secrets.io/v1"), kind=text(root, "ExternalSecret"),
        metadata=mapping(name, name=name),
        spec=mapping(interval, refreshInterval=interval, secretStoreRef=mapping(name, name=text(name, "db")),
                     dataFrom=Sequence(root.file, name.start, name.end, (mapping(name, extract=mapping(name, key=name)),))),
    ))

@hookimpl
def eso_lint_renderers():
    return [Renderer("database", ("Database",), render)]
"""
DATABASE = "apiVersion: acme.example/v1\nkind: Database\nmetadata:\n  name: orders\nspec:\n  refresh: '0'\n"


def test_a_renderer_of_a_stranger(tmp_path: Path) -> None:
    """The documents that it makes are linted where they point to."""
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "db.yaml").write_text(DATABASE)
    done = run(tmp_path, RENDERER.replace("{broken}", ""), "--format", "json", "--select", "refresh-zero")
    found = [
        (f["path"], f["start"]["line"], f["object"]["name"])
        for f in json.loads(done.stdout)["findings"]
        if f["rule"]["id"] == "ESO401"
    ]
    assert found == [("db.yaml", 6, "orders")], done.stderr


@pytest.mark.parametrize(("broken", "message"), [("1 / 0", "ZeroDivisionError"), ("yield 'x'", "not a Document")])
def test_a_renderer_that_fails_is_named(tmp_path: Path, broken: str, message: str) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "db.yaml").write_text(DATABASE)
    done = run(tmp_path, RENDERER.replace("{broken}", broken), "-q")
    assert done.returncode == 2
    assert "renderer `database`" in done.stderr
    assert message in done.stderr
    assert "acme-rules 1.2" in done.stderr
    assert "Traceback" not in done.stderr
