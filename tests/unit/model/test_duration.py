"""Go's own table of time.ParseDuration (src/time/time_test.go), and what people write instead."""

from __future__ import annotations

import pytest

from eso_lint.model.duration import SECOND, format_duration, parse_duration, suggest_duration

MINUTE, HOUR = 60 * SECOND, 3600 * SECOND

GOOD = {
    "0": 0,
    "+0": 0,
    "-0": 0,
    "5s": 5 * SECOND,
    "30s": 30 * SECOND,
    "1478s": 1478 * SECOND,
    "-5s": -5 * SECOND,
    "+5s": 5 * SECOND,
    "5.0s": 5 * SECOND,
    "5.6s": 5_600_000_000,
    "5.s": 5 * SECOND,
    ".5s": SECOND // 2,
    "1.0s": SECOND,
    "1.00s": SECOND,
    "1.004s": 1_004_000_000,
    "1.0040s": 1_004_000_000,
    "100.00100s": 100_001_000_000,
    "10ns": 10,
    "11us": 11_000,
    "12µs": 12_000,
    "12μs": 12_000,
    "13ms": 13_000_000,
    "14s": 14 * SECOND,
    "15m": 15 * MINUTE,
    "16h": 16 * HOUR,
    "3h30m": 3 * HOUR + 30 * MINUTE,
    "10.5s4m": 4 * MINUTE + 10 * SECOND + SECOND // 2,
    "-2m3.4s": -(2 * MINUTE + 3_400_000_000),
    "1h2m3s4ms5us6ns": HOUR + 2 * MINUTE + 3 * SECOND + 4_005_006,
    "39h9m14.425s": 39 * HOUR + 9 * MINUTE + 14_425_000_000,
    "52763797000ns": 52763797000,
    "0.3333333333333333333h": 20 * MINUTE,
    "9007199254740993ns": 9007199254740993,
    "9223372036854775807ns": (1 << 63) - 1,
    "9223372036854775.807us": (1 << 63) - 1,
    "9223372036s854ms775us807ns": (1 << 63) - 1,
    "-9223372036854775808ns": -(1 << 63),
    "-9223372036854775.808us": -(1 << 63),
    "-2562047h47m16.854775808s": -(1 << 63),
    "0.100000000000000000000h": 6 * MINUTE,
    "0.830103483285477580700h": 49 * MINUTE + 48 * SECOND + 372_539_827,
    "00h": 0,
    "0h0m": 0,
    "1.h.5m": HOUR + 30 * SECOND,
    "2540400h": 2540400 * HOUR,
    "1000000ns": 1_000_000,
}
BAD = (
    "", "3", "-", "s", ".", "-.", ".s", "+.s", "\x85\x85", "\xffff", "hello \xffff world", "1d", "1w", "60", "1 h",
    "1h 30m", "never", "PT1H", "1H", "1hour", "5 minutes", "h", "1h30", "٣h", "99999999999h", " 1h", "1h ", "--1h",
    "+-1h", "1e3s", "1_000s", "1,5h", "1h-30m", "9223372036854775808ns", "9223372036854775.808us", "9223372036854ms775us808ns",
    "-9223372036854775809ns", "9223372036854775810ns", "3000000h", "1.2.3s", "..5s", "0 ", "0x10s", "1M", "1S",
)  # fmt: skip


@pytest.mark.parametrize(("text", "nanoseconds"), GOOD.items())
def test_what_go_accepts(text: str, nanoseconds: int) -> None:
    assert parse_duration(text) == nanoseconds


@pytest.mark.parametrize("text", BAD)
def test_what_go_refuses(text: str) -> None:
    assert parse_duration(text) is None


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("1d", "24h"),
        ("1w", "168h"),
        ("2 days", "48h"),
        ("60", "60s"),
        ("3600", "3600s"),
        ("1 h", "1h"),
        ("1H", "1h"),
        ("1h 30m", "1h30m"),
        ("1h30", "1h30m"),
        ("1hour", "1h"),
        ("5 minutes", "5m"),
        ("1 hour and 5 min", "1h5m"),
        ("PT1H", "1h"),
        ("P1DT30M", "24h30m"),
        (" 1h ", "1h"),
        ("never", None),
        ("", None),
        ("-", None),
        ("h", None),
        ("1y", None),
        ("1 month", None),
        ("99999999999h", None),
        ("٣h", None),
    ],
)
def test_suggestions(text: str, spelling: str | None) -> None:
    assert suggest_duration(text) == spelling
    assert spelling is None or parse_duration(spelling) is not None


@pytest.mark.parametrize("text", [t for t in GOOD if abs(GOOD[t]) < 1 << 62])
def test_format_round_trip(text: str) -> None:
    assert parse_duration(format_duration(GOOD[text])) == GOOD[text]


def test_format() -> None:
    spelled = {0: "0", SECOND: "1s", 90 * MINUTE: "1h30m", 24 * HOUR: "24h", -HOUR: "-1h", 1_500_000_000: "1.5s"}
    assert {n: format_duration(n) for n in spelled} == spelled
    assert format_duration(5_000_000) == "5ms"
