"""Which parts of a file must never be shown: the values of plain Secrets.

Works on the text, so that it holds in files that do not parse. Where it errs, it hides too much.
"""

from __future__ import annotations

import re

from eso_lint.source.node import SourceFile

MASK = "***"

_KIND = re.compile(r"""kind["']?\s*:\s*(?:[!&]\S+\s+)*["']?Secret["']?\s*(?:[#,}\r\n]|\Z)""")
_VALUES = re.compile(r"""(?:^|(?<=[\s{,]))["']?(?:data|stringData|[\w./-]*last-applied-configuration)["']?\s*:""")
_KEY = re.compile(r"""\s*(?:-\s+)?(?:"[^"]*"|'[^']*'|[^\s:#"'|>]+)\s*:(?=\s|\Z)""")
_SEPARATOR = re.compile(r"---(?:\s|\Z)")
_NOTHING = re.compile(r"\s*(?:[&!]\S+\s*)*[{|>]?[+-]?\d*\s*(?:#.*)?\Z")


def masks(file: SourceFile, secret: bool = False) -> dict[int, int]:
    """1-based line -> 0-based column from which its text is hidden.

    `secret` says that the file holds a Secret even where its text does not name the kind plainly.
    """
    named = _KIND.search(file.text) is not None
    if not secret and not named:
        return {}
    found: dict[int, int] = {}
    first = 1
    count = len(file.line_starts)
    for number in range(1, count + 2):
        if number > count or (number > first and _SEPARATOR.match(file.line(number))):
            lines = [file.line(n) for n in range(first, number)]
            if not named or _KIND.search("\n".join(lines)):
                _scan(lines, first, found)
            first = number
    return found


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
