"""Readings of sigs.k8s.io/yaml, as its resolver and the API server's answers show them."""

from __future__ import annotations

import math
from typing import Any

import pytest

from eso_lint.source.node import Scalar, SourceFile, effective_key, string
from eso_lint.source.scalar import plain, refusal

FILE = SourceFile("x.yaml", b"")

TRUE = ["y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"]
FALSE = ["n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"]
NULL = ["", "~", "null", "Null", "NULL"]
NUMBERS: dict[str, float] = {
    "0": 0, "-0": 0, "+1": 1, "-1": -1, "10": 10, "0644": 420, "00": 0, "-0644": -420, "0o644": 420, "0O17": 15,
    "0b11": 3, "-0b11": -3, "0B1": 1, "0x1F": 31, "0X1f": 31, "-0x10": -16, "+0x10": 16, "08": 8, "09.5": 9.5,
    "1_000": 1000, "1__0": 10, "1_": 1, "0_7": 7, "0x_1F": 31, "1.": 1, ".5": 0.5, "-.5": -0.5, "+.5": 0.5,
    "1e3": 1000, "1E5": 100000, "12e03": 12000, "1e-1": 0.1, "1.5e+2": 150, "1.e2": 100, "600.5": 600.5,
    "9223372036854775807": 2**63 - 1, "-9223372036854775808": -(2**63), "9223372036854775808": 2.0**63,
    "123456789012345678901234567890": 123456789012345678901234567890.0, "1e_5": 100000,
}  # fmt: skip
STRINGS = [
    "tRue", "yEs", "nULL", "none", "~~", "1:30", "190:20:30", "0.9.20", "2024-01-01", "2024-01-01T00:00:00Z", "=",
    "0x", "0b", "0o8", "0b2", "-", "+", ".", "..", "--1", "+-1", "1-", "1a", "0xg", "._5", ".5_0", ".e5", "1e", "e5",
    "1e400", "-1e400", "1,000", "_1", "v1", "x", "é", ".infinity", "nan", "inf", "1 2", "0x1p4", "٣", "１",
]  # fmt: skip


def test_words() -> None:
    assert all(plain(text) is True for text in TRUE)
    assert all(plain(text) is False for text in FALSE)
    assert all(plain(text) is None for text in NULL)


@pytest.mark.parametrize(("text", "value"), NUMBERS.items())
def test_numbers(text: str, value: float) -> None:
    assert plain(text) == value
    assert type(plain(text)) is type(value)


@pytest.mark.parametrize("text", STRINGS)
def test_strings(text: str) -> None:
    assert plain(text) == text


def test_numbers_that_json_lacks() -> None:
    assert plain(".inf") == plain("+.INF") == math.inf
    assert plain("-.Inf") == -math.inf
    assert math.isnan(plain(".NaN"))


def test_huge_numbers_cost_nothing() -> None:
    assert plain("9" * 1_000_000) == "9" * 1_000_000 or math.isinf(plain("9" * 1_000_000))
    assert isinstance(plain("0x" + "f" * 1_000_000), float)


@pytest.mark.parametrize(
    ("text", "style", "tag", "value"),
    [
        ("5", "", None, 5),
        ("5", "'", None, "5"),
        ("5", '"', None, "5"),
        ("5", "|", None, "5"),
        ("yes", "", "!", "yes"),
        ("5", "", "tag:yaml.org,2002:str", "5"),
        ("5", "'", "tag:yaml.org,2002:int", 5),
        ("5", "", "tag:yaml.org,2002:float", 5),
        ("yes", "'", "tag:yaml.org,2002:bool", True),
        ("", "'", "tag:yaml.org,2002:null", None),
        ("aGk=", "", "tag:yaml.org,2002:binary", "hi"),
        ("5", "", "!mine", "5"),
        ("2024-01-01", "", "tag:yaml.org,2002:timestamp", "2024-01-01"),
    ],
)
def test_styles_and_tags(text: str, style: str, tag: str | None, value: Any) -> None:
    scalar = Scalar(FILE, 0, 0, text, style, tag)
    assert scalar.value == value
    assert type(scalar.value) is type(value)
    assert scalar.string == (value if isinstance(value, str) else None)
    assert string(scalar) == scalar.string


@pytest.mark.parametrize(
    ("tag", "text", "refused"),
    [("int", "foo", True), ("int", "5", False), ("bool", "5", True), ("float", "5", False), ("null", "x", True),
     ("binary", "%", True), ("binary", "aGk=", False), ("str", "5", False), ("map", "x", False)],
)  # fmt: skip
def test_refused_tags(tag: str, text: str, refused: bool) -> None:
    assert (refusal(f"tag:yaml.org,2002:{tag}", text) is not None) is refused


@pytest.mark.parametrize(
    ("text", "name"),
    [("name", "name"), ("1", "1"), ("0x10", "16"), ("true", "true"), ("yes", "true"), ("off", "false"), ("~", None),
     ("1.5", "1.5"), ("nothing", "nothing"), ("", None)],
)  # fmt: skip
def test_keys_become_strings(text: str, name: str | None) -> None:
    assert effective_key(Scalar(FILE, 0, 0, text)) == name
    assert effective_key(Scalar(FILE, 0, 0, text, "'")) == text
