"""Remote keys that are most likely slips of other keys of the same store."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from eso_lint.model.remote import Inventory, KeyGroup, RemoteKey, keys_by_store
from eso_lint.model.workspace import Workspace
from eso_lint.regex import pattern
from eso_lint.source.node import Span
from eso_lint.suggest import distance

_SEPARATORS = pattern(r"[-_/.]+")
# Key Vault and GitLab themselves do not tell such names apart.
_CASELESS = frozenset({"azurekv"})
_ONE_SEPARATOR = frozenset({"gitlab"})


class Slip(NamedTuple):
    """Why a key looks wrong: it differs from `other`, which stands at `place`, by `how`.

    `right` is the key as it should read; `sure` is False where the evidence is thin.
    """

    other: str
    right: str
    how: str
    place: Span
    where: str
    note: str
    sure: bool


def key_slips(ws: Workspace) -> dict[int, Slip]:
    """Slips by the id of the key's node."""
    found: dict[int, Slip] = {}
    groups = keys_by_store(ws)
    for inventory in ws.views(Inventory):
        for group in groups:
            found.update(_listed(group, inventory))
    for group in groups:
        for node, slip in (*_spellings(group), *_folders(group)):
            found.setdefault(node, slip)
    return found


def normal(text: str) -> str:
    """What is left of a key when neither case nor separators count."""
    return _SEPARATORS.sub("-", text.strip("/")).lower()


def _listed(group: KeyGroup, inventory: Inventory) -> Iterator[tuple[int, Slip]]:
    known: dict[str, str] = {}
    for text in inventory.keys:
        known.setdefault(normal(text), text)
    for key in group.keys:
        right = known.get(normal(key.text))
        if key.text in inventory.keys or right is None or right.strip("/") == key.text.strip("/"):
            continue
        note = "the inventory lists the other spelling only"
        place = inventory.keys[right]
        yield id(key.node), Slip(right, right, _how(key.text, right), place, "the key that exists", note, True)


def _spellings(group: KeyGroup) -> Iterator[tuple[int, Slip]]:
    """Keys that are equal up to case and separators: all but the most frequent spelling, the first of equals."""
    families: dict[str, dict[str, list[RemoteKey]]] = {}
    for key in group.keys:
        families.setdefault(normal(key.text), {}).setdefault(key.text.strip("/"), []).append(key)
    for family in families.values():
        if len(family) < 2:
            continue
        first, *others = sorted(family.items(), key=lambda item: -len(item[1]))
        for text, keys in others:
            how = _how(text, first[0])
            if (how == "case" and group.provider in _CASELESS) or (
                how == "separators" and group.provider in _ONE_SEPARATOR
            ):
                continue
            # One object that reads both spellings means both, unless only the case differs.
            if how == "separators" and {id(k.source) for k in keys} & {id(k.source) for k in first[1]}:
                continue
            # `a-b` beside `a_b` is a slip; `a/b` beside `a-b` may be two places, so there the majority has to say.
            sure = how != "separators" or len(first[1]) > len(keys) or _dashed(text) == _dashed(first[0])
            yield from ((id(key.node), _slip(key, first[1], how, len(keys), sure)) for key in keys)


def _dashed(text: str) -> str:
    return text.replace("_", "-")


def _slip(key: RemoteKey, right: list[RemoteKey], how: str, uses: int, sure: bool) -> Slip:
    here, there = f"{uses} time{'s' if uses > 1 else ''}", f"{len(right)} time{'s' if len(right) > 1 else ''}"
    note = f"in this store the spelling here is used {here}, the other {there}"
    return Slip(right[0].text, right[0].text, how, right[0].node.span, "the other spelling", note, sure)


def _how(a: str, b: str) -> str:
    a, b = a.strip("/"), b.strip("/")
    if a.lower() == b.lower():
        return "case"
    return "separators" if _SEPARATORS.sub("-", a) == _SEPARATORS.sub("-", b) else "case and separators"


def _folders(group: KeyGroup) -> Iterator[tuple[int, Slip]]:
    """Keys whose first segment is a typing slip of one that at least three keys share."""
    folders: dict[str, list[RemoteKey]] = {}
    for key in group.keys:
        head, slash, rest = key.text.strip("/").partition("/")
        if slash and rest:
            folders.setdefault(head, []).append(key)
    # A slip keeps the first and the last letter, so few pairs have to be compared.
    common: dict[str, list[str]] = {}
    for head, keys in folders.items():
        if len({key.text for key in keys}) >= 3:
            common.setdefault(head[0] + head[-1], []).append(head)
    for head, keys in folders.items():
        for other in common.get(head[0] + head[-1], ()):
            others = folders[other]
            if len(others) >= 3 * len(keys) and is_typing_slip(head, other):
                for key in keys:
                    at = key.text.index(head)
                    right = key.text[:at] + other + key.text[at + len(head) :]
                    note = f"{len(others)} keys of this store are under `{other}/`"
                    place, how = others[0].node.span, "a slip in its folder"
                    yield id(key.node), Slip(f"{other}/…", right, how, place, "the usual folder", note, True)


def is_typing_slip(a: str, b: str) -> bool:
    """Whether two names differ in one word of six letters or more, inside it, by one edit (two in long words).

    Words that differ in a digit, at their first or in their last letter are different names: `prod1` and `prod2`,
    `internal` and `external`, `secret` and `secrets`.
    """
    left, right = re.split(r"[-_.]", a), re.split(r"[-_.]", b)
    if len(left) != len(right):
        return False
    unequal = [(x, y) for x, y in zip(left, right, strict=True) if x != y]
    if len(unequal) != 1:
        return False
    x, y = unequal[0]
    if min(len(x), len(y)) < 6 or not (x.isalpha() and y.isalpha()) or (x[0], x[-1]) != (y[0], y[-1]):
        return False
    limit = 2 if min(len(x), len(y)) >= 10 else 1
    return distance(x.lower(), y.lower(), limit) <= limit
