"""Texts as the API server checks them: patterns of RE2, formats, names and keys of object metadata."""

from __future__ import annotations

import re
from functools import cache

from eso_lint.regex import pattern

_LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
SUBDOMAIN = pattern(rf"{_LABEL}(?:\.{_LABEL})*\Z")
DNS_LABEL = pattern(rf"{_LABEL}\Z")
_QUALIFIED = pattern(r"(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\Z")
# Compiled when they are needed, which is seldom.
_BASE64 = r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})\Z"
_TIME = r"([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))\Z"
# As Go parses the times of an object's metadata.
_RFC3339 = r"[0-9-]{10}T[0-9:]{8}([.,][0-9]+)?(Z|[+-]([01][0-9]|2[0-4]):[0-5][0-9])\Z"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z"
# What Go's expressions have and Python's read otherwise, or the other way round.
_FOREIGN = r"\\[pPzQECAZbBk]|\\[1-9]|\(\?[^:)]|\[\[:|[*+?}]\+"
# The patterns of the operator's own CRDs, which take no more than the square of the text's length.
KNOWN = frozenset((
    r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
    r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
    r"^[-._a-zA-Z0-9]+$",
    r"^[a-z0-9-]+$",
    r"^.*@.*\.iam\.gserviceaccount\.com$",
    r"^(@(annually|yearly|monthly|weekly|daily|midnight|hourly)|@every [^\s]+.*|[^\s]+( [^\s]+){4})$",
))  # fmt: skip
_LONGEST = 2_000
# RE2 never runs away, but what stands in for it here may: of strangers' patterns only the simple ones are asked.
_REPEATS = r"\\.|([*+]|\{\d+,\d*\})"
_LONGEST_STRANGE = 300


@cache
def compiled(pattern: str) -> re.Pattern[str] | None:
    """The expression as RE2 means it; None where Python cannot stand in for RE2.

    `$` is the very end there, also before a final line break, and classes such as `\\s` are ASCII.
    """
    if re.search(_FOREIGN, pattern):
        return None
    out: list[str] = []
    inside = False
    skip = False
    for i, char in enumerate(pattern):
        if skip:
            skip = False
        elif char == "\\":
            skip = True
        elif inside:
            inside = char != "]" or pattern[i - 1] == "[" or pattern[i - 2 : i] == "[^"
        elif char == "[":
            inside = True
        elif char == "$":
            out.append(r"\Z")
            continue
        out.append(char)
    try:
        return re.compile("".join(out), re.ASCII)
    except re.error:
        return None


def matches(pattern: str, text: str) -> bool | None:
    """Whether RE2 finds the pattern in a text; None where that cannot be told."""
    if pattern not in KNOWN and (not _is_tame(pattern) or len(text) > _LONGEST_STRANGE):
        return None
    expression = compiled(pattern)
    if expression is None or len(text) > _LONGEST:
        return None
    return expression.search(text) is not None


def _is_tame(pattern: str) -> bool:
    """Whether a pattern repeats no group, and few things in all."""
    return re.search(r"(?<!\\)\)[*+{]", pattern) is None and sum(bool(m[1]) for m in re.finditer(_REPEATS, pattern)) < 3


def fits_format(name: str, text: str) -> bool | None:
    """Whether a text has a format; None for formats that are not known here (the API server checks a few more)."""
    if name == "byte":
        return re.match(_BASE64, text) is not None
    if name == "date-time":
        return is_datetime(text)
    if name == "date":
        return is_date(text)
    if name == "rfc3339":
        return re.match(_RFC3339, text) is not None and is_datetime(text)
    return None


def is_datetime(text: str) -> bool:
    """Date and time as the API server reads the format `date-time`, which is a little wider than RFC 3339."""
    parts = text.lower().split("t")
    if len(text) < 4 or len(parts) < 2 or not is_date(parts[0]):
        return False
    time = re.match(_TIME, parts[1])
    return time is not None and time[1] <= "23" and time[2] <= "59" and time[3] <= "59"


def is_date(text: str) -> bool:
    if re.match(_DATE, text) is None:
        return False
    from calendar import monthrange

    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:])
    # Go knows a year 0, which is a leap year as 2000 is.
    return 1 <= month <= 12 and 1 <= day <= monthrange(year or 2000, month)[1]


def qualified_name_fault(text: str) -> str | None:
    """Why a key of labels or annotations (or a finalizer) is refused, or None."""
    prefix, slash, name = text.rpartition("/")
    if slash and (not prefix or "/" in prefix):
        return "a key has at most one `/`, with a DNS name before it"
    if slash and (len(prefix) > 253 or SUBDOMAIN.match(prefix) is None):
        return f"`{prefix}` before the `/` must be a DNS name of lower-case letters, digits, `-` and `.`"
    if not name:
        return "the key lacks a name behind the `/`" if slash else "a key must not be empty"
    if len(name) > 63:
        return f"the name has {len(name)} characters, and 63 are allowed"
    if _QUALIFIED.match(name) is None:
        return "a key has letters, digits, `-`, `_` and `.`, and begins and ends with a letter or digit"
    return None


def label_value_fault(text: str) -> str | None:
    """Why the value of a label is refused, or None."""
    if len(text) > 63:
        return f"it has {len(text)} characters, and 63 are allowed"
    if text and _QUALIFIED.match(text) is None:
        return "it has letters, digits, `-`, `_` and `.`, and begins and ends with a letter or digit"
    return None
