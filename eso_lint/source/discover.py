"""The files of a repository: which exist, which are read, and why others are not.

Links are never followed, devices never opened, ignored files never read unless they are named. This module is on the
start-up path: it imports nothing heavy.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence

from eso_lint.record import NamedTuple
from eso_lint.source.ignore import Patterns
from eso_lint.source.node import SourceFile

_PRUNED = frozenset((".git", ".hg", ".svn", ".terraform", ".venv"))
_MANIFEST = re.compile(r"\.(?:ya?ml|json)(?:\.(?:tpl|tmpl|j2|gotmpl))?\Z")
_ENDS = (
    ".yaml", ".yml", ".json", ".sh", ".bash", ".zsh", ".ksh", ".mk", ".just", ".dockerfile", ".Dockerfile",
    ".md", ".markdown", ".mdx",
    # Objects that other languages make speak for a reference.
    ".tf", ".tofu", ".tfvars", ".hcl", ".jsonnet", ".libsonnet", ".cue", ".k", ".dhall", ".py", ".ts", ".js", ".go",
    ".rb", ".tpl", ".tmpl", ".template", ".j2", ".nix", ".toml",
)  # fmt: skip
_SCRIPT_NAMES = re.compile(
    r"(?:(?:GNU)?[mM]akefile|\.?[jJ]ustfile|[tT]askfile|Dockerfile|Containerfile)(?:[.-][\w.-]+)?\Z"
)
# What is not in the repository on purpose.
_ABSENCE = frozenset((".gitignore", ".gitmodules"))
_SHEBANG = re.compile(rb"#![^\n]*\b(?:ba|z|da|a|k)?sh\b")
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_PROBE = 8192


class Skip(NamedTuple):
    """A file or directory that was not read, and why."""

    path: str
    reason: str


class Discovery(NamedTuple):
    """What a run may look at.

    `files` are those kept, sorted by path; `read` counts those that were read; `paths` are all files that exist,
    read or not.
    """

    files: tuple[SourceFile, ...]
    skipped: tuple[Skip, ...]
    paths: frozenset[str]
    read: int


def find_root(start: str) -> str:
    """The nearest directory from `start` upwards that holds `.git`, else `start` (or its directory, for a file)."""
    start = os.path.realpath(start)
    if not os.path.isdir(start):
        start = os.path.dirname(start)
    at = start
    while True:
        if os.path.lexists(os.path.join(at, ".git")):
            return at
        parent = os.path.dirname(at)
        if parent == at:
            return start
        at = parent


def discover(
    root: str,
    paths: Sequence[str] = (),
    exclude: Iterable[str] = (),
    git_index: bool = False,
    max_size: int = 5_000_000,
    force_exclude: bool = False,
    keep: Callable[[str, bytes], bool] | None = None,
) -> Discovery:
    """Read the files below `paths` (all of `root` where there are none) that could matter.

    `root` bounds the run and gives paths their names. `exclude` are patterns as in .gitignore; a file that is named
    is read even if ignored or (without `force_exclude`) excluded. `git_index` takes tracked and staged files only.
    `keep(path, data)` says which of the files read are worth keeping. Raises UsageError for a path that does not
    exist, or lies outside, and outside a git repository where `git_index` asks for one.
    """
    root = os.path.realpath(root)
    walk = _Walk(root, Patterns(exclude), force_exclude)
    # The root comes first in most runs, and again as what was asked for.
    named = list(dict.fromkeys(walk.relative(path) for path in paths)) if paths else [""]
    if git_index:
        walk.index(named)
    else:
        for path in named:
            walk.add(path)
    files: list[SourceFile] = []
    read = 0
    prefix = os.path.join(root, "")
    for path in sorted(walk.wanted):
        data = _read(prefix + path, path, max_size, path in walk.named)
        if isinstance(data, str):
            walk.skipped.append(Skip(_shown(path), data))
        elif data is not None:
            read += 1
            if keep is None or keep(path, data):
                files.append(SourceFile(_shown(path), data))
    return Discovery(tuple(files), tuple(sorted(set(walk.skipped))), frozenset(map(_shown, walk.paths)), read)


def is_relevant(name: str) -> bool:
    """Whether a file of this name is read: manifests, scripts, sources, files without an extension, ignore files."""
    return (
        name.endswith(_ENDS)
        or "." not in name
        or name in _ABSENCE
        or _MANIFEST.search(name) is not None
        or _SCRIPT_NAMES.match(name) is not None
    )


class _Walk:
    """Collects paths relative to the root."""

    def __init__(self, root: str, exclude: Patterns, force_exclude: bool) -> None:
        self.root = root
        self.exclude = exclude if exclude.runs else None
        self.force_exclude = force_exclude
        self.paths: set[str] = set()
        self.wanted: set[str] = set()
        self.named: set[str] = set()
        self.skipped: list[Skip] = []

    def relative(self, path: str) -> str:
        """A path as given to one below the root; "" is the root itself."""
        full = os.path.abspath(path)
        full = os.path.join(os.path.realpath(os.path.dirname(full)), os.path.basename(full))
        if not os.path.lexists(full):
            raise _missing(path, full)
        if os.path.isdir(full):
            full = os.path.realpath(full)
        if full == self.root:
            return ""
        inside = os.path.join(self.root, "")
        if not full.startswith(inside):
            from eso_lint.errors import UsageError

            raise UsageError(f"`{path}` lies outside `{self.root}`", "run from the repository that holds it")
        return full[len(inside) :].replace(os.sep, "/")

    def add(self, path: str) -> None:
        """A path that was named: a directory with all below it, or one file."""
        full = os.path.join(self.root, path)
        if os.path.isdir(full):
            self.descend(path + "/" if path else "", self.above(path))
        elif not (self.force_exclude and self.excluded(path)):
            self.named.add(path)
            self.paths.add(path)
            self.wanted.add(path)

    def above(self, path: str) -> tuple[Patterns, ...]:
        """The ignore files that hold for what lies in a directory, deepest first, without its own."""
        found: list[Patterns] = []
        patterns = _load(os.path.join(self.root, ".git", "info", "exclude"), "")
        if patterns is not None:
            found.append(patterns)
        parts = path.split("/") if path else []
        for depth in range(len(parts)):
            base = "".join(part + "/" for part in parts[:depth])
            patterns = _load(os.path.join(self.root, base, ".gitignore"), base)
            if patterns is not None:
                found.append(patterns)
        return tuple(reversed(found))

    def excluded(self, path: str) -> bool:
        """Whether the configuration excludes a file or a directory above it."""
        if self.exclude is None:
            return False
        parts = path.split("/")
        for depth in range(1, len(parts)):
            if self.exclude.decide("/".join(parts[:depth]) + "/", parts[depth - 1] + "/"):
                return True
        return self.exclude.decide(path, parts[-1]) is True

    def descend(self, top: str, rules: tuple[Patterns, ...]) -> None:
        """All files below a directory (its path with a final slash, "" for the root)."""
        stack = [(top, rules)]
        exclude = self.exclude
        while stack:
            base, rules = stack.pop()
            try:
                with os.scandir(os.path.join(self.root, base)) as entries:
                    listed = list(entries)
            except OSError as error:
                self.skipped.append(Skip(_shown(base.rstrip("/")) or ".", _reason(error)))
                continue
            for entry in listed:
                if entry.name == ".gitignore":
                    own = _load(os.path.join(self.root, base, ".gitignore"), base)
                    rules = (own, *rules) if own is not None else rules
                    break
            for entry in listed:
                name = entry.name
                path = base + name
                try:
                    if entry.is_dir(follow_symlinks=False):
                        if name not in _PRUNED and not _ignored(rules, exclude, path + "/", name + "/"):
                            stack.append((path + "/", rules))
                        continue
                    regular = entry.is_file(follow_symlinks=False)
                except OSError as error:
                    self.skipped.append(Skip(_shown(path), _reason(error)))
                    continue
                if (rules or exclude is not None) and _ignored(rules, exclude, path, name):
                    continue
                if regular:
                    self.paths.add(path)
                    if is_relevant(name):
                        self.wanted.add(path)
                else:
                    self.other(path, name, entry.is_symlink())

    def other(self, path: str, name: str, link: bool) -> None:
        """A link, FIFO, socket or device. What a link inside the root leads to is read under its own name."""
        if link:
            self.paths.add(path)
            reason = _link_reason(self.root, path)
        else:
            reason = "no regular file"
        if reason is not None and (_MANIFEST.search(name) or os.path.isdir(os.path.join(self.root, path))):
            self.skipped.append(Skip(_shown(path), reason))

    def index(self, named: list[str]) -> None:
        """Tracked and staged files below the named paths."""
        from eso_lint.git import git

        listed = git(self.root, "ls-files", "--cached", "-z").split(b"\0")
        tops = tuple(path + "/" for path in named if path)
        for raw in listed:
            path = os.fsdecode(raw)
            if not path or not ("" in named or path in named or path.startswith(tops)):
                continue
            full = os.path.join(self.root, path)
            try:
                mode = os.lstat(full).st_mode
            except OSError:
                continue  # deleted in the working tree
            if stat.S_ISDIR(mode) or ((self.force_exclude or path not in named) and self.excluded(path)):
                continue
            if not stat.S_ISREG(mode):
                self.other(path, path.rsplit("/", 1)[-1], stat.S_ISLNK(mode))
                continue
            self.paths.add(path)
            if path in named:
                self.named.add(path)
            if path in named or is_relevant(path.rsplit("/", 1)[-1]):
                self.wanted.add(path)


def _ignored(rules: tuple[Patterns, ...], exclude: Patterns | None, path: str, name: str) -> bool:
    if exclude is not None and exclude.decide(path, name):
        return True
    for patterns in rules:
        decision = patterns.decide(path, name)
        if decision is not None:
            return decision
    return False


def _load(full: str, base: str) -> Patterns | None:
    """Patterns of an ignore file; None where there is none that can be read."""
    data = _content(full, 1_000_000, _NOFOLLOW)
    if not isinstance(data, bytes):
        return None
    patterns = Patterns(data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").split("\n"), base)
    return patterns if patterns.runs else None


def _read(full: str, path: str, max_size: int, named: bool) -> bytes | str | None:
    """The bytes of a file; else why it is skipped; None where it is of no interest."""
    name = path.rsplit("/", 1)[-1]
    manifest = _MANIFEST.search(name) is not None
    data = _content(full, max_size, 0 if named else _NOFOLLOW)
    if isinstance(data, str):
        return data if manifest or named else None
    if b"\x00" in data[:_PROBE] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "binary" if manifest or named else None
    if not named and "." not in name and _SCRIPT_NAMES.match(name) is None and name != "Kustomization":
        return data if _SHEBANG.match(data) else None
    return data


def _content(full: str, max_size: int, flags: int) -> bytes | str:
    """Bytes of a regular file, or why not. Never blocks; the size is asked before anything is read."""
    try:
        handle = os.open(full, _FLAGS | flags)
    except OSError as error:
        return _reason(error)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            return "no regular file"
        if status.st_size > max_size:
            return f"larger than {max_size:,} bytes"
        data = os.read(handle, status.st_size + 1)
        if len(data) == status.st_size:
            return data
        pieces = [data]
        while data and len(pieces[0]) <= max_size:
            data = os.read(handle, max_size)
            pieces.append(data)
        return b"".join(pieces)
    except OSError as error:
        return _reason(error)
    finally:
        os.close(handle)


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def _link_reason(root: str, path: str) -> str | None:
    """Why what a link points at is not read elsewhere, or None."""
    full = os.path.join(root, path)
    try:
        target = os.path.realpath(full, strict=True)
    except OSError:
        return "symbolic link that leads nowhere"
    inside = target == root or target.startswith(os.path.join(root, ""))
    return None if inside else "symbolic link out of the repository"


def _shown(path: str) -> str:
    """A path as text: bytes that are no UTF-8 become U+FFFD."""
    if path.isascii():
        return path
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _missing(path: str, full: str) -> Exception:
    from eso_lint.errors import UsageError
    from eso_lint.suggest import closest

    try:
        siblings: Iterator[str] = iter(sorted(os.listdir(os.path.dirname(full))))
    except OSError:
        siblings = iter(())
    near = closest(os.path.basename(full), siblings)
    hint = f"did you mean `{os.path.join(os.path.dirname(path), near)}`?" if near else ""
    return UsageError(f"`{path}` does not exist", hint)
