"""`eso-lint upgrade --to VERSION`: what an upgrade of the operator would break, object by object."""

from __future__ import annotations

import json
import sys

from eso_lint.app import interest_of
from eso_lint.check import Engine, covers, workspace_of
from eso_lint.commands.inputs import known_paths, read_input, root_of
from eso_lint.commands.rules import strangers
from eso_lint.errors import UsageError
from eso_lint.lint.upgrade import ASKED
from eso_lint.lint.upgrade import upgrade as ask
from eso_lint.model.versions import named
from eso_lint.options import CommandLine, one_of
from eso_lint.report.upgrade import as_json, write_text
from eso_lint.settings import load


def upgrade(line: CommandLine) -> int:
    """Print what would break below the paths that are named. 1 where something would, else 0."""
    format = one_of(line.text("format") or "text", ("text", "json"), "`--format`")
    wanted = line.text("to")
    if wanted is None:
        raise UsageError("`eso-lint upgrade` needs `--to VERSION`", "such as `eso-lint upgrade --to 2.9`")
    to = named(wanted)
    if to is None:
        raise UsageError(f"`{wanted}` is no version", "write one like 2.9 or 2.9.0")
    words = line.words or ["."]
    known_paths(line, words)
    root, within = root_of(line, words)
    settings = load(line, root)
    for text in settings.warnings:
        sys.stderr.write(f"eso-lint: warning: {text}\n")
    engine = Engine(strangers(line))
    entries = [entry for entry in engine.entries() if entry.id.startswith(ASKED)]
    source = read_input(line, root, words, settings.config, lambda _: None)
    workspace, _ = workspace_of(source, settings.config, interest_of(entries), engine)
    found = ask(workspace, to, [entry.load() for entry in entries])
    if within:
        shown = (f for f in found.breaks if any(covers(prefix, f.span.file.path) for prefix in within))
        found = found._replace(breaks=tuple(shown))
    found = found._replace(
        breaks=tuple(sorted(found.breaks, key=lambda f: (f.span.file.path, f.span.start, f.rule.id)))
    )
    if format == "json":
        sys.stdout.write(json.dumps(as_json(found), indent=1) + "\n")
    else:
        write_text(found, sys.stdout)
    return int(bool(found.breaks))
