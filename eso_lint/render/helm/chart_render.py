"""Charts of the repository, rendered for a release: every node keeps the template or values file it came from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from weakref import WeakKeyDictionary

from eso_lint.render.gotemplate.eval import Define, Evaluator, Refused
from eso_lint.render.gotemplate.places import documents
from eso_lint.render.gotemplate.syntax import TemplateError
from eso_lint.render.gotemplate.values import UNKNOWN, Limit, Map, TooMuch
from eso_lint.render.helm import values as helm_values
from eso_lint.render.helm.chart import Chart, Charts
from eso_lint.render.helm.release import Part, assemble, context, own_values
from eso_lint.render.kustomize.build import objects
from eso_lint.render.unit import Item, Note, Source
from eso_lint.source.node import Document, Node, Scalar, SourceFile, string

# What one rendering may cost; honest charts need a few thousand, big ones 20,000.
STEPS = 100_000
_NEEDLE = b"external-secrets.io"
_KNOWN: WeakKeyDictionary[Source, Charts] = WeakKeyDictionary()


class Setting(NamedTuple):
    """One `--set name=value` (or an Argo CD parameter); `text` as in `--set-string`."""

    name: Node
    value: Node
    text: bool = False


class Call(NamedTuple):
    """What is asked of `render_chart`."""

    chart: str
    release: Node | None
    namespace: Node | None
    values: tuple[Node | Setting, ...] = ()
    settings: tuple[Setting, ...] = ()
    defaults: tuple[Node, ...] | None = None


class Rendered(NamedTuple):
    """What a chart gives. `files` are all files that were read: templates, values, Chart.yaml."""

    items: tuple[Item, ...]
    notes: tuple[Note, ...]
    files: frozenset[str]


def charts_of(source: Source) -> Charts:
    """The charts of a repository: one reading for all its releases."""
    known = _KNOWN.get(source)
    if known is None:
        known = _KNOWN[source] = Charts(source)
    return known


def render_chart(
    source: Source,
    chart: str,
    release: Node | None,
    namespace: Node | None,
    values: tuple[Node | Setting, ...] = (),
    settings: tuple[Setting, ...] = (),
    defaults: tuple[Node, ...] | None = None,
) -> Rendered:
    """Render the chart in a directory.

    `release` and `namespace` are scalars with the release's name and namespace, None where they cannot be known.
    `values` are layered on the chart's own `values.yaml`, the last one wins: mappings, scalars that hold YAML text,
    Opaque for a layer that cannot be known, or single settings; `settings` come on top of them. `defaults` stand in
    for the chart's own values. Objects without a namespace get none here: that is up to whoever installs them.
    """

    call = Call(chart, release, namespace, values, settings, defaults)
    charts = charts_of(source)
    found = charts.at(chart)
    if found is None:
        return Rendered((), (), frozenset())
    made = _render(source, found, call)
    return made if charts.exact is None else charts.exact(call, made)


def _render(source: Source, chart: Chart, call: Call) -> Rendered:
    run = Run(source, chart)
    limit = Limit(STEPS)
    try:
        own = own_values(chart, limit) if call.defaults is None else _layered(source, call.defaults, limit)
        parts = assemble(chart, _layered(source, (*call.values, *call.settings), limit), own, limit)
    except (TooMuch, RecursionError):
        return run.as_written()
    return run.render(parts, {"Name": call.release, "Namespace": call.namespace}, limit)


def _layered(source: Source, layers: Iterable[Node | Setting], limit: Limit) -> Map:
    made = Map()
    for layer in layers:
        if isinstance(layer, Setting):
            helm_values.apply(made, layer.name, layer.value, layer.text)
            continue
        for root in _roots(source, layer):
            made = helm_values.overlay(helm_values.layer(root, limit), made, limit, False)
    return made


def _roots(source: Source, node: Node) -> tuple[Node, ...]:
    """A layer's tree; of text the document that it holds."""
    if isinstance(node, Scalar) and string(node):
        return tuple(document.root for document in source.parse(node))
    return (node,)


def _is_helper(file: SourceFile) -> bool:
    return file.path.rpartition("/")[2].startswith("_")


class Run:
    """One rendering of a chart with all that it brings along.

    With `keep` the documents that these values do not print are kept as they stand in their templates.
    """

    def __init__(self, source: Source, chart: Chart, keep: bool = False) -> None:
        self.source = source
        self.chart = chart
        self.items: list[Item] = []
        self.notes: list[Note] = []
        self._included = False
        self._keep = keep

    def as_written(self) -> Rendered:
        """The templates as they stand, where rendering fails: each action in them is unknown."""
        for file in self.chart.templates:
            self._fall_back(file)
        return self._done([self.chart])

    def _done(self, charts: list[Chart]) -> Rendered:
        files = frozenset(path for chart in charts for path in chart.files)
        notes = [note for chart in charts for note in chart.notes]
        return Rendered(tuple(self.items), tuple(dict.fromkeys((*notes, *self.notes))), files)

    def render(self, parts: list[Part], release: dict[str, Node | None], limit: Limit) -> Rendered:
        charts = [part.chart for part in parts]
        evaluator = Evaluator(self._defines(parts), limit)
        self._included = any(file.holds(_NEEDLE) for chart in charts for file in chart.templates if _is_helper(file))
        self._included = self._included or any(_NEEDLE in chart.values_text for chart in charts)
        named: dict[str, object] = {key: UNKNOWN if node is None else node for key, node in release.items()}
        try:
            for part in parts:
                if not part.chart.is_library:
                    self._part(part, evaluator, named)
        except Refused as refusal:
            at = refusal.at
            place = Scalar(at.file, at.start, at.end, "", "'")
            self.notes.append(Note("refused", place, f"the chart refuses its values: {refusal.message}".rstrip(": ")))
            self.items = []
            for chart in charts:
                for file in chart.templates:
                    self._fall_back(file)
        return self._done(charts)

    def _defines(self, parts: list[Part]) -> dict[str, Define]:
        """Named templates: those of a chart win over those of the charts that it brings along."""
        found: dict[str, Define] = {}
        for part in reversed(parts):
            for file in part.chart.templates:
                template = part.chart.charts.template(file)
                if template is not None:
                    found.update((name, Define(file, body)) for name, body in template.defines.items())
        return found

    def _part(self, part: Part, evaluator: Evaluator, release: dict[str, object]) -> None:
        for file in part.chart.templates:
            if _is_helper(file) or file.path.endswith("/NOTES.txt") or not self._relevant(file):
                continue
            template = part.chart.charts.template(file)
            found = None
            if template is not None:
                try:
                    text = evaluator.run(file, template.body, context(part, release, file))
                    found = documents(text, file, self.source.documents(file.path) or ())
                except (TemplateError, TooMuch, RecursionError):
                    found = None
            if found is None:
                self._fall_back(file)
                continue
            for number, printed in enumerate(found):
                maybe = printed.maybe or not part.sure
                # What is known as a whole is as good as written.
                dialect = "plain" if printed.whole and not maybe else "helm"
                document = Document(file, number, printed.root, dialect, printed.start, printed.end)
                for item in objects(document, printed.root):
                    item.maybe = maybe
                    item.origins = printed.origins
                    item.via = tuple(printed.origins)
                    self.items.append(item)
            if self._keep:
                self._fall_back(file, [(printed.start, printed.end) for printed in found])

    def _relevant(self, file: SourceFile) -> bool:
        """Whether a template can print anything that matters: by itself, or by what it includes."""
        if self.source.documents(file.path):
            return True
        return self._included and any(file.holds(word) for word in (b"include", b"template ", b"tpl "))

    def _fall_back(self, file: SourceFile, printed: Iterable[tuple[int, int]] = ()) -> None:
        """The documents of a template as they stand, without those that were printed from these places."""
        for document in self.source.documents(file.path) or ():
            if any(start <= document.root.start < end for start, end in printed):
                continue
            for item in objects(document, document.root):
                item.maybe = True
                self.items.append(item)


__all__ = ["STEPS", "Call", "Rendered", "Run", "Setting", "charts_of", "render_chart"]
