"""The questions, put to a person: with arrow keys on a terminal, by lines everywhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from eso_lint.setup.conversation import Progress, follow
from eso_lint.setup.question import Choice, Draft, Form, Question, Value, shown_value
from eso_lint.setup.questions import BY_KEY, QUESTIONS

if TYPE_CHECKING:
    from rich.console import Console

BACK = "<"
_YES_NO = (Choice("yes"), Choice("no"))


class Ended(Exception):  # noqa: N818  # no error: the input is over
    """There is no more input: what is still open stays open."""


class Input(Protocol):
    """Where answers come from. Both give BACK for one question back and raise Ended where nothing more comes."""

    def line(self) -> str:
        """One line, without its end."""

    def pick(self, choices: tuple[Choice, ...], at: int, draw: Callable[[int, str], None]) -> str:
        """One of the choices, or what was written instead of it."""


class Talk:
    """A conversation on one console."""

    def __init__(self, console: Console, source: Input, keys: bool) -> None:
        self._console = console
        self._source = source
        self._keys = keys

    def say(self, text: str, style: str = "") -> None:
        from rich.text import Text

        self._console.print(Text(text, style), soft_wrap=True)

    def interview(
        self, given: Mapping[str, Value], preview: Callable[[Draft], tuple[str, str]]
    ) -> tuple[Progress, dict[str, Value]]:
        """Ask until all is answered and the summary is agreed to; KeyboardInterrupt where it is not.

        `preview` tells what would be done; or why it cannot be, with the key of the question to ask again.
        """
        answers, asked = dict(given), list[str]()
        try:
            while True:
                progress = follow(answers, person=True)
                changing = False
                if progress.problems:
                    key, text = progress.problems[0].question.key, progress.problems[0].text
                    self.say(f"{BY_KEY[key].flag}: {text}", "yellow")
                    del answers[key]
                elif progress.open:
                    key = progress.open[0].key
                else:
                    key = self._summary(progress.draft, preview)
                    if not key:
                        return progress, answers
                    changing = key != BACK
                if key == BACK or not self._ask(BY_KEY[key], answers, asked):
                    if changing:
                        continue  # back to the summary
                    if asked:
                        answers.pop(asked.pop(), None)
                    else:
                        self.say("this is the first question", "yellow")
        except Ended:
            return follow(answers), answers

    def _ask(self, question: Question, answers: dict[str, Value], asked: list[str]) -> bool:
        """Ask until the answer will do; False for one question back."""
        before = {key: value for key, value in answers.items() if key != question.key}
        draft = _known_before(question, before)
        form = question.form(draft)
        assert form is not None, question.key
        default = answers.get(question.key)
        if default is None:
            default = question.default(form, draft)
        if default is None and form.offer:
            default = form.offer
        while True:
            raw = self._put(question, form, draft, default)
            if raw == BACK:
                return False
            given: Value = raw if raw or default is None else default
            value, wrong = question.read(given, form, draft)
            if not wrong:
                answers[question.key] = value
                if question.key in asked:
                    asked.remove(question.key)
                asked.append(question.key)
                return True
            self.say(wrong, "yellow")

    def _put(self, question: Question, form: Form, draft: Draft, default: Value | None) -> str:
        """One look at one question; what was answered, as it was written or chosen."""
        self._console.print()
        self.say(form.text or question.text, "bold")
        choices = (
            _YES_NO if question.kind == "switch" else question.choices_for(form, draft) if question.choices else ()
        )
        if not choices:
            if form.hint:
                self.say(f"  {form.hint}", "dim")
            shown = "" if default is None else f"[{shown_value(default)}] " if default else "[none] "
            self._console.print(f"{shown}> ", end="", markup=False)
            return self._source.line()
        shown_choices = tuple(choice for choice in choices if choice.shown)
        more = ", ".join(choice.value for choice in choices if not choice.shown)
        preset = "" if default is None else shown_value(default)
        at = next((i for i, choice in enumerate(shown_choices) if choice.value == preset), 0)
        if self._keys:
            self._more(more)
            picked = self._menu(shown_choices, at)
        else:
            self._list(shown_choices)
            self._more(more)
            self._console.print(f"[{preset}] > " if preset else "> ", end="", markup=False)
            picked = self._source.line()
        return chosen(picked, shown_choices)

    def _more(self, names: str) -> None:
        if names:
            self.say(f"  or by name: {names}", "dim")

    def _list(self, choices: tuple[Choice, ...]) -> None:
        width = max(len(choice.value) for choice in choices)
        for number, choice in enumerate(choices, 1):
            self.say(f"  {number:>2}  {choice.value:<{width}}  {choice.text}".rstrip())

    def _menu(self, choices: tuple[Choice, ...], at: int) -> str:
        from rich.live import Live
        from rich.text import Text

        width = max(len(choice.value) for choice in choices)

        def drawn(at: int, typed: str) -> Text:
            text = Text()
            for i, choice in enumerate(choices):
                mark, style = (">", "bold cyan") if i == at else (" ", "")
                text.append(f"{mark} {i + 1:>2}  {choice.value:<{width}}  ", style)
                text.append(f"{choice.text}\n", "dim" if i != at else "")
            return text.append(f"  arrow keys or a number, Enter; {BACK} goes back  {typed}", "dim")

        live = Live(drawn(at, ""), console=self._console, auto_refresh=False, transient=True)
        with live:
            picked = self._source.pick(choices, at, lambda at, typed: live.update(drawn(at, typed), refresh=True))
        self.say(f"> {chosen(picked, choices)}", "cyan")
        return picked

    def _summary(self, draft: Draft, preview: Callable[[Draft], tuple[str, str]]) -> str:
        """Show all answers; the key of the one to change, BACK, or "" to go on."""
        told, again = preview(draft)
        if again:
            self.say(told, "yellow")
            return again
        keys = [question.key for question in QUESTIONS if question.key in draft]
        width = max(len(key) for key in keys)
        self._console.print()
        self.say("Summary", "bold")
        for number, key in enumerate(keys, 1):
            flag = BY_KEY[key].flag
            self.say(f"  {number:>2}  {flag:<{width}}  {shown_value(draft[key]) or '(none)'}")
        self.say(told)
        while True:
            self._console.print(f"Enter writes; a number changes that answer; {BACK} goes back; q ends > ", end="",
                                markup=False)  # fmt: skip
            try:
                word = self._source.line().strip().lower()
            except Ended:
                return ""
            if word in ("", "y", "yes"):
                return ""
            if word == BACK:
                return BACK
            if word in ("q", "quit", "n", "no"):
                raise KeyboardInterrupt
            if word.isdecimal() and 1 <= int(word) <= len(keys):
                return keys[int(word) - 1]
            self.say(f"`{word}` is none of these: Enter, 1 to {len(keys)}, {BACK} or q", "yellow")


def chosen(typed: str, choices: tuple[Choice, ...]) -> str:
    """The choice that a number or the beginning of one name stands for; else what was typed."""
    word = typed.strip()
    if word.isdecimal() and 1 <= int(word) <= len(choices):
        return choices[int(word) - 1].value
    begins = [choice.value for choice in choices if choice.value.startswith(word.lower())]
    return begins[0] if word and len(begins) == 1 and word not in (c.value for c in choices) else word


def _known_before(question: Question, answers: Mapping[str, Value]) -> Draft:
    """What is settled before a question is put."""
    return follow(answers, person=False).draft
