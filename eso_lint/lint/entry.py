"""Rules by their metadata, so that their modules are imported only when they have something to look at."""

from __future__ import annotations

from eso_lint.record import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from eso_lint.lint.rule import Rule


class Entry(NamedTuple):
    """A rule by its metadata alone: enough to decide whether its module is worth importing.

    `on` are the names of its view classes; `profile`, `severity`, `confidence` are the numbers of their enums.
    `module` holds the rule under its name (`-` as `_`); an entry made of a loaded rule carries it in `rule`.
    """

    id: str
    name: str
    family: str
    on: tuple[str, ...]
    reads: tuple[str, ...]
    profile: int
    severity: int
    confidence: int
    module: str
    words: tuple[str, ...] = ()
    rule: Rule | None = None

    @classmethod
    def of(cls, rule: Rule, family: str = "", module: str = "") -> Entry:
        on = tuple(view.__name__ for view in rule.on)
        numbers = (int(rule.profile), int(rule.severity), int(rule.confidence))
        return cls(rule.id, rule.name, family, on, rule.reads, *numbers, module, rule.words, rule)

    def load(self) -> Rule:
        """The rule itself; its module is imported at the first call."""
        if self.rule is not None:
            return self.rule
        from importlib import import_module

        loaded: Rule = getattr(import_module(self.module), self.name.replace("-", "_"))
        return loaded
