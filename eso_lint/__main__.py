"""`python -m eso_lint` and the console script. The version is answered before anything else is imported."""

from __future__ import annotations

import sys


def main(argv: list[str] | None = None) -> int:
    """Run one command line; 0 clean, 1 findings, 2 the job could not be done, 130 interrupted."""
    args = sys.argv[1:] if argv is None else argv
    if args in (["--version"], ["-V"]):
        from eso_lint import __version__

        sys.stdout.write(f"eso-lint {__version__}\n")
        return 0
    from eso_lint.cli import main as run

    return run(args)


def command() -> None:
    """The process: run and end at once. Taking the objects of a run apart costs as much as a tenth of it."""
    import os

    # A stream that the caller closed takes everything and shows nothing.
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    code = main()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        pass
    os._exit(code)


if __name__ == "__main__":
    command()
