"""Rules of CRDs that could not be evaluated: counted, so that the summary says so."""

from __future__ import annotations

from eso_lint.model.workspace import Workspace
from eso_lint.source.node import Node


class Ledger:
    """An index of the workspace (`ws.index(Ledger)`) that is filled while objects are judged."""

    def __init__(self, ws: Workspace) -> None:
        self._places: dict[str, set[tuple[str, str, int]]] = {}

    def add(self, rule: str, why: str, at: Node) -> None:
        self._places.setdefault(why, set()).add((rule, at.file.path, at.start))

    def notes(self) -> list[str]:
        """One line for each reason, for the summary."""
        notes = []
        for why, places in sorted(self._places.items()):
            rules = len({rule for rule, _, _ in places})
            some = "1 rule of a CRD" if rules == 1 else f"{rules} rules of CRDs"
            where = "1 place" if len(places) == 1 else f"{len(places)} places"
            notes.append(f"{some} could not be evaluated in {where}: {why}")
        return notes
