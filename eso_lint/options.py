"""The command line as one table: parsing, help text and suggestions all come from it.

Written by hand because start-up is felt at every commit (argparse alone costs as much as the rest of a run that finds
nothing), and because every unknown word must be answered with the nearest known one.
"""

from __future__ import annotations

from collections.abc import Sequence

from eso_lint.errors import UsageError
from eso_lint.record import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

COMMANDS = {
    "check": "lint files and directories (the default command)",
    "init": "asks the setup guide's questions and writes manifests that are right",
    "explain": "why a rule exists, what to do, a bad and a good example",
    "rules": "all rules",
    "config": "the settings in force, and where each comes from",
    "schemas": "the releases whose schemas are known; `schemas add FILE...` adds a newer one from its CRDs",
    "inventory": "which object reaches which cluster, and which store it leads to",
    "upgrade": "what an upgrade of the operator would break",
    "permissions": "what stores need, are granted and lack, and the smallest policies that would do",
    "explain-object": "the story of one object: what brings it, changes it, and gives it its namespace",
}
SEVERITIES = ("error", "warning", "info")


class Option:
    """One flag. `metavar` "" means that it takes no value; `many` collects every use; `on` lists its commands."""

    __slots__ = ("choices", "help", "many", "metavar", "name", "on", "short", "split")

    def __init__(
        self,
        name: str,
        metavar: str,
        help: str,
        choices: tuple[str, ...] = (),
        many: bool = False,
        split: bool = False,
        short: str = "",
        on: tuple[str, ...] = ("check",),
    ) -> None:
        self.name = name
        self.metavar = metavar
        self.help = help
        self.choices = choices
        self.many = many
        self.split = split
        self.short = short
        self.on = on

    @property
    def key(self) -> str:
        return self.name.replace("-", "_")


_READ = ("check", "inventory", "explain-object", "upgrade", "permissions")
_SETTINGS = (*_READ, "config")
_FAIL = ("check", "config")
_RUN = ("check", "config", "rules")
_FILE = (*_RUN, "inventory", "explain-object", "schemas", "upgrade", "permissions")
_PROFILES = ("minimal", "default", "strict", "audit")
_ALL = tuple(COMMANDS)

OPTIONS: tuple[Option, ...] = (
    Option("config", "FILE", "configuration file (default: the one at the repository root)", on=_FILE),
    Option("isolated", "", "read no configuration file and no ESO_LINT_ environment", on=_FILE),
    Option("profile", "NAME", "minimal, default, strict or audit", _PROFILES, on=_RUN),
    Option("select", "RULES", "switch rules on: ids, names, prefixes, families or ALL", many=True, split=True, on=_RUN),
    Option("ignore", "RULES", "switch rules off; wins over --select", many=True, split=True, on=_RUN),
    Option("exclude", "GLOB", "leave paths out, as in .gitignore", many=True, split=True, on=_SETTINGS),
    Option("force-exclude", "", "excludes also hold for paths named on the command line"),
    Option("to", "VERSION", "the release to upgrade to (2.9, 2.9.0)", on=("upgrade",)),
    Option("provider", "NAME", "only the stores of one provider", ("aws", "vault", "gcp", "azure", "kubernetes"),
           on=("permissions",)),
    Option("eso-version", "VERSION", "the operator's version in play", on=(*_SETTINGS, "schemas")),
    Option("closed-world", "", "everything is in this repository: what is missing is an error", on=_SETTINGS),
    Option("render", "TOOLS", "run helm or kustomize (on PATH) on what they deliver, and say where they differ",
           many=True, split=True, on=_READ),
    Option("git-index", "", "read only files that git tracks (staged ones included)", on=_READ),
    Option("changed-since", "REF", "read everything, report only what changed since REF, or what the change broke"),
    Option("stdin-filename", "PATH", "the path to report for `-`"),
    Option("fail-on", "SEVERITY", "lowest severity that gives exit code 1", (*SEVERITIES, "never"), on=_FAIL),
    Option("exit-zero", "", "exit 0 even with findings"),
    Option("min-severity", "SEVERITY", "show nothing below", SEVERITIES),
    Option("min-confidence", "LEVEL", "show nothing below", ("high", "medium", "low")),
    Option("no-ignores", "", "show what comments and annotations hide"),
    Option("format", "FORMAT", "what to print; the other commands know text and json", on=_ALL),
    Option("report", "FORMAT:PATH", "write a further report; `-` is standard output", many=True),
    Option("sarif-suppressed", "", "SARIF also carries what is suppressed; code scanning shows it all the same"),
    Option("sarif-category", "NAME", "SARIF names this category, which tells uploads of one job apart"),
    Option("color", "WHEN", "auto, always or never", ("auto", "always", "never"), on=_ALL),
    Option("statistics", "", "count findings by rule"),
    Option("show-files", "", "list the files that would be read, and stop"),
    Option("no-plugins", "", "load no installed plug-ins", on=_ALL),
    Option("verbose", "", "say more on standard error; tracebacks for our own bugs", short="v", on=_ALL),
    Option("quiet", "", "no summary, no notes", short="q", on=_ALL),
    Option("help", "", "this text", short="h", on=_ALL),
    Option("version", "", "print the version", short="V", on=_ALL),
)  # fmt: skip


def options_of(command: str) -> tuple[Option, ...]:
    """The flags of a command. Those of `init` come from its questions."""
    own = tuple(option for option in OPTIONS if command in option.on)
    if command != "init":
        return own
    from eso_lint.setup.given import flags

    return (*flags(), *own)


class CommandLine:
    """What was asked: a command, its positional words, and flag values by key (absent where not given)."""

    __slots__ = ("command", "explicit", "values", "words")

    def __init__(self, command: str, explicit: bool) -> None:
        self.command = command
        self.explicit = explicit
        self.words: list[str] = []
        self.values: dict[str, Any] = {}

    def has(self, key: str) -> bool:
        return bool(self.values.get(key))

    def text(self, key: str) -> str | None:
        value = self.values.get(key)
        return value if isinstance(value, str) else None

    def list(self, key: str) -> tuple[str, ...]:
        return tuple(self.values.get(key, ()))


def parse_args(argv: Sequence[str]) -> CommandLine:
    """A command line from arguments; UsageError with a suggestion for what is unknown."""
    command, rest, explicit = "check", list(argv), False
    for i, word in enumerate(rest):
        if not word.startswith("-"):
            # `eso-lint -v explain X`: a command may follow flags that take no value.
            if word in COMMANDS and all(_is_switch(flag) for flag in rest[:i]):
                command, explicit = word, True
                del rest[i]
            break
    line = CommandLine(command, explicit)
    known = options_of(command)
    words = iter(rest)
    for word in words:
        if word == "--":
            line.words += words
        elif word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            option = _find(name, command, known)
            _store(line, option, value if equals else None, words, f"--{name}")
        elif word.startswith("-") and word != "-":
            for letter in word[1:]:
                option = next((o for o in known if o.short == letter), None)  # type: ignore[assignment]
                if option is None:
                    raise UsageError(f"unknown flag `-{letter}`", "`eso-lint --help` lists them")
                _store(line, option, None, words, f"-{letter}")
        else:
            line.words.append(word)
    return line


def _is_switch(word: str) -> bool:
    return any(word in (f"--{o.name}", f"-{o.short}") and not o.metavar for o in OPTIONS)


def _find(name: str, command: str, known: Sequence[Option]) -> Option:
    for option in known:
        if option.name == name:
            return option
    others = [c for c in COMMANDS if c != command and any(o.name == name for o in options_of(c))]
    if others:
        raise UsageError(f"`--{name}` is no flag of `eso-lint {command}`", f"it belongs to: {', '.join(others)}")
    from eso_lint.suggest import closest

    near = closest(name, (o.name for o in known))
    raise UsageError(
        f"unknown flag `--{name}`", f"did you mean `--{near}`?" if near else "`eso-lint --help` lists them"
    )


def _store(line: CommandLine, option: Option, value: str | None, words: Any, shown: str) -> None:
    if not option.metavar:
        if value is not None:
            raise UsageError(f"`{shown}` takes no value", f"write `{shown}` alone")
        line.values[option.key] = line.values.get(option.key, 0) + 1
        return
    if value is None:
        value = next(words, None)
        if value is None:
            some = ", ".join(option.choices) or f"{shown} {option.metavar}"
            raise UsageError(f"`{shown}` needs a value", f"{'one of' if option.choices else 'write'}: {some}")
    if option.choices:
        one_of(value, option.choices, f"`{shown}`")
    if option.many:
        found = [part.strip() for part in value.split(",") if part.strip()] if option.split else [value]
        line.values.setdefault(option.key, []).extend(found)
    else:
        line.values[option.key] = value


def one_of(value: str, choices: Sequence[str], what: str) -> str:
    """The value, where it is one of the choices; else UsageError with the nearest."""
    if value not in choices:
        from eso_lint.suggest import closest

        near = closest(value, choices)
        raise UsageError(
            f"{what} knows no `{value}`", f"did you mean `{near}`?" if near else f"one of: {', '.join(choices)}"
        )
    return value


_WORDS = {
    "check": " [PATH...]",
    "explain": " RULE",
    "inventory": " [PATH]",
    "upgrade": " --to VERSION [PATH]",
    "permissions": " [PATH]",
    "explain-object": " FILE:LINE",
    "schemas": " [add FILE...]",
}


def help_text(command: str | None) -> str:
    """The help of one command; of the program (`check` included) where it is None."""
    from textwrap import wrap

    shown = command or "check"
    if command is None:
        parts = ["usage: eso-lint [check] [PATH...] [flags]", "       eso-lint COMMAND [flags]", ""]
        parts += ["Lints a GitOps repository that uses the External Secrets Operator.", "", "commands:"]
        parts += [f"  {name:<15} {text}" for name, text in COMMANDS.items()]
    else:
        word = _WORDS.get(command, "")
        parts = [f"usage: eso-lint {command}{word} [flags]", "", COMMANDS[command]]
    parts += ["", "flags:"]
    for option in options_of(shown):
        short = f"-{option.short}, " if option.short else "    "
        left = f"  {short}--{option.name}{' ' + option.metavar if option.metavar else ''}"
        right = f"\n{'':<34}".join(wrap(option.help, 86, break_long_words=False, break_on_hyphens=False))
        parts.append(f"{left:<34}{right}" if len(left) < 33 else f"{left}\n{'':<34}{right}")
    parts += [
        "",
        "environment: ESO_LINT_CONFIG, ESO_LINT_FORMAT, ESO_LINT_COLOR, NO_COLOR, FORCE_COLOR",
        "exit codes: 0 clean, 1 findings at or above --fail-on, 2 the job could not be done, 130 interrupted",
    ]
    return "\n".join(parts) + "\n"
