"""A second opinion on kustomize builds: the real tool's, where the user asks for it."""

from __future__ import annotations

import posixpath
import tempfile
from collections.abc import Iterable
from pathlib import Path

from eso_lint.render.binary import ANY, TIMEOUT, copy, difference, find, fits, identity, objects_of, run
from eso_lint.render.kustomize.build import Built
from eso_lint.render.unit import Item, Note, Source
from eso_lint.source.node import Mapping, Node, lookup

# What a build that holds one of these would fetch, run or leave out.
_NOT_ALONE = ("remote", "chart", "opaque")
_CHARTS = ("helmCharts", "helmChartInflationGenerator")


def find_kustomize() -> list[str] | None:
    """The command that builds a directory, None where none is on PATH."""
    binary = find("kustomize")
    if binary is not None:
        return [binary, "build"]
    binary = find("kubectl")
    return [binary, "kustomize"] if binary is not None else None


def second_opinion(
    source: Source, directory: str, built: Built, command: list[str], timeout: float = TIMEOUT
) -> tuple[Note, ...]:
    """Build a directory with the real tool and compare.

    Notes of kind `differs` stand where ours is another result; one of kind `unasked` says why the tool was not run. It
    runs on a copy of exactly the files that our build read, without plug-ins and charts, so it has nothing to fetch.
    """
    document = source.kustomization(directory)
    if document is None:
        return ()
    for note in built.notes:
        if note.kind in _NOT_ALONE:
            return (Note("unasked", note.at, f"kustomize is not run: {note.message}"),)
    files = [file for path in sorted(built.files) if (file := source.file(path)) is not None]
    for file in files:
        known = source.kustomization(posixpath.dirname(file.path))
        if known is not None and isinstance(known.root, Mapping) and any(field in known.root for field in _CHARTS):
            return (Note("unasked", known.root, "kustomize is not run: it would inflate a chart"),)
    with tempfile.TemporaryDirectory(prefix="eso-lint-") as scratch:
        copy(files, Path(scratch) / "tree")
        place = str(Path(scratch) / "tree" / directory)
        printed = run([*command, place, "--load-restrictor", "LoadRestrictionsNone"], Path(scratch), timeout)
    if printed.failure:
        ours = any(note.fails or note.kind in ("missing", "refused", "input") for note in built.notes)
        return () if ours else (Note("differs", document.root, f"kustomize builds nothing here: {printed.failure}"),)
    return tuple(differences(built.items, objects_of(printed.text), "kustomize", document.root))


def differences(ours: Iterable[Item], theirs: Iterable[Mapping], tool: str, at: Node) -> list[Note]:
    """Notes on objects that are not the same. One of which name or namespace is not known may be any of its kind.

    Objects that ours lacks count where they are the operator's: of other kinds not all are read.
    """
    notes: list[Note] = []
    left = list(theirs)
    # Those that are known first, so that they do not lose their place to one that may be anything.
    for item in sorted(ours, key=lambda item: ANY in identity(item.root) or item.maybe):
        known = identity(item.root)
        close = [other for other in left if fits(known, identity(other))]
        if not close:
            if not item.maybe:
                name = lookup(item.root, "metadata", "name") or item.root
                notes.append(Note("differs", name, f"{tool} makes no {known[1]} `{known[3]}` here"))
            continue
        found = [difference(item.root, other) for other in close]
        best = found.index(None) if None in found else 0
        left.remove(close[best])
        worst = found[best]
        if worst is not None:
            node, path = worst
            notes.append(Note("differs", node, f"{tool} makes something else of `{path.lstrip('.')}`"))
    for other in left:
        known = identity(other)
        if not known[0].partition("/")[0].endswith("external-secrets.io"):
            continue
        notes.append(Note("differs", at, f"{tool} makes {known[1]} `{known[3]}`, which was not found"))
    return notes


__all__ = ["differences", "find_kustomize", "second_opinion"]
