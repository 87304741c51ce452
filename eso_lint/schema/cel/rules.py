"""The rules that a CRD states for its own objects (`x-kubernetes-validations`), asked about one node on creation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from eso_lint.schema.cel.nodes import Context, Schema
from eso_lint.schema.cel.program import Failed, Program, Unevaluated, Unknown, Value, compile_text
from eso_lint.source.node import Mapping, Node

if TYPE_CHECKING:
    from eso_lint.schema.cel.blame import Blame

_FIELD = re.compile(r"\.([A-Za-z_]\w*)|\['((?:[^'\\]|\\.)+)'\]", re.ASCII)
_LONGEST_MESSAGE = 5120


class Violation(NamedTuple):
    """A rule that does not hold. `steps` lead from the node to the field that the rule names, `rule` is its text."""

    rule: str
    message: str
    steps: tuple[str, ...]
    blame: Blame


class Uncounted(NamedTuple):
    """A rule that could not be evaluated, and why."""

    rule: str
    why: str


def validations(node: Node, schema: Schema, at: Node, at_root: bool = False) -> Iterator[Violation | Uncounted]:
    """What the rules of a schema say of a node. `at` stands for the whole node where nothing better is found.

    Rules about changes are not asked, and templated values that decide leave a rule without an answer.
    """
    for rule in schema.cel:
        text = rule.get("rule")
        if not isinstance(text, str) or not text.strip():
            continue
        program = compile_text(text)
        if program.uses_old and rule.get("optionalOldSelf") is not True:
            continue  # a rule about a change: on creation there is none
        context = Context()
        answer = program.evaluate(node, schema, context, at_root)
        if isinstance(answer, Unevaluated):
            yield Uncounted(text, answer.why)
        elif isinstance(answer, Failed):
            words = f"the CRD's rule cannot be evaluated ({answer.why}): {_message(rule, text)}"
            yield _violation(rule, program, words, node, schema, at, at_root, None)
        elif isinstance(answer, Value) and answer.value is not True:
            message = _computed(rule, node, schema, at_root) or _message(rule, text)
            yield _violation(rule, program, message, node, schema, at, at_root, context)


def _violation(
    rule: dict[str, Any],
    program: Program,
    message: str,
    node: Node,
    schema: Schema,
    at: Node,
    at_root: bool,
    context: Context | None,
) -> Violation:
    """`context` is that of the evaluation; None where it had no value."""
    from eso_lint.schema.cel.blame import Blame, blame

    found = Blame(at) if context is None else blame(program, node, schema, at_root, at, context)
    steps = tuple(a or b.replace("\\'", "'") for a, b in _FIELD.findall(str(rule.get("fieldPath") or "")))
    for step in steps:
        key = node.key(step) if isinstance(node, Mapping) else None
        if key is None:
            break
        # The CRD names the field itself.
        found, node = Blame(key, related=found.related), node.get(step) or key
    return Violation(program.text, message, steps, found)


def _message(rule: dict[str, Any], text: str) -> str:
    message = rule.get("message")
    return message.strip() if isinstance(message, str) and message.strip() else f"failed rule: {text.strip()}"


def _computed(rule: dict[str, Any], node: Node, schema: Schema, at_root: bool) -> str | None:
    """The message that an expression makes; None where it makes none that the API server would show."""
    text = rule.get("messageExpression")
    if not isinstance(text, str) or not text.strip():
        return None
    answer = compile_text(text).evaluate(node, schema, Context(), at_root)
    if isinstance(answer, (Failed, Unknown, Unevaluated)) or not isinstance(answer.value, str):
        return None
    made = answer.value.strip()
    return made if made and "\n" not in made and len(made.encode()) <= _LONGEST_MESSAGE else None
