"""Which parts of a file must never be shown: values of plain Secrets, of generators of Secrets, of the fake store, of
charts, and passwords in addresses.

Works on the text, so that it holds in files that do not parse. Where it errs, it hides too much.
"""

from __future__ import annotations

import re

from eso_lint.record import NamedTuple
from eso_lint.regex import pattern
from eso_lint.source.node import SourceFile

MASK = "***"

_KIND = pattern(r"""kind["']?\s*:\s*(?:[!&]\S+\s+)*["']?(?:Secret|Fake)["']?\s*(?:[#,}\r\n]|\Z)""")
_VALUES = pattern(r"""(?:^|(?<=[\s{,]))["']?(?:data|stringData|[\w./-]*last-applied-configuration)["']?\s*:""")
_KEY = pattern(r"""\s*(?:-\s+)?(?:"[^"]*"|'[^']*'|[^\s:#"'|>]+)\s*:(?=\s|\Z)""")
_SEPARATOR = pattern(r"---(?:\s|\Z)")
# `https://user:password@host`, and a token in the user's place.
_ADDRESS = pattern(r"://(?:[^/\s:@\"']*:(?=[^/\s@\"']+@)|(?=[^/\s:@\"']{20,}@))")
_LITERAL = pattern(r"""(?:^\s*-\s*|literals\s*:\s*\[\s*)["']?[\w.-]+=""")
_PATCH = pattern(r"""path["']?\s*:\s*["']?/(?:stringData|data)\b""")
_VALUE = pattern(r"""(?:^|(?<=[\s{,]))["']?value["']?\s*:\s*(?=\S)""")
_FAKE = pattern(r"""(?:^|(?<=[\s{,]))["']?fake["']?\s*:""")
_FAKE_VALUE = pattern(r"""(?:^|(?<=[\s{,]))["']?value(?:Map)?["']?\s*:""")
_CHART = pattern(r"""kind["']?\s*:\s*["']?(?:HelmRelease|Application|ApplicationSet)\b""")
_SENSITIVE = pattern(
    r"""(?<![\w.-])["']?[\w.-]{0,50}?(?:passw|passphrase|secret|token|credential|(?:api|access|private|signing)[-_]?key)[\w.-]{0,50}["']?"""
    r"""[ \t]{0,9}:[ \t]*(?=[^\s{\[|>#])""",
    re.IGNORECASE,
)
_NOTHING = pattern(r"\s*(?:[&!]\S+\s*)*[{|>]?[+-]?\d*\s*(?:#.*)?\Z")


class Masks(NamedTuple):
    """1-based line -> 0-based column from which its text is hidden; `beside` where a finding stands elsewhere."""

    always: dict[int, int]
    beside: dict[int, int]


def masks(file: SourceFile, secret: bool = False) -> Masks:
    """What to hide in a file. `secret` says that it holds a Secret, even where its text does not name the kind."""
    text = file.text
    named = _KIND.search(text) is not None
    found = Masks({}, {})
    first = 1
    count = len(file.line_starts)
    for number in range(1, count + 2):
        if number > count or (number > first and _SEPARATOR.match(file.line(number))):
            lines = [file.line(n) for n in range(first, number)]
            whole = "\n".join(lines)
            if (secret and not named) or _KIND.search(whole):
                _scan(lines, first, found.always)
            if _FAKE.search(whole):
                _fake(lines, first, found.always)
            if "apiVersion" not in whole or _CHART.search(whole):
                _each(_SENSITIVE, lines, first, found.beside)
            if "secretGenerator" in text or "SecretGenerator" in text:
                _each(_LITERAL, lines, first, found.always)
            if _PATCH.search(whole) or _CHART.search(whole):
                _each(_VALUE, lines, first, found.always)
            if "://" in whole:
                _each(_ADDRESS, lines, first, found.always)
            first = number
    return found


def without_passwords(text: str) -> str:
    """Text of a message, without the passwords of addresses in it."""
    if "://" not in text or "@" not in text:
        return text
    return re.sub(rf"({_ADDRESS.pattern})[^/\s@\"']+@", rf"\1{MASK}@", text)


def _each(pattern: re.Pattern[str], lines: list[str], first: int, found: dict[int, int]) -> None:
    for number, line in enumerate(lines, first):
        match = pattern.search(line)
        if match:
            found[number] = min(found.get(number, match.end()), match.end())


def _fake(lines: list[str], first: int, found: dict[int, int]) -> None:
    """The values of the store that holds them itself, with lines that go on below their key."""
    inside: int | None = None
    for number, line in enumerate(lines, first):
        column = len(line) - len(line.lstrip(" \t-"))
        if inside is not None and line.strip() and column > inside:
            found.setdefault(number, column)
            continue
        inside = None
        match = _FAKE_VALUE.search(line)
        if match:
            found[number] = min(found.get(number, match.end()), match.end())
            inside = len(line) - len(line.lstrip(" \t-")) if match.start() <= column else None


def _scan(lines: list[str], first: int, found: dict[int, int]) -> None:
    """Mask what stands under `data` and `stringData` in the lines of one document."""
    inside = False
    indent = child = depth = 0
    for number, line in enumerate(lines, first):
        if not line.strip():
            continue
        column = len(line) - len(line.lstrip())
        if inside and (depth > 0 or column > indent):
            child = child or column
            key = _KEY.match(line) if depth > 0 or column == child else None
            found[number] = key.end() if key else column
            depth += _depth(line) if depth > 0 else 0
            continue
        inside = False
        match = _VALUES.search(line)
        if match:
            inside = True
            indent = match.start()
            child = 0
            rest = line[match.end() :]
            depth = max(0, _depth(rest))
            if not _NOTHING.match(rest):
                found[number] = match.end()


def _depth(text: str) -> int:
    return sum(text.count(c) for c in "{[") - sum(text.count(c) for c in "}]")
