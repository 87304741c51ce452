"""Broken rules of CRDs as verdicts."""

from __future__ import annotations

from collections.abc import Iterable

from eso_lint.model.workspace import Workspace
from eso_lint.schema.cel.ledger import Ledger
from eso_lint.schema.cel.rules import Uncounted, validations
from eso_lint.schema.verdict import Verdict
from eso_lint.schema.walk import Rules
from eso_lint.schema.words import path_text


def cel_verdicts(places: Iterable[Rules], others: Iterable[Verdict], ws: Workspace) -> list[Verdict]:
    """What the rules of an object say that has no structural fault that blocks them.

    `others` are the object's other verdicts: where a misspelt field stands beside, a rule that misses it is an echo.
    """
    meant = {(v.steps[:-1], v.replacement) for v in others if v.kind == "unknown-field" and v.replacement}
    found: list[Verdict] = []
    for node, shape, frame, at in places:
        steps = frame.steps
        for answer in validations(node, shape, at, at_root=frame.above is None):
            if isinstance(answer, Uncounted):
                ws.index(Ledger).add(answer.rule, answer.why, at)
            elif not any((steps, name) in meant for name in answer.blame.missing):
                path = path_text((*steps, *answer.steps))
                message = f"{path}: {answer.message}" if path else answer.message
                where = answer.blame
                found.append(
                    Verdict(
                        "cel-violation", where.at, path, message, where.label, where.help, related=where.related,
                        steps=(*steps, *answer.steps),
                    )
                )  # fmt: skip
    return found
