"""The outcome of a run: what triage made of the findings, and what was and was not checked."""

from __future__ import annotations

from eso_lint.record import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from eso_lint.lint.rule import Finding, Rule
    from eso_lint.source.node import Span


class Suppressed(NamedTuple):
    """A finding that is counted, not shown. `how` is comment, annotation, config or baseline."""

    finding: Finding
    how: str
    reason: str


class Skipped(NamedTuple):
    """Text that was not checked: a whole file (`span` None) or one document, and why."""

    path: str
    reason: str
    span: Span | None = None


class Coverage(NamedTuple):
    """What was checked. `files` were looked at, `read` were parsed; `objects` counts the operator's kinds."""

    files: int
    read: int
    objects: dict[str, int]
    skipped: tuple[Skipped, ...]


class Report(NamedTuple):
    """All that a reporter needs.

    `shown` is sorted by path, position and rule id. `below_profile` counts findings that a stricter profile would show.
    `notes` are one-line remarks for the summary. `rules` are those that were on, sorted by id. `root` is the
    repository root's name only, never a machine path. `exit_code` is 0 or 1.
    """

    shown: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    below_profile: int
    coverage: Coverage
    notes: tuple[str, ...]
    rules: tuple[Rule, ...]
    profile: str
    exit_code: int
