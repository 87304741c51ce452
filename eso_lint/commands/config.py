"""`eso-lint config`: the settings in force, and where each comes from."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from eso_lint.check import Engine
from eso_lint.commands.rules import strangers
from eso_lint.errors import UsageError
from eso_lint.options import CommandLine, one_of
from eso_lint.settings import load


def config(line: CommandLine) -> int:
    """Print the effective settings; the file is checked on the way."""
    words = line.words or ["."]
    if len(words) > 1:
        raise UsageError("`eso-lint config` takes one path", "settings belong to one repository")
    if not os.path.exists(words[0]):
        raise UsageError(f"no such path `{words[0]}`")
    format = one_of(line.text("format") or "text", ("text", "json"), "`--format`")
    from eso_lint.source.discover import find_root

    root = os.path.realpath(find_root(words[0]))
    settings = load(line, root)
    settings.selection(Engine(strangers(line)).entries())
    for text in settings.warnings:
        sys.stderr.write(f"eso-lint: warning: {text}\n")
    values = {name.replace("_", "-"): _plain(value) for name, value in settings.config._asdict().items()}
    if format == "json":
        found = {
            "file": settings.path or None,
            "settings": {key: {"value": value, "from": settings.origins[key]} for key, value in values.items()},
        }
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
        return 0
    width = max(map(len, values))
    sys.stdout.write(f"file: {settings.path or 'none'}\n")
    for key, value in values.items():
        shown = json.dumps(value) if not isinstance(value, str) else value
        sys.stdout.write(f"{key.ljust(width)}  {shown}  ({settings.origins[key]})\n")
    return 0


def _plain(value: Any) -> Any:
    """Named tuples as mappings without what is not set."""
    if hasattr(value, "_asdict"):
        return {k: _plain(v) for k, v in value._asdict().items() if v not in (None, ())}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
