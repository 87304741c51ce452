"""The three pattern languages of Argo CD: of directory sources, and of the directories and files of git generators."""

from __future__ import annotations

import re
from functools import lru_cache

_CLASS = re.compile(r"\[([!^]?)((?:\\.|[^\]\\])+)\]")


@lru_cache(maxsize=256)
def directory_pattern(pattern: str) -> re.Pattern[str] | None:
    """`include` and `exclude` of a directory source: `*` passes over slashes, `{a,b}` are alternatives."""
    return _compiled(pattern, ".*", ".", True)


@lru_cache(maxsize=256)
def path_pattern(pattern: str) -> re.Pattern[str] | None:
    """Directories of a git generator: `*` stays within a segment, and so does `**`."""
    return _compiled(pattern, "[^/]*", "[^/]", False)


@lru_cache(maxsize=256)
def file_pattern(pattern: str) -> re.Pattern[str] | None:
    """Files of a git generator, as `git ls-files` matches them: `*` passes over slashes."""
    return _compiled(pattern, ".*", ".", False)


def _compiled(pattern: str, star: str, one: str, alternatives: bool) -> re.Pattern[str] | None:
    made: list[str] = []
    at = depth = 0
    while at < len(pattern):
        char = pattern[at]
        found = _CLASS.match(pattern, at) if char == "[" else None
        if found:
            made.append(f"[{'^' if found[1] else ''}{found[2].replace('[', chr(92) + '[')}]")
            at = found.end()
            continue
        if char == "\\" and at + 1 < len(pattern):
            at += 1
            made.append(re.escape(pattern[at]))
        elif char == "*":
            if not made or made[-1] != star:
                made.append(star)
        elif char == "?":
            made.append(one)
        elif alternatives and char == "{":
            depth += 1
            made.append("(?:")
        elif depth and char in "},":
            depth -= char == "}"
            made.append(")" if char == "}" else "|")
        else:
            made.append(re.escape(char))
        at += 1
    if made.count(star) > 2:
        if "(?:" in made:
            return None
        # What stands between two stars may as well be where it is found first: then no search takes long.
        first, *middle, last = ("".join(made)).split(star)
        made = [first, *(f"(?>{star}?{part})" for part in middle), star, last]
    try:
        return re.compile("".join(made) + r"\Z", re.DOTALL)
    except re.error:
        return None
