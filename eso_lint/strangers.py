"""Whether plug-ins of others are installed: a cheap look before importlib.metadata is asked."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable


def strangers_installed(path: Iterable[str] | None = None) -> bool:
    """Whether any installed distribution offers a plug-in."""
    for folder in sys.path if path is None else path:
        try:
            with os.scandir(folder or ".") as entries:
                for entry in entries:
                    if entry.name.endswith((".dist-info", ".egg-info")) and _offers(entry.path):
                        return True
        except OSError:
            continue
    return False


def _offers(folder: str) -> bool:
    try:
        handle = os.open(f"{folder}/entry_points.txt", os.O_RDONLY)
    except OSError:
        return False
    try:
        return any(line.strip() == b"[eso_lint]" for line in os.read(handle, 1_000_000).splitlines())
    finally:
        os.close(handle)
