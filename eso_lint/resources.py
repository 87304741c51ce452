"""Finds the data files: inside the wheel, or beside the package in a checkout."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any


def data_dir() -> Path:
    """The directory `schemas`. A wheel carries it inside the package."""
    package = Path(__file__).parent
    inside = package / "schemas"
    return inside if inside.is_dir() else package.parent / "schemas"


@cache
def load_json(name: str) -> Any:
    """The content of `schemas/<name>`, read once; callers must not change it."""
    return json.loads((data_dir() / name).read_text(encoding="utf-8"))
