"""`eso-lint rules`: all rules, and which are on."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from eso_lint.check import Engine
from eso_lint.errors import UsageError
from eso_lint.lint.rule import Rule
from eso_lint.options import CommandLine, one_of
from eso_lint.report.table import write_table
from eso_lint.settings import load, use_color


def strangers(line: CommandLine) -> bool:
    """Whether plug-ins of others are to be loaded."""
    if line.has("no_plugins"):
        return False
    from eso_lint.strangers import strangers_installed

    return strangers_installed()


def as_json(rule: Rule) -> dict[str, Any]:
    """A rule's metadata."""
    from eso_lint.lint.ruledoc import rule_url

    return {
        "id": rule.id,
        "name": rule.name,
        "summary": rule.summary,
        "severity": rule.severity.label,
        "confidence": rule.confidence.label,
        "profile": rule.profile.label,
        "since": rule.since,
        "security": rule.security,
        "source": rule.source,
        "url": rule_url(rule) if rule.source == "eso-lint" else None,
    }


def rules(line: CommandLine) -> int:
    """Print the table of rules."""
    if line.words:
        raise UsageError(
            f"`eso-lint rules` takes no `{line.words[0]}`", f"`eso-lint explain {line.words[0]}` shows one"
        )
    format = one_of(line.text("format") or "text", ("text", "json"), "`--format`")
    from eso_lint.source.discover import find_root

    settings = load(line, os.path.realpath(find_root(".")))
    entries = Engine(strangers(line)).entries()
    on = {entry.id for entry in settings.selection(entries).on()}
    found = [entry.load() for entry in sorted(entries)]
    if format == "json":
        sys.stdout.write(json.dumps([{**as_json(rule), "on": rule.id in on} for rule in found], indent=2) + "\n")
        return 0
    head = ("id", "name", "severity", "confidence", "profile", "on", "what it finds")
    rows = [
        (
            rule.id,
            rule.name,
            rule.severity.label,
            rule.confidence.label,
            rule.profile.label,
            "yes" if rule.id in on else "no",
            rule.summary.rstrip("."),
        )
        for rule in found
    ]
    write_table(head, rows, sys.stdout, sys.stdout.isatty() and use_color(line, sys.stdout))
    if not line.has("quiet"):
        sys.stderr.write(f"{len(rows)} rules, {len(on)} on in profile {settings.config.profile}\n")
    return 0
