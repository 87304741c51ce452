"""`eso-lint inventory` and `eso-lint explain-object`: what was worked out of a repository."""

from __future__ import annotations

import json
import os
import re
import sys

from eso_lint.app import interest_of
from eso_lint.check import Engine, covers, workspace_of
from eso_lint.commands.inputs import inside, known_paths, read_input, root_of
from eso_lint.commands.rules import strangers
from eso_lint.errors import UsageError
from eso_lint.model.inventory import deliver
from eso_lint.model.inventory import inventory as take
from eso_lint.model.workspace import Workspace
from eso_lint.options import CommandLine, one_of
from eso_lint.report.inventory import as_json, write_story, write_text
from eso_lint.settings import load, use_color


def inventory(line: CommandLine) -> int:
    """Print worlds and objects, all or those below the paths that are named."""
    format = one_of(line.text("format") or "text", ("text", "json"), "`--format`")
    words = line.words or ["."]
    known_paths(line, words)
    root, within = root_of(line, words)
    found = take(_workspace(line, root, words))
    if within:
        worlds = (
            world._replace(
                deliveries=tuple(
                    d for d in world.deliveries if any(covers(prefix, d.resource.file.path) for prefix in within)
                )
            )
            for world in found.worlds
        )
        found = found._replace(worlds=tuple(world for world in worlds if world.deliveries))
    if format == "json":
        sys.stdout.write(json.dumps(as_json(found), indent=1) + "\n")
    else:
        write_text(found, sys.stdout, sys.stdout.isatty() and use_color(line, sys.stdout))
    return 0


def explain_object(line: CommandLine) -> int:
    """Print the story of the object that a line belongs to."""
    if len(line.words) != 1:
        raise UsageError("`eso-lint explain-object` takes one FILE:LINE", "such as apps/shop/database.yaml:1")
    match = re.fullmatch(r"(.+?):(\d+)(?::\d+)?", line.words[0])
    path, number = (match[1], int(match[2])) if match else (line.words[0], 0)
    known_paths(line, [path])
    if os.path.isdir(path):
        raise UsageError(f"`{path}` is a directory", "name a file and a line: FILE:LINE")
    # Without a repository around it, the directory of the command is the root, as for the other commands.
    below = not os.path.relpath(path).startswith("..")
    root, _ = root_of(line, ["." if below else path])
    ws = _workspace(line, root, [path])
    here = [resource for resource in ws.resources if resource.file.path == inside(path, root)]
    starts = sorted({r.file.position(r.root.start)[0] for r in here})
    if not here:
        raise UsageError(f"no object of `{path}` was read", "`eso-lint check -v` says what is skipped, and why")
    if match is None and len(starts) > 1:
        raise UsageError(
            f"`{path}` holds {len(starts)} objects", f"add a line: {', '.join(f'{path}:{n}' for n in starts[:5])}"
        )
    # An object reaches from its first line to the next one's; comments above the first belong to it.
    chosen = max(start for start in starts if start <= max(number, starts[0]))
    told = [deliver(r, ws) for r in here if r.file.position(r.root.start)[0] == chosen]
    write_story(told, sys.stdout)
    return 0


def _workspace(line: CommandLine, root: str, words: list[str]) -> Workspace:
    settings = load(line, root)
    for text in settings.warnings:
        sys.stderr.write(f"eso-lint: warning: {text}\n")
    engine = Engine(strangers(line))
    source = read_input(line, root, words, settings.config, lambda _: None)
    return workspace_of(source, settings.config, interest_of(()), engine)[0]
