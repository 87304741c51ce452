"""What the webhook would say of a store's provider block, as problems for the rules that report it."""

from __future__ import annotations

from collections.abc import Iterator

from eso_lint.lint.rule import Confidence, Problem, Related, Severity
from eso_lint.model.kinds.store import Store
from eso_lint.model.provider_checks import Fault, provider_faults
from eso_lint.model.refusals import is_seen, refused
from eso_lint.model.workspace import Workspace

_ADMITTED = "the store is admitted, but the operator refuses to work with it"


def provider_problems(store: Store, ws: Workspace, kind: str) -> Iterator[Problem]:
    """The faults of one kind in a store's provider block. What no webhook refuses says so in its note."""
    for fault in ws.index(_Faults).of(store):
        if fault.kind != kind:
            continue
        admitted = not fault.since or not refused(store, ws, fault.since)
        # That a store without it never works is known of every release where `since` says nothing.
        softened = bool(fault.since) and admitted
        yield Problem(
            at=fault.at,
            message=fault.message,
            label=fault.label,
            related=tuple(Related(span, text) for span, text in fault.related),
            note=_ADMITTED if admitted else "",
            help=fault.help,
            severity=Severity.WARNING if softened or not fault.sure else None,
            confidence=None if fault.sure else Confidence.MEDIUM,
        )


class _Faults:
    """The faults of a workspace's stores, each looked at once."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self._known: dict[int, tuple[Fault, ...]] = {}

    def of(self, store: Store) -> tuple[Fault, ...]:
        found = self._known.get(id(store))
        if found is None:
            faults = provider_faults(store) if is_seen(store) else ()
            found = self._known[id(store)] = _unsaid(faults, store, self.ws) if faults else ()
        return found


def _unsaid(faults: tuple[Fault, ...], store: Store, ws: Workspace) -> tuple[Fault, ...]:
    """The faults that the schema does not see as well: the API server asks it first, and its verdict is reported."""
    from eso_lint.schema.verdict import verdicts

    said = verdicts(store, ws)
    places = {verdict.steps for verdict in said}
    spans = {(verdict.at.file.path, verdict.at.start) for verdict in said}
    missing = [verdict.steps for verdict in said if verdict.kind == "missing-field"]
    return tuple(
        fault
        for fault in faults
        if fault.steps not in places
        and (fault.at.file.path, fault.at.start) not in spans
        and not any(fault.steps[: len(steps)] == steps for steps in missing)
    )
