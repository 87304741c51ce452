"""Patterns that are compiled when they are first asked: a short run uses few of those that its modules hold."""

from __future__ import annotations

import re
from collections.abc import Callable

from eso_lint.record import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, AnyStr

_METHODS = ("findall", "finditer", "fullmatch", "match", "search", "split", "sub")


class _Pattern:
    """A compiled pattern from the second call on: its methods are then attributes of this object."""

    __slots__ = ("_make", *_METHODS)

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:
        # Asked only for what is not set yet.
        compiled = self._make()
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As `re.compile`, later. For patterns of modules that are loaded more often than they are asked."""
    return _Pattern(lambda: re.compile(text, flags))  # type: ignore[return-value]
