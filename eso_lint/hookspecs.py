"""The hooks. Each returns values; docs/plugins.md shows a plug-in that uses them."""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from eso_lint.lint.entry import Entry
from eso_lint.lint.extension import Renderer, Reporter
from eso_lint.lint.rule import Rule

hookspec = pluggy.HookspecMarker("eso_lint")


@hookspec
def eso_lint_rules() -> Iterable[Rule | Entry]:  # type: ignore[empty-body]
    """Rules. Ids like `ABC123` (the prefix ESO is ours); ids and names must be new."""


@hookspec
def eso_lint_renderers() -> Iterable[Renderer]:  # type: ignore[empty-body]
    """Renderers: documents that stand for further documents."""


@hookspec
def eso_lint_reporters() -> Iterable[Reporter]:  # type: ignore[empty-body]
    """Report formats for `--format` and `--report`."""
