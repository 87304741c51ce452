"""How much a namespace selector or a namespace regex takes in."""

from __future__ import annotations

import re

from eso_lint.model.conditions import NAME_LABEL, go_search, selector_matches
from eso_lint.source.node import Mapping, Node, string

# Legal names with nothing in common: what matches them all is meant for all.
_SAMPLES = ("kube-system", "default", "a", "7", "team-x-prod", "zz9", "0-1", "q" * 63)
_GROUP = re.compile(r"\((?:\?(?::|P?<\w+>|[a-z]+:))?")


def matches_every_namespace(node: Node | None) -> bool:
    """Whether a label selector, or a regex on names, certainly matches every namespace there can be."""
    if isinstance(node, Mapping):
        # Labels not known: only what holds with any labels counts.
        return all(selector_matches(node, {NAME_LABEL: name}, None) is True for name in _SAMPLES)
    text = string(node)
    return text is not None and all(go_search(text, name) is True for name in _SAMPLES)


def unanchored(pattern: str) -> bool:
    """Whether a regex has a branch that begins with a bare word, so that the word may stand anywhere in a name.

    `prod`, `prod$`, `^a|b$` and `(dev|prod)-.*` have one. A prefix rule (`^team-`), a suffix or infix rule that
    begins with a separator (`-prod$`), and an open start that is written (`.*-prod$`) have none.
    """
    return any(_starts_bare(branch) for branch in _branches(pattern))


def anchored(pattern: str) -> str:
    """The same regex as a whole-name match: `^prod$`, `^(?:a|b)$`."""
    body = pattern
    if len(_branches(pattern)) > 1:
        return f"^(?:{'|'.join(_strip(branch) for branch in _branches(pattern))})$"
    return f"^{_strip(body)}$"


def _strip(branch: str) -> str:
    branch = branch.removeprefix("^")
    return branch[:-1] if branch.endswith("$") and not branch.endswith("\\$") else branch


def _starts_bare(branch: str) -> bool:
    group = _GROUP.match(branch)
    if group:
        end = _closing(branch, 0)
        if end is None:
            return False
        return any(_starts_bare(inner) for inner in _branches(branch[group.end() : end]))
    return branch[:1].isalnum()


def _branches(pattern: str) -> list[str]:
    """The branches of a regex that `|` separates at the top level."""
    found: list[str] = []
    depth, start, i = 0, 0, 0
    while i < len(pattern):
        char = pattern[i]
        if char == "\\":
            i += 1
        elif char == "[":
            i = _class_end(pattern, i)
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
        elif char == "|" and depth == 0:
            found.append(pattern[start:i])
            start = i + 1
        i += 1
    return [*found, pattern[start:]]


def _closing(pattern: str, start: int) -> int | None:
    """The offset of the parenthesis that closes the group at `start`."""
    depth, i = 0, start
    while i < len(pattern):
        char = pattern[i]
        if char == "\\":
            i += 1
        elif char == "[":
            i = _class_end(pattern, i)
        elif char in "()":
            depth += 1 if char == "(" else -1
            if depth == 0:
                return i
        i += 1
    return None


def _class_end(pattern: str, start: int) -> int:
    """The offset of the bracket that closes the character class at `start`; the end of the text where none does."""
    i = start + 1
    if pattern[i : i + 1] == "^":
        i += 1
    if pattern[i : i + 1] == "]":
        i += 1
    while i < len(pattern) and pattern[i] != "]":
        i += 2 if pattern[i] == "\\" else 1
    return i
