"""From answers given to all answers: what is still open, what will not do, and what nobody asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from eso_lint.setup.answers import Answers
from eso_lint.setup.question import Draft, Question, Value
from eso_lint.setup.questions import QUESTIONS, VAULTS


class Problem(NamedTuple):
    """An answer that will not do, and why."""

    question: Question
    text: str


class Progress(NamedTuple):
    """Where a conversation stands. `draft` holds what is settled, defaults included, in the order of the questions.

    `open` are the questions that have to be answered next; others may hang on their answers. `unasked` are given
    answers whose question is not put in this case.
    """

    draft: dict[str, Value]
    open: tuple[Question, ...]
    problems: tuple[Problem, ...]
    unasked: tuple[Question, ...]

    @property
    def done(self) -> bool:
        return not self.open and not self.problems


def follow(given: Mapping[str, Value], person: bool = False) -> Progress:
    """Go through the questions with the answers given.

    A `person` is also asked what has a default, where the question is one to ask. Questions that hang on an open one
    are left out: whether they are asked at all is not known yet.
    """
    draft: dict[str, Value] = {}
    still_open: list[Question] = []
    problems: list[Problem] = []
    unasked: list[Question] = []
    unknown: set[str] = set()
    for question in QUESTIONS:
        key = question.key
        if any(name in unknown for form in question.forms for name in form.when):
            unknown.add(key)
            # What is asked in every case and has no default in any is wanted whatever the open answers will be.
            if key not in given and not question.forms[-1].when and _needed(question):
                still_open.append(question)
            continue
        form = question.form(draft)
        if form is None:
            if key in given:
                unasked.append(question)
            continue
        sure = not any(name in unknown for name in question.needs)
        if key in given:
            value, wrong = question.read(given[key], form, draft, sure)
            if wrong:
                problems.append(Problem(question, wrong))
                unknown.add(key)
            else:
                draft[key] = value
        elif form.default is None or (person and question.asked):
            still_open.append(question)
            unknown.add(key)
        elif sure:
            draft[key] = question.default(form, draft)  # type: ignore[assignment]  # form.default is not None
        else:
            unknown.add(key)
    return Progress(draft, tuple(still_open), tuple(problems), tuple(unasked))


def _needed(question: Question) -> bool:
    return all(form.default is None for form in question.forms)


def completed(draft: Draft) -> Answers:
    """The record of a conversation that is done."""
    from eso_lint.model.versions import named

    values: dict[str, Any] = {key: value for key, value in draft.items() if key in Answers._fields}
    values["eso_version"] = str(named(str(draft["eso_version"])))
    if draft["provider"] in VAULTS:
        path, mount = str(draft["path"]), str(draft["mount"])
        values["path"] = path.removeprefix(f"{mount}/data/").removeprefix(f"{mount}/")
    for key in ("server", "vault_url", "issuer"):
        if key in values:
            values[key] = values[key].rstrip("/")
    return Answers(**values)
