"""Charts rendered by the real helm, where the user asks for it, and mapped back to the files of the repository."""

from __future__ import annotations

import json
import posixpath
import re
import tempfile
from bisect import bisect_right
from pathlib import Path
from typing import Any

from eso_lint.render.binary import TIMEOUT, copy, find, fits, identity, objects_of, run
from eso_lint.render.helm.chart import Chart
from eso_lint.render.helm.chart_render import Call, Rendered, Setting, charts_of
from eso_lint.render.helm.values import is_file
from eso_lint.render.kustomize.binary import differences
from eso_lint.render.unit import Item, Note, Source
from eso_lint.source.node import Document, Mapping, Node, Opaque, Scalar, Sequence, SourceFile, Span, string

_SOURCE = re.compile(r"^# Source: (.+?)\s*$", re.MULTILINE)


def find_helm() -> str | None:
    return find("helm")


class NotKnown(Exception):  # noqa: N818 - a state, not a fault
    """Something that helm would have to be given is not known."""

    def __init__(self, at: Node, message: str) -> None:
        super().__init__(message)
        self.at = at
        self.message = message


class Helm:
    """Renders releases with a binary. Set as `charts_of(source).exact`, it has the last word on every release."""

    def __init__(self, source: Source, binary: str, timeout: float = TIMEOUT) -> None:
        self.source = source
        self.binary = binary
        self.timeout = timeout

    def __call__(self, call: Call, native: Rendered) -> Rendered:
        """What helm makes of a release; `native` with a Note of kind `unasked` where helm cannot be asked."""
        chart = charts_of(self.source).at(call.chart)
        if chart is None:
            return native
        try:
            with tempfile.TemporaryDirectory(prefix="eso-lint-") as scratch:
                folder = Path(scratch)
                where = self._lay_out(chart, folder)
                argv = [self.binary, "template", _known(call.release, chart), str(where), "--skip-tests"]
                argv += ["--namespace", _known(call.namespace, chart), *self._values(call, folder)]
                printed = run(argv, folder, self.timeout)
        except NotKnown as reason:
            note = Note("unasked", reason.at, f"helm is not run: {reason.message}")
            return native._replace(notes=(*native.notes, note))
        if printed.failure:
            note = Note("refused", chart.meta, f"helm refuses this chart: {printed.failure}")
            return native._replace(notes=(*native.notes, note))
        made = _Mapper(chart, native).items(printed.text)
        notes = differences(native.items, [item.root for item in made], "helm", chart.meta) if native.items else []
        return Rendered(tuple(made), (*native.notes, *notes), native.files)

    def _lay_out(self, chart: Chart, folder: Path) -> Path:
        """A copy of the chart with all that it brings along below `charts/`."""
        place = folder / "chart"
        self._copy(chart, place, 0)
        return place

    def _copy(self, chart: Chart, place: Path, depth: int) -> None:
        lead = chart.path("")
        files = [p for p in sorted(self.source.paths) if p.startswith(lead)] if lead else sorted(self.source.paths)
        for path in files:
            file = self.source.file(path)
            if file is None:
                raise NotKnown(chart.meta, f"`{path}` was not read")
            copy([SourceFile(path[len(lead) :], file.data)], place)
        for dependency in chart.dependencies:
            if dependency.chart is None or depth > 5:
                raise NotKnown(dependency.at or chart.meta, f"the chart `{dependency.name}` is not in the repository")
            inside = posixpath.dirname(dependency.chart.directory) == chart.path("charts")
            if not inside:
                self._copy(dependency.chart, place / "charts" / dependency.chart.name, depth + 1)

    def _values(self, call: Call, folder: Path) -> list[str]:
        argv: list[str] = []
        layers = [*(call.defaults or ()), *call.values, *call.settings]
        if call.defaults is not None:
            (folder / "chart" / "values.yaml").write_text("{}\n")
        for number, layer in enumerate(layers):
            if isinstance(layer, Setting):
                name, value = string(layer.name), layer.value.text if isinstance(layer.value, Scalar) else None
                if name is None or value is None:
                    raise NotKnown(layer.value, "a value that is set is not known")
                argv += ["--set-string" if layer.text else "--set", f"{name}={value.replace(',', chr(92) + ',')}"]
                continue
            path = folder / f"values-{number}.json"
            path.write_text(json.dumps(self._tree(layer)), encoding="utf-8")
            argv += ["-f", str(path)]
        return argv

    def _tree(self, layer: Node) -> Any:
        if isinstance(layer, Scalar) and isinstance(layer.value, str):
            documents = self.source.parse(layer)
            return _plain(documents[0].root, False) if documents else {}
        return _plain(layer, is_file(layer)) or {}


def _known(node: Node | None, chart: Chart) -> str:
    text = string(node)
    if text is None:
        raise NotKnown(node or chart.meta, "name or namespace of the release is not known")
    return text


def _plain(node: Node, literal: bool) -> Any:
    if isinstance(node, Mapping) and not node.open:
        return {key: _plain(value, literal) for key, (_, value) in node.index.items()}
    if isinstance(node, Sequence) and not node.open:
        return [_plain(item, literal) for item in node.items]
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Opaque) and node.why in ("template", "placeholder") and node.text and literal:
        return node.text
    raise NotKnown(node, "a value is not known")


class _Mapper:
    """Gives what helm printed the places that our own rendering knows."""

    def __init__(self, chart: Chart, native: Rendered) -> None:
        self.chart = chart
        self.native = list(native.items)

    def items(self, text: str) -> list[Item]:
        found: list[Item] = []
        comments = list(_SOURCE.finditer(text))
        for root in objects_of(text):
            above = bisect_right(comments, root.start, key=lambda match: match.start())
            file = self._file(comments[above - 1][1]) if above else None
            twin = self._twin(root, file)
            place = twin.document.file if twin is not None else file
            if place is None:
                continue
            line = twin.root.span if twin is not None else Span(place, 0, len(place.line(1)))
            _move(root, twin.root if twin is not None else None, line)
            number = twin.document.number if twin is not None else len(found)
            start, end = (twin.document.start, twin.document.end) if twin is not None else (0, len(place.text))
            item = Item(Document(place, number, root, "plain", start, end), root)
            if twin is not None:
                item.origins, item.via = twin.origins, twin.via
            found.append(item)
        return found

    def _file(self, name: str) -> SourceFile | None:
        """The template that a `# Source:` comment names: its path below the chart's name."""
        chart, rest = self.chart, name.partition("/")[2]
        while rest.startswith("charts/"):
            inner, _, rest = rest[7:].partition("/")
            found = next((d.chart for d in chart.dependencies if inner in (d.name, d.chart and d.chart.name)), None)
            if found is None:
                return None
            chart = found
        return next((file for file in chart.templates if file.path == chart.path(rest)), None)

    def _twin(self, root: Mapping, file: SourceFile | None) -> Item | None:
        """Our object that is this one: of one template and identity, else the only one that it can be."""
        wanted = identity(root)
        here = [item for item in self.native if file is None or item.document.file is file]
        found = next((item for item in here if identity(item.root) == wanted), None)
        if found is None:
            close = [item for item in here if fits(identity(item.root), wanted)]
            found = close[0] if close else None
        if found is not None:
            self.native.remove(found)
        return found


def _move(node: Node, twin: Node | None, place: Span) -> None:
    """Put a printed node, and all below it, where our own has the same field; else at the nearest place above."""
    at = place if twin is None else twin.span
    node.file, node.start, node.end = at
    if isinstance(node, Scalar):
        if node.style in ("|", ">"):
            node.style = "'"
    elif isinstance(node, Mapping):
        for key, value in node.entries:
            own = twin.index.get(key.text) if isinstance(twin, Mapping) and isinstance(key, Scalar) else None
            _move(key, own[0] if own else None, at)
            _move(value, own[1] if own else None, at)
    elif isinstance(node, Sequence):
        known = twin.items if isinstance(twin, Sequence) else ()
        for i, item in enumerate(node.items):
            _move(item, known[i] if i < len(known) else None, at)


__all__ = ["Helm", "find_helm"]
