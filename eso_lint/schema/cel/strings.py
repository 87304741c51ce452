"""Functions of strings: CEL's own, its string extensions, and Kubernetes' regular expressions."""

from __future__ import annotations

import re
from typing import Any

from eso_lint.schema.cel.operators import to_string
from eso_lint.schema.cel.values import Failure, Unsupported, elements, is_list, no_overload, size
from eso_lint.source.pattern import go_pattern

# What Go counts as white space, beyond ASCII too.
_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_UPPER = {i: i - 32 for i in range(97, 123)}
_LOWER = {i: i + 32 for i in range(65, 91)}
_QUOTED = {
    "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\",
    '"': '\\"',
}  # fmt: skip
_LONGEST = 1_000_000
_PRECISION = re.compile(r"\.[0-9]{1,3}", re.ASCII)


def _check(name: str, values: tuple[Any, ...], *types: type) -> None:
    if len(values) != len(types) or any(type(v) is not t for v, t in zip(values, types, strict=True)):
        raise no_overload(name, *values)


def starts_with(*args: Any) -> bool:
    _check("startsWith", args, str, str)
    return args[0].startswith(args[1])  # type: ignore[no-any-return]


def ends_with(*args: Any) -> bool:
    _check("endsWith", args, str, str)
    return args[0].endswith(args[1])  # type: ignore[no-any-return]


def contains(*args: Any) -> bool:
    _check("contains", args, str, str)
    return args[1] in args[0]


def _pattern(text: str, pattern: str) -> Any:
    compiled = go_pattern(pattern, text)
    if compiled is None:
        raise Unsupported("a regular expression that Python may read differently")
    return compiled


def matches(*args: Any) -> bool:
    _check("matches", args, str, str)
    return _pattern(*args).search(args[0]) is not None


def find(*args: Any) -> str:
    _check("find", args, str, str)
    match = _pattern(*args).search(args[0])
    return match[0] if match else ""


def find_all(text: Any, pattern: Any, limit: Any = -1) -> list[str]:
    _check("findAll", (text, pattern, limit), str, str, int)
    found: list[str] = []
    end = -1
    for match in _pattern(text, pattern).finditer(text):
        # Go gives no empty match right behind another one.
        if match.end() == match.start() == end:
            continue
        end = match.end()
        found.append(match[0])
    return found if limit < 0 else found[:limit]


def char_at(*args: Any) -> str:
    _check("charAt", args, str, int)
    text, at = args
    if not 0 <= at <= len(text):
        raise Failure(f"index out of range: {at}")
    return text[at : at + 1]  # type: ignore[no-any-return]


def index_of(text: Any, part: Any, start: Any = 0) -> int:
    if is_list(text):
        from eso_lint.schema.cel.lists import index_of as in_list

        return in_list(text, part)
    _check("indexOf", (text, part, start), str, str, int)
    if part == "":
        return start  # type: ignore[no-any-return]
    if not 0 <= start <= len(text):
        raise Failure(f"index out of range: {start}")
    return text.find(part, start)  # type: ignore[no-any-return]


def last_index_of(text: Any, part: Any, start: Any = None) -> int:
    if is_list(text):
        from eso_lint.schema.cel.lists import last_index_of as in_list

        return in_list(text, part)
    last = len(text) if start is None and isinstance(text, str) else start
    _check("lastIndexOf", (text, part, last), str, str, int)
    if part == "":
        return last
    if not 0 <= last <= len(text):
        raise Failure(f"index out of range: {last}")
    return text.rfind(part, 0, last + len(part))  # type: ignore[no-any-return]


def join(values: Any, separator: Any = "") -> str:
    if not is_list(values) or type(separator) is not str:
        raise no_overload("join", values, separator)
    found = elements(values)
    if any(type(item) is not str for item in found):
        raise no_overload("join", values, separator)
    if sum(map(len, found)) + len(found) * len(separator) > _LONGEST:
        raise Unsupported("a value of that size")
    return separator.join(found)


def lower(*args: Any) -> str:
    _check("lowerAscii", args, str)
    return args[0].translate(_LOWER)  # type: ignore[no-any-return]


def upper(*args: Any) -> str:
    _check("upperAscii", args, str)
    return args[0].translate(_UPPER)  # type: ignore[no-any-return]


def trim(*args: Any) -> str:
    _check("trim", args, str)
    return args[0].strip(_SPACE)  # type: ignore[no-any-return]


def reverse(*args: Any) -> Any:
    if args and is_list(args[0]):
        return elements(args[0])[::-1]
    _check("reverse", args, str)
    return args[0][::-1]


def quote(*args: Any) -> str:
    _check("quote", args, str)
    return '"' + "".join(_QUOTED.get(char, char) for char in args[0]) + '"'


def replace(text: Any, old: Any, new: Any, limit: Any = -1) -> str:
    _check("replace", (text, old, new, limit), str, str, str, int)
    count = text.count(old) if limit < 0 else min(limit, text.count(old))
    if len(text) + count * len(new) > _LONGEST:
        raise Unsupported("a value of that size")
    return text.replace(old, new, count)  # type: ignore[no-any-return]


def split(text: Any, separator: Any, limit: Any = -1) -> list[str]:
    _check("split", (text, separator, limit), str, str, int)
    if limit == 0:
        return []
    if separator == "":
        parts = list(text)
        return parts if limit < 0 or len(parts) <= limit else [*parts[: limit - 1], "".join(parts[limit - 1 :])]
    return text.split(separator, limit - 1 if limit > 0 else -1)  # type: ignore[no-any-return]


def substring(text: Any, start: Any, end: Any = None) -> str:
    last = size(text) if end is None else end
    _check("substring", (text, start, last), str, int, int)
    if not 0 <= start <= len(text):
        raise Failure(f"index out of range: {start}")
    if not 0 <= last <= len(text):
        raise Failure(f"index out of range: {last}")
    if start > last:
        raise Failure(f"invalid substring range. start: {start}, end: {last}")
    return text[start:last]  # type: ignore[no-any-return]


def form(template: Any, values: Any) -> str:
    """`"%s is %d".format([a, b])`."""
    if type(template) is not str or not is_list(values):
        raise no_overload("format", template, values)
    rest = iter(elements(values))
    out: list[str] = []
    pieces = template.split("%")
    out.append(pieces[0])
    at = 1
    while at < len(pieces):
        piece = pieces[at]
        if piece == "" and at + 1 < len(pieces):
            out.append("%" + pieces[at + 1])
            at += 2
            continue
        head = len(piece) - len(piece.lstrip(".0123456789"))
        verb, precision = piece[head : head + 1], piece[:head]
        try:
            out.append(_verb(verb, precision, next(rest)))
        except StopIteration:
            raise Failure(f"index {at - 1} out of range") from None
        out.append(piece[head + 1 :])
        at += 1
    return "".join(out)


def _verb(verb: str, precision: str, value: Any) -> str:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if verb == "s" and not precision:
        return _shown(value)
    if verb == "d" and number and isinstance(value, int):
        return str(int(value))
    if verb in ("f", "e") and number and (not precision or _PRECISION.fullmatch(precision)):
        return f"{float(value):.{precision[1:] or 6}{verb}}"
    if verb in ("b", "o", "x", "X") and number and isinstance(value, int):
        return format(int(value), verb)
    if verb == "b" and isinstance(value, bool):
        return "1" if value else "0"
    if verb in ("x", "X") and isinstance(value, (str, bytes)):
        text = (value.encode() if isinstance(value, str) else value).hex()
        return text.upper() if verb == "X" else text
    raise Unsupported("a format of that kind")


def _shown(value: Any) -> str:
    if is_list(value):
        return "[" + ", ".join(_shown(item) for item in elements(value)) + "]"
    if value is None:
        return "null"
    try:
        return to_string(value)
    except Failure:
        raise Unsupported("a format of that kind") from None
