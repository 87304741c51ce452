"""Marks of text that something replaces before the cluster reads it, in documents that are YAML as they stand."""

from __future__ import annotations

import re

# In order: templates; ciphers; variables (not `$1`, `${1}` of rewrites, not the escape `$${X}`); tokens.
# A named group of a regular expression, `(?P<name>` or `(?<name>`, is no `<name>` token. Last, what is no mark but
# needs a look: numbers that JSON lacks, and explicit tags.
_MARK = re.compile(
    r"(\{\{|\{%|<%)"
    r"|(ENC\[[A-Z0-9_]+,)"
    r"|((?<!\$)\$(?:\{[A-Za-z_]|\([A-Za-z_][\w.-]*\)|[A-Z][A-Z0-9_]))"
    r"|((?<!\(\?P)(?<!\(\?)<[A-Za-z][^\s<>]*>|\bref\+[\w-]+://|@@\w+@@|%%\w+%%|#\{\w)"
)
_CARE = re.compile(_MARK.pattern + r"|[ \t\[,][-+]?\.(?:inf|Inf|INF|nan|NaN|NAN)\b|!!\w")
_WHY = ("", "template", "encrypted", "variable", "placeholder")
NONE = 1 << 62


def marks(chunk: str) -> list[int]:
    """Offsets of all places in a document whose scalars need a look; mostly empty."""
    return [match.end() - 1 for match in _CARE.finditer(chunk)]


def why(text: str) -> str | None:
    """Which kind of mark a scalar's text holds: template, encrypted, variable, placeholder, or None."""
    match = _MARK.search(text)
    return _WHY[match.lastindex or 0] if match else None
