"""The reader of shell commands: words, pipelines, what is text and what runs."""

from __future__ import annotations

import time

import pytest

from eso_lint.source.shell import UNKNOWN, commands


def words(text: str, make: bool = False) -> list[list[str]]:
    return [[word.text for word in command.words] for command in commands(text, make)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b # c\nd", [["a", "b"], ["d"]]),
        ("a \\\n  b; c&&d||e", [["a", "b"], ["c"], ["d"], ["e"]]),
        ("a 'b c' \"d $E\" f\\ g", [["a", "b c", "d $E", "f g"]]),
        ("a '$B'", [["a", UNKNOWN + "B"]]),
        ("a >b 2>&1 <c &>d e", [["a", "e"]]),
        ("a $(b c) `d`", [["a", UNKNOWN, UNKNOWN], ["b", "c"], ["d"]]),
        ("cat <<E\na b\nE\nc", [["cat"], ["c"]]),
        ("cat <<-'E'\n\ta\n\tE\nc", [["cat"], ["c"]]),
        ("sh <<E\na b\nE\nc", [["sh"], ["a", "b"], ["c"]]),
        ("cat <<<a b", [["cat", "b"]]),
        ("a {{ .B }} ${{ c.d }} ${E:-f g}", [["a", "{{ .B }}", "${{ c.d }}", "${E:-f g}"]]),
        ("bash -c 'a b'", [["bash", "-c", "a b"], ["a", "b"]]),
        ("don't", [["don't"]]),
    ],
)
def test_words(text: str, expected: list[list[str]]) -> None:
    assert words(text) == expected


def test_make_variables() -> None:
    assert words("$(A) $$B $(shell c) ${D}", make=True) == [["${A}", "$B", UNKNOWN, "${D}"]]


def test_pipelines() -> None:
    last = commands("a | b |\n  c\nd")
    assert [c.upstream.words[0].text if c.upstream else "" for c in last] == ["", "a", "b", ""]
    assert commands("(a; b) | c")[-1].upstream == commands("(a; b) | c")[1]
    assert commands("a < b")[0].stdin is not None


def test_positions() -> None:
    text = "a \\\n 'b' \"c\" d=e"
    assert [text[w.start : w.end] for w in commands(text)[0].words] == ["a", "'b'", '"c"', "d=e"]


@pytest.mark.parametrize("seed", ["$(", "'", '"$(', "(", "<<a ", "`", "${", "{{", "<(", "|", "a=$(b ", "\\", "<<a\n"])
def test_time_is_linear(seed: str) -> None:
    started = time.process_time()
    commands(seed * 50_000)
    assert time.process_time() - started < 20
