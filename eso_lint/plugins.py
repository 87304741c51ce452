"""Plug-ins: how rules, renderers and reporters enter, ours by the same hooks as a stranger's.

A stranger's distribution names a module (or object) under the entry-point group `eso_lint`, and marks its functions
with `pluggy.HookimplMarker("eso_lint")`. A plug-in that fails stops the run: a linter that quietly lost rules is worse
than none. Nothing is ever imported from the repository being linted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eso_lint.errors import PluginError
from eso_lint.lint.entry import Entry
from eso_lint.lint.extension import Renderer, Reporter
from eso_lint.regex import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eso_lint.lint.rule import Rule
    from eso_lint.source.node import Document

GROUP = "eso_lint"
_RULE_ID = pattern(r"[A-Z]{2,}[0-9]{3,}\Z")
_RULE_NAME = pattern(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*\Z")


class Host:
    """All plug-ins of one run."""

    def __init__(self, strangers: bool) -> None:
        import pluggy

        from eso_lint import builtin, hookspecs

        self.manager = pluggy.PluginManager(GROUP)
        self.manager.add_hookspecs(hookspecs)
        self.manager.register(builtin, name="eso-lint")
        self._owners: dict[str, str] = {"eso-lint": "eso-lint"}
        if strangers:
            self._load()

    def _load(self) -> None:
        from importlib.metadata import entry_points

        for point in sorted(entry_points(group=GROUP), key=lambda p: (p.dist.name if p.dist else "", p.name)):
            owner = f"{point.dist.name} {point.dist.version}" if point.dist else point.value
            hint = "fix or uninstall it, or run with --no-plugins"
            try:
                plugin = point.load()
                name = self.manager.register(plugin, name=f"{owner}: {point.name}")
                self.manager.check_pending()
            except Exception as error:
                raise PluginError(
                    f"plug-in `{point.name}` of {owner} cannot be loaded: {type(error).__name__}: {error}", hint
                ) from error
            if name is not None:
                self._owners[name] = owner

    def _collect(self, hook: str) -> list[tuple[str, Any]]:
        """Everything that the implementations of a hook return, with its owner, ours first."""
        found: list[tuple[str, Any]] = []
        for implementation in getattr(self.manager.hook, hook).get_hookimpls():
            owner = self._owners.get(implementation.plugin_name, implementation.plugin_name)
            try:
                found += [(owner, item) for item in implementation.function() or ()]
            except Exception as error:
                raise PluginError(f"`{hook}` of {owner} failed: {type(error).__name__}: {error}") from error
        return sorted(found, key=lambda pair: pair[0] != "eso-lint")

    def rules(self) -> tuple[Entry, ...]:
        """All rules as entries; ids and names are unique and legal."""
        from eso_lint.lint.rule import Rule

        taken: dict[str, str] = {}
        entries: list[Entry] = []
        for owner, item in self._collect("eso_lint_rules"):
            if not isinstance(item, (Rule, Entry)):
                raise PluginError(f"`eso_lint_rules` of {owner} returned {type(item).__name__}, not a Rule")
            if owner != "eso-lint":
                item = _stranger(item, owner)
            for key in (item.id, item.name):
                if key in taken:
                    raise PluginError(f"{owner} and {taken[key]} both define a rule `{key}`", "uninstall one of them")
                taken[key] = owner
            entries.append(item)
        return tuple(entries)

    def renderers(self) -> tuple[Renderer, ...]:
        return tuple(self._named("eso_lint_renderers", Renderer).values())

    def rendered(self, documents: Iterable[Document]) -> tuple[Document, ...]:
        """The documents with those that they stand for, as renderers say."""
        from eso_lint.source.node import Document

        found = tuple(documents)
        for owner, renderer in self._collect("eso_lint_renderers"):
            try:
                made = [made for document in found for made in renderer.render(document)]
            except Exception as error:
                what = f"renderer `{renderer.name}` of {owner} failed: {type(error).__name__}: {error}"
                raise PluginError(what, "fix or uninstall it, or run with --no-plugins") from error
            for item in made:
                if not isinstance(item, Document):
                    what = f"renderer `{renderer.name}` of {owner} returned {type(item).__name__}, not a Document"
                    raise PluginError(what, "fix or uninstall it, or run with --no-plugins")
            found = (*found, *made)
        return found

    def reporters(self) -> dict[str, Reporter]:
        """Report formats by name, the built-in ones included."""
        return self._named("eso_lint_reporters", Reporter)

    def _named(self, hook: str, kind: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for owner, item in self._collect(hook):
            if not isinstance(item, kind):
                raise PluginError(f"`{hook}` of {owner} returned {type(item).__name__}, not a {kind.__name__}")
            if item.name in found:
                raise PluginError(f"{owner} offers `{item.name}`, which exists already", "uninstall one of them")
            found[item.name] = item
        return found


def _stranger(item: Rule | Entry, owner: str) -> Entry:
    if not _RULE_ID.match(item.id) or not _RULE_NAME.match(item.name):
        raise PluginError(f"{owner} defines rule `{item.id}` `{item.name}`: ids look like ABC123, names like-this")
    if item.id.startswith("ESO"):
        raise PluginError(f"{owner} defines rule `{item.id}`: ids that begin with ESO are eso-lint's own")
    if isinstance(item, Entry):
        return item
    return Entry.of(item._replace(source=owner))
