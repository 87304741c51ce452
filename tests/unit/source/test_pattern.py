"""Go's patterns: the same answer, or none, and soon."""

from __future__ import annotations

import time

import pytest

from eso_lint.source.pattern import go_fullmatch, go_search, in_order


@pytest.mark.parametrize(
    ("pattern", "text", "answer"),
    [
        ("db", "db", True),
        ("db", "db-2", False),
        (".*-db", "shop-db", True),
        ("(shop|cart)-.*", "cart-db", True),
        ("[a-z|(]+", "shop", True),
        (r"a\.b\(", "a.b(", True),
        ("((((", "((((", None),
        ("(?i)DB", "db", None),
        ("(a+)+b", "a" * 60, None),
        ("(a|a)*b", "a" * 60, None),
        ("a?" * 60 + "a" * 60, "a" * 60, None),
        ("(a|a)" * 60, "a" * 59 + "b", None),
        ("a*" * 10 + "b", "a" * 200, None),
        ("a" * 2_000, "a" * 2_000, None),
    ],
)
def test_whole_text(pattern: str, text: str, answer: bool | None) -> None:
    assert go_fullmatch(pattern, text) is answer


def test_search() -> None:
    assert go_search("b", "abc") is True
    assert go_search("^b", "abc") is False
    assert go_search("(?=a)", "abc") is None


def test_what_is_asked_is_answered_soon() -> None:
    started = time.monotonic()
    for repeats in range(1, 12):
        for length in (10, 63, 253, 5_000):
            go_search("[ab]*" * repeats + "c", "ab" * length)
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    ("pieces", "text", "answer"),
    [
        (["", "-vault"], "prod-vault", True),
        (["a", "b"], "ab", True),
        (["a", "a"], "a", False),
        (["a", "b", "c"], "a-c", False),
        (["a", "b", "b"], "ab", False),
        (["a"] * 40, "a" * 39 + "b", False),
    ],
)
def test_pieces_in_order(pieces: list[str], text: str, answer: bool) -> None:
    assert in_order(pieces, text) is answer
