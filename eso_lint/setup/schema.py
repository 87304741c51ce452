"""The questions as JSON Schema: choices, conditions and validation for a program that answers them (`--questions`)."""

from __future__ import annotations

from typing import Any

from eso_lint.setup.question import ALWAYS, Case, Form, Question, Value
from eso_lint.setup.questions import BY_KEY, QUESTIONS


def json_schema() -> dict[str, Any]:
    """JSON Schema of a file of answers.

    What hangs on other answers is in `allOf`: a question that is not asked must not be answered, and one that is asked
    in some case alone brings its pattern, its choices and its default there.
    """
    from eso_lint import HOMEPAGE

    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{HOMEPAGE}/init-answers",
        "title": "Answers for `eso-lint init`",
        "description": "Each key is a flag too. Give a file of answers with `eso-lint init --answers FILE`.",
        "type": "object",
        "additionalProperties": False,
        "required": [q.flag for q in QUESTIONS if _everywhere(q) and all(f.default is None for f in q.forms)],
        "properties": {question.flag: _general(question) for question in QUESTIONS},
        "allOf": [rule for question in QUESTIONS for rule in _cases(question)],
    }


def _everywhere(question: Question) -> bool:
    return not question.forms[-1].when


def _general(question: Question) -> dict[str, Any]:
    made: dict[str, Any] = {"description": question.text}
    if len(question.forms) == 1 and not question.forms[0].when:
        return {**made, **_shape(question, question.forms[0])}
    if question.kind == "switch":
        return {**made, "type": "boolean"}
    if question.kind == "list":
        return {**made, "type": "array", "items": {"type": "string"}, "uniqueItems": True}
    return {**made, "type": "string", **({"enum": [c.value for c in question.choices]} if question.choices else {})}


def _shape(question: Question, form: Form) -> dict[str, Any]:
    """One form: what an answer must be."""
    made: dict[str, Any] = {}
    notes = [form.text or question.text]
    if question.kind == "switch":
        made["type"] = "boolean"
    elif question.choices:
        values = form.only or tuple(choice.value for choice in question.choices)
        texts = {choice.value: choice.text for choice in question.choices}
        made["oneOf"] = [{"const": v, **({"title": texts[v]} if texts[v] else {})} for v in values]
    else:
        one = {"type": "string", **({"pattern": f"^(?:{form.pattern})$"} if form.pattern else {"minLength": 1})}
        if question.kind == "list":
            made |= {"type": "array", "items": one, "uniqueItems": True}
            if form.default is None:
                made["minItems"] = 1
        else:
            made |= one
        if form.hint:
            notes.append(form.hint)
        if form.offer:
            made["examples"] = [form.offer]
    made["description"] = " ".join(f"{note[0].upper()}{note[1:]}" for note in notes)
    if isinstance(form.default, (str, bool)):
        made["default"] = [] if question.kind == "list" else form.default
    elif form.default is not None:
        made["description"] += " (by default made of other answers)"
    return made


def _cases(question: Question) -> list[dict[str, Any]]:
    if len(question.forms) == 1 and not question.forms[0].when:
        return []
    made = []
    for i, form in enumerate(question.forms):
        then: dict[str, Any] = {"properties": {question.flag: _shape(question, form)}}
        if form.default is None and not _everywhere(question):
            then["required"] = [question.flag]
        made.append({"if": _all([_case(form.when), *_none_of(question, i, form.when)]), "then": then})
    if not _everywhere(question):
        made.append(
            {"if": _all(_none_of(question, len(question.forms))), "then": {"properties": {question.flag: False}}}
        )
    return made


def _none_of(question: Question, before: int, case: Case = ALWAYS) -> list[dict[str, Any]]:
    """That no earlier form of a question holds, of those that can where `case` does."""
    return [{"not": _case(form.when)} for form in question.forms[:before] if not _apart(form.when, case)]


def _apart(one: Case, other: Case) -> bool:
    """Whether two cases never hold together."""
    for key in one.keys() & other.keys():
        a, b = one[key], other[key]
        if a != b if isinstance(a, int) or isinstance(b, int) else not set(a) & set(b):
            return True
    return False


def _case(case: Case) -> dict[str, Any]:
    return _all([_answered(BY_KEY[key], wanted, case) for key, wanted in case.items()])


def _answered(question: Question, wanted: tuple[Value, ...] | int, case: Case) -> dict[str, Any]:
    """That a question has one of these answers, its default included; `case` is what holds besides."""
    key = question.flag
    if isinstance(wanted, int):
        return {"required": [key], "properties": {key: {"minItems": wanted, "maxItems": wanted}}}
    ways: list[dict[str, Any]] = [{"required": [key], "properties": {key: {"enum": list(wanted)}}}]
    for i, form in enumerate(question.forms):
        if form.default is not None and form.default in wanted and not _apart(form.when, case):
            beyond = {name: values for name, values in form.when.items() if case.get(name) != values}
            absent = {"not": {"required": [key]}}
            ways.append(_all([absent, _case(beyond), *_none_of(question, i, {**case, **form.when})]))
    return ways[0] if len(ways) == 1 else {"anyOf": ways}


def _all(rules: list[dict[str, Any]]) -> dict[str, Any]:
    some = [rule for rule in rules if rule]
    return some[0] if len(some) == 1 else {"allOf": some} if some else {}
