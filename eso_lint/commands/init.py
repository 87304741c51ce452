"""`eso-lint init`: the guide's questions, and the manifests that are right for the answers."""

from __future__ import annotations

import json
import os
import sys

from eso_lint.errors import UsageError
from eso_lint.options import CommandLine, one_of
from eso_lint.record import TYPE_CHECKING
from eso_lint.settings import use_color
from eso_lint.setup.answers import Answers
from eso_lint.setup.conversation import Progress, completed, follow
from eso_lint.setup.folder import Plan, diff, laid_out, plan, write
from eso_lint.setup.given import Given, from_file, from_flags
from eso_lint.setup.question import Draft, Value

if TYPE_CHECKING:
    from eso_lint.setup.prompt import Talk

# Whoever pipes answers has them at hand; a pipe that is merely left open must not make a program wait for ever.
_PATIENCE = 5.0
_MAX_SIZE = 1_000_000


def init(line: CommandLine) -> int:
    """Ask what is not answered, then write, show or print."""
    if line.words:
        raise UsageError(f"`eso-lint init` takes no `{line.words[0]}`", "name the folder with --output")
    if line.has("questions"):
        from eso_lint.setup.schema import json_schema

        sys.stdout.write(json.dumps(json_schema(), indent=2) + "\n")
        return 0
    format = one_of(line.text("format") or "text", ("text", "json"), "`--format`")
    given = {**_file(line.text("answers")), **from_flags(line)}
    answers = _answered(line, given)
    from eso_lint.setup.generate import generate

    files = laid_out(generate(answers), answers.folder)
    folder = answers.output
    if line.has("diff"):
        if folder == "-":
            raise UsageError("`--diff` and `--output -` contradict each other", "name the folder to compare with")
        text = diff(folder, files)
        sys.stdout.write(text)
        return 1 if text else 0
    if folder == "-":
        sys.stdout.write(json.dumps({"files": files}, indent=2) + "\n" if format == "json" else _stream(files))
        return 0
    found = plan(folder, files, line.has("force"))
    if found.changed and not line.has("force"):
        raise UsageError(_conflict(folder, found.changed), "--diff shows how they differ, --force writes over them")
    write(folder, files, found)
    if format == "json":
        told = {
            "folder": folder,
            "written": list(found.written),
            "unchanged": list(found.same),
            "kept": list(found.kept),
        }
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
    elif not line.has("quiet"):
        sys.stdout.write(_told(folder, found, files))
    return 0


def _file(path: str | None) -> dict[str, Given]:
    from eso_lint.source.node import SourceFile

    if path is None:
        return {}
    if path == "-":
        if sys.stdin is None:
            raise UsageError("standard input is closed", "name a file: --answers FILE")
        return from_file(SourceFile("stdin", sys.stdin.buffer.read(_MAX_SIZE)))
    try:
        with open(path, "rb") as stream:
            data = stream.read(_MAX_SIZE + 1)
    except OSError as error:
        raise UsageError(f"--answers: cannot read `{path}`: {error.strerror}") from None
    if len(data) > _MAX_SIZE:
        raise UsageError(f"--answers: `{path}` is larger than {_MAX_SIZE:,} bytes", "this is no file of answers")
    return from_file(SourceFile(path, data))


def _answered(line: CommandLine, given: dict[str, Given]) -> Answers:
    """All answers: those given, and those of a person at a terminal or of whoever pipes lines."""
    values: dict[str, Value] = {key: each.value for key, each in given.items()}
    progress = follow(values)
    ask = not line.has("yes") and line.text("answers") != "-"
    terminal = ask and sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()
    if terminal or (ask and not progress.done and _lines_wait()):
        progress, values = _talk(line, terminal).interview(values, lambda draft: _preview(line, draft))
        # What a person changed their mind about is no mistake of theirs.
        progress = progress._replace(unasked=() if terminal else progress.unasked)
    if not progress.done or progress.unasked:
        raise _refusal(progress, given)
    return completed(progress.draft)


def _talk(line: CommandLine, terminal: bool) -> Talk:
    from rich.console import Console

    from eso_lint.setup.keyboard import Keys, Lines
    from eso_lint.setup.prompt import Talk

    color = use_color(line, sys.stderr)
    console = Console(file=sys.stderr, highlight=False, color_system="auto" if color else None)
    keys = terminal and os.environ.get("TERM") != "dumb" and sys.platform != "win32"
    return Talk(console, Keys(sys.stdin) if keys else Lines(sys.stdin), keys)


def _lines_wait() -> bool:
    """Whether answers come on standard input although nobody sits there."""
    import stat

    if sys.stdin is None or sys.stdin.isatty():
        return False
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError):
        return False
    if stat.S_ISREG(mode):
        return True
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        return False
    import select

    return sys.platform == "win32" or bool(select.select([sys.stdin], [], [], _PATIENCE)[0])


def _preview(line: CommandLine, draft: Draft) -> tuple[str, str]:
    """What would be written; or why it cannot be, and which question to ask again."""
    from eso_lint.setup.generate import generate

    answers = completed(draft)
    files = laid_out(generate(answers), answers.folder)
    if answers.output == "-" or line.has("diff"):
        return f"{len(files)} files", ""
    try:
        found = plan(answers.output, files, line.has("force"))
    except UsageError as error:
        return str(error), "output"
    if found.changed and not line.has("force"):
        return f"{_conflict(answers.output, found.changed)}: choose another folder, or run again with --force", "output"
    kept = f"; kept as they are: {', '.join(found.kept)}" if found.kept else ""
    return f"{len(found.written)} files for `{answers.output}`: {', '.join(found.written)}{kept}", ""


def _conflict(folder: str, paths: tuple[str, ...]) -> str:
    shown = ", ".join(paths[:5]) + (f" and {len(paths) - 5} more" if len(paths) > 5 else "")
    return f"`{folder}` holds files that say something else: {shown}"


def _refusal(progress: Progress, given: dict[str, Given]) -> UsageError:
    """Everything that is missing or will not do, at once."""
    counts, told = [], []
    if progress.open:
        counts.append(f"missing: {', '.join(f'--{question.flag}' for question in progress.open)}")
        for question in progress.open:
            form = question.form(progress.draft) or question.forms[-1]
            shown = ", ".join(choice.value for choice in question.choices if choice.shown)
            told.append(f"--{question.flag}  {form.text or question.text} {shown or form.hint}".rstrip())
    if progress.problems:
        counts.append(f"wrong: {', '.join(given[p.question.key].where for p in progress.problems)}")
        told += [f"{given[p.question.key].where}  {p.text}" for p in progress.problems]
    if progress.unasked:
        counts.append(f"not asked here: {', '.join(given[q.key].where for q in progress.unasked)}")
        told += [f"{given[q.key].where}  {q.text} Other answers leave this one out." for q in progress.unasked]
    told.append("`eso-lint init --questions` prints all questions as JSON Schema; other answers may lead to more")
    return UsageError(f"answers {'; '.join(counts)}", "\n  ".join(told))


def _stream(files: dict[str, str]) -> str:
    """All files in one stream, each under its name; what is YAML is a document of its own."""
    parts = []
    for path, text in files.items():
        mark = "---\n" if path.endswith((".yaml", ".yml")) else ""
        parts.append(f"{mark}# file: {path}\n{text}" + ("" if text.endswith("\n") else "\n"))
    return "".join(parts)


def _told(folder: str, found: Plan, files: dict[str, str]) -> str:
    def place(path: str) -> str:
        return os.path.normpath(os.path.join(folder, *path.split("/")))

    lines = [f"{place(path)}\n" for path in found.written]
    lines += [f"{place(path)} says something else and was kept: --diff shows what init would have written\n"
              for path in found.kept]  # fmt: skip
    rest = f", {len(found.same)} unchanged" if found.same else ""
    lines.append(f"{len(found.written)} file{'' if len(found.written) == 1 else 's'} written{rest}")
    notes = next((path for path in files if path.rpartition("/")[2] == "NOTES.md"), "")
    if notes:
        lines.append(f"; what comes next stands in {place(notes)}")
    return "".join(lines) + "\n"
