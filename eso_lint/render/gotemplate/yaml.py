"""YAML and JSON of values, every scalar with its place."""

from __future__ import annotations

import json
import re

from eso_lint.render.gotemplate.text import HOLE, RESIDUAL, VALUE, Piece, Text
from eso_lint.render.gotemplate.values import Limit, Map, Unknown, Unresolved, plain
from eso_lint.source.node import Scalar, SourceFile

# What needs no quotes where it is read as a string at all.
_PLAIN = re.compile(r"(?:[^\s\-?:,\[\]{}#&*!|>'\"%@`]|-(?=[^\s-]))(?:[^\s:#]|:(?!\s|\Z)|(?<!\s)#| (?!\Z))*")
_ODD = re.compile(r"[\x00-\x1f\x7f\u0080-\u009f\ufeff\u2028\u2029]")
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?")
_NOWHERE = SourceFile("", b"")


def to_yaml(value: object, limit: Limit) -> Text:
    """YAML with sorted keys. What is unknown in it stays a hole."""
    pieces: list[Piece] = []
    _write(value, 0, pieces, limit)
    return Text(tuple(pieces), isinstance(value, Map | list))


def _write(value: object, depth: int, made: list[Piece], limit: Limit) -> None:
    limit.spend()
    if isinstance(value, Map) and (value or value.open):
        lead = "\n" + " " * depth
        for i, key in enumerate(sorted(value)):
            made.append(Piece(lead if i else ""))
            made.append(_leaf(value.places.get(key, key), 0))
            made.append(Piece(":"))
            child = value[key]
            if isinstance(child, list) and child:
                made.append(Piece(lead))
                _write(child, depth, made, limit)
            elif isinstance(child, Map) and (child or child.open):
                made.append(Piece(lead + "  "))
                _write(child, depth + 2, made, limit)
            else:
                made.append(Piece(" "))
                made.append(_leaf(child, depth + 2))
        if value.open:
            made.append(Piece((lead if value else "") + f"{{{{ ? | nindent {depth} }}}}", RESIDUAL))
    elif isinstance(value, list) and value:
        for i, child in enumerate(value):
            made.append(Piece("\n" + " " * depth + "- " if i else "- "))
            _write(child, depth + 2, made, limit)
    else:
        made.append(_leaf(value, max(depth, 2)))


def _leaf(value: object, depth: int) -> Piece:
    if isinstance(value, Unknown) or (isinstance(value, Text) and value.residual):
        return Piece(HOLE, RESIDUAL)
    known = plain(value)
    if isinstance(known, str):
        shown = _string(known, depth)
    else:
        shown = "{}" if isinstance(known, Map) else "[]" if isinstance(known, list) else json_of(value)
    return Piece(shown, VALUE, value.span) if isinstance(value, Scalar) else Piece(shown)


def _string(text: str, depth: int) -> str:
    """A string as Go's YAML writes it: lines as a block, quotes where it would be read as anything else."""
    if "\n" in text and depth and text.strip("\n") and not _ODD.search(text.replace("\n", "")):
        tail = len(text) - len(text.rstrip("\n"))
        head = "|" + ("2" if text[0] in " \n" else "") + ("" if tail == 1 else "+" if tail else "-")
        lines = text[:-1].split("\n") if tail else text.split("\n")
        return "\n".join((head, *(" " * depth + line if line else "" for line in lines)))
    plain_text = _PLAIN.fullmatch(text) is not None
    if _ODD.search(text) or Scalar(_NOWHERE, 0, 0, text).string is None or _DATE.match(text):
        return json.dumps(text, ensure_ascii=False)
    return text if plain_text else "'" + text.replace("'", "''") + "'"


def json_of(value: object) -> str:
    """JSON of a scalar, as Go writes it."""
    known = plain(value)
    if isinstance(known, float):
        if known == int(known) and abs(known) < 1e21:
            return str(int(known))
        return repr(known)
    if known is None or isinstance(known, bool | int | str):
        return json.dumps(known, ensure_ascii=False)
    raise Unresolved


def to_json(value: object, limit: Limit) -> Text:
    """Compact JSON with sorted keys."""
    pieces: list[Piece] = []
    _write_json(value, pieces, limit)
    return Text(tuple(pieces), isinstance(value, Map | list))


def _write_json(value: object, made: list[Piece], limit: Limit) -> None:
    limit.spend()
    if isinstance(value, Map):
        if value.open:
            raise Unresolved
        for i, key in enumerate(sorted(value)):
            made.append(Piece("," if i else "{"))
            made.append(Piece(json.dumps(key, ensure_ascii=False)))
            made.append(Piece(":"))
            _write_json(value[key], made, limit)
        made.append(Piece("}" if value else "{}"))
    elif isinstance(value, list):
        for i, child in enumerate(value):
            made.append(Piece("," if i else "["))
            _write_json(child, made, limit)
        made.append(Piece("]" if value else "[]"))
    else:
        shown = json_of(value).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
        made.append(Piece(shown, VALUE, value.span) if isinstance(value, Scalar) else Piece(shown))
