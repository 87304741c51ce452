"""Which rules are on, and what triage does with their findings."""

from __future__ import annotations

import pytest

from eso_lint.config import Override
from eso_lint.lint.entry import Entry
from eso_lint.lint.select import Level, Selection, glob, shows, unknown_word

STORE = Entry("ESO101", "store-not-found", "references", (), (), 2, 3, 2, "")
UNUSED = Entry("ESO109", "store-unused", "references", (), (), 3, 2, 2, "")
ZERO = Entry("ESO401", "refresh-zero", "refresh", (), (), 2, 3, 3, "")
AUDIT = Entry("ESO808", "admission-policy-missing", "hardening", (), (), 4, 1, 1, "")
ALL = (STORE, UNUSED, ZERO, AUDIT)


def on(profile: str = "default", *levels: Level) -> list[str]:
    return [entry.id for entry in Selection(ALL, profile, levels).on()]


def test_profiles_are_cumulative() -> None:
    assert on("minimal") == ["ESO401"]
    assert on("default") == ["ESO101", "ESO401"]
    assert on("strict") == ["ESO101", "ESO109", "ESO401"]
    assert on("audit") == ["ESO101", "ESO109", "ESO401", "ESO808"]


@pytest.mark.parametrize("word", ["ESO109", "eso109", "store-unused", "references", "ESO1", "ALL"])
def test_words(word: str) -> None:
    assert "ESO109" in on("default", Level((word,)))


def test_ignore_wins_in_a_source_and_the_last_source_wins() -> None:
    assert on("default", Level(("ESO101",), ("ESO1",))) == ["ESO401"]
    assert on("default", Level((), ("ESO101",)), Level(("ESO101",))) == ["ESO101", "ESO401"]
    assert on("default", Level(("ESO109",)), Level((), ("references",))) == ["ESO401"]


def test_unknown_words_are_answered() -> None:
    assert unknown_word("ESO101", ALL) is None
    assert unknown_word("refresh-zer0", ALL) == "refresh-zero"
    assert unknown_word("referenecs", ALL) == "references"
    assert unknown_word("something-else", ALL) == ""
    assert unknown_word("ESO9", ALL) == ""


def test_overrides_by_path_and_namespace() -> None:
    overrides = (
        Override(("play/",), (), (), ("ESO1",)),
        Override((), ("team-*",), ("store-unused",), ()),
        Override(("play/kept.yaml",), (), ("ESO101",), ()),
    )
    selection = Selection(ALL, "default", (), overrides)
    assert selection.at(STORE, "apps/a.yaml", "shop") is True
    assert selection.at(STORE, "play/a.yaml", "shop") is False
    assert selection.at(STORE, "play/kept.yaml", "shop") is True
    assert selection.at(UNUSED, "apps/a.yaml", "shop") is None
    assert selection.at(UNUSED, "apps/a.yaml", "team-a") is True
    assert selection.at(UNUSED, "play/a.yaml", "shop") is None
    assert "ESO109" in [e.id for e in selection.on()]


def test_confidence_and_severity_by_profile() -> None:
    assert shows("minimal", 3, 3)
    assert not shows("minimal", 2, 3)
    assert shows("default", 1, 2)
    assert not shows("strict", 3, 1)
    assert shows("audit", 1, 1)


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("play/", "play/a.yaml", True),
        ("play/", "apps/play/a.yaml", True),
        ("/play", "apps/play/a.yaml", False),
        ("apps/*/es.yaml", "apps/a/es.yaml", True),
        ("apps/*/es.yaml", "apps/a/b/es.yaml", False),
        ("apps/**/es.yaml", "apps/es.yaml", True),
        ("apps/**", "apps/a/b", True),
        ("*.yml", "a/b.yml", True),
        ("a?.yaml", "ab.yaml", True),
        ("[ab].yaml", "c.yaml", False),
        ("[!ab].yaml", "c.yaml", True),
    ],
)
def test_globs(pattern: str, path: str, fits: bool) -> None:
    assert (glob(pattern).match(path) is not None) is fits
