"""Files into a folder: all of them or none, and never over a file that says something else unless that is asked for."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from eso_lint.errors import UsageError

# These stand at the repository's root, where others look for them and may have written them before.
ROOT = (".eso-lint.yaml", ".pre-commit-config.yaml", ".github/")


def laid_out(files: Mapping[str, str], folder: str) -> dict[str, str]:
    """The files at their places in the repository: manifests in their folder, what belongs to the root at the root."""
    below = folder.strip("/.")
    placed = {path if not below or path.startswith(ROOT) else f"{below}/{path}": text for path, text in files.items()}
    return dict(sorted(placed.items()))


class Plan(NamedTuple):
    """What writing would do, each in order of path. `new` and `changed` are written; `same` is there already.

    `kept` are files at the root that say something else: they are their owner's, and stay.
    """

    new: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]
    kept: tuple[str, ...] = ()

    @property
    def written(self) -> tuple[str, ...]:
        return tuple(sorted((*self.new, *self.changed)))


def plan(folder: str, files: Mapping[str, str], force: bool = True) -> Plan:
    """Compare the files with those of a folder; UsageError where one cannot be written at all."""
    new, changed, same, kept = list[str](), list[str](), list[str](), list[str]()
    if os.path.lexists(folder) and not os.path.isdir(folder):
        raise UsageError(f"`{folder}` is no folder", "name another one with --output")
    for path in sorted(files):
        place = os.path.join(folder, *path.split("/"))
        _check_parents(folder, path)
        if os.path.isdir(place):
            raise UsageError(f"`{place}` is a folder, and a file is to be written there")
        if not os.path.lexists(place):
            new.append(path)
        elif text_of(place) == files[path]:
            same.append(path)
        elif path.startswith(ROOT) and not force:
            kept.append(path)
        else:
            changed.append(path)
    return Plan(tuple(new), tuple(changed), tuple(same), tuple(kept))


def _check_parents(folder: str, path: str) -> None:
    parts = path.split("/")
    for i in range(1, len(parts)):
        parent = os.path.join(folder, *parts[:i])
        if os.path.lexists(parent) and not os.path.isdir(parent):
            raise UsageError(f"`{parent}` is no folder, and files are to be written below it")


def text_of(place: str) -> str:
    """What a file says; text that is none of ours where it is no file, or none of text."""
    if not os.path.isfile(place):
        return "\0"
    try:
        with open(place, encoding="utf-8", newline="") as stream:
            return stream.read()
    except UnicodeDecodeError:
        return "\0"


def diff(folder: str, files: Mapping[str, str]) -> str:
    """What writing would change, as `diff -u` tells it."""
    import difflib

    found = plan(folder, files)
    parts: list[str] = []
    for path in found.written:
        before = "" if path in found.new else text_of(os.path.join(folder, *path.split("/")))
        old = "/dev/null" if path in found.new else f"a/{path}"
        lines = difflib.unified_diff(
            before.splitlines(keepends=True), files[path].splitlines(keepends=True), old, f"b/{path}"
        )
        parts += (line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
    return "".join(parts)


def write(folder: str, files: Mapping[str, str], chosen: Plan) -> None:
    """Write what the plan names.

    Everything is written beside the folder first and moved into place at the end, while an interruption waits. Where a
    move fails, what was moved is taken back.
    """
    target = os.path.abspath(folder)
    parent = os.path.dirname(target)
    while not os.path.isdir(parent):
        parent = os.path.dirname(parent)
    staging = tempfile.mkdtemp(prefix=".eso-lint-", dir=parent)
    try:
        for path in chosen.written:
            place = os.path.join(staging, "new", *path.split("/"))
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "w", encoding="utf-8", newline="") as stream:
                stream.write(files[path])
        with _uninterrupted():
            _move(staging, target, chosen.written)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _move(staging: str, target: str, paths: tuple[str, ...]) -> None:
    moved: list[tuple[str, str]] = []  # where it is now, and where what was there before is kept ("" for nothing)
    made: list[str] = []
    try:
        for path in paths:
            place = os.path.join(target, *path.split("/"))
            made += _make_folders(os.path.dirname(place))
            kept = ""
            if os.path.lexists(place):
                kept = os.path.join(staging, "old", *path.split("/"))
                os.makedirs(os.path.dirname(kept), exist_ok=True)
                os.replace(place, kept)
                moved.append((place, kept))
            os.replace(os.path.join(staging, "new", *path.split("/")), place)
            if not kept:
                moved.append((place, ""))
    except OSError:
        for place, kept in reversed(moved):
            if kept:
                os.replace(kept, place)
            else:
                os.unlink(place)
        for folder in reversed(made):
            os.rmdir(folder)
        raise


def _make_folders(folder: str) -> list[str]:
    """Make a folder and those above it; the ones that were made, outermost first."""
    missing = []
    while not os.path.isdir(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    for each in reversed(missing):
        os.mkdir(each)
    return missing[::-1]


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C waits until the moves are done: they take no time worth speaking of."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        raise KeyboardInterrupt
