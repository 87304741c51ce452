"""Finds the data files: inside the wheel, or beside the package in a checkout."""

from __future__ import annotations

import json
import os
from functools import cache

TYPE_CHECKING = False  # typing and pathlib cost more than what is done here
if TYPE_CHECKING:
    from typing import Any


def data_dir() -> str:
    """The directory `schemas`. A wheel carries it inside the package."""
    package = os.path.dirname(os.path.abspath(__file__))
    inside = os.path.join(package, "schemas")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(package), "schemas")


@cache
def load_json(name: str) -> Any:
    """The content of `schemas/<name>`, read once; callers must not change it."""
    with open(os.path.join(data_dir(), name), encoding="utf-8") as stream:
        return json.load(stream)
