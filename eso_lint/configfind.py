"""Where the configuration file is. Apart from its parser: most runs have none, and load no YAML reader."""

from __future__ import annotations

import os
import re

from eso_lint.errors import ConfigError
from eso_lint.regex import pattern

CANDIDATES = (".eso-lint.yaml", ".eso-lint.yml", "eso-lint.yaml", ".config/eso-lint.yaml", ".github/eso-lint.yaml")
# Names that people write by mistake; the file would be left unread without a word.
_NEAR_MISS = pattern(r"\.?eso[-_]?lint(?:rc)?(?:\.(?:ya?ml|toml|json|cfg|ini))?\Z", re.IGNORECASE)


def find_config(root: str) -> tuple[str, tuple[str, ...]]:
    """The name of the configuration file at a repository root ("" where there is none), and warnings about others.

    Two candidates at once are a ConfigError.
    """
    found = [name for name in CANDIDATES if os.path.isfile(os.path.join(root, name))]
    if os.path.isfile(os.path.join(root, "pyproject.toml")):
        with open(os.path.join(root, "pyproject.toml"), "rb") as stream:
            if b"[tool.eso-lint" in stream.read(1_000_000):
                found.append("pyproject.toml")
    if len(found) > 1:
        raise ConfigError(f"two configuration files: {found[0]} and {found[1]}", "keep one of them")
    warnings = []
    try:
        names = sorted(os.listdir(root))
    except OSError:
        names = []
    for name in names:
        if _NEAR_MISS.match(name) and name not in CANDIDATES and os.path.isfile(os.path.join(root, name)):
            warnings.append(f"{name} is not read: the configuration file is named .eso-lint.yaml")
    return found[0] if found else "", tuple(warnings)
