from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from syrupy.assertion import SnapshotAssertion

from eso_lint.__main__ import main
from eso_lint.lint.report import Suppressed
from eso_lint.lint.rule import Related
from eso_lint.report.fingerprint import LineHashes
from tests.unit.report.odd import ODD
from tests.unit.report.samples import NOT_FOUND, STATIC, at, finding, make_rule, report, shown, source, story

SCHEMA = json.loads((Path(__file__).parents[2] / "data" / "sarif-2.1.0.json").read_text())
LOGS = {"story": story(), "empty": report(), **ODD}


def run_of(text: str) -> dict[str, Any]:
    run: dict[str, Any] = json.loads(text)["runs"][0]
    return run


def walk(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, inner
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)


@pytest.fixture(scope="module")
def validator() -> Any:
    return jsonschema.Draft4Validator(SCHEMA)


@pytest.mark.parametrize("name", sorted(LOGS))
def test_schema_and_what_it_does_not_say(name: str, validator: Any) -> None:
    text = shown("sarif", LOGS[name], sarif_suppressed=True, sarif_category="eso-lint")
    log = json.loads(text)
    assert [e.message for e in validator.iter_errors(log)] == []
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted(rule["id"] for rule in rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert set(result["partialFingerprints"]) == {"esoLintIdentity/v1", "primaryLocationLineHash"}
        assert result["kind"] == "fail"
        assert result["message"]["text"].split(". ")[0]
        (location,) = result["locations"]
        region = location["physicalLocation"]["region"]
        assert region["startLine"] == region["endLine"]
        assert 1 <= region["startColumn"] <= region["endColumn"]
        for link in result.get("relatedLocations", []):
            assert f"]({link['id']})" in result["message"]["text"]
    for key, value in walk(log):
        if key == "uri":
            assert not value.startswith("/")
            assert ".." not in value.split("/")
            assert all(c.isalnum() or c in "/-._~%" for c in value)
            assert value.isascii()
        if key == "region" and "startColumn" in value:
            assert set(value) >= {"startLine", "startColumn", "endLine", "endColumn"}
    assert run["originalUriBaseIds"].keys() == {"SRCROOT"}
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["automationDetails"]["id"] == "eso-lint/"
    assert {key for key, _ in walk(log)} & {
        "startTimeUtc",
        "endTimeUtc",
        "machine",
        "account",
        "workingDirectory",
    } == set()


def test_story(snapshot: SnapshotAssertion) -> None:
    run = run_of(shown("sarif", story()))
    run["tool"]["driver"]["version"] = run["tool"]["driver"]["semanticVersion"] = "0.0.0"
    assert json.dumps(run, indent=1) == snapshot


def test_same_report_same_bytes() -> None:
    assert shown("sarif", story()) == shown("sarif", story())


@pytest.mark.parametrize("name", sorted(ODD))
def test_regions_lie_in_the_file(name: str) -> None:
    files = {f.span.file.path: f.span.file for f in ODD[name].shown}
    for result in run_of(shown("sarif", ODD[name]))["results"]:
        place = result["locations"][0]["physicalLocation"]
        path = unquote(place["artifactLocation"]["uri"], errors="surrogateescape")
        region = place["region"]
        line = files[path].line(region["startLine"])
        assert region["endColumn"] <= len(line) + 1
        if name != "secret" and "snippet" in region:
            assert region["snippet"]["text"] == line[region["startColumn"] - 1 : region["endColumn"] - 1]
        assert result["partialFingerprints"]["primaryLocationLineHash"] == LineHashes(files[path])[region["startLine"]]


def test_one_result_per_rule_and_line() -> None:
    run = run_of(shown("sarif", ODD["merged"]))
    assert Counter(r["ruleId"] for r in run["results"]) == {"ESO101": 1, "ESO601": 1}
    merged = run["results"][0]
    assert merged["message"]["text"] == "No ClusterSecretStore named `vualt`. No store `vuelt`. See [first](1)."
    assert len(merged["relatedLocations"]) == 1


def test_text_of_strangers_makes_no_link() -> None:
    file = source("a: b\n")
    result = run_of(shown("sarif", report(finding(at(file, "b"), message="no `[x](1)`"))))["results"][0]
    assert result["message"]["text"] == "No `\\[x](1)`."


def test_suppressed_are_left_out_unless_asked_for() -> None:
    hidden = finding(at(source("a: b\n"), "b"))
    held = report(suppressed=(Suppressed(hidden, "comment", "known"), Suppressed(hidden, "config", "")))
    assert run_of(shown("sarif", held))["results"] == []
    (result,) = run_of(shown("sarif", held, sarif_suppressed=True))["results"]
    assert result["suppressions"] == [
        {"kind": "inSource", "status": "accepted", "justification": "known"},
        {"kind": "external", "status": "accepted", "justification": "No reason is given."},
    ]


def test_rule_metadata_within_limits() -> None:
    long = make_rule("ESO999", "x" * 300)._replace(doc="S.\n\n    Why: " + "long word " * 500)
    driver = run_of(shown("sarif", report()._replace(rules=(NOT_FOUND, STATIC, long))))["tool"]["driver"]
    for rule in driver["rules"]:
        assert len(rule["name"]) <= 255
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert len(rule["properties"]["tags"]) <= 10
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert rule["helpUri"].startswith("https://")
    assert driver["rules"][0]["name"] == "StoreNotFound"
    assert "security-severity" not in driver["rules"][0]["properties"]
    assert driver["rules"][1]["properties"]["security-severity"] == "6.5"
    assert "security" in driver["rules"][1]["properties"]["tags"]


def test_skipped_files_are_notifications() -> None:
    notes = run_of(shown("sarif", story()))["invocations"][0]["toolExecutionNotifications"]
    assert [n["message"]["text"] for n in notes] == [
        "Not checked: larger than 5 MB.",
        "Not checked: template that is no YAML before it is rendered.",
    ]
    assert notes[1]["locations"][0]["physicalLocation"]["region"]["startLine"] == 1


def test_related_place_that_is_the_primary_one_is_not_listed() -> None:
    span = at(source("a: b\n"), "b")
    (result,) = run_of(shown("sarif", report(finding(span, related=(Related(span, "here"),)))))["results"]
    assert "relatedLocations" not in result


def test_every_rule_that_is_on_is_described_whatever_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    described = []
    for name, text in (("empty", "a: 1\n"), ("some", "kind: Secret\napiVersion: v1\nmetadata: {name: x}\n")):
        folder = tmp_path / name
        (folder / ".git").mkdir(parents=True)
        (folder / "x.yaml").write_text(text)
        monkeypatch.chdir(folder)
        assert main(["check", "--no-plugins", "--format", "sarif"]) == 0
        described.append([rule["id"] for rule in run_of(capsys.readouterr().out)["tool"]["driver"]["rules"]])
    assert described[0] == described[1]
    assert "ESO101" in described[0]
