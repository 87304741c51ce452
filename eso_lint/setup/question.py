"""What one question of `eso-lint init` is: its forms, its choices, and how an answer to it is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

# Answers so far, by key: a text, a tuple of texts, or a truth.
Value = str | tuple[str, ...] | bool
Draft = Mapping[str, Value]
# What must have been answered: key -> the answers that will do; a number asks for a list of that many items.
Case = Mapping[str, tuple[Value, ...] | int]
ALWAYS: Case = {}


class Choice(NamedTuple):
    """One answer to choose. What is not `shown` is chosen by its name."""

    value: str
    text: str = ""
    shown: bool = True


class Form(NamedTuple):
    """A question as it is put in one case. The first form whose case holds is the one; without any, it is not asked.

    `default` is the answer where none is given, or makes it of earlier ones (None: one must be given);
    `offer` is what a person gets for pressing Enter, but nobody else. `pattern` must match all of an answer, or each
    item of a list; `hint` says in words what it wants. `only` are the choices that the case leaves (none: all).
    """

    when: Case = ALWAYS
    default: str | bool | Callable[[Draft], str] | None = None
    pattern: str = ""
    hint: str = ""
    text: str = ""
    offer: str = ""
    only: tuple[str, ...] = ()


Check = Callable[[Value, Draft], str]


class Question(NamedTuple):
    """One question. `asked` False leaves a person the default, to be changed in the summary.

    `check` says what is wrong with an answer beyond its pattern ("" where nothing is); `open_to` names the choices
    that earlier answers leave, where the form alone does not tell. `needs` are the earlier answers that these two look
    at, and a default that is made of them.
    """

    key: str
    text: str
    forms: tuple[Form, ...] = (Form(),)
    choices: tuple[Choice, ...] = ()
    kind: str = "text"  # text, list, switch
    asked: bool = True
    check: Check | None = None
    open_to: Callable[[Draft], tuple[str, ...]] | None = None
    needs: tuple[str, ...] = ()

    @property
    def flag(self) -> str:
        """As in `--eso-version`, and as the key in a file of answers."""
        return self.key.replace("_", "-")

    def form(self, draft: Draft) -> Form | None:
        """The form in which it is put; None where it is not asked at all."""
        return next((form for form in self.forms if holds(form.when, draft)), None)

    def choices_for(self, form: Form, draft: Draft) -> tuple[Choice, ...]:
        """The choices that these answers leave, the best first."""
        names = self.open_to(draft) if self.open_to and all(key in draft for key in self.needs) else form.only
        known = {choice.value: choice for choice in self.choices}
        return tuple(known[name] for name in names) if names else self.choices

    def default(self, form: Form, draft: Draft) -> Value | None:
        """The answer where none is given. A choice that is not open gives way to the best that is."""
        if form.default is None or isinstance(form.default, bool):
            return form.default
        text = form.default if isinstance(form.default, str) else form.default(draft)
        if self.kind == "list":
            return tuple(part for part in text.split(",") if part)
        values = [choice.value for choice in self.choices_for(form, draft)]
        return text if not values or text in values else values[0]

    def read(self, given: Value, form: Form, draft: Draft, sure: bool = True) -> tuple[Value, str]:
        """The answer as it is kept, and what is wrong with it ("" where nothing is).

        Where what it `needs` is not there (`sure` is False) it is looked at for itself.
        """
        value, wrong = self._read(given, form, draft)
        return value, wrong or (self.check(value, draft) if self.check and sure else "")

    def _read(self, given: Value, form: Form, draft: Draft) -> tuple[Value, str]:
        if self.kind == "switch":
            value = given if isinstance(given, bool) else _TRUTHS.get(str(given).strip().lower())
            if value is None:
                return given, f"`{given}` is neither yes nor no"
            return value, ""
        if self.kind == "list":
            found = given if isinstance(given, tuple) else tuple(re.split(r"[\s,]+", str(given).strip()))
            items = tuple(dict.fromkeys(item for item in found if item))
            if not items and form.default is None:
                return items, f"at least one is needed: {form.hint}"
        else:
            given = str(given).strip()
            if self.choices:
                return self._choose(given, form, draft)
            items = (given,)
            if not given:
                return given, f"an answer is needed: {form.hint}"
        for item in items:
            if form.pattern and not re.fullmatch(form.pattern, item):
                return items, f"`{item}` will not do: {form.hint}"
        kept: Value = items if self.kind == "list" else items[0]
        return kept, ""

    def _choose(self, given: str, form: Form, draft: Draft) -> tuple[Value, str]:
        choices = self.choices_for(form, draft)
        names = [choice.value for choice in choices]
        if given in names:
            return given, ""
        from eso_lint.suggest import closest

        near = closest(given, names)
        shown = ", ".join(choice.value for choice in choices if choice.shown)
        if any(choice.value == given for choice in self.choices):
            what = " and ".join(shown_value(draft[key]) for key in form.when if key in draft)
            return given, f"`{given}` does not go with {what}: one of {shown}"
        return given, f"no `{given}`: " + (f"did you mean `{near}`?" if near else f"one of {shown}")


_TRUTHS = {"y": True, "yes": True, "true": True, "on": True, "n": False, "no": False, "false": False, "off": False}


def holds(case: Case, draft: Draft) -> bool:
    """Whether the answers so far are those of a case."""
    for key, wanted in case.items():
        value = draft.get(key)
        if isinstance(wanted, int):
            if not isinstance(value, tuple) or len(value) != wanted:
                return False
        elif value not in wanted:
            return False
    return True


def shown_value(value: Value) -> str:
    """An answer for people."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) else value
