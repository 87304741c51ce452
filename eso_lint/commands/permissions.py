"""`eso-lint permissions`: the rights that the repository's objects need, and the smallest policies that give them."""

from __future__ import annotations

import json
import sys

from eso_lint.app import interest_of
from eso_lint.check import Engine, covers, workspace_of
from eso_lint.commands.inputs import known_paths, read_input, root_of
from eso_lint.commands.rules import strangers
from eso_lint.options import CommandLine, one_of
from eso_lint.report.permissions import as_json, sheets, write_policies, write_tables
from eso_lint.settings import load, use_color

_FORMATS = ("text", "json", "hcl", "terraform", "vault", "gcp", "azure", "kubernetes")
_FAMILY = "permissions"


def permissions(line: CommandLine) -> int:
    """Print, for each store, what is needed, granted, missing and unused; or the policies in one format."""
    format = one_of(line.text("format") or "text", _FORMATS, "`--format`")
    provider = line.text("provider")
    if provider is None and format in ("vault", "gcp", "azure", "kubernetes"):
        provider = format
    words = line.words or ["."]
    known_paths(line, words)
    root, within = root_of(line, words)
    settings = load(line, root)
    for text in settings.warnings:
        sys.stderr.write(f"eso-lint: warning: {text}\n")
    engine = Engine(strangers(line))
    source = read_input(line, root, words, settings.config, lambda _: None)
    # Whatever the rules about permissions read, whether they are on or not.
    read = tuple(entry for entry in engine.entries() if entry.family == _FAMILY)
    ws = workspace_of(source, settings.config, interest_of(read), engine)[0]
    found = sheets(ws, provider)
    if within:
        found = tuple(s for s in found if any(covers(prefix, s.store.file.path) for prefix in within))
    if format == "json":
        sys.stdout.write(json.dumps(as_json(found), indent=1) + "\n")
    elif format == "text":
        write_tables(found, sys.stdout, sys.stdout.isatty() and use_color(line, sys.stdout))
    else:
        write_policies(found, format, sys.stdout)
    return 0
