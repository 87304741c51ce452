"""Durations as the operator reads them: Go's `time.ParseDuration`, to the letter, in nanoseconds."""

from __future__ import annotations

from eso_lint.regex import pattern

SECOND = 1_000_000_000
_UNITS = {
    "ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 1_000_000, "s": SECOND, "m": 60 * SECOND,
    "h": 3600 * SECOND,
}  # fmt: skip
_LIMIT = 1 << 63
# A number and its unit. Other scripts' digits are none to Go.
_PIECE = pattern(r"([0-9]*)(?:\.([0-9]*))?([^0-9.]*)")

_WORDS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), SECOND),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60 * SECOND),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600 * SECOND),
    **dict.fromkeys(("d", "day", "days"), 86_400 * SECOND),
    **dict.fromkeys(("w", "wk", "week", "weeks"), 7 * 86_400 * SECOND),
    **dict.fromkeys(("ms", "millis", "milliseconds"), 1_000_000),
}
_PART = pattern(r"([0-9]{1,9})[ \t_-]*([a-z]*)[ \t,]*(?:and[ \t]+)?")
_ISO = pattern(r"P(?:([0-9]{1,6})D)?(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})S)?)?\Z")
_SMALLER = {3600 * SECOND: 60 * SECOND, 60 * SECOND: SECOND}


def parse_duration(text: str) -> int | None:
    """Nanoseconds of a Go duration (`1h30m`, `.5s`, `-1m`, `0`); None where Go refuses the text or it overflows."""
    rest, negative = text, False
    if rest[:1] in ("-", "+"):
        negative = rest[0] == "-"
        rest = rest[1:]
    if rest == "0":
        return 0
    if not rest:
        return None
    total, at = 0, 0
    while at < len(rest):
        piece = _PIECE.match(rest, at)
        if piece is None or not (piece[1] or piece[2]):
            return None
        whole = piece[1].lstrip("0")
        # Twenty digits are above Go's limit.
        if len(whole) > 19:
            return None
        value = int(whole) if whole else 0
        unit = _UNITS.get(piece[3])
        if unit is None or value > _LIMIT // unit:
            return None
        value *= unit
        if piece[2]:
            digits, scale = _fraction(piece[2])
            # Go computes this part in float64 and cuts it off; so does this.
            value += int(float(digits) * (float(unit) / scale))
        total += value
        if value > _LIMIT or total > _LIMIT:
            return None
        at = piece.end()
    if negative:
        return -total
    return total if total < _LIMIT else None


def _fraction(text: str) -> tuple[int, float]:
    """The digits behind the point and their scale; as in Go, digits that would overflow are dropped."""
    value, scale = 0, 1.0
    for char in text:
        if value > (_LIMIT - 1) // 10:
            break
        grown = value * 10 + int(char)
        if grown > _LIMIT:
            break
        value, scale = grown, scale * 10
    return value, scale


def format_duration(nanoseconds: int) -> str:
    """The shortest usual spelling: `24h`, `1h30m`, `10s`, `1.5s`, `0`."""
    if nanoseconds == 0:
        return "0"
    sign, rest = ("-", -nanoseconds) if nanoseconds < 0 else ("", nanoseconds)
    out = ""
    for unit, size in (("h", 3600 * SECOND), ("m", 60 * SECOND)):
        if rest >= size:
            out += f"{rest // size}{unit}"
            rest %= size
    if rest and not out and rest < SECOND:
        for unit, size in (("ms", 1_000_000), ("us", 1_000)):
            if rest % size == 0:
                return f"{sign}{rest // size}{unit}"
        return f"{sign}{rest}ns"
    if rest:
        seconds, part = divmod(rest, SECOND)
        out += f"{seconds}" + (f".{part:09d}".rstrip("0") if part else "") + "s"
    return sign + out


def suggest_duration(text: str) -> str | None:
    """The Go spelling of what a refused text most likely means (`1d` -> `24h`, `60` -> `60s`), or None."""
    iso = _ISO.match(text)
    if iso and any(iso.groups()):
        sizes = (86_400, 3600, 60, 1)
        return format_duration(SECOND * sum(int(n or 0) * size for n, size in zip(iso.groups(), sizes, strict=True)))
    word = text.strip().lower()
    parsed = parse_duration(word)
    if parsed is not None:
        return word
    if word.isascii() and word.isdigit() and len(word) <= 9:
        return f"{word}s"
    total, position, unit = 0, 0, 0
    while position < len(word):
        part = _PART.match(word, position)
        if part is None:
            return None
        # A number without a unit continues with the next smaller one: `1h30` is an hour and thirty minutes.
        unit = _WORDS.get(part[2], 0) if part[2] else _SMALLER.get(unit, 0)
        if not unit:
            return None
        total += int(part[1]) * unit
        position = part.end()
    return format_duration(total) if total else None
