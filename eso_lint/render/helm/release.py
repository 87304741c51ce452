"""A release's charts with their values: the chart itself and those that it brings along, as far as they are on."""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from eso_lint.render.gotemplate.text import LITERAL, Piece, Text
from eso_lint.render.gotemplate.values import UNKNOWN, Limit, Map, Methods, Unknown, Unresolved, string_of
from eso_lint.render.helm import values as helm_values
from eso_lint.render.helm.chart import Chart, Dependency
from eso_lint.source.node import Mapping, Scalar, SourceFile, Span

_MAX_DEPTH = 8
_META = ("name", "version", "appVersion", "description", "type", "home", "kubeVersion")


class Part(NamedTuple):
    """One chart of a release. `sure` is False where it may be off. `path` is its name below the release's chart."""

    chart: Chart
    values: Map
    path: str
    sure: bool


def assemble(chart: Chart, user: Map, defaults: Map, limit: Limit) -> list[Part]:
    """The chart with `user` over its defaults, then what it brings along, outer before inner."""
    parts: list[Part] = []
    _assemble(chart, user, defaults, chart.name, True, parts, limit)
    return parts


def _assemble(chart: Chart, user: Map, defaults: Map, path: str, sure: bool, parts: list[Part], limit: Limit) -> Map:
    values = helm_values.overlay(user, defaults, limit, True)
    parts.append(Part(chart, values, path, sure))
    at = len(parts) - 1
    for dependency in chart.dependencies if path.count("/") < 2 * _MAX_DEPTH else ():
        inner = dependency.chart
        limit.spend(100)
        on = _enabled(dependency, values)
        if dependency.imports and on is not False:
            values = helm_values.opened(values)
        if inner is None or on is False:
            continue
        given = values.get(dependency.name, UNKNOWN if values.open else None)
        own = given if isinstance(given, Map) else Map(open=isinstance(given, Unknown))
        own = _with_globals(own, values, limit)
        below = f"{path}/charts/{dependency.name}"
        own = _assemble(inner, own, own_values(inner, limit), below, sure and bool(on), parts, limit)
        values[dependency.name] = own
    parts[at] = Part(chart, values, path, sure)
    return values


def own_values(chart: Chart, limit: Limit) -> Map:
    """The defaults of a chart; an open map where they cannot be read."""
    if chart.values is not None:
        return helm_values.layer(chart.values, limit)
    return Map(open=chart.path("values.yaml") in chart.charts.source.paths)


def _with_globals(values: Map, outer: Map, limit: Limit) -> Map:
    """What a chart hands down as `global` wins over what the inner one is given."""
    given = outer.get("global", UNKNOWN if outer.open else None)
    made = values.clone()
    own = made.get("global")
    if isinstance(given, Map):
        made["global"] = helm_values.overlay(given, own, limit, False) if isinstance(own, Map) else given
    elif isinstance(given, Unknown):
        made["global"] = UNKNOWN
    return made


def _enabled(dependency: Dependency, values: Map) -> bool | None:
    """Whether a chart is brought along; None where that cannot be known."""
    for path in dependency.conditions:
        value = _at(values, path.split("."))
        if isinstance(value, Unknown):
            return None
        if isinstance(value, Scalar) and isinstance(value.value, bool):
            return value.value
    if dependency.tags:
        found = [_at(values, ["tags", tag]) for tag in dependency.tags]
        known = [value.value for value in found if isinstance(value, Scalar) and isinstance(value.value, bool)]
        if True in known:
            return True
        if any(isinstance(value, Unknown) for value in found):
            return None
        return not known
    return True


def _at(values: Map, path: list[str]) -> object:
    value: object = values
    for step in path:
        if isinstance(value, Unknown):
            return value
        if not isinstance(value, Map):
            return None
        value = value.get(step, UNKNOWN if value.open else None)
    return value


class Files(Methods):
    """`.Files`: what lies in the chart's directory, its templates excepted."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart

    def call(self, name: str, args: list[object]) -> object:
        if name != "Get" or len(args) != 1:
            raise Unresolved
        path = posixpath.normpath(self._chart.path(string_of(args[0])))
        file = self._chart.charts.source.file(path)
        inside = path.startswith(self._chart.path("")) and not path.startswith(self._chart.path("templates/"))
        if file is None or not inside:
            raise Unresolved
        return Text((Piece(file.text, LITERAL, Span(file, 0, len(file.text))),))


def context(part: Part, release: dict[str, object], file: SourceFile) -> Map:
    """The dot of a template."""
    made = Map(open=True)
    made["Values"] = part.values
    made["Release"] = _map({**release, "Service": "Helm"})
    # A chart that is brought along under another name goes by that.
    made["Chart"] = _map({**_meta(part.chart.meta), "Name": part.path.rpartition("/")[2]})
    made["Files"] = Files(part.chart)
    inside = file.path[len(part.chart.path("templates/")) :]
    base = f"{part.path}/templates"
    made["Template"] = _map({"Name": f"{base}/{inside}", "BasePath": base})
    return made


def _meta(meta: Mapping) -> dict[str, object]:
    """Fields of Chart.yaml: plain text, since nobody mends a manifest there."""
    found = {name: meta.get(name) for name in _META}
    return {name[0].upper() + name[1:]: node.text for name, node in found.items() if isinstance(node, Scalar)}


def _map(fields: dict[str, object]) -> Map:
    made = Map(open=True)
    made.update(fields)
    return made
