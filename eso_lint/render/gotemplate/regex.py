"""Regular expressions of templates: those that Go and Python read alike, and that cannot run away."""

from __future__ import annotations

import re

from eso_lint.render.gotemplate.values import Unresolved, number_of, string_of

_ATOM = r"(?:[\w\s_@:;,/\"'<>=!~&%#-]|\\[.+*?()\[\]{}^$|/\\-]|\\[dws]|\.|\[\^?(?:[^\[\]\\^]|\\[\w.\\/-])+\])"
_SAFE = re.compile(rf"\^?{_ATOM}*(?:{_ATOM}[+*?]{_ATOM}*){{0,2}}\$?")
_MAX_TEXT = 10_000


def _pattern(pattern: object, text: str) -> re.Pattern[str]:
    source = string_of(pattern)
    if len(source) > 100 or len(text) > _MAX_TEXT or not source or not _SAFE.fullmatch(source):
        raise Unresolved
    # `$` is the very end in Go.
    return re.compile(re.sub(r"(?<!\\)\$\Z", r"\\Z", source), re.ASCII)


def replace(pattern: object, value: object, new: object) -> str:
    text, after = string_of(value), string_of(new)
    if "$" in after or len(after) > _MAX_TEXT:
        raise Unresolved
    return _pattern(pattern, text).sub(lambda _: after, text)


def find(pattern: object, value: object) -> str:
    text = string_of(value)
    match = _pattern(pattern, text).search(text)
    return match[0] if match else ""


def matches(pattern: object, value: object) -> bool:
    text = string_of(value)
    return _pattern(pattern, text).search(text) is not None


def split(pattern: object, value: object, count: object) -> list[str]:
    text = string_of(value)
    compiled = _pattern(pattern, text)
    if number_of(count) >= 0 or compiled.fullmatch(""):
        raise Unresolved
    return compiled.split(text)
