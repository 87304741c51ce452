"""What a command works on: the paths that are named, the repository root, the files."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable

from eso_lint.errors import UsageError
from eso_lint.options import COMMANDS, CommandLine
from eso_lint.record import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from eso_lint.check import Input
    from eso_lint.lint.report import Skipped
    from eso_lint.source.node import SourceFile


def known_paths(line: CommandLine, words: list[str]) -> None:
    """UsageError where a path is not there, or `-` is used wrongly."""
    if "-" in words:
        if len(words) > 1:
            raise UsageError("`-` (standard input) stands alone", "give its path with --stdin-filename")
        if line.text("changed_since"):
            raise UsageError("`-` and --changed-since contradict each other", "drop one of them")
        return
    if line.text("stdin_filename"):
        raise UsageError(
            "`--stdin-filename` needs the path `-`", "such as `eso-lint - --stdin-filename a.yaml < a.yaml`"
        )
    for word in words:
        if not os.path.lexists(word):
            raise _no_such(word, () if line.explicit else COMMANDS)


def _no_such(word: str, commands: Iterable[str]) -> UsageError:
    """What to say of a path that does not exist; `commands` are what it may have been meant for."""
    from eso_lint.suggest import closest

    if not word:
        return UsageError("an empty path", "is it an unset variable? `.` is the current directory")
    if commands and word in ("help", "version"):
        return UsageError(f"no command and no path `{word}`", f"did you mean `eso-lint --{word}`?")
    near = closest(word, commands)
    if near is not None:
        return UsageError(f"no command and no path `{word}`", f"did you mean the command `{near}`?")
    folder, name = os.path.split(word.rstrip("/" + os.sep))
    if folder and not os.path.isdir(folder):
        while (above := os.path.dirname(folder)) and not os.path.isdir(above):
            folder = above
        return UsageError(f"no such path `{word}`", f"`{folder}` does not exist, or is no directory")
    found = closest(name, os.listdir(folder or "."))
    if found:
        return UsageError(f"no such path `{word}`", f"did you mean `{os.path.join(folder, found)}`?")
    return UsageError(f"no such path `{word}`", f"paths are taken from `{os.getcwd()}`")


def root_of(line: CommandLine, words: list[str]) -> tuple[str, tuple[str, ...]]:
    """The repository root, and the paths below it that findings are wanted for (none: all)."""
    from eso_lint.source.discover import find_root

    if words == ["-"]:
        root = os.path.realpath(find_root("."))
        name = line.text("stdin_filename")
        return root, (inside(name, root),) if name else ()
    root = os.path.realpath(find_root(words[0]))
    within = [inside(word, root) for word in words]
    return root, () if "" in within else tuple(within)


def inside(word: str, root: str) -> str:
    """A path as given to one below the root, with `/`; "" is the root itself."""
    path = os.path.realpath(word) if os.path.isdir(word) else _absolute(word)
    relative = os.path.relpath(path, root).replace(os.sep, "/")
    if relative == ".." or relative.startswith("../"):
        raise UsageError(f"`{word}` lies outside the repository root `{root}`", "lint one repository in one run")
    return "" if relative == "." else relative


def _absolute(word: str) -> str:
    """A file's path with its directory resolved, but not the file: a link is reported where it is."""
    folder, name = os.path.split(word)
    return os.path.join(os.path.realpath(folder or "."), name)


def read_input(line: CommandLine, root: str, words: list[str], config: Any, progress: Callable[[str], None]) -> Input:
    """All files of the repository, those that are named in any case."""
    from eso_lint.check import Input
    from eso_lint.source.discover import discover
    from eso_lint.source.node import SourceFile

    progress("looking for files")
    force = line.has("force_exclude")
    if words == ["-"]:
        name = line.text("stdin_filename")
        if sys.stdin is None:
            raise UsageError("standard input is closed", "pipe a manifest into `eso-lint -`, or name a path")
        file = SourceFile(inside(name, root) if name else "stdin.yaml", sys.stdin.buffer.read())
        if name is None:
            return Input({file.path: file}, (), frozenset((file.path,)))
        # An editor's buffer: it stands in for the file of that name, beside the rest of the repository.
        found = discover(root, (), config.exclude, line.has("git_index"), config.max_file_size, force)
        files = {f.path: f for f in sorted((*(f for f in found.files if f.path != file.path), file), key=_path_of)}
        return Input(files, _skipped(found.skipped), found.paths | {file.path})
    # The whole repository is read, whatever is named: a reference may lead anywhere. What is named is read even where
    # an ignore file or the configuration leaves it out.
    # So is the list of known keys, which need not be a manifest, and so are the schemas that were added.
    inventory = [os.path.join(root, config.inventory)] if config.inventory else []
    named = [root, *words, *inventory, *(_schemas(os.path.join(root, config.schemas)) if config.schemas else ())]
    found = discover(root, named, config.exclude, line.has("git_index"), config.max_file_size, force)
    return Input({file.path: file for file in found.files}, _skipped(found.skipped), found.paths)


def _schemas(folder: str) -> list[str]:
    """The packs of schemas in a folder: no manifests, so nothing else reads them."""
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return [os.path.join(folder, name) for name in names if name.endswith(".crds")]


def _path_of(file: SourceFile) -> str:
    return file.path


def _skipped(found: Any) -> tuple[Skipped, ...]:
    from eso_lint.lint.report import Skipped

    return tuple(Skipped(skip.path, skip.reason) for skip in found)
