from __future__ import annotations

from pathlib import Path

import pytest

from eso_lint.resources import data_dir
from eso_lint.schema.formats import (
    KNOWN,
    compiled,
    fits_format,
    label_value_fault,
    matches,
    qualified_name_fault,
)
from eso_lint.schema.store import bundled


def test_every_bundled_pattern_is_understood() -> None:
    patterns = set()
    for path in Path(data_dir(), "crds").glob("*.json"):
        pack = bundled(path.stem)
        assert pack is not None
        patterns |= {row["pattern"] for row in pack.rows if "pattern" in row}
    assert patterns == KNOWN
    assert all(compiled(pattern) is not None for pattern in patterns)


@pytest.mark.parametrize(
    ("pattern", "text", "answer"),
    [
        ("^a$", "a", True),
        ("^a$", "a\n", False),  # the end is the end in RE2
        (r"a\$", "a$", True),
        ("[$]b", "$b", True),
        ("[]$]b", "$b", True),
        (r"^[^\s]+$", "a\u00a0b", True),  # `\s` is ASCII there
        (r"^\w+$", "ä", False),
        ("b", "abc", True),  # found anywhere
        (r"\pL", "a", None),
        ("(?i)a", "A", None),
        ("a*+", "a", None),
        ("(", "a", None),
        ("a", "a" * 5000, None),
        ("^(a+)+$", "a" * 60 + "!", None),  # would run for years
        ("^.*.*.*.*b$", "a" * 300, None),
    ],
)
def test_patterns_are_read_as_re2_reads_them(pattern: str, text: str, answer: bool | None) -> None:
    assert matches(pattern, text) is answer


@pytest.mark.parametrize("text", ["TUlJQg==", "AAAA", "YWI=", "+/+/"])
def test_base64(text: str) -> None:
    assert fits_format("byte", text) is True


@pytest.mark.parametrize("text", ["", "a-_b", " YQ==", "YQ==\n", "====", "YQ", "YQ=", "-----BEGIN"])
def test_no_base64(text: str) -> None:
    assert fits_format("byte", text) is False


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("2026-01-31T12:00:00Z", True),
        ("2026-01-31t12:00:00.123+02:00", True),
        ("0000-02-29T00:00:00Z", True),
        ("2026-02-29T12:00:00Z", False),
        ("2026-01-31T24:00:00Z", False),
        ("2026-01-31T12:60:00Z", False),
        ("2026-01-31", False),
        ("2026-01-31 12:00:00Z", False),
        ("now", False),
    ],
)
def test_times(text: str, answer: bool) -> None:
    assert fits_format("date-time", text) is answer


def test_other_formats_are_not_judged() -> None:
    assert fits_format("uuid", "x") is None


@pytest.mark.parametrize("key", ["app", "app.kubernetes.io/name", "a_b.C-1", "x" * 63, "a/" + "x" * 63])
def test_keys(key: str) -> None:
    assert qualified_name_fault(key) is None


@pytest.mark.parametrize("key", ["", "a/", "/a", "a/b/c", "Example.com/x", "-a", "a b", "x" * 64, "a_b/c", "a\n"])
def test_no_keys(key: str) -> None:
    assert qualified_name_fault(key)


@pytest.mark.parametrize(
    ("value", "fits"), [("", True), ("v1.2", True), ("v1.2\n", False), ("a b", False), ("x" * 64, False)]
)
def test_label_values(value: str, fits: bool) -> None:
    assert (label_value_fault(value) is None) is fits


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("2026-01-31T12:00:00Z", True),
        ("2026-01-31T12:00:00.5+02:00", True),
        ("2026-01-31t12:00:00z", False),
        ("2026-02-30T12:00:00Z", False),
        ("", False),
    ],
)
def test_times_of_metadata(text: str, answer: bool) -> None:
    assert fits_format("rfc3339", text) is answer
