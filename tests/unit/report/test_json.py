from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.unit.report.odd import ODD
from tests.unit.report.samples import report, shown, story

SCHEMA = json.loads((Path(__file__).parents[3] / "schemas" / "report.json").read_text())
REPORTS = {"story": story(), "empty": report(), **ODD}


def test_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_reports_fit_the_schema(name: str) -> None:
    text = shown("json", REPORTS[name])
    errors = jsonschema.Draft202012Validator(SCHEMA).iter_errors(json.loads(text))
    assert [e.message for e in errors] == []
    assert text.isascii()
    assert "\\ud" not in text or name != "bytes"


def fields(schema: dict[str, Any]) -> set[str]:
    return set(schema["properties"])


def test_every_field_is_described() -> None:
    written = json.loads(shown("json", story()))
    assert set(written) == fields(SCHEMA)
    assert set(written["findings"][0]) == fields(SCHEMA["$defs"]["finding"]) | fields(SCHEMA["$defs"]["place"])
    assert set(written["summary"]) == set(SCHEMA["properties"]["summary"]["required"])


def test_ends_are_exclusive() -> None:
    finding = json.loads(shown("json", story()))["findings"][1]
    assert (finding["start"], finding["end"]) == ({"line": 17, "column": 11}, {"line": 17, "column": 16})
    assert finding["document"] == 2
    assert finding["fix"]["edits"][0]["text"] == "vault"
