"""The built-in rules and reports as a plug-in."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import pluggy

from eso_lint.lint.entry import Entry
from eso_lint.lint.extension import Renderer, Reporter

hookimpl = pluggy.HookimplMarker("eso_lint")


@hookimpl
def eso_lint_rules() -> Iterable[Entry]:
    from eso_lint.rules.index import INDEX

    return INDEX


@hookimpl
def eso_lint_renderers() -> Iterable[Renderer]:
    return ()


@hookimpl
def eso_lint_reporters() -> Iterable[Reporter]:
    from eso_lint.report import FORMATS, render

    return tuple(Reporter(name, summary, partial(render, name)) for name, summary in FORMATS.items())
