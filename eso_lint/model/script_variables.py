"""Shell variables: which a script sets to one literal, and text with them put in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from eso_lint.source.shell import UNKNOWN, Command

MAX_LENGTH = 2_000  # of one value: no chain of variables may grow without bound
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)(\+?)=(.*)", re.DOTALL)
_DEFAULT = re.compile(r"\$\{(\w+):?[-=]([^${}]*)\}")
_DECLARE = frozenset({"export", "local", "readonly", "declare", "typeset"})
_SETTERS = frozenset({"read", "for", "mapfile", "readarray", "getopts", "printf"})
_VARIABLE = re.compile(
    r"\$\{\{[ \t]*env\.(?P<workflow>\w+)[ \t]*\}\}"
    r"|\$\{(?P<brace>[A-Za-z_][\w-]*?)(?::?[-=](?P<default>[^${}]*))?\}"
    r"|\$(?P<plain>[A-Za-z_]\w*)"
    r"|\{\{[ \t]*\.?(?P<action>[A-Za-z_][\w-]*)[ \t]*\}\}"
)
_LEFT = re.compile(r"\$(?:\w|\{[^}]*\}|[@*#?!-])|\{\{.*?\}\}|`")


def assignments(commands: Iterable[Command]) -> Iterator[tuple[str, str | None]]:
    """Name and value of each assignment; None where the value is not a literal, or is set for one command only."""
    for command in commands:
        words = [word.text for word in command.words]
        if words[0] in _SETTERS:
            yield from ((word, None) for word in words[1:] if word.isidentifier())
            continue
        declared = words[0] in _DECLARE
        matches = [_ASSIGNMENT.match(word) for word in (words[1:] if declared else words)]
        alone = declared or all(matches)
        for match in matches:
            if match is None:
                if declared:
                    continue
                break
            name, adds, value = match[1], match[2], match[3]
            own = _DEFAULT.fullmatch(value)
            if own is not None and own[1] == name:
                value = own[2]
            yield name, value if alone and not adds and UNKNOWN not in value else None


def expand(text: str, variables: dict[str, str | None]) -> str:
    """The text with known variables put in, `UNKNOWN` for the others."""
    return _Expander(variables).expand(text)


class _Expander:
    def __init__(self, variables: dict[str, str | None]) -> None:
        self.variables = variables
        self.values: dict[str, str] = {}

    def expand(self, text: str) -> str:
        return _LEFT.sub(UNKNOWN, _VARIABLE.sub(self._value, text))

    def _value(self, match: re.Match[str]) -> str:
        name = match["workflow"] or match["brace"] or match["plain"] or match["action"]
        if name not in self.variables:
            return UNKNOWN if match["default"] is None else match["default"]
        if name not in self.values:
            self.values[name] = UNKNOWN  # what a variable says of itself is not known
            written = self.variables[name]
            value = UNKNOWN if written is None or len(self.values) > 50 else self.expand(written)
            self.values[name] = value if len(value) <= MAX_LENGTH else UNKNOWN
        return self.values[name]
