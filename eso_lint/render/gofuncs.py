"""Functions of Helm's templates, as far as they are known. Each takes its arguments in Go's order."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable

from eso_lint.render import goregex
from eso_lint.render.gomaps import CHANGING, MAPS, deep_copy
from eso_lint.render.gotext import VALUE, Piece, Text, cut, indented, joined, source_of
from eso_lint.render.govalues import (
    TRUE_UNKNOWN,
    Limit,
    Map,
    Unknown,
    Unresolved,
    format_value,
    number_of,
    pairs,
    plain,
    string_of,
    text_of,
    truth,
)
from eso_lint.render.goyaml import to_json, to_yaml
from eso_lint.source.node import Scalar

Function = Callable[..., object]
_VERB = re.compile(r"%(%|[-+0 #]*\d*(?:\.\d+)?[a-zA-Z])")
_PADDED = re.compile(r"0?\d?d")
MAX_TEXT = 1_000_000


def _required(message: object, value: object) -> object:
    if plain(value) is None or plain(value) == "":
        raise Unresolved  # Helm stops here
    return value


def _ternary(yes: object, no: object, condition: object) -> object:
    return yes if truth(condition) else no


def _coalesce(*values: object) -> object:
    for value in values:
        if truth(value):
            return value
    return None


def _basic(value: object) -> object:
    known = plain(value)
    if isinstance(known, int) and not isinstance(known, bool) and isinstance(value, Scalar):
        return float(known)
    if known is None or isinstance(known, str | int | float):
        return known
    raise Unresolved


def _equal(first: object, *others: object) -> bool:
    one = _basic(first)
    unknown = False
    for other in others:
        if isinstance(other, Unknown):
            unknown = True
            continue
        two = _basic(other)
        if one is not None and two is not None and type(one) is not type(two):
            raise Unresolved  # Go compares no string with a number
        if one == two:
            return True
    if unknown:
        raise Unresolved
    return False


def _ordered(test: Callable[[float, float], bool]) -> Function:
    def compare(first: object, second: object) -> bool:
        one, two = _basic(first), _basic(second)
        if isinstance(one, bool) or isinstance(two, bool) or type(one) is not type(two):
            raise Unresolved
        if not isinstance(one, int | float) or not isinstance(two, int | float):
            raise Unresolved
        return test(one, two)

    return compare


def _quote(*values: object) -> str:
    shown = [text_of(v).plain for v in values if plain(v) is not None]
    return " ".join(json.dumps(text, ensure_ascii=False) for text in shown)


def _squote(*values: object) -> str:
    return " ".join(f"'{text_of(v).plain}'" for v in values if plain(v) is not None)


def _printf(pattern: object, *values: object) -> str:
    rest = list(values)

    def show(match: re.Match[str]) -> str:
        verb = match[1]
        if verb == "%":
            return "%"
        value = rest.pop(0)  # an IndexError is Unresolved, too
        known = plain(value)
        if (verb == "s" and isinstance(known, str)) or (verb == "v" and known is not None):
            return text_of(value).plain
        if verb == "v" and known is None:
            return "<nil>"
        if verb == "q" and isinstance(known, str):
            return json.dumps(known, ensure_ascii=False)
        if verb == "t" and isinstance(known, bool):
            return format_value(known)
        if _PADDED.fullmatch(verb) and isinstance(known, int) and not isinstance(value, Scalar | bool):
            return ("%" + verb) % known
        raise Unresolved

    made = _VERB.sub(show, string_of(pattern))
    if rest:
        raise Unresolved
    return made


def _trim(characters: str, value: object, left: bool = True, right: bool = True) -> Text:
    """Text without these at its ends; what is left keeps its place."""
    text = text_of(value)
    whole = text.plain
    low = len(whole) - len(whole.lstrip(characters)) if left else 0
    high = len(whole.rstrip(characters)) if right else len(whole)
    return cut(text, low, max(low, high))


def _suffix(suffix: object, value: object) -> object:
    text, tail = text_of(value), string_of(suffix)
    return cut(text, 0, len(text.plain) - len(tail)) if tail and text.plain.endswith(tail) else text


def _prefix(prefix: object, value: object) -> object:
    text, head = text_of(value), string_of(prefix)
    return cut(text, len(head), len(text.plain)) if head and text.plain.startswith(head) else text


def _trunc(length: object, value: object) -> str:
    size, text = number_of(length), string_of(value)
    if size < 0:
        return text[size:]
    return text[:size]


def _replace(old: object, new: object, value: object) -> str:
    text, before, after = string_of(value), string_of(old), string_of(new)
    if not before or len(text) * (len(after) + 1) > 50 * MAX_TEXT:
        raise Unresolved
    return text.replace(before, after)


def _repeat(count: object, value: object) -> str:
    text, times = string_of(value), number_of(count)
    if len(text) * times > MAX_TEXT:
        raise Unresolved
    return text * times


def _join(separator: object, values: object) -> str:
    between, parts = string_of(separator), [text_of(value).plain for _, value in pairs(values)]
    if len(between) * len(parts) > MAX_TEXT:
        raise Unresolved
    return between.join(parts)


def _int(value: object) -> int:
    known = plain(value)
    if isinstance(known, bool) or known is None:
        return int(bool(known))
    if isinstance(known, str):
        return int(known) if re.fullmatch(r"[+-]?[1-9]\d{0,17}|0", known) else 0
    return number_of(value)


def _int_division(one: object, two: object) -> int:
    top, bottom = _int(one), _int(two)
    quotient = abs(top) // abs(bottom)
    return quotient if (top < 0) == (bottom < 0) else -quotient


def _kind(value: object) -> str:
    known = plain(value)
    if isinstance(known, bool):
        return "bool"
    if isinstance(known, int):
        return "float64" if isinstance(value, Scalar) else "int"
    for kind, name in ((str, "string"), (float, "float64"), (Map, "map"), (list, "slice")):
        if isinstance(known, kind):
            return name
    return "invalid"


def _length(value: object) -> int:
    known = plain(value)
    return len(known.encode()) if isinstance(known, str) else len(pairs(known))


def _decoded(value: object) -> str:
    return base64.b64decode(string_of(value), validate=True).decode()


def _camel(value: object) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[-_ ]+", string_of(value)))


def _of_text(function: Callable[..., object]) -> Function:
    """A function of strings alone."""
    return lambda *values: function(*(string_of(v) for v in values))


def _of_numbers(function: Callable[..., object]) -> Function:
    return lambda *values: function(*(_int(v) for v in values))


FUNCTIONS: dict[str, Function] = {
    **MAPS,
    "default": lambda fallback, value=None: value if truth(value) else fallback,
    "required": _required,
    "ternary": _ternary,
    "coalesce": _coalesce,
    "empty": lambda value: not truth(value),
    "not": lambda value: not truth(value),
    "eq": _equal,
    "ne": lambda one, two: not _equal(one, two),
    "lt": _ordered(lambda a, b: a < b),
    "le": _ordered(lambda a, b: a <= b),
    "gt": _ordered(lambda a, b: a > b),
    "ge": _ordered(lambda a, b: a >= b),
    "quote": _quote,
    "squote": _squote,
    "print": lambda *values: "".join(string_of(v) for v in values),
    "printf": _printf,
    "cat": lambda *values: " ".join(text_of(v).plain for v in values),
    "toString": lambda value: "<nil>" if plain(value) is None else text_of(value),
    "lower": _of_text(str.lower),
    "upper": _of_text(str.upper),
    "title": _of_text(lambda text: re.sub(r"(?<!\S)\w", lambda m: m[0].upper(), text)),
    "untitle": _of_text(lambda text: re.sub(r"(?<!\S)\w", lambda m: m[0].lower(), text)),
    "nospace": _of_text(lambda text: re.sub(r"\s", "", text)),
    "kebabcase": _of_text(lambda text: re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_ ]", "-", text).lower()),
    "snakecase": _of_text(lambda text: re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[- ]", "_", text).lower()),
    "camelcase": _camel,
    "trim": lambda value: _trim(" \t\r\n\v\f", value),
    "trimAll": lambda characters, value: _trim(string_of(characters), value),
    "trimSuffix": _suffix,
    "trimPrefix": _prefix,
    "trunc": _trunc,
    "substr": lambda start, end, value: string_of(value)[number_of(start) : number_of(end)],
    "replace": _replace,
    "contains": _of_text(lambda needle, text: needle in text),
    "hasPrefix": _of_text(lambda head, text: text.startswith(head)),
    "hasSuffix": _of_text(lambda tail, text: text.endswith(tail)),
    "repeat": _repeat,
    "join": _join,
    "regexReplaceAll": goregex.replace,
    "regexReplaceAllLiteral": goregex.replace,
    "mustRegexReplaceAll": goregex.replace,
    "regexFind": goregex.find,
    "regexMatch": goregex.matches,
    "regexSplit": goregex.split,
    "b64enc": _of_text(lambda text: base64.b64encode(text.encode()).decode()),
    "b64dec": _decoded,
    "sha256sum": _of_text(lambda text: hashlib.sha256(text.encode()).hexdigest()),
    "indent": lambda width, value: indented(text_of(value), _width(width), False),
    "nindent": lambda width, value: indented(text_of(value), _width(width), True),
    "kindIs": lambda kind, value: string_of(kind) == _kind(value),
    "kindOf": _kind,
    "typeOf": lambda value: {"map": "map[string]interface {}", "slice": "[]interface {}"}.get(
        _kind(value), _kind(value)
    ),
    "int": _int,
    "int64": _int,
    "atoi": _int,
    "add": _of_numbers(lambda *numbers: sum(numbers)),
    "add1": _of_numbers(lambda number: number + 1),
    "sub": _of_numbers(lambda one, two: one - two),
    "mul": _of_numbers(lambda one, two: one * two),
    "div": _int_division,
    "max": _of_numbers(max),
    "min": _of_numbers(min),
    "len": _length,
}
# These pass on values that they do not look at, so an unknown one among them does no harm by itself.
_LENIENT = frozenset(MAPS) | {"ternary", "default", "coalesce", "required", "empty", "not", "eq", "ne"}
# Text that holds an unknown part stays what it is through these.
_LINES = frozenset(("indent", "nindent", "trim"))


def _width(value: object) -> int:
    width = number_of(value)
    if not 0 <= width <= 200:
        raise Unresolved
    return width


def call(name: str, args: list[object], limit: Limit | None = None, sure: bool = True) -> object:
    """Apply a function. Raises Unresolved where it is not known here, or looks at what is not known.

    `limit` is the work that a whole evaluation may still cost. `sure` is False where the call may or may not happen:
    what it changes is unknown afterwards.
    """
    limit = limit or Limit(10_000)
    limit.spend()
    function = FUNCTIONS.get(name)
    try:
        if name in ("toYaml", "toJson", "mustToYaml", "mustToJson"):
            (value,) = args
            return to_yaml(value, limit) if name.endswith("Yaml") else to_json(value, limit)
        if name in CHANGING:
            return CHANGING[name](limit, sure, *args)
        if name in ("deepCopy", "mustDeepCopy"):
            (value,) = args
            return deep_copy(value, limit)
        if function is None:
            raise Unresolved
        if name in _LINES and isinstance(args[-1], Text) and args[-1].residual:
            return function(*args) if name != "trim" else args[-1]
        if name not in _LENIENT and any(isinstance(a, Unknown) or (isinstance(a, Text) and a.residual) for a in args):
            raise Unresolved
        return _placed(function(*args), args, limit)
    except Unresolved:
        if name == "default" and len(args) == 2 and truth_or_none(args[0]):
            return TRUE_UNKNOWN
        raise
    except (TypeError, ValueError, IndexError, AttributeError, ArithmeticError):
        raise Unresolved from None


def truth_or_none(value: object) -> bool | None:
    """Go's truth; None where it cannot be known."""
    try:
        return truth(value)
    except Unresolved:
        return None


def _placed(made: object, args: list[object], limit: Limit) -> object:
    """Text that is made from one scalar stands where that one does."""
    size = (
        sum(len(p.text) for p in made.pieces) if isinstance(made, Text) else len(made) if isinstance(made, str) else 0
    )
    if size > MAX_TEXT:
        raise Unresolved
    limit.spend(size // 500)
    if isinstance(made, str):
        place = source_of(joined(text_of(arg) for arg in args if isinstance(arg, Scalar | Text)))
        if place is not None:
            return Text((Piece(made, VALUE, place),))
    return made
