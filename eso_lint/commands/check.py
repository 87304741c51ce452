"""`eso-lint check`: files in, reports out."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

from eso_lint.check import Engine, Request, covers
from eso_lint.check import check as run
from eso_lint.commands.inputs import known_paths, read_input, root_of
from eso_lint.errors import UsageError
from eso_lint.options import CommandLine, one_of
from eso_lint.record import TYPE_CHECKING
from eso_lint.settings import load, setting, use_color

if TYPE_CHECKING:
    from typing import Any

    from eso_lint.check import Input
    from eso_lint.lint.report import Report


def check(line: CommandLine) -> int:
    """Run the command; the exit code."""
    words = line.words or ["."]
    known_paths(line, words)
    root, within = root_of(line, words)
    settings = load(line, root)
    engine = Engine(not line.has("no_plugins") and _strangers())
    warn = _quiet if line.has("quiet") else _warn
    for text in settings.warnings:
        warn(text)
    if line.has("verbose"):
        sys.stderr.write(f"eso-lint: root {root}; configuration {settings.path or 'none'}\n")
    reports = _reports(line, engine)
    progress = _progress()
    source = read_input(line, root, words, settings.config, progress)
    if line.has("show_files"):
        sys.stdout.writelines(
            f"{path}\n" for path in source.files if not within or any(covers(w, path) for w in within)
        )
        return 0
    request = Request(settings, within, _before(line, root, source), _limits(line), progress)
    report = run(source, request, engine)
    if any(name == "sarif" for name, _ in reports):
        report = report._replace(rules=engine.all_rules(settings.selection(engine.entries()).on()))
    progress("")
    for text in _idle(line, settings, source):
        warn(text)
    try:
        _write(line, report, reports, engine)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of the report left (`| head`): what was found is found all the same.
        from eso_lint.cli import silence_stdout

        silence_stdout()
    return 0 if line.has("exit_zero") else report.exit_code


def _warn(text: str) -> None:
    sys.stderr.write(f"eso-lint: warning: {text}\n")


def _quiet(text: str) -> None:
    pass


def _strangers() -> bool:
    from eso_lint.strangers import strangers_installed

    return strangers_installed()


def _before(line: CommandLine, root: str, source: Input) -> dict[str, bytes | None] | None:
    ref = line.text("changed_since")
    if ref is None:
        return None
    from eso_lint.git import changed_since

    change = changed_since(root, ref, untracked=not line.has("git_index"))
    return dict(change.before)


def _limits(line: CommandLine) -> Any:
    severity, confidence = line.text("min_severity"), line.text("min_confidence")
    if severity is None and confidence is None and not line.has("no_ignores"):
        return None
    from eso_lint.lint.rule import Confidence, Severity
    from eso_lint.lint.triage import Thresholds

    return Thresholds(
        Severity[severity.upper()] if severity else 0,
        Confidence[confidence.upper()] if confidence else 0,
        line.has("no_ignores"),
    )


def _idle(line: CommandLine, settings: Any, source: Input) -> list[str]:
    """Patterns of the configuration that fit nothing: written by mistake, or left over."""
    found = _nested(settings, source)
    for cluster in settings.config.clusters:
        if not any(covers(cluster.root, path) for path in source.paths):
            span = settings.places["clusters", cluster.name, "root"]
            found.append(f"{settings.path}:{span.file.position(span.start)[0]}: no directory `{cluster.root}`")
    if not settings.config.overrides or line.words == ["-"]:
        return found
    from eso_lint.lint.select import glob

    for i, override in enumerate(settings.config.overrides):
        for j, pattern in enumerate(override.paths):
            if not any(map(glob(pattern).match, source.paths)):
                span = settings.places["overrides", i, "paths", j]
                found.append(f"{settings.path}:{span.file.position(span.start)[0]}: `{pattern}` fits no file")
    return found


def _nested(settings: Any, source: Input) -> list[str]:
    """Configuration files below the root are not read: references cross directories, so a repository has one."""
    from eso_lint.configfind import CANDIDATES

    names = tuple(name for name in CANDIDATES if "/" not in name)
    found = sorted(path for path in source.paths if path.endswith(names) and path.rpartition("/")[2] in names)
    used = settings.path
    return [
        f"{path} is not read: the configuration file stands at the root"
        for path in found
        # A workflow may well be called after what it runs.
        if "/" in path and path != used and "/.github/workflows/" not in f"/{path}"
    ]


def _reports(line: CommandLine, engine: Engine) -> list[tuple[str, str]]:
    """Format and destination of each report, the main one first."""
    from eso_lint.report import FORMATS

    known = list(FORMATS)
    default = "concise" if os.environ.get("PRE_COMMIT") and not _one_file(line) else "text"
    wanted = [(setting(line, "format", default), "-")]
    for word in line.list("report"):
        name, colon, path = word.partition(":")
        if not colon or not path:
            raise UsageError(f"`--report {word}`: write FORMAT:PATH", "such as sarif:eso-lint.sarif")
        if path != "-" and (os.path.isdir(path) or not os.path.isdir(os.path.dirname(path) or ".")):
            raise UsageError(f"`--report {word}`: cannot write `{path}`", "its directory must exist")
        wanted.append((name, path))
    if engine.strangers and any(name not in known for name, _ in wanted):
        known = list(engine.host.reporters())
    for name, _ in wanted:
        one_of(name, known, "`--format`" if name == wanted[0][0] else "`--report`")
    if sum(path == "-" for _, path in wanted) > 1 and line.text("format") is None:
        # A report that goes to standard output takes the place of the default one.
        wanted = wanted[1:]
    if sum(path == "-" for _, path in wanted) > 1:
        raise UsageError("two reports to standard output", "give one of them a file: --report FORMAT:PATH")
    return wanted


def _one_file(line: CommandLine) -> bool:
    return len(line.words) == 1 and os.path.isfile(line.words[0])


def _write(line: CommandLine, report: Report, reports: list[tuple[str, str]], engine: Engine) -> None:
    from eso_lint.report import FORMATS, Options, render

    common = Options(
        statistics=line.has("statistics"),
        sarif_suppressed=line.has("sarif_suppressed"),
        sarif_category=line.text("sarif_category"),
    )
    for name, path in reports:

        def write(stream: Any, options: Options, name: str = name) -> None:
            if name in FORMATS:
                render(name, report, stream, options)
            else:
                engine.host.reporters()[name].render(report, stream, options)

        if path != "-":
            try:
                stream = open(path, "w", encoding="utf-8", newline="\n")  # noqa: SIM115
            except OSError as error:
                raise UsageError(f"cannot write `{path}`: {error.strerror}") from None
            with stream:
                write(stream, common)
            continue
        color = use_color(line, sys.stdout)
        links = color and sys.stdout.isatty() and not os.environ.get("PRE_COMMIT") and not os.environ.get("CI")
        width = 100
        if sys.stdout.isatty():
            import shutil

            width = shutil.get_terminal_size((100, 40)).columns
        write(sys.stdout, common._replace(color=color, hyperlinks=links, width=width, quiet=line.has("quiet")))


def _progress() -> Callable[[str], None]:
    """Says on a terminal what is being done, after a second; silent in hooks and pipelines."""
    if not sys.stderr.isatty() or os.environ.get("CI") or os.environ.get("PRE_COMMIT"):
        return lambda _: None
    started = time.monotonic()
    shown = False

    def say(text: str) -> None:
        nonlocal shown
        if text and time.monotonic() - started < 1:
            return
        if text or shown:
            sys.stderr.write(f"\r\x1b[K{text + ' ...' if text else ''}")
            sys.stderr.flush()
            shown = True

    return say
