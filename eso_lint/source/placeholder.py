"""Marks of text that something replaces before the cluster reads it, in documents that are YAML as they stand."""

from __future__ import annotations

import re

# Named groups of regular expressions, `(?P<name>` and `(?<name>`, are no `<name>` tokens; `$1` and `${1}` of rewrites
# and the escape `$${X}` are no variables.
_VARIABLE = r"\$(?<!\$\$)(?:\{[A-Za-z_]|\([A-Za-z_][\w.-]*\)|[A-Z][A-Z0-9_])"
_TOKEN = r"<(?<!\(\?P<)(?<!\(\?<)[A-Za-z][^\s<>]*>"
_MARK = re.compile(
    rf"(\{{\{{|\{{%|<%)|(ENC\[[A-Z0-9_]+,)|({_VARIABLE})|({_TOKEN}|\bref\+[\w-]+://|@@\w+@@|%%\w+%%|#\{{\w)"
)
_WHY = ("", "template", "encrypted", "variable", "placeholder")
# The same by a single character without which there can be none: that search is nearly free. Last, what is no mark but
# needs a look: explicit tags, and numbers that JSON lacks.
_BY_CHARACTER = tuple(
    (character, re.compile(pattern))
    for character, pattern in (
        ("{", r"\{[{%]"), ("<", rf"<%|{_TOKEN}"), ("[", r"ENC\[[A-Z0-9_]+,"), ("$", _VARIABLE),
        ("+", r"ref\+[\w-]+://"), ("@", r"@@\w+@@"), ("%", r"%%\w+%%"), ("{", r"#\{\w"), ("!", r"!!\w"),
        (".", r"\.(?:inf|Inf|INF|nan|NaN|NAN)"),
    )
)  # fmt: skip
NONE = 1 << 62


def marks(chunk: str) -> list[int]:
    """Offsets of all places in a document whose scalars need a look, in order; mostly empty."""
    found = [m.end() - 1 for char, mark in _BY_CHARACTER if char in chunk for m in mark.finditer(chunk)]
    return sorted(found) if found else found


def why(text: str) -> str | None:
    """Which kind of mark a scalar's text holds: template, encrypted, variable, placeholder, or None."""
    match = _MARK.search(text)
    return _WHY[match.lastindex or 0] if match else None
