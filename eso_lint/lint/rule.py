"""What a rule is, and the values it exchanges with the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import Any, NamedTuple

from eso_lint.source.node import Node, Span


class Severity(IntEnum):
    INFO = 1
    WARNING = 2
    ERROR = 3

    @property
    def label(self) -> str:
        return self.name.lower()


class Confidence(IntEnum):
    """HIGH: provable from the files. MEDIUM: needs a stated assumption. LOW: for reviewers."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def label(self) -> str:
        return self.name.lower()


class Profile(IntEnum):
    """Cumulative: each profile shows what the ones before it show."""

    MINIMAL = 1
    DEFAULT = 2
    STRICT = 3
    AUDIT = 4

    @property
    def label(self) -> str:
        return self.name.lower()


class Safety(IntEnum):
    """SAFE keeps the meaning; UNSAFE changes it and needs a person; DISPLAY only shows what could be written."""

    DISPLAY = 1
    UNSAFE = 2
    SAFE = 3


class Edit(NamedTuple):
    span: Span
    text: str


class Fix(NamedTuple):
    """Text edits that mend a problem."""

    title: str
    edits: tuple[Edit, ...]
    safety: Safety = Safety.UNSAFE


class Related(NamedTuple):
    """Another place that explains the problem, and what to say of it."""

    span: Span
    message: str


class Problem(NamedTuple):
    """What a check yields.

    `at` is the scalar (or key) that is wrong. `message` is one plain clause: lower-case start, no final stop, user
    values in backticks. `label` stands under the carets. `note` says what was looked at, `help` what to do.
    `severity` and `confidence` override the rule's own for this one problem.
    """

    at: Node | Span
    message: str
    label: str = ""
    related: tuple[Related, ...] = ()
    note: str = ""
    help: str = ""
    fix: Fix | None = None
    severity: Severity | None = None
    confidence: Confidence | None = None

    @property
    def span(self) -> Span:
        return self.at if isinstance(self.at, Span) else self.at.span


class Rule(NamedTuple):
    """One rule. `on` is the view class (or classes) it is asked about.

    `reads` names further kinds whose documents it needs (`ServiceAccount`, `Namespace`...): they are parsed only when
    a rule that reads them is on. `words` are texts one of which a file must hold for the rule to have anything to say:
    in a small repository it is not even loaded without. `security` is a CVSS-like score for rules about exposure, else
    None. `doc` is the docstring: a summary line, then `Why:`, `Fix:` and optional `When to ignore:`, `References:`
    paragraphs.
    """

    id: str
    name: str
    on: tuple[type, ...]
    severity: Severity
    confidence: Confidence
    profile: Profile
    since: str
    check: Callable[[Any, Any], Iterator[Problem]]
    doc: str
    bad: tuple[str, ...] = ()
    good: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    security: float | None = None
    source: str = "eso-lint"
    words: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        return self.doc.strip().split("\n", 1)[0]


def rule(
    *,
    id: str,
    name: str,
    on: type | tuple[type, ...],
    severity: Severity,
    confidence: Confidence = Confidence.HIGH,
    profile: Profile = Profile.DEFAULT,
    since: str,
    bad: tuple[str, ...],
    good: tuple[str, ...],
    reads: tuple[str, ...] = (),
    security: float | None = None,
    words: tuple[str, ...] = (),
) -> Callable[[Callable[[Any, Any], Iterator[Problem]]], Rule]:
    """Make a Rule of a check function `(view, workspace) -> Iterator[Problem]`; its docstring is the rule's page."""

    def make(check: Callable[[Any, Any], Iterator[Problem]]) -> Rule:
        views = on if isinstance(on, tuple) else (on,)
        doc = check.__doc__ or ""
        return Rule(
            id, name, views, severity, confidence, profile, since, check, doc, bad, good, reads, security, words=words
        )

    return make


class Finding(NamedTuple):
    """A problem with everything that showing, hiding and counting it needs. Made by the engine only."""

    rule: Rule
    severity: Severity
    confidence: Confidence
    span: Span
    message: str
    label: str
    related: tuple[Related, ...]
    note: str
    help: str
    fix: Fix | None
    kind: str
    object: str
    namespace: str
    node_path: str
    document: int
    fingerprint: str
