"""Arguments to an exit code. Only this package's command modules and the reporters touch streams."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from eso_lint.errors import EsoLintError, RuleError
from eso_lint.options import CommandLine, help_text, parse_args


def main(argv: Sequence[str]) -> int:
    """Run a command line. Every expected failure is one line on standard error (two with a hint) and exit code 2."""
    import gc

    collecting = gc.isenabled()
    # A run makes many small objects, no cycles, and ends: the collector would only look at them again and again.
    gc.disable()
    verbose = any(word in ("-v", "--verbose") for word in argv)
    try:
        line = parse_args(argv)
        code = dispatch(line)
        sys.stdout.flush()
        return code
    except EsoLintError as error:
        if isinstance(error, RuleError):
            return internal_error(error, argv, verbose)
        sys.stderr.write(f"eso-lint: {error}\n" + (f"  {error.hint}\n" if error.hint else ""))
        return 2
    except BrokenPipeError:
        silence_stdout()
        return 0
    except OSError as error:
        # The surroundings failed, not we: a full disk, a stream that broke.
        what = f"{error.strerror or error}" + (f": `{error.filename}`" if error.filename else "")
        sys.stderr.write(f"eso-lint: {what}\n  the run could not be finished; what was printed is not all\n")
        if verbose:
            import traceback

            traceback.print_exception(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("eso-lint: interrupted\n")
        return 130
    except Exception as error:
        return internal_error(error, argv, verbose)
    finally:
        if collecting:
            gc.enable()


def dispatch(line: CommandLine) -> int:
    if line.has("help"):
        sys.stdout.write(help_text(line.command if line.explicit else None))
        return 0
    if line.has("version"):
        from eso_lint import __version__

        sys.stdout.write(f"eso-lint {__version__}\n")
        return 0
    if line.command == "explain":
        from eso_lint.commands.explain import explain

        return explain(line)
    if line.command == "init":
        from eso_lint.commands.init import init

        return init(line)
    if line.command == "rules":
        from eso_lint.commands.rules import rules

        return rules(line)
    if line.command == "config":
        from eso_lint.commands.config import config

        return config(line)
    if line.command == "schemas":
        from eso_lint.commands.schemas import schemas

        return schemas(line)
    if line.command == "inventory":
        from eso_lint.commands.inventory import inventory

        return inventory(line)
    if line.command == "upgrade":
        from eso_lint.commands.upgrade import upgrade

        return upgrade(line)
    if line.command == "permissions":
        from eso_lint.commands.permissions import permissions

        return permissions(line)
    if line.command == "explain-object":
        from eso_lint.commands.inventory import explain_object

        return explain_object(line)
    from eso_lint.commands.check import check

    return check(line)


def internal_error(error: Exception, argv: Sequence[str], verbose: bool) -> int:
    """Our own bug (or a plug-in's): what happened, and a report that can be pasted as it is."""
    import platform
    import traceback

    from eso_lint import HOMEPAGE, __version__

    cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
    frames = traceback.extract_tb(cause.__traceback__)
    # File names only: a pasted report must not tell where its author keeps things.
    where = " < ".join(
        f"{frame.filename.replace(chr(92), '/').rpartition('/')[2]}:{frame.lineno}" for frame in frames[::-1][:4]
    )
    sys.stderr.write(
        f"eso-lint: internal error: {error}\n"
        f"  this is a bug in eso-lint or a plug-in; please report it: {HOMEPAGE}/issues/new\n"
        "  ---\n"
        f"  eso-lint {__version__}, Python {platform.python_version()} on {sys.platform}\n"
        f"  {type(cause).__name__} at {where or 'an unknown place'}\n"
        f"  flags: {' '.join(word.partition('=')[0] for word in argv if word.startswith('-')) or 'none'}\n"
    )
    if verbose:
        traceback.print_exception(error, file=sys.stderr)
    else:
        sys.stderr.write("  (run again with -v for the traceback)\n")
    return 2


def silence_stdout() -> None:
    """The reader went away (`| head`): nothing more can be said there, the interpreter's last flush included."""
    import os

    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, sys.stdout.fileno())
