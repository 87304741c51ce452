"""How Kubernetes reads a plain scalar: YAML 1.1 as sigs.k8s.io/yaml (go-yaml v2) resolves it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eso_lint.source.node import Scalar

_TRUE = frozenset(["y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"])
_FALSE = frozenset(["n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"])
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_INT = re.compile(r"[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_SPECIAL = re.compile(r"(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z")
_PREFIX = "tag:yaml.org,2002:"


def resolve(scalar: Scalar) -> Any:
    """str, int, float, bool or None. Infinity and NaN come back as float, which JSON cannot hold."""
    tag = scalar.tag
    if tag is not None and tag.startswith(_PREFIX):
        return _tagged(tag[len(_PREFIX) :], scalar.text)
    if scalar.style or tag == "!":
        return scalar.text
    return plain(scalar.text)


def plain(text: str) -> Any:
    """The value of an untagged plain scalar."""
    if text in _NULL:
        return None
    first = text[0]
    if first in "yYnNoOtTfF":
        if text in _TRUE:
            return True
        return False if text in _FALSE else text
    if first not in "+-.0123456789":
        return text
    if _INT.match(text):
        number = _integer(text.replace("_", ""))
        if number is not None:
            return number
    if _SPECIAL.match(text):
        return float(text.replace(".", "", 1).lower())
    if _FLOAT.match(text) and text not in (".", "+", "-"):
        try:
            return float(text.replace("_", ""))
        except ValueError:
            return text
    return text


def _integer(text: str) -> int | None:
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-")
    try:
        if digits.startswith(("0b", "0x")):
            return sign * int(digits, 0)
        if digits.startswith("0o"):
            return sign * int(digits[2:], 8)
        if len(digits) > 1 and digits.startswith("0"):
            return sign * int(digits, 8) if set(digits) <= set("01234567") else None
        return sign * int(digits) if len(digits) <= 4000 else None
    except ValueError:
        return None


def _tagged(name: str, text: str) -> Any:
    if name == "str":
        return text
    value = plain(text)
    if name == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value
