"""How remote keys must look (`paths:` in the configuration): `prod/{namespace}/*`."""

from __future__ import annotations

import re
from functools import lru_cache
from math import comb

from eso_lint.regex import pattern

_TOKEN = pattern(r"\{namespace\}|\{name\}|\*")
_MOST_STEPS = 10_000_000


def fits(pattern: str, key: str, namespace: str | None, name: str | None) -> bool:
    """Whether a key follows a pattern.

    `*` stands for one or more characters, `/` included. `{namespace}` and `{name}` are those of the object that uses
    the key; one that is not known (None) stands for anything within its segment.
    """
    stars = pattern.count("*")
    if comb(len(key) + stars, stars) > _MOST_STEPS:
        return True  # nobody writes such keys; a search for all the ways to read one would not end
    return _compiled(pattern, namespace, name).fullmatch(key) is not None


def fits_prefix(pattern: str, prefix: str, namespace: str | None, name: str | None) -> bool:
    """Whether keys below a prefix (`find.path`) can follow a pattern: the prefix must say as much as it fixes."""
    return fits(pattern, prefix, namespace, name) or fits(pattern, prefix.rstrip("/") + "/x", namespace, name)


def missing_segment(pattern: str, key: str, namespace: str | None, name: str | None) -> str | None:
    """The first fixed segment of a pattern that a key does not have; None where all are there, or none is fixed."""
    have = key.strip("/").split("/")
    for segment in pattern.strip("/").split("/"):
        wanted = segment.replace("{namespace}", namespace or "*").replace("{name}", name or "*")
        if wanted and "*" not in wanted and wanted not in have:
            return wanted
    return None


@lru_cache(maxsize=1024)
def _compiled(pattern: str, namespace: str | None, name: str | None) -> re.Pattern[str]:
    values = {"{namespace}": namespace, "{name}": name}
    out, end = "", 0
    for token in _TOKEN.finditer(pattern):
        out += re.escape(pattern[end : token.start()])
        value = values.get(token[0])
        out += ".+" if token[0] == "*" else re.escape(value) if value else "[^/]+"
        end = token.end()
    return re.compile(out + re.escape(pattern[end:]), re.DOTALL)
