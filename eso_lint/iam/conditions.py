"""Conditions of policies: whether they hold of a request of which some keys are known."""

from __future__ import annotations

from collections.abc import Mapping

from eso_lint.iam.glob import equal, matches
from eso_lint.iam.grant import HOLE, Condition


def holds(conditions: tuple[Condition, ...], context: Mapping[str, str | None]) -> bool | None:
    """Whether all conditions hold; None where a key is not known, or an operator is not read."""
    answer: bool | None = True
    for condition in conditions:
        found = _holds(condition, context)
        if found is False:
            return False
        if found is None:
            answer = None
    return answer


def _holds(condition: Condition, context: Mapping[str, str | None]) -> bool | None:
    operator = condition.operator.raw.lower()
    key = condition.key.raw.lower()
    if HOLE in operator or HOLE in key or key not in context:
        return _by_pattern(condition, operator, key, context)
    return _compare(condition, operator, context[key])


def _by_pattern(condition: Condition, operator: str, key: str, context: Mapping[str, str | None]) -> bool | None:
    """A key that is partly unknown (`${local.oidc}:sub`) is the one known key that it can be, if there is one."""
    if HOLE in operator or not key.strip(HOLE):
        return None
    fitting = [known for known in context if matches(key, known) is not False or matches(known, key) is not False]
    if len(fitting) != 1:
        return None
    return _compare(condition, operator, context[fitting[0]])


def _compare(condition: Condition, operator: str, known: str | None) -> bool | None:
    for prefix in ("foranyvalue:", "forallvalues:"):
        operator = operator.removeprefix(prefix)
    if operator == "null":
        wants = {value.raw.lower() for value in condition.values}
        return ("true" in wants) == (known is None) if wants <= {"true", "false"} else None
    optional = operator.endswith("ifexists")
    operator = operator.removesuffix("ifexists")
    negated = "not" in operator
    operator = operator.replace("not", "")
    if operator not in ("stringequals", "stringlike", "stringequalsignorecase", "arnequals", "arnlike"):
        return None
    if known is None:
        return optional or negated
    answer: bool | None = False
    for value in condition.values:
        wanted, asked = value.raw, known
        if operator == "stringequalsignorecase":
            wanted, asked = wanted.lower(), asked.lower()
        exactly = operator in ("stringequals", "stringequalsignorecase")
        found = equal(wanted, asked) if exactly else matches(wanted, asked)
        if found:
            answer = True
            break
        if found is None:
            answer = None
    if answer is None:
        return None
    return answer != negated
