"""Which of the repositories that Applications name is this one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from eso_lint.render.flux.layout import Layout, local
from eso_lint.render.unit import Item
from eso_lint.source.node import Mapping, Node, Sequence, is_absent, items, lookup, string

_HEAD = re.compile(r"^(?:[\w+]+://)?(?:[^@/]+@)?([^:/]+)(?::\d+)?[:/]")
_PATTERN = re.compile(r"[*?\[{]")


def sources_of(spec: Node | None) -> tuple[Node, ...]:
    """The sources of an Application's spec; `sources` wins over `source`, as in Argo CD."""
    several = lookup(spec, "sources")
    if isinstance(several, Sequence) and several.items:
        return several.items
    one = several if several is not None and not is_absent(several) else lookup(spec, "source")
    return (one,) if one is not None and not is_absent(one) else ()


class Origins:
    """Tells this repository's addresses from others, by what Applications find under their paths here."""

    def __init__(self, layout: Layout, applications: Iterable[Item]) -> None:
        self._layout = layout
        self._uses: Counter[str] = Counter()
        self._hits: Counter[str] = Counter()
        self._misses: Counter[str] = Counter()
        for item in applications:
            spec = item.root.get("spec")
            if item.kind == "ApplicationSet":
                self._generators(lookup(spec, "generators"), 0)
                spec = lookup(spec, "template", "spec")
            for source in sources_of(spec):
                chart = lookup(source, "chart")
                if chart is None or is_absent(chart):
                    self._count(lookup(source, "repoURL"), string(lookup(source, "path")))
        self.own = self._own()
        self._is_own: dict[str, bool | None] = {}

    def _generators(self, generators: Node | None, depth: int) -> None:
        for generator in items(generators) if depth < 4 else ():
            for kind in ("matrix", "merge"):
                self._generators(lookup(generator, kind, "generators"), depth + 1)
            entries = items(lookup(generator, "git", "directories")) or items(lookup(generator, "git", "files"))
            path = string(lookup(entries[0], "path")) if entries else None
            fixed = _PATTERN.split(path)[0].rpartition("/")[0] if path is not None else None
            self._count(lookup(generator, "git", "repoURL"), fixed or None)

    def _count(self, url: Node | None, path: str | None) -> None:
        text = string(url)
        if not text:
            return
        known = plain(text)
        self._uses[known] += 1
        # A repository's root is everywhere.
        if path and local(path):
            (self._hits if local(path) in self._layout else self._misses)[known] += 1

    def _own(self) -> frozenset[str]:
        """The address under which most paths are here, and others of its name under which nothing else is."""
        fitting = [url for url in self._hits if self._hits[url] >= self._misses[url]]
        if not fitting:
            return self._by_use()
        best = max(fitting, key=lambda url: (self._hits[url], self._uses[url], url))
        alike = {url for url in fitting if _name(url) == _name(best) and not self._misses[url]}
        return frozenset(alike | {best})

    def _by_use(self) -> frozenset[str]:
        """Where no path is written out: the address of most Applications."""
        if not self._uses:
            return frozenset()
        url, uses = self._uses.most_common(1)[0]
        sure = uses > 1 and uses * 2 > self._uses.total() and not self._misses[url]
        return frozenset((url,) if sure else ())

    def is_own(self, url: Node | None) -> bool | None:
        """Whether an address is this repository's; None where that cannot be told."""
        text = string(url)
        if not text:
            return None
        if text not in self._is_own:
            other = False if self.own or text.startswith("oci://") else None
            self._is_own[text] = True if plain(text) in self.own else other
        return self._is_own[text]


def plain(url: str) -> str:
    """An address without scheme, user, port and `.git`, so that forms of one address are equal."""
    return _HEAD.sub(r"\1/", url.strip()).rstrip("/").removesuffix(".git").lower()


def _name(url: str) -> str:
    return url.rsplit("/", 1)[-1]


def block(source: Node, field: str) -> Mapping | None:
    """A tool's block of a source; an empty one counts for nothing."""
    found = lookup(source, field)
    return found if isinstance(found, Mapping) and (found.open or not _empty(found)) else None


def _empty(node: Node) -> bool:
    if isinstance(node, Mapping):
        return all(_empty(value) for _, value in node.index.values())
    if isinstance(node, Sequence):
        return not node.items
    return is_absent(node) or string(node) == ""
