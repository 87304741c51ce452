"""Charts of the repository: what their directories hold, and which other charts they bring along."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from functools import cached_property
from typing import Any

from eso_lint.render.gotemplate.syntax import Template, TemplateError
from eso_lint.render.gotemplate.template import read
from eso_lint.render.unit import Note, Source
from eso_lint.source.node import Mapping, Node, SourceFile, is_absent, items, lookup, string


class Dependency:
    """A chart that another one brings along under a name: `chart` is None where it is not in the repository."""

    __slots__ = ("at", "chart", "conditions", "imports", "name", "tags")

    def __init__(self, chart: Chart | None, name: str, at: Node | None) -> None:
        self.chart = chart
        self.name = name
        self.at = at
        self.imports = at is not None and not is_absent(at.get("import-values"))
        condition = string(lookup(at, "condition")) or ""
        self.conditions = tuple(path.strip() for path in condition.split(",") if path.strip())
        self.tags = tuple(text for tag in items(lookup(at, "tags")) if (text := string(tag)) is not None)


class Chart:
    """A directory with a Chart.yaml."""

    def __init__(self, charts: Charts, directory: str, meta: Mapping) -> None:
        self.charts = charts
        self.directory = directory
        self.meta = meta
        self.name = string(meta.get("name")) or posixpath.basename(directory)
        self.is_library = string(meta.get("type")) == "library"
        self.notes: list[Note] = []

    def path(self, name: str) -> str:
        return posixpath.join(self.directory, name)

    @cached_property
    def values(self) -> Node | None:
        """The root of `values.yaml`, None where there is none."""
        return self.charts.data(self.path("values.yaml"))

    @property
    def values_text(self) -> bytes:
        file = self.charts.source.file(self.path("values.yaml"))
        return file.data if file is not None else b""

    @cached_property
    def templates(self) -> tuple[SourceFile, ...]:
        """All files below `templates/`, helpers included."""
        lead = self.path("templates/")
        found = [path for path in self.charts.source.paths if path.startswith(lead)]
        files = (self.charts.source.file(path) for path in sorted(found, key=lambda p: (-p.count("/"), p)))
        return tuple(file for file in files if file is not None)

    @cached_property
    def files(self) -> frozenset[str]:
        """The files that a rendering reads."""
        own = {self.path(name) for name in ("Chart.yaml", "values.yaml", "requirements.yaml")}
        return frozenset((own & self.charts.source.paths) | {file.path for file in self.templates})

    @cached_property
    def dependencies(self) -> tuple[Dependency, ...]:
        """Those that Chart.yaml lists, and those that merely lie in `charts/`."""
        vendored = self.charts.below(self.path("charts"))
        found: list[Dependency] = []
        listed = items(self.meta.get("dependencies"))
        if not listed and self.path("requirements.yaml") in self.charts.source.paths:
            listed = items(lookup(self.charts.data(self.path("requirements.yaml")), "dependencies"))
        used = set()
        for entry in listed:
            name, where = string(entry.get("name")), string(entry.get("repository")) or ""
            chart = next((c for c in vendored if c.name == name), None)
            if chart is not None:
                used.add(chart.directory)
            elif where.startswith("file://"):
                chart = self.charts.at(posixpath.normpath(self.path(where[7:])))
            if chart is None:
                self.notes.append(
                    Note("chart", entry.get("name") or entry, f"the chart `{name}` is not in the repository")
                )
            if name is not None:
                found.append(Dependency(chart, string(entry.get("alias")) or name, entry))
        found += (Dependency(chart, chart.name, None) for chart in vendored if chart.directory not in used)
        for path in self.charts.source.directory(self.path("charts")):
            if path.endswith(".tgz") and not listed:
                self.notes.append(Note("chart", self.meta, f"what is in `{path}` is not known"))
        return tuple(found)


class Charts:
    """The charts of a repository, each read once."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.directories = frozenset(
            posixpath.dirname(path) for path in source.paths if posixpath.basename(path) == "Chart.yaml"
        )
        self._known: dict[str, Chart | None] = {}
        self._templates: dict[bytes, Template | None] = {}
        self._data: dict[str, Node | None] = {}
        # Renders a release with the real tool, given the call and what was rendered here.
        self.exact: Callable[..., Any] | None = None

    def at(self, directory: str) -> Chart | None:
        """The chart in a directory; None where there is none."""
        directory = "" if directory == "." else directory
        if directory not in self._known:
            meta = self.data(posixpath.join(directory, "Chart.yaml")) if directory in self.directories else None
            self._known[directory] = Chart(self, directory, meta) if isinstance(meta, Mapping) else None
        return self._known[directory]

    def below(self, directory: str) -> list[Chart]:
        """The charts in the directories right below one."""
        found = (self.at(d) for d in sorted(self.directories) if posixpath.dirname(d) == directory)
        return [chart for chart in found if chart is not None]

    def data(self, path: str) -> Node | None:
        """The first document of a YAML file, None where it cannot be read."""
        if path not in self._data:
            from eso_lint.source.parse import parse

            file = self.source.file(path)
            parsed = parse(file) if file is not None else None
            if file is None or parsed is None or parsed.skipped or any(f.kind == "syntax" for f in parsed.faults):
                self._data[path] = None
            else:
                self._data[path] = parsed.documents[0].root if parsed.documents else Mapping(file, 0, 0)
        return self._data[path]

    def template(self, file: SourceFile) -> Template | None:
        """A template's tree, the same for all files of one text; None where it is not understood."""
        if file.data not in self._templates:
            try:
                self._templates[file.data] = read(file.text)
            except (TemplateError, RecursionError):
                self._templates[file.data] = None
        return self._templates[file.data]
