"""The values that an Application gives to a chart: files, text, objects and single parameters."""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from eso_lint.render.argocd.origin import Origins
from eso_lint.render.helm.chart_render import Setting
from eso_lint.render.tree import unknown
from eso_lint.render.unit import Note, Source
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, is_absent, items, lookup, string

_GLOB = frozenset("*?[{")


class Layers(NamedTuple):
    """Values from the weakest to the strongest; Opaque for a layer that is not known."""

    layers: tuple[Node, ...]
    notes: tuple[Note, ...]
    files: frozenset[str]


class Contents:
    """Data in YAML and JSON files, each read once."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._known: dict[str, Node | None] = {}

    def of(self, path: str) -> Node | None:
        """The data of a file, None where it cannot be read."""
        if path not in self._known:
            self._known[path] = self._read(path)
        return self._known[path]

    def _read(self, path: str) -> Node | None:
        from eso_lint.source.parse import parse

        file = self.source.file(path)
        parsed = parse(file) if file is not None else None
        if file is None or parsed is None or parsed.skipped or any(f.kind == "syntax" for f in parsed.faults):
            return None
        return parsed.documents[0].root if parsed.documents else Mapping(file, 0, 0)


def chart_values(
    contents: Contents, origins: Origins, chart: str, options: Mapping | None, references: dict[str, Node]
) -> Layers:
    """`valueFiles`, then `valuesObject`, or `values` where there is none."""
    layers: list[Node] = []
    notes: list[Note] = []
    files: set[str] = set()
    listed = lookup(options, "valueFiles")
    if isinstance(listed, Opaque):
        layers.append(listed)
    ignored = lookup(options, "ignoreMissingValueFiles")
    may_lack = isinstance(ignored, Scalar) and ignored.value is True
    for entry in items(listed):
        text = string(entry)
        path = _value_file(origins, chart, text, references) if text is not None else None
        if path is None:
            layers.append(unknown(entry))
        elif path in contents.source.paths:
            files.add(path)
            layers.append(contents.of(path) or unknown(entry))
        elif not may_lack:
            layers.append(unknown(entry))
            notes.append(Note("missing", entry, f"there is no `{path}` in the repository"))
    for field in ("valuesObject", "values"):
        value = lookup(options, field)
        if value is not None and not is_absent(value) and string(value) != "":
            layers.append(value)
            break
    return Layers(tuple(layers), tuple(notes), frozenset(files))


def _value_file(origins: Origins, chart: str, text: str, references: dict[str, Node]) -> str | None:
    """The path of a values file in this repository, None where it is elsewhere or not known."""
    if "://" in text or _GLOB & set(text):
        return None
    base = chart
    if text.startswith("$"):
        name, _, text = text[1:].partition("/")
        named = references.get(name)
        if named is None or origins.is_own(lookup(named, "repoURL")) is False:
            return None
        base = ""
    path = posixpath.normpath(text.lstrip("/") if text.startswith("/") else posixpath.join(base, text))
    return None if path.startswith("../") else path


def settings(options: Mapping | None) -> tuple[Setting, ...]:
    """`parameters` and `fileParameters`; the text of a file is not known."""
    found = []
    for entry in items(lookup(options, "parameters")):
        name, value, force = (lookup(entry, field) for field in ("name", "value", "forceString"))
        if name is not None:
            text = isinstance(force, Scalar) and force.value is True
            found.append(Setting(name, value if value is not None else unknown(entry), text))
    for entry in items(lookup(options, "fileParameters")):
        name = lookup(entry, "name")
        if name is not None:
            found.append(Setting(name, unknown(lookup(entry, "path") or entry), True))
    return tuple(found)
