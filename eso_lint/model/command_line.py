"""The words of a command as flags and positional arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from eso_lint.source.shell import UNKNOWN, Word

if TYPE_CHECKING:
    from eso_lint.model.kinds.script import Script


class Flags(NamedTuple):
    """A command line in pieces: (flag, value) pairs and positional words; `sure` is False where a part is unknown."""

    pairs: tuple[tuple[str, str | None, Word], ...]
    positional: tuple[str, ...]
    sure: bool

    def all(self, *names: str) -> list[str]:
        return [value or "" for flag, value, _ in self.pairs if flag in names]

    def last(self, *names: str) -> str | None:
        found = self.all(*names)
        return found[-1] if found else None


def flags_of(script: Script, words: tuple[Word, ...], valued: frozenset[str], short: str = "") -> Flags:
    """Flags and positional words; `short` are the single letters that take a value."""
    texts: list[tuple[str, Word]] = []
    for word in words:
        text = script.expand(word.text)
        split = word.inner is None and text != word.text and " " in text
        texts += [(piece, word) for piece in text.split()] if split else [(text, word)]
    pairs: list[tuple[str, str | None, Word]] = []
    positional: list[str] = []
    sure = True
    i = 0
    while i < len(texts):
        text, word = texts[i]
        i += 1
        if text.startswith("--") and len(text) > 2:
            flag, equals, value = text.partition("=")
            if not equals and flag in valued:
                pairs.append((flag, texts[i][0] if i < len(texts) else None, word))
                i += 1
            else:
                pairs.append((flag, value if equals else None, word))
            sure = sure and UNKNOWN not in flag
        elif text.startswith("-") and len(text) > 1 and text != "--":
            for j, letter in enumerate(text[1:], 1):
                if letter not in short:
                    pairs.append(("-" + letter, None, word))
                    continue
                rest = text[j + 1 :].removeprefix("=")
                if not rest and i < len(texts):
                    rest = texts[i][0]
                    i += 1
                pairs.append(("-" + letter, rest, word))
                break
        elif text != "--":
            sure = sure and not text.startswith(UNKNOWN)
            positional.append(text)
    return Flags(tuple(pairs), tuple(positional), sure)
