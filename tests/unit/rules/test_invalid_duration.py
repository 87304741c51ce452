"""invalid-duration beside what the API server and the operator's webhook answered (tests/data/durations.jsonl).

Each line is one field as it was written in an otherwise valid object: `go` says whether Go accepts the text,
`verdict` what came back. Kinds without a webhook (and a store's retry settings) are accepted and fail later.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eso_lint.rules.admission.store_refresh_interval import store_refresh_interval
from eso_lint.rules.refresh.invalid_duration import invalid_duration
from eso_lint.testing import lint

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "data" / "durations.jsonl").read_text(encoding="utf-8").splitlines()
]
_GROUP = {"PushSecret": "v1alpha1", "ClusterPushSecret": "v1alpha1"}


def manifest(case: dict[str, Any], written: str) -> str:
    """The smallest object that holds the field."""
    kind = case["kind"]
    group = "generators.external-secrets.io" if kind == "ClusterGenerator" else "external-secrets.io"
    version = "v1alpha1" if group.startswith("gen") else _GROUP.get(kind, "v1")
    head = f"apiVersion: {group}/{version}\nkind: {kind}\nmetadata: {{name: x}}\n"
    steps = case["path"].replace("[0]", ".[]").split(".")
    text, indent = "", 0
    for step in steps[:-1]:
        if step == "[]":
            text = text.removesuffix("\n") + "\n" + " " * indent + "- schedule: '0 2 * * *'\n"
        else:
            text += " " * indent + step + ":\n"
        indent += 2
    text += " " * indent + f"{steps[-1]}: {written}\n"
    if "provider" in case:
        text += f"  provider:\n    {case['provider']}: {{}}\n"
    return head + text


def label(case: dict[str, Any]) -> str:
    return f"{case['kind']}-{case['path']}-{case['written']}-{case['eso']}"


# A store's own interval has a rule of its own, since it may also be a number.
OWN = [c for c in CASES if c["kind"].endswith("SecretStore") and c["path"] == "spec.refreshInterval"]


@pytest.mark.parametrize("case", [c for c in OWN if c["eso"] == "2.9.0"], ids=label)
def test_interval_of_a_store_agrees(case: dict[str, Any]) -> None:
    found = lint({"x.yaml": manifest(case, case["written"])}, [store_refresh_interval, invalid_duration])
    assert [finding.rule.name for finding in found] == ["store-refresh-interval"] * (case["verdict"] != "accept")


@pytest.mark.parametrize("case", [c for c in CASES if c not in OWN], ids=label)
def test_agrees(case: dict[str, Any]) -> None:
    found = bool(lint({"x.yaml": manifest(case, case["written"])}, [invalid_duration]))
    if "go" in case and "retryInterval" not in case["path"]:
        assert found is not case["go"]
    elif case["verdict"] == "accept" and case["kind"] not in _GROUP:
        assert not found
    elif case["verdict"] == "reject:webhook" and case["written"].strip("'\"")[:1].isalpha():
        assert found


def test_retry_interval_only_where_it_is_parsed() -> None:
    case = {"kind": "SecretStore", "path": "spec.retrySettings.retryInterval"}
    assert lint({"x.yaml": manifest({**case, "provider": "aws"}, "1d")}, [invalid_duration])
    assert not lint({"x.yaml": manifest({**case, "provider": "gcpsm"}, "1d")}, [invalid_duration])
    assert not lint({"x.yaml": manifest({**case, "provider": "aws"}, "3s")}, [invalid_duration])


def test_fix_gives_a_duration() -> None:
    case = {"kind": "ExternalSecret", "path": "spec.refreshInterval"}
    for written, better in (("1d", "24h"), ("'60'", "60s"), ("60", "60s"), ("PT1H", "1h")):
        (finding,) = lint({"x.yaml": manifest(case, written)}, [invalid_duration])
        assert finding.fix is not None
        assert [edit.text for edit in finding.fix.edits] == [better]
        assert finding.span.text == written
