"""Which patterns Go compiles, held against the verdicts of Go's own `regexp.Compile`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eso_lint.source.go_regexp import regexp_fault

DATA = Path(__file__).parents[2] / "data" / "regexps.jsonl"
CASES = [json.loads(line) for line in DATA.read_text().splitlines()]


def test_same_verdict_and_reason_as_go() -> None:
    assert len(CASES) > 500
    different = []
    for pattern, reason in CASES:
        fault = regexp_fault(pattern)
        if (fault.reason if fault else None) != reason:
            different.append((pattern, reason, fault))
    assert different == []


@pytest.mark.parametrize(
    ("pattern", "part", "at"),
    [
        ("^(?!kube-)", "(?!", 1),
        ("*-prod", "*", 0),
        ("team-[z-a]", "z-a", 6),
        (r"(a)\1", r"\1", 3),
        ("a++b", "++", 1),
        (r"a\p{Grek}", r"\p{Grek}", 1),
    ],
)
def test_the_part_that_is_minded(pattern: str, part: str, at: int) -> None:
    fault = regexp_fault(pattern)
    assert fault is not None
    assert (fault.part, fault.at) == (part, at)


@given(st.text(alphabet="ab()[]{}|*+?^$\\.-,:<>=!PQEpx019iC", max_size=40))
def test_any_text_gets_a_verdict_whose_part_is_in_it(pattern: str) -> None:
    fault = regexp_fault(pattern)
    if fault is not None:
        assert pattern[fault.at : fault.at + len(fault.part)] == fault.part


@pytest.mark.parametrize("pattern", ["(" * 200_000, "a{9" + "9" * 100_000 + "}", "[" * 200_000, r"\Q" + "(" * 200_000])
def test_hostile_patterns_end(pattern: str) -> None:
    regexp_fault(pattern)
