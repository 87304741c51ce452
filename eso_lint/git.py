"""The few questions asked of git. The only subprocess of a run; nothing of the repository is executed."""

from __future__ import annotations

import os
from typing import NamedTuple

from eso_lint.errors import UsageError

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
_NO_BLOB = "0" * 40


class Change(NamedTuple):
    """What differs from a commit to the files as they are. `before` maps each path to its old bytes, None if new."""

    ref: str
    before: dict[str, bytes | None]


def git(root: str, *args: str, stdin: bytes | None = None) -> bytes:
    """Standard output of one git command; UsageError with git's own words where it fails.

    Hooks and file system monitors that the repository's configuration names are switched off.
    """
    import subprocess

    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k in ("GIT_DIR", "GIT_INDEX_FILE")}
    env.update(GIT_OPTIONAL_LOCKS="0", GIT_TERMINAL_PROMPT="0", LC_ALL="C")
    quiet = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false")
    try:
        done = subprocess.run(
            ["git", "-C", root, *quiet, *args], input=stdin, capture_output=True, env=env, check=False
        )
    except OSError as error:
        raise UsageError(
            "git is needed for this, and cannot be run", f"install git, or drop the flag ({error})"
        ) from error
    if done.returncode:
        words = done.stderr.decode("utf-8", "replace").strip().split("\n")[0]
        if "not a git repository" in words:
            raise UsageError(f"`{root}` is in no git repository", "--changed-since and --git-index need one")
        raise UsageError(f"git {args[0]} failed: {words}")
    return done.stdout


def changed_since(root: str, ref: str, untracked: bool) -> Change:
    """What changed since the merge base of `ref` and HEAD, staged and unstaged, deletions included.

    A rename is a deletion and an addition. `untracked` adds files that git does not know yet.
    """
    base = _base(root, ref)
    raw = git(root, "diff", "--raw", "-z", "--no-renames", "--no-ext-diff", "--abbrev=40", "--relative", base, "--")
    blobs: dict[str, str | None] = {}
    fields = raw.split(b"\0")
    for head, path in zip(fields[::2], fields[1::2], strict=False):
        old = head.split(b" ")[2].decode()
        blobs[os.fsdecode(path)] = None if old == _NO_BLOB else old
    if untracked:
        for path in git(root, "ls-files", "--others", "--exclude-standard", "-z").split(b"\0"):
            if path:
                blobs.setdefault(os.fsdecode(path), None)
    contents = _blobs(root, sorted({blob for blob in blobs.values() if blob}))
    return Change(base, {path: contents.get(blob) if blob else None for path, blob in blobs.items()})


def _base(root: str, ref: str) -> str:
    if ref.startswith("-"):
        raise UsageError(f"`{ref}` is no revision")
    try:
        commit = git(root, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}").decode().strip()
    except UsageError:
        if ref == "HEAD":
            git(root, "rev-parse", "--git-dir")
            return EMPTY_TREE
        raise UsageError(
            f"revision `{ref}` is not in this clone",
            "fetch it first; in GitHub Actions check out with `fetch-depth: 0`",
        ) from None
    try:
        return git(root, "merge-base", commit, "HEAD").decode().strip()
    except UsageError:
        raise UsageError(
            f"no common ancestor of `{ref}` and HEAD is in this clone",
            "a shallow clone hides it: check out with `fetch-depth: 0`",
        ) from None


def _blobs(root: str, hashes: list[str]) -> dict[str, bytes]:
    """Contents by blob hash, from one process."""
    if not hashes:
        return {}
    out = git(root, "cat-file", "--batch", stdin="".join(f"{h}\n" for h in hashes).encode())
    found: dict[str, bytes] = {}
    at = 0
    while at < len(out):
        end = out.index(b"\n", at)
        header = out[at:end].split(b" ")
        at = end + 1
        if len(header) != 3 or header[1] != b"blob":
            continue
        size = int(header[2])
        found[header[0].decode()] = out[at : at + size]
        at += size + 1
    return found
