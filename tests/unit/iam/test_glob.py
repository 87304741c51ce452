"""Patterns against names, where either may have holes."""

from __future__ import annotations

import time

import pytest

from eso_lint.iam.glob import equal, matches
from eso_lint.iam.grant import HOLE, RANDOM

SECRET = f"arn:aws:secretsmanager:eu-west-1:{HOLE}:secret:app/db-{RANDOM * 6}"


@pytest.mark.parametrize(
    ("pattern", "subject", "answer"),
    [
        ("*", "", True),
        ("a*c", "abbc", True),
        ("a*c", "abbd", False),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("*a*b*", "xxaxxbxx", True),
        ("*a*b", "aab", True),
        ("a.c", "abc", False),
        ("arn:aws:secretsmanager:*:*:secret:app/*", SECRET, True),
        ("arn:aws:secretsmanager:*:*:secret:app/db-??????", SECRET, True),
        ("arn:aws:secretsmanager:*:*:secret:app/db-*", SECRET, True),
        ("arn:aws:secretsmanager:*:*:secret:app/db", SECRET, False),
        ("arn:aws:secretsmanager:*:*:secret:app/db-?????", SECRET, False),
        ("arn:aws:secretsmanager:*:*:secret:app/db-AbCdE1", SECRET, None),
        ("arn:aws:secretsmanager:*:*:secret:app/db-AbCd-1", SECRET, False),
        ("arn:aws:secretsmanager:eu-west-1:1:secret:app/*", SECRET, None),
        ("arn:aws:secretsmanager:us-east-1:1:secret:app/*", SECRET, False),
        (f"arn:aws:secretsmanager:{HOLE}:secret:app/*", SECRET, None),
        (f"arn:aws:secretsmanager:{HOLE}:secret:web/*", SECRET, False),
        (HOLE, "anything", None),
        ("?", HOLE, None),
        ("arn:aws:ssm:*:*:parameter/*", "*", False),
    ],
)
def test_matches(pattern: str, subject: str, answer: bool | None) -> None:
    assert matches(pattern, subject) is answer


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ("a*", "a*", True),
        ("a*", "ab", False),
        (f"a{HOLE}", "ab", None),
        (f"a{HOLE}", "b", False),
        ("", f"{{{HOLE}}}", False),
        ("a*", f"a{HOLE}", None),
    ],
)
def test_equal_takes_wildcards_for_letters(one: str, other: str, answer: bool | None) -> None:
    assert equal(one, other) is answer
    assert equal(other, one) is answer


def test_many_stars_take_no_time() -> None:
    begin = time.perf_counter()
    assert matches("*a" * 40 + "*b", "a" * 2_000) is False
    assert matches("*a" * 40 + HOLE, "a" * 5_000) is None
    assert time.perf_counter() - begin < 2
