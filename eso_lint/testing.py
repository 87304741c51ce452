"""Conformance kit for rules: an example is a small repository in one string.

`# file: path` lines split it (text before the first is `manifest.yaml`), and `# <- ESO101` marks a line on which that
rule must fire. A bad example fires on all its marks and nowhere else; a good one is silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from eso_lint.app import build, charts_of, choose, interest_of, read
from eso_lint.config import Config
from eso_lint.lint.rule import Finding, Rule
from eso_lint.lint.run import run
from eso_lint.model.workspace import Workspace
from eso_lint.source.node import SourceFile

_FILE = re.compile(r"^# file: (.+?)\s*$", re.MULTILINE)
_MARK = re.compile(r"[ \t]*(?:#|//) <- ([A-Z]+\d+(?:, *[A-Z]+\d+)*)[ \t]*$", re.MULTILINE)
_CONFIG = ".eso-lint.yaml"


def files_of(example: str) -> dict[str, str]:
    """Path -> text, marks still in it."""
    pieces = _FILE.split(example.lstrip("\n"))
    files = {"manifest.yaml": pieces[0]} if pieces[0].strip() else {}
    for path, text in zip(pieces[1::2], pieces[2::2], strict=True):
        files[path] = text.lstrip("\n")
    return files


def marks_of(files: dict[str, str]) -> dict[tuple[str, int], set[str]]:
    """(path, line) -> rule ids that must fire there."""
    marks: dict[tuple[str, int], set[str]] = {}
    for path, text in files.items():
        for number, line in enumerate(text.split("\n"), 1):
            match = _MARK.search(line)
            if match:
                marks[path, number] = set(match[1].replace(" ", "").split(","))
    return marks


def lint(files: dict[str, str], rules: Iterable[Rule], config: Config | None = None) -> list[Finding]:
    """Findings of some rules on a repository in memory, marks removed, before any triage."""
    chosen = tuple(rules)
    if config is None:
        config = Config()
        if _CONFIG in files:
            from eso_lint.configfile import parse_config

            config = parse_config(SourceFile(_CONFIG, files[_CONFIG].encode()))
    sources = {path: SourceFile(path, _MARK.sub("", text).encode()) for path, text in sorted(files.items())}
    charts = charts_of(sources)
    wanted, interest = choose(sources.values(), interest_of(chosen))
    workspace = build(read(wanted, interest, charts), config, frozenset(sources), sources)
    findings = list(run([rule for rule in chosen if not _is_meta(rule)], workspace))
    meta = [rule for rule in chosen if _is_meta(rule)]
    if meta:
        findings += _about_suppressions(meta, findings, workspace, sources)
    return findings


def _is_meta(rule: Rule) -> bool:
    """Whether a rule is about suppressions, which are judged by what the other rules found."""
    return any(view.__name__ == "Suppression" for view in rule.on)


def _about_suppressions(
    meta: list[Rule], findings: list[Finding], workspace: Workspace, sources: dict[str, SourceFile]
) -> list[Finding]:
    """Findings of the rules about suppressions; the rules that the markers name are asked, too."""
    from eso_lint.check import markers_of
    from eso_lint.lint.triage import judge, means
    from eso_lint.rules.index import INDEX
    from eso_lint.source.directives import Suppression

    markers = markers_of(sources, frozenset(sources), workspace, charts_of(sources))
    texts = {name.text for marker in markers for name in marker.names}
    named = [entry for entry in INDEX if any(means(text, entry.id, entry.name) for text in texts)]
    others = [entry.load() for entry in named if "Suppression" not in entry.on]
    all_findings = [*findings, *run(others, workspace)]
    on = {rule.id for rule in others}
    workspace.add_view(Suppression, judge(markers, all_findings, INDEX, lambda entry, _: entry.id in on))
    return list(run(meta, workspace))


def check_example(rule: Rule, example: str) -> list[str]:
    """What is wrong with an example of a rule; empty where marks and findings agree."""
    files = files_of(example)
    wanted = {place for place, ids in marks_of(files).items() if rule.id in ids}
    found = {(f.span.file.path, f.span.file.position(f.span.start)[0]): f for f in lint(files, [rule])}
    wrong = [f"{path}:{line}: marked, but {rule.id} is silent" for path, line in sorted(wanted - found.keys())]
    wrong += [
        f"{p}:{n}: {rule.id} fires without a mark: {found[p, n].message}" for p, n in sorted(found.keys() - wanted)
    ]
    return wrong
