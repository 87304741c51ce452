"""kustomize `replacements`: a value of one object copied into fields of others."""

from __future__ import annotations

import re
from collections.abc import Callable

from eso_lint.render.kustomize.edit import MAX_DEPTH
from eso_lint.render.kustomize.select import Target, both, effective
from eso_lint.render.tree import MAX_STEPS, sequence_with, unknown, with_entry, with_pairs
from eso_lint.render.unit import Item
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, Sequence, is_absent, items, lookup, string
from eso_lint.source.pattern import go_search
from eso_lint.source.size import height, weigh

_WHERE = re.compile(r"\[(?P<key>[^=\]]*)=(?P<value>.*)\]\Z", re.DOTALL)
_LONGEST = 1_000_000  # what one object may weigh in a cluster
_MOST_COPIED = 10_000  # nodes: a copy may be copied again
Report = Callable[[str, Node, str], None]


def replace(found: list[Item], entry: Node, report: Report) -> None:
    """Apply one replacement in place. What its source cannot tell becomes unknown at its targets."""
    if not isinstance(entry, Mapping):
        return
    value = _value(found, entry)
    if value is None:
        at = entry.get("source") or entry
        report("opaque", at, "the source of this replacement is not known")
        value = unknown(at)
    elif weigh(value) > _MOST_COPIED or height(value) > MAX_DEPTH:
        value = unknown(value)
    for target in items(entry.get("targets")):
        select, rejects, options = target.get("select"), items(target.get("reject")), target.get("options")
        paths = items(target.get("fieldPaths")) or (None,)
        if not isinstance(select, Mapping):
            continue
        wanted = Target(select)
        unwanted = [Target(reject) for reject in rejects if isinstance(reject, Mapping) and reject.index]
        for item in found:
            rejected = [reject.fits(item) for reject in unwanted]
            chosen = both([wanted.fits(item), *(None if r is None else not r for r in rejected)])
            if chosen is False:
                continue
            here = value if chosen else unknown(value)
            for path in paths:
                text = "metadata.name" if path is None else string(path)
                if text is None or text.count(".") > MAX_STEPS:
                    continue
                changed, hits = _put(item.root, steps(text), here, options)
                if not hits and chosen and path is not None:
                    report("refused", path, f"the {item.kind} that this replacement selects has no field `{text}`")
                item.remember()
                item.change(changed, here)


def steps(path: str) -> list[str]:
    """The parts of a field path: `.` splits, `\\.` does not, nor does a dot in `[name=a.b]` or `[a.b/c]`."""
    parts = path.replace("\\.", "\0").split(".")
    found: list[str] = []
    while parts:
        part = parts.pop(0)
        if part.startswith("[") and not part.endswith("]"):
            while parts and not part.endswith("]"):
                part += "." + parts.pop(0)
            if "=" not in part:
                part = part.strip("[]")
        found.append(part.replace("\0", "."))
    return found[1:] if len(found) > 1 and found[0] == "" else found


def _value(found: list[Item], entry: Mapping) -> Node | None:
    fixed = entry.get("sourceValue")
    if fixed is not None and not is_absent(fixed):
        return fixed
    source = entry.get("source")
    if not isinstance(source, Mapping):
        return None
    matches = [item for item in found if _is_source(source, item)]
    if len(matches) != 1:
        return None
    path, options = source.get("fieldPath"), source.get("options")
    text = "metadata.name" if path is None or is_absent(path) or string(path) == "" else string(path)
    node: Node | None = matches[0].root
    for step in steps(text) if text is not None else ():
        node = _step(node, step)
    if text is None or node is None or isinstance(node, Opaque):
        return node if text is not None else None
    delimiter = string(lookup(options, "delimiter"))
    if not delimiter:
        return node
    pieces = node.text.split(delimiter) if isinstance(node, Scalar) else []
    index = _index(options)
    if not isinstance(node, Scalar) or not 0 <= index < len(pieces):
        return None
    return Scalar(node.file, node.start, node.end, pieces[index], node.style or "'")


def _is_source(source: Mapping, item: Item) -> bool:
    """Sources are named exactly, by any identity that they have had; no patterns here."""
    for field, actual in (("group", item.face.group), ("version", item.face.version)):
        wanted = string(source.get(field))
        if wanted and wanted != actual:
            return False
    kind, name, namespace = (string(source.get(f)) for f in ("kind", "name", "namespace"))
    return any(
        (not kind or kind == i[0])
        and (not name or name == i[2])
        and (not namespace or effective(namespace) == effective(i[1]))
        for i in item.ids
    )


def _step(node: Node | None, step: str) -> Node | None:
    if isinstance(node, Sequence):
        where = _WHERE.match(step)
        if where:
            for item in node.items:
                fit = _fits(item, where)
                if fit is not False:
                    return item if fit else unknown(node)
            return unknown(node) if node.open else None
        if step.isdecimal() and len(step) < 9:
            return lookup(node, int(step))
        return None
    return lookup(node, step)


def _fits(item: Node, where: re.Match[str]) -> bool | None:
    """Whether a list item is meant; None where that is not known."""
    node = lookup(item, where["key"]) if where["key"] else item
    if not isinstance(node, Scalar):
        return False
    return node.text == where["value"] or go_search(where["value"], node.text)


def _index(options: Node | None) -> int:
    node = lookup(options, "index")
    value = node.value if isinstance(node, Scalar) else 0
    return value if isinstance(value, int) else 0


def _put(node: Node, path: list[str], value: Node, options: Node | None) -> tuple[Node, int]:
    """The tree with the value at every place that the path leads to, and the number of places."""
    if isinstance(node, Opaque):
        return node, 1
    if not path:
        return _set(node, value, options), 1
    head, rest = path[0], path[1:]
    flag = lookup(options, "create")
    create = isinstance(flag, Scalar) and flag.value is True
    if isinstance(node, Mapping):
        if head == "*":
            hits = 0
            changed: list[tuple[Node, Node]] = []
            for key, child in node.index.values():
                fresh, n = _put(child, rest, value, options)
                hits += n
                changed += [(key, fresh)] if n else []
            return with_pairs(node, changed) if changed else node, hits
        pair = node.index.get(head)
        if pair is None or is_absent(pair[1]):
            if node.open and pair is None:
                return node, 1
            if not create:
                return (
                    (node, 0) if pair is None or rest else (with_entry(node, pair[0], _set(pair[1], value, options)), 1)
                )
            key = pair[0] if pair is not None else Scalar(value.file, value.start, value.start, head)
            return with_entry(node, key, _created(rest, value, options)), 1
        fresh, hits = _put(pair[1], rest, value, options)
        return (with_entry(node, pair[0], fresh), hits) if hits else (node, 0)
    if isinstance(node, Sequence):
        where = _WHERE.match(head)
        every = list(node.items)
        hits = 0
        for i, item in enumerate(node.items):
            fit = head in ("*", str(i)) or (_fits(item, where) if where else False)
            if fit is not False:
                every[i], n = _put(item, rest, value, options) if fit else (unknown(item), 1)
                hits += n
        if not hits and where and create and where["key"]:
            made = Mapping(value.file, value.start, value.end)
            key = Scalar(value.file, value.start, value.start, where["key"])
            made = with_entry(made, key, Scalar(value.file, value.start, value.end, where["value"], "'"))
            fresh, hits = _put(made, rest, value, options)
            every.append(fresh)
        return (sequence_with(node, every), hits) if hits else (node, 1 if node.open else 0)
    return node, 0


def _created(path: list[str], value: Node, options: Node | None) -> Node:
    if not path:
        return _set(Scalar(value.file, value.start, value.end, ""), value, options)
    root: Node = Mapping(value.file, value.start, value.end)
    where = _WHERE.match(path[0])
    if where or path[0].isdigit() or path[0] in ("-", "*"):
        root = Sequence(value.file, value.start, value.end)
    return _put(root, path, value, options)[0]


def _set(old: Node, value: Node, options: Node | None) -> Node:
    """A scalar takes the text and keeps its own type, as kustomize does it; it stands where the value came from."""
    if isinstance(value, Opaque):
        return unknown(value)
    delimiter = string(lookup(options, "delimiter"))
    if isinstance(old, Scalar) and isinstance(value, Scalar):
        text = value.text
        if delimiter:
            pieces = old.text.split(delimiter)
            index = _index(options)
            if index < 0:
                pieces.insert(0, text)
            elif index >= len(pieces):
                pieces.append(text)
            else:
                pieces[index] = text
            text = delimiter.join(pieces)
            if len(text) > _LONGEST:
                return unknown(value)
        style = "'" if isinstance(old.value, str) and old.text else ""
        return Scalar(value.file, value.start, value.end, text, style)
    return value
