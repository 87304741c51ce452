"""What a plug-in, ours or a stranger's, hands to the engine besides rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from eso_lint.source.node import Document


class Renderer(NamedTuple):
    """Turns a document into the further documents that it stands for (their spans point into the source).

    `kinds` are the kinds of documents that must be read for it.
    """

    name: str
    kinds: tuple[str, ...]
    render: Callable[[Document], Iterable[Document]]


class Reporter(NamedTuple):
    """A report format: `render(report, stream, options)`, as the modules of `eso_lint.report`."""

    name: str
    summary: str
    render: Callable[[Any, Any, Any], None]
