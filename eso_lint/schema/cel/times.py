"""Timestamps and durations."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

from eso_lint.model.duration import SECOND, parse_duration
from eso_lint.schema.cel.values import Duration, Failure, Timestamp, no_overload

_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII
)
_OFFSET = re.compile(r"([+-]?)(\d\d):(\d\d)", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def duration(text: str) -> Duration:
    found = parse_duration(text)
    if found is None:
        raise Failure(f'time: invalid duration "{text}"')
    return Duration(found)


def timestamp(text: str) -> Timestamp:
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise Failure(f'parsing time "{text}" failed')
    *numbers, fraction, sign, hours, minutes = match.groups()
    try:
        moment = datetime(*map(int, numbers), tzinfo=UTC)  # type: ignore[arg-type,misc]
        if sign:
            if int(hours) > 23 or int(minutes) > 59:
                raise ValueError
            shift = timedelta(hours=int(hours), minutes=int(minutes))
            moment = moment - shift if sign == "+" else moment + shift
    except (ValueError, OverflowError):
        raise Failure(f'parsing time "{text}" failed') from None
    return Timestamp(_seconds(moment) * SECOND + int((fraction or "").ljust(9, "0")))


def _seconds(moment: datetime) -> int:
    passed = moment - _EPOCH
    return passed.days * 86_400 + passed.seconds


def duration_text(value: Duration) -> str:
    seconds, rest = divmod(abs(value.ns), SECOND)
    part = f".{rest:09d}".rstrip("0") if rest else ""
    return f"{'-' if value.ns < 0 else ''}{seconds}{part}s"


def timestamp_text(value: Timestamp) -> str:
    seconds, rest = divmod(value.ns, SECOND)
    part = f".{rest:09d}".rstrip("0") if rest else ""
    moment = _EPOCH + timedelta(seconds=seconds)
    return f"{moment.year:04d}{moment.strftime('-%m-%dT%H:%M:%S')}{part}Z"


def _zone(name: str) -> tzinfo:
    match = _OFFSET.fullmatch(name)
    if match is not None:
        shift = timedelta(hours=int(match[2]), minutes=int(match[3]))
        return timezone(-shift if match[1] == "-" else shift)
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise Failure(f"unknown time zone {name}") from None


_OF_TIMESTAMP: dict[str, Callable[[datetime], int]] = {
    "getFullYear": lambda t: t.year,
    "getMonth": lambda t: t.month - 1,
    "getDayOfYear": lambda t: t.timetuple().tm_yday - 1,
    "getDayOfMonth": lambda t: t.day - 1,
    "getDate": lambda t: t.day,
    "getDayOfWeek": lambda t: (t.weekday() + 1) % 7,
    "getHours": lambda t: t.hour,
    "getMinutes": lambda t: t.minute,
    "getSeconds": lambda t: t.second,
}
_OF_DURATION = {"getHours": 3600 * SECOND, "getMinutes": 60 * SECOND, "getSeconds": SECOND}
ACCESSORS = (*_OF_TIMESTAMP, "getMilliseconds")


def accessor(name: str, value: Any, zone: Any = None) -> int:
    """`getHours` and its kin, of a timestamp (in a zone) or of a duration as a whole."""
    if isinstance(value, Duration) and zone is None:
        if name == "getMilliseconds":
            return _whole(value.ns, 1_000_000)
        if name in _OF_DURATION:
            return _whole(value.ns, _OF_DURATION[name])
    if not isinstance(value, Timestamp) or not (zone is None or isinstance(zone, str)):
        raise no_overload(name, value)
    if name == "getMilliseconds":
        return value.ns % SECOND // 1_000_000
    try:
        moment = (_EPOCH + timedelta(seconds=value.ns // SECOND)).astimezone(_zone(zone or "UTC"))
    except OverflowError:
        raise Failure("timestamp overflow") from None
    return _OF_TIMESTAMP[name](moment)


def _whole(value: int, unit: int) -> int:
    """Go divides towards zero."""
    return abs(value) // unit * (1 if value >= 0 else -1)
