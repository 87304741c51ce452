"""Every rule's own examples are its tests: bad ones fire on their marks and nowhere else, good ones are silent."""

from __future__ import annotations

import re

import pytest

from eso_lint.lint.entry import Entry
from eso_lint.lint.rule import Finding, Rule, Safety
from eso_lint.lint.ruledoc import sections
from eso_lint.rules.index import INDEX
from eso_lint.source.node import SourceFile
from eso_lint.source.parse import parse
from eso_lint.testing import check_example, files_of, lint, marks_of

FAMILIES = {
    "reading": ("ESO0",),
    "references": ("ESO1",),
    "tenancy": ("ESO2",),
    "admission": ("ESO3",),
    "versions": ("ESO3",),
    "schema": ("ESO3",),
    "refresh": ("ESO4",),
    "paths": ("ESO6",),
    "providers": ("ESO6",),
    "auth": ("ESO6", "ESO7"),  # a fake provider is a provider
    "permissions": ("ESO7",),
    "delivery": ("ESO8",),
    "hardening": ("ESO8",),
}
BAD = [(entry, i) for entry in INDEX for i in range(len(entry.load().bad))]
GOOD = [(entry, i) for entry in INDEX for i in range(len(entry.load().good))]


def label(value: object) -> str:
    return value.name if isinstance(value, Entry) else str(value)


@pytest.mark.parametrize(("entry", "i"), BAD, ids=label)
def test_bad_example_fires_exactly_on_its_marks(entry: Entry, i: int) -> None:
    rule = entry.load()
    example = rule.bad[i]
    assert any(rule.id in ids for ids in marks_of(files_of(example)).values()), "no line is marked"
    assert check_example(rule, example) == []


@pytest.mark.parametrize(("entry", "i"), GOOD, ids=label)
def test_good_example_is_silent(entry: Entry, i: int) -> None:
    rule = entry.load()
    assert not any(rule.id in ids for ids in marks_of(files_of(rule.good[i])).values())
    assert check_example(rule, rule.good[i]) == []


@pytest.mark.parametrize("entry", INDEX, ids=label)
def test_rule_is_documented_and_legal(entry: Entry) -> None:
    rule = entry.load()
    assert re.fullmatch(r"ESO\d{3}", rule.id)
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z]+[0-9]*)*", rule.name)
    # No source of data is the defect itself.
    assert rule.name == "no-data-source" or not rule.name.startswith(("check-", "avoid-", "use-", "no-"))
    assert rule.id.startswith(FAMILIES[entry.family])
    assert rule.since == "0.1.0"
    assert rule.bad
    assert rule.good
    texts = sections(rule)
    assert {"Why", "Fix"} <= texts.keys()
    assert texts.keys() <= {"", "Why", "Fix", "When to ignore", "Options", "References"}
    assert rule.summary.endswith(".")
    assert len(rule.summary) <= 120


def test_ids_and_names_are_unique() -> None:
    assert len({entry.id for entry in INDEX}) == len({entry.name for entry in INDEX}) == len(INDEX)


def findings_of(rule: Rule) -> list[tuple[dict[str, str], Finding]]:
    return [(files_of(example), finding) for example in rule.bad for finding in lint(files_of(example), [rule])]


@pytest.mark.parametrize("entry", INDEX, ids=label)
def test_messages_follow_the_house_style(entry: Entry) -> None:
    for _, finding in findings_of(entry.load()):
        message = finding.message
        assert message
        assert "\n" not in message
        assert not message.endswith(".")
        first = message.split()[0]
        assert not first[0].isupper() or first in _PROPER or any(letter.isupper() for letter in first[1:]), message
        assert finding.span.start <= finding.span.end <= len(finding.span.file.text)


# Kinds and product names keep their capital at the beginning of a message.
_PROPER = frozenset(
    (
        "Group",
        "User",
        "Kubernetes",
        "Argo",
        "Helm",
        "Vault",
        "Secret",
        "Namespace",
        "Role",
        "External",
        "ServiceAccount",
        "Application",
    )
)


@pytest.mark.parametrize("entry", INDEX, ids=label)
def test_fixes_converge_in_one_round(entry: Entry) -> None:
    rule = entry.load()
    for files, finding in findings_of(rule):
        if finding.fix is None or finding.fix.safety is Safety.DISPLAY:
            continue
        # The linted text has no marks; the fix is applied to exactly what was linted.
        clean = {path: SourceFile(path, text.encode()) for path, text in files.items()}
        path = finding.span.file.path
        text = finding.span.file.text
        for edit in sorted(finding.fix.edits, key=lambda e: e.span.start, reverse=True):
            assert edit.span.file.path == path
            text = text[: edit.span.start] + edit.text + text[edit.span.end :]
        before = finding.span.file.text
        assert text != before
        assert text.count("#") >= before.count("#"), "a comment was lost"
        if path.endswith((".yaml", ".yml")):
            assert not parse(SourceFile(path, text.encode())).faults
        again = lint({**{p: f.text for p, f in clean.items()}, path: text}, [rule])
        known = lint(files, [rule])
        assert len(again) < len(known), "the fix mends nothing"
        assert {f.fingerprint for f in again} <= {f.fingerprint for f in known}, "the fix made a new finding"


@pytest.mark.parametrize("entry", [entry for entry in INDEX if entry.words], ids=lambda entry: entry.name)
def test_words_are_in_every_bad_example(entry: Entry) -> None:
    rule = entry.load()
    assert all(any(word in example for word in entry.words) for example in rule.bad)
