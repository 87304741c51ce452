"""How Kubernetes reads a scalar: YAML 1.1 as sigs.k8s.io/yaml (its fork of go-yaml v2) resolves it, then JSON.

JSON has one kind of number: a float without a fraction reaches the API server as an integer, and an integer beyond
64 bits as a float.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eso_lint.source.node import Scalar

_TRUE = frozenset(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"))
_FALSE = frozenset(("n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"))
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
SPECIAL = {
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_INT = re.compile(r"([-+]?)(?:0[bB](?P<b>[01]+)|0[xX](?P<x>[0-9a-fA-F]+)|0[oO]?(?P<o>[0-7]+)|(?P<d>0|[1-9][0-9]*))\Z")
_BASES = {"b": 2, "x": 16, "o": 8, "d": 10}
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_PREFIX = "tag:yaml.org,2002:"
_TYPES: dict[str, tuple[type, ...]] = {
    "bool": (bool,), "int": (int,), "float": (float, int), "null": (type(None),), "timestamp": (str,),
}  # fmt: skip


def resolve(scalar: Scalar) -> Any:
    """str, int, float, bool or None. Infinity and NaN come back as float, which JSON cannot hold."""
    tag = scalar.tag
    if tag is not None and tag != "!":
        return _tagged(tag, scalar.text)
    return scalar.text if scalar.style or tag else plain(scalar.text)


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
    if text in SPECIAL:
        return SPECIAL[text]
    # A text that begins with a point is not freed of underscores.
    digits = text if first == "." else text.replace("_", "")
    match = _INT.match(digits)
    if match is not None and match.lastgroup is not None:
        return _integer(match[1], match[match.lastgroup], _BASES[match.lastgroup])
    if _FLOAT.match(digits):
        value = float(digits)
        if value in (float("inf"), float("-inf")):
            return text  # out of range: go-yaml leaves the string
        return int(value) if value.is_integer() and abs(value) < 2**63 else value
    return text


def _integer(sign: str, digits: str, base: int) -> int | float:
    if len(digits) > 80:
        return float("-inf" if sign == "-" else "inf") if len(digits) > 300 else float(int(sign + digits, base))
    value = int(sign + digits, base)
    return value if -(2**63) <= value < 2**63 else float(value)


def _tagged(tag: str, text: str) -> Any:
    name = tag[len(_PREFIX) :] if tag.startswith(_PREFIX) else ""
    if name == "binary":
        return _binary(text)
    if name not in _TYPES or refusal(tag, text):
        return text
    return plain(text)


def refusal(tag: str | None, text: str) -> str | None:
    """Why Kubernetes refuses a scalar with this explicit tag, or None."""
    if tag is None or not tag.startswith(_PREFIX):
        return None
    name = tag[len(_PREFIX) :]
    if name == "binary":
        return None if _binary(text) is not text else "text tagged `!!binary` is not base64"
    types = _TYPES.get(name)
    if types is None:
        return None
    value = plain(text)
    fits = type(value) in types
    return None if fits else f"text tagged `!!{name}` is none"


def _binary(text: str) -> str:
    """The decoded text; the very same object where it is not base64."""
    from base64 import b64decode

    try:
        return b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
    except ValueError:
        return text
