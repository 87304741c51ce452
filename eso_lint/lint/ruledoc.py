"""A rule as text: its page in the rule book, its help in reports, its address."""

from __future__ import annotations

import re

from eso_lint import HOMEPAGE
from eso_lint.lint.rule import Rule

# `# <- ESO101` at the end of an example's line says that the rule fires there.
MARK = re.compile(r"[ \t]*(?:#|//) <- ([A-Z]+\d+(?:, *[A-Z]+\d+)*)[ \t]*$", re.MULTILINE)

_HEADING = re.compile(r"(Why|Fix|When to ignore|Options|References):(?:\s+|\Z)")
_FILE = re.compile(r"^# file: (.+?)\s*$", re.MULTILINE)
_TICKS = re.compile(r"`{3,}")
_LANGUAGES = {
    "yaml": "yaml",
    "yml": "yaml",
    "tpl": "yaml",
    "json": "json",
    "sh": "sh",
    "bash": "sh",
    "md": "markdown",
    "tf": "hcl",
    "hcl": "hcl",
    "Makefile": "make",
    "justfile": "make",
    "Dockerfile": "dockerfile",
}
_REPLACED_BY = {"": "What it does", "Why": "Why it matters"}


def rule_url(rule: Rule) -> str:
    """The address of the rule's page in the rule book."""
    return f"{HOMEPAGE}/blob/main/rules/{file_name(rule)}"


def file_name(rule: Rule) -> str:
    """The rule's page: `ESO101-store-not-found.md`."""
    return f"{rule.id}-{rule.name}.md"


def sections(rule: Rule) -> dict[str, str]:
    """The docstring by heading, without indent; "" holds the text before the first heading, summary line included."""
    found: dict[str, list[str]] = {"": []}
    heading = ""
    lines = rule.doc.expandtabs().strip().splitlines()
    margin = min((len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()), default=0)
    for i, raw in enumerate(lines):
        line = (raw if i == 0 else raw[margin:]).rstrip()
        match = _HEADING.match(line)
        if match:
            heading = match[1]
            line = line[match.end() :]
        found.setdefault(heading, []).append(line)
    return {name: "\n".join(text).strip("\n") for name, text in found.items()}


def page(rule: Rule) -> str:
    """The whole page in Markdown, as in the rule book and in `explain`. Marks stay in the bad example."""
    columns = [
        ("Severity", rule.severity.label),
        ("Confidence", rule.confidence.label),
        ("Profile", rule.profile.label),
        ("Since", rule.since),
    ]
    if rule.security is not None:
        columns.append(("Security severity", f"{rule.security}"))
    parts = [
        f"# {rule.id} {rule.name}",
        "\n".join(
            (
                "| " + " | ".join(name for name, _ in columns) + " |",
                "|" + " --- |" * len(columns),
                "| " + " | ".join(value for _, value in columns) + " |",
            )
        ),
        *_prose(rule),
    ]
    if rule.bad:
        parts += ["## Bad", _example(rule.bad[0])]
    if rule.good:
        parts += ["## Good", _example(rule.good[0])]
    parts += [
        "## Ignore",
        "On the line, or alone on the line above what it concerns, with your reason:",
        f"```yaml\n# eso-lint: ignore[{rule.name}] the reason\n```",
    ]
    return "\n\n".join(parts) + "\n"


def help_markdown(rule: Rule) -> str:
    """The page without title and table, for reports that show both elsewhere; marks left out."""
    parts = _prose(rule)
    if rule.bad:
        parts += ["## Bad", _example(MARK.sub("", rule.bad[0]))]
    if rule.good:
        parts += ["## Good", _example(MARK.sub("", rule.good[0]))]
    parts.append(f"[{rule.id} {rule.name} in the rule book]({rule_url(rule)})")
    return "\n\n".join(parts) + "\n"


def help_text(rule: Rule) -> str:
    """The same as plain text, without examples."""
    parts = [f"{name}: {reflow(text)}" if name else reflow(text) for name, text in sections(rule).items() if text]
    return "\n\n".join([*parts, rule_url(rule)])


def reflow(text: str) -> str:
    """Each paragraph on one line; list items and indented text keep their lines."""
    lines: list[str] = []
    for line in text.split("\n"):
        starts = not line or line.startswith((" ", "- ", "* ", "|", "`" * 3)) or line[:1].isdigit()
        if starts or not lines or not lines[-1] or lines[-1].startswith((" ", "|", "`" * 3)):
            lines.append(line)
        else:
            lines[-1] += " " + line
    return "\n".join(lines)


def _prose(rule: Rule) -> list[str]:
    parts: list[str] = []
    for name, text in sections(rule).items():
        if text:
            parts += [f"## {_REPLACED_BY.get(name, name)}", text[:1].upper() + text[1:]]
    return parts


def _example(example: str) -> str:
    """An example in fenced blocks, one a file; a file's path stands above its block where it is given."""
    pieces = _FILE.split(example.strip("\n"))
    blocks = [_fence(pieces[0], "yaml")] if pieces[0].strip() else []
    for path, text in zip(pieces[1::2], pieces[2::2], strict=True):
        name = path.rpartition("/")[2]
        language = _LANGUAGES.get(name, _LANGUAGES.get(name.rpartition(".")[2], ""))
        blocks += [f"`{path}`", _fence(text, language)]
    return "\n\n".join(blocks)


def _fence(text: str, language: str) -> str:
    ticks = "`" * max([3, *(len(run) + 1 for run in _TICKS.findall(text))])
    return f"{ticks}{language}\n{text.strip(chr(10))}\n{ticks}"
