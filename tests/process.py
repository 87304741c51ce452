"""The command line as a process of its own, with bounds on time and memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
# Settings of the surroundings that change what a run prints.
_FOREIGN = ("PRE_COMMIT", "CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS")


class Done(NamedTuple):
    """A finished run: exit code, decoded streams, wall seconds."""

    code: int
    out: str
    err: str
    seconds: float


def environment(**more: str) -> dict[str, str]:
    """This process's environment without what would change a run."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ESO_LINT_") and k not in _FOREIGN}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def bounded(megabytes: int) -> list[str]:
    """The start of a command that may use so much memory (address space) and no more, where a system can say so."""
    code = (
        "import os, sys\n"
        "try:\n"
        "    import resource\n"
        f"    resource.setrlimit(resource.RLIMIT_AS, ({megabytes} << 20, {megabytes} << 20))\n"
        "except ImportError:\n"
        "    pass\n"
        "from eso_lint.__main__ import command\n"
        "command()\n"
    )
    return [sys.executable, "-c", code]


def run(
    cwd: Path,
    *argv: str,
    seconds: float = 20,
    megabytes: int = 600,
    stdin: bytes | None = None,
    env: dict[str, str] | None = None,
    codes: Sequence[int] = (0, 1, 2),
) -> Done:
    """Run `eso-lint`: never a traceback, never an error of our own, never longer than `seconds`."""
    started = time.monotonic()
    done = subprocess.run(
        [*bounded(megabytes), *argv],
        cwd=cwd,
        env=env or environment(),
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        timeout=seconds,
        check=False,
    )
    out, err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    assert "Traceback" not in err and "internal error" not in err, err
    assert done.returncode in codes, f"exit code {done.returncode}\n{out}{err}"
    return Done(done.returncode, out, err, time.monotonic() - started)
