"""Charts that nothing in the repository releases: what they show with their own values."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from collections.abc import Container
from itertools import islice

from eso_lint.render.gotemplate.values import Limit, Map, TooMuch
from eso_lint.render.helm import values as helm_values
from eso_lint.render.helm.chart import Chart
from eso_lint.render.helm.chart_render import STEPS, Rendered, Run, charts_of
from eso_lint.render.helm.release import assemble, own_values
from eso_lint.render.unit import Source, Unit
from eso_lint.source.node import items, lookup, string
from eso_lint.source.prefilter import NEEDLE

_VALUES = re.compile(r"(?:values[-_.].+|.+[-_.]values)\.ya?ml")


# Where the operator's own chart comes from: a copy of it is nobody's own work.
_OPERATOR = "/external-secrets/external-secrets"


def chart_units(source: Source, reached: Container[str]) -> list[Unit]:
    """One unit for each chart that is no part of another one, and whose files (`reached`) nothing else has read."""
    charts = charts_of(source)
    found = [chart for directory in sorted(charts.directories) if (chart := charts.at(directory)) is not None]
    parts = {other for chart in found for other in _brought(chart)}
    paths = sorted(source.paths)
    units = []
    for chart in found:
        if chart.path("Chart.yaml") in reached or chart.directory in parts or chart.is_library:
            continue
        if not chart.templates or _OPERATOR in (string(chart.meta.get("home")) or ""):
            continue
        if not any(_names_operator(source, paths, directory) for directory in (chart.directory, *_brought(chart))):
            continue
        made = render_alone(source, chart)
        if made.items:
            name = f"chart {chart.directory or chart.name}"
            units.append(Unit("helm", name, None, chart.directory, None, made.items, made.files, made.notes))
    return units


def _names_operator(source: Source, paths: list[str], directory: str) -> bool:
    """Whether a file below a directory names the operator. `paths` are all of the repository, sorted."""
    lead = directory + "/" if directory else ""
    for path in islice(paths, bisect_left(paths, lead), None):
        if not path.startswith(lead):
            return False
        file = source.file(path)
        if file is not None and NEEDLE in file.text:
            return True
    return False


def _brought(chart: Chart) -> set[str]:
    """The directories of charts that this one may bring along."""
    vendored = {c.directory for c in chart.charts.below(chart.path("charts"))}
    local = (string(lookup(entry, "repository")) or "" for entry in items(chart.meta.get("dependencies")))
    return vendored | {posixpath.normpath(chart.path(where[7:])) for where in local if where.startswith("file://")}


def alternatives(source: Source, chart: str) -> list[str]:
    """Values files beside a chart's own: one for each environment, or the like."""
    beside = [path for path in source.directory(chart) if _VALUES.fullmatch(posixpath.basename(path))]
    inside = [p for p in source.directory(posixpath.join(chart, "values")) if p.endswith((".yaml", ".yml"))]
    return beside + inside


def render_alone(source: Source, chart: Chart) -> Rendered:
    """A chart with its own values. One counts where it is the same with each of the values files that lie beside it.

    What is off, empty or absent by default is not known: a release from elsewhere may set it.
    """
    run = Run(source, chart, keep=True)
    limit = Limit(STEPS)
    paths = alternatives(source, chart.directory)
    layers = [root for path in paths if (root := chart.charts.data(path)) is not None]
    try:
        own = own_values(chart, limit)
        sets = [helm_values.overlay(helm_values.layer(layer, limit), own, limit, True) for layer in layers]
        values = helm_values.may_be_set(helm_values.agreed([own, *sets], limit), limit)
        parts = assemble(chart, Map(), values, limit)
    except (TooMuch, RecursionError):
        return run.as_written()
    made = run.render(parts, {"Name": None, "Namespace": None}, limit)
    return made._replace(files=made.files.union(paths))


__all__ = ["alternatives", "chart_units", "render_alone"]
