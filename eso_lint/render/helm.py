"""Charts of the repository, rendered for a release: every node keeps the template or values file it came from."""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from eso_lint.render.build import objects
from eso_lint.render.unit import Item, Note, Source
from eso_lint.source.node import Node


class Setting(NamedTuple):
    """One `--set name=value` (or an Argo CD parameter); `text` as in `--set-string`."""

    name: Node
    value: Node
    text: bool = False


class Rendered(NamedTuple):
    """What a chart gives. `files` are all files that were read: templates, values, Chart.yaml."""

    items: tuple[Item, ...]
    notes: tuple[Note, ...]
    files: frozenset[str]


def render_chart(
    source: Source,
    chart: str,
    release: Node | None,
    namespace: Node | None,
    values: tuple[Node, ...] = (),
    settings: tuple[Setting, ...] = (),
) -> Rendered:
    """Render the chart in a directory.

    `release` and `namespace` are scalars with the release's name and namespace, None where they cannot be known.
    `values` are layered on the chart's own `values.yaml`, the last one wins: mappings, scalars that hold YAML text, or
    Opaque for a layer that cannot be known. `settings` come on top of them. Objects without a namespace get none here:
    that is up to whoever installs them.
    """
    found = [path for path in source.paths if path.startswith(posixpath.join(chart, "templates/"))]
    made = [i for path in sorted(found) for d in source.documents(path) or () for i in objects(d, d.root)]
    return Rendered(tuple(made), (), frozenset((*found, posixpath.join(chart, "Chart.yaml"))))


__all__ = ["Rendered", "Setting", "render_chart"]
