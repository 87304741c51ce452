"""What the API server would say of an object: structure first, then the CRD's own rules. Memoised by workspace."""

from __future__ import annotations

from typing import NamedTuple

from eso_lint.model.resource import Resource
from eso_lint.model.versions import Version
from eso_lint.model.workspace import Workspace
from eso_lint.source.node import Node, Span

# What a verdict is about: the rule of that name reports it. `needs-newer-eso` is an unknown field or value that a later
# release knows; `removed-provider` a provider that an earlier one knew.
KINDS = (
    "unknown-field", "scalar-type", "enum-value", "name-or-key-pattern", "one-of-fields", "missing-field",
    "value-out-of-range", "cel-violation", "needs-newer-eso", "removed-provider",
)  # fmt: skip


class Verdict(NamedTuple):
    """One reason to refuse an object.

    `at` is the wrong scalar, or for what is missing the nearest key. `path` is the field as one would write it
    (`spec.data[2].remoteRef.key`), `steps` the same in parts. `blocks` says that the API server does not go on to the
    CRD's own rules after it. `since` is, for `needs-newer-eso`, the first release that knows the field or value; for
    `removed-provider` the first that does not. `replacement` is the text to write instead of `at`, `safe` whether it
    is certain. `releases` are those that refuse where another one that may be in play does not; else empty. `soft`
    says that the release in play is newer than every schema that is known here, so that it may have the field.
    """

    kind: str
    at: Node | Span
    path: str
    message: str
    label: str = ""
    help: str = ""
    note: str = ""
    related: tuple[tuple[Span, str], ...] = ()
    steps: tuple[str | int, ...] = ()
    blocks: bool = False
    since: Version | None = None
    replacement: str | None = None
    safe: bool = False
    releases: tuple[Version, ...] = ()
    soft: bool = False


def verdicts(resource: Resource, ws: Workspace) -> tuple[Verdict, ...]:
    """All reasons for which the API server refuses an object; empty where no schema is known."""
    known = ws.index(_Verdicts)
    return known.of(resource)


class _Verdicts:
    """The verdicts of a workspace, each object judged once."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self._known: dict[int, tuple[Verdict, ...]] = {}

    def of(self, resource: Resource) -> tuple[Verdict, ...]:
        found = self._known.get(id(resource))
        if found is None:
            from eso_lint.schema.judge import judge

            found = self._known[id(resource)] = judge(resource, self.ws)
        return found
