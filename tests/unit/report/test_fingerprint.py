"""The upload action publishes these vectors with its algorithm."""

from __future__ import annotations

import pytest

from eso_lint.report.fingerprint import LineHashes
from eso_lint.source.node import SourceFile

ENDED = [
    "e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1", "b3edc88f2938467e:1",
    "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1",
]  # fmt: skip
VECTORS = [
    ("", ["c129715d7a2bc9a3:1"]),
    (" a\nb\n  \t\tc\n d", ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]),
    (
        " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End",
        [
            "8b7cf3e952e7aeb2:1", "b1ae1287ec4718d9:1", "bff680108adb0fcc:1", "c6805c5e1288b612:1",
            "b86d3392aea1be30:1", "e6ceba753e1a442:1",
        ],
    ),
    (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", ENDED),
    (" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", ENDED),
    (" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", ENDED),
    (" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", ENDED),
    (
        "Lorem ipsum dolor sit amet.\n" * 10,
        [
            *(f"a7f2ff13bc495cf2:{n}" for n in range(1, 7)),
            "a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1", "55ec222b86bcae53:1", "cc97dc7b1d7d8f7b:1",
            "c129715d7a2bc9a3:1",
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "hashes"), VECTORS)
def test_published_vectors(text: str, hashes: list[str]) -> None:
    lines = LineHashes(SourceFile("x", text.encode()))
    assert [lines[n] for n in range(1, len(hashes) + 1)] == hashes


def slow(text: str) -> list[str]:
    """The algorithm unit by unit, as its description reads."""
    units = [
        text.encode("utf-16-le")[i] + 256 * text.encode("utf-16-le")[i + 1]
        for i in range(0, 2 * len(text.encode("utf-16-le")) // 2, 2)
    ]
    kept: list[int] = []
    starts = [0]
    after_cr = False
    for unit in [*units, 65535]:
        if unit in (32, 9) or (after_cr and unit == 10):
            after_cr = False
            continue
        after_cr = unit == 13
        unit = 10 if after_cr else unit
        kept.append(unit)
        if unit == 10:
            starts.append(len(kept))
    hashes: list[str] = []
    for start in starts:
        window = (kept[start : start + 100] + [0] * 100)[:100]
        value = 0
        for unit in window:
            value = (value * 37 + unit) % 2**64
        hashes.append(f"{value:x}:{sum(h.split(':')[0] == f'{value:x}' for h in hashes) + 1}")
    return hashes


@pytest.mark.parametrize("text", ["\ufeffa: 1\n", "k: 金庫😀\r \nb\r\n\r\r\n", "a\n" * 300, "\U0001f600" * 200 + "\nx"])
def test_wide_characters_marks_and_breaks(text: str) -> None:
    lines = LineHashes(SourceFile("x", text.encode()))
    wanted = slow(text)
    assert [lines[n] for n in range(1, len(wanted) + 1)] == wanted


def test_a_line_past_the_end_has_the_last_hash() -> None:
    assert LineHashes(SourceFile("x", b""))[5] == "c129715d7a2bc9a3:1"
