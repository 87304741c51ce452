"""`eso-lint explain RULE`: a rule's page, offline."""

from __future__ import annotations

import json
import sys

from eso_lint.check import Engine
from eso_lint.errors import UsageError
from eso_lint.options import CommandLine, one_of
from eso_lint.settings import use_color


def explain(line: CommandLine) -> int:
    """Print the pages of the rules named by id or name."""
    if not line.words:
        raise UsageError("`eso-lint explain` needs a rule", "such as `eso-lint explain store-not-found`")
    format = one_of(line.text("format") or "text", ("text", "markdown", "json"), "`--format`")
    from eso_lint.commands.rules import as_json, strangers
    from eso_lint.lint.ruledoc import page
    from eso_lint.setup.fixes import fix, section

    entries = Engine(strangers(line)).entries()
    chosen = []
    for word in line.words:
        entry = next((e for e in entries if word == e.name or word.upper() == e.id), None)
        if entry is None:
            from eso_lint.suggest import closest

            names = [n for e in entries for n in (e.id, e.name)]
            near = f"ESO{word}" if f"ESO{word}" in names else closest(word, names)
            raise UsageError(f"no rule `{word}`", f"did you mean `{near}`?" if near else "`eso-lint rules` lists them")
        chosen.append(entry.load())
    if format == "json":
        found = [
            {**as_json(rule), "page": page(rule), **({"init": fix(rule.name)} if fix(rule.name) else {})}
            for rule in chosen
        ]
        sys.stdout.write(json.dumps(found[0] if len(found) == 1 else found, indent=2) + "\n")
        return 0
    text = "\n".join(page(rule) + section(rule.name) for rule in chosen)
    if format == "text" and sys.stdout.isatty() and use_color(line, sys.stdout):
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(text))
    else:
        sys.stdout.write(text)
    return 0
