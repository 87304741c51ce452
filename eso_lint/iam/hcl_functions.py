"""Functions of Terraform's language that policies are put together with. Arguments that are not known give a hole."""

from __future__ import annotations

import re
from collections.abc import Callable

from eso_lint.iam.grant import HOLE, Value
from eso_lint.iam.hcl_values import Result, alike, is_known, loop, plain, step
from eso_lint.iam.tree import Fields, Items, Tree, text_of, unknown
from eso_lint.source.file import Span

Args = tuple[Result, ...]
Function = Callable[[Args, Span], Result]

FUNCTIONS: dict[str, Function] = {}
_MAX_ITEMS = 5_000
_MAX_TEXT = 1_000_000
_VERB = re.compile(r"%(%|s|d|v|q|\[\d+\]s)|%")


def _named(*names: str) -> Callable[[Function], Function]:
    def keep(function: Function) -> Function:
        FUNCTIONS.update(dict.fromkeys(names, function))
        return function

    return keep


def _raws(args: Args) -> list[str] | None:
    """The arguments as texts, holes in them; None where one is no text."""
    found = [text_of(arg) for arg in args]
    raws = [v.raw for v in found if v is not None]
    return raws if len(raws) == len(found) and sum(map(len, raws)) <= _MAX_TEXT else None


@_named("jsonencode", "tostring", "tolist", "tomap", "toset", "tonumber", "tobool", "sensitive", "nonsensitive", "one")
def _same(args: Args, span: Span) -> Result:
    """What changes the type alone. JSON that is made of a value is kept as that value."""
    return args[0] if len(args) == 1 else unknown(span)


@_named("jsondecode")
def _jsondecode(args: Args, span: Span) -> Result:
    from eso_lint.iam.policy_json import tree_of

    if len(args) == 1 and isinstance(args[0], (Items, Fields)):
        return args[0]
    own = text_of(args[0]) if len(args) == 1 else None
    return (tree_of(own) if own is not None else None) or unknown(span)


@_named("format")
def _format(args: Args, span: Span) -> Result:
    raws = _raws(args)
    if not raws or HOLE in raws[0]:
        return unknown(span)
    rest = iter(raws[1:])
    bad = False

    def put(found: re.Match[str]) -> str:
        nonlocal bad
        verb = found[1]
        if verb == "%":
            return "%"
        if verb in ("s", "d", "v"):
            return next(rest, HOLE)
        if verb and verb[0] == "[" and int(verb[1:-2]) < len(raws):
            return raws[int(verb[1:-2])]
        bad = True
        return ""

    made = _VERB.sub(put, raws[0])
    return unknown(span) if bad else Value(made, span)


@_named("join")
def _join(args: Args, span: Span) -> Result:
    raws = _raws(args[:1])
    items = args[1] if len(args) == 2 else None
    if not raws or not isinstance(items, Items):
        return unknown(span)
    own = _raws(items.items)
    if own is None or items.open:
        return unknown(span)
    return Value(raws[0].join(own), span)


@_named("split")
def _split(args: Args, span: Span) -> Result:
    raws = _raws(args)
    if raws is None or len(raws) != 2 or HOLE in raws[0] + raws[1] or not raws[0]:
        return unknown(span)
    return Items(tuple(Value(part, span) for part in raws[1].split(raws[0])[:_MAX_ITEMS]), span)


@_named("concat")
def _concat(args: Args, span: Span) -> Result:
    found: list[Tree] = []
    open_ = False
    for arg in args:
        if isinstance(arg, Items) and len(found) < _MAX_ITEMS:
            found += arg.items
            open_ = open_ or arg.open
        else:
            open_ = True
    return Items(tuple(found), span, open_)


@_named("merge")
def _merge(args: Args, span: Span) -> Result:
    found: dict[str, tuple[Value, Tree]] = {}
    open_ = False
    for arg in args:
        if isinstance(arg, Fields) and len(found) < _MAX_ITEMS:
            found.update((key.raw, (key, value)) for key, value in arg.entries)
            open_ = open_ or arg.open
        elif arg is not None:
            open_ = True
    return Fields(tuple(found.values()), span, open_)


@_named("flatten")
def _flatten(args: Args, span: Span) -> Result:
    found: list[Tree] = []
    open_ = False

    looks = 0

    def add(tree: Result) -> None:
        nonlocal open_, looks
        looks += 1
        if looks > _MAX_ITEMS:
            open_ = True
        elif isinstance(tree, Items):
            open_ = open_ or tree.open
            for item in tree.items:
                add(item)
        elif isinstance(tree, Value) and tree.raw == HOLE:
            open_ = True  # perhaps a list of its own
        elif tree is not None:
            found.append(tree)

    add(Items(tuple(arg for arg in args if arg is not None), span))
    return Items(tuple(found), span, open_)


@_named("distinct", "reverse", "sort")
def _distinct(args: Args, span: Span) -> Result:
    if len(args) != 1 or not isinstance(args[0], Items):
        return unknown(span)
    if not is_known(args[0]):
        return args[0]  # twice the same makes no difference to a policy
    return args[0]._replace(items=tuple({repr(plain(item)): item for item in args[0].items}.values()))


@_named("compact")
def _compact(args: Args, span: Span) -> Result:
    if len(args) != 1 or not isinstance(args[0], Items):
        return unknown(span)
    kept = tuple(item for item in args[0].items if not (isinstance(item, Value) and item.raw == ""))
    return args[0]._replace(items=kept)


@_named("setunion")
def _union(args: Args, span: Span) -> Result:
    return _concat(args, span)


@_named("keys")
def _keys(args: Args, span: Span) -> Result:
    if len(args) != 1 or not isinstance(args[0], Fields):
        return unknown(span)
    names = sorted((key for key, _ in args[0].entries), key=lambda key: key.raw)
    return Items(tuple(names), span, args[0].open)


@_named("values")
def _values(args: Args, span: Span) -> Result:
    if len(args) != 1 or not isinstance(args[0], Fields):
        return unknown(span)
    ordered = sorted(args[0].entries, key=lambda entry: entry[0].raw)
    return Items(tuple(value for _, value in ordered), span, args[0].open)


@_named("lookup")
def _lookup(args: Args, span: Span) -> Result:
    raws = _raws(args[1:2])
    if len(args) < 2 or not raws or not isinstance(args[0], Fields):
        return unknown(span)
    found = step(args[0], raws[0], span)
    return args[2] if found is None and len(args) == 3 else found


@_named("element")
def _element(args: Args, span: Span) -> Result:
    raws = _raws(args[1:])
    if len(args) != 2 or not raws or not isinstance(args[0], Items) or args[0].open or not raws[0].isdecimal():
        return unknown(span)
    return args[0].items[int(raws[0][:9]) % len(args[0].items)] if args[0].items else unknown(span)


@_named("length")
def _length(args: Args, span: Span) -> Result:
    tree = args[0] if len(args) == 1 else None
    if isinstance(tree, (Items, Fields)) and not tree.open:
        return Value(str(len(list(loop(tree)))), span)
    if isinstance(tree, Value) and HOLE not in tree.raw:
        return Value(str(len(tree.raw)), span)
    return unknown(span)


@_named("contains")
def _contains(args: Args, span: Span) -> Result:
    if len(args) != 2 or not isinstance(args[0], Items) or not is_known(args[1]):
        return unknown(span)
    if any(alike(args[1], item) for item in args[0].items):
        return Value("true", span)
    return Value("false", span) if is_known(args[0]) else unknown(span)


@_named("coalesce")
def _coalesce(args: Args, span: Span) -> Result:
    for arg in args:
        if arg is not None and not (isinstance(arg, Value) and arg.raw == ""):
            return arg
    return None


@_named("coalescelist")
def _coalescelist(args: Args, span: Span) -> Result:
    for arg in args:
        if not isinstance(arg, Items) or (arg.open and not arg.items):
            return unknown(span)
        if arg.items:
            return arg
    return unknown(span)


@_named("formatlist")
def _formatlist(args: Args, span: Span) -> Result:
    lists = [arg for arg in args if isinstance(arg, Items)]
    if not lists or any(len(found.items) != len(lists[0].items) for found in lists):
        return unknown(span)
    made = []
    for place in range(len(lists[0].items)):
        own = tuple(arg.items[place] if isinstance(arg, Items) else arg for arg in args)
        made.append(_format(own, lists[0].items[place].span))
    return Items(tuple(m for m in made if m is not None), span, any(found.open for found in lists))


@_named("zipmap")
def _zipmap(args: Args, span: Span) -> Result:
    if len(args) != 2 or not isinstance(args[0], Items) or not isinstance(args[1], Items):
        return unknown(span)
    keys = [text_of(item) for item in args[0].items]
    pairs = zip(keys, args[1].items, strict=False)
    return Fields(tuple((k, v) for k, v in pairs if k is not None), span, args[0].open or args[1].open or None in keys)


@_named("range")
def _range(args: Args, span: Span) -> Result:
    raws = _raws(args) or []
    if len(raws) != 1 or not raws[0].isdecimal() or len(raws[0]) > 3:
        return unknown(span)
    return Items(tuple(Value(str(n), span) for n in range(int(raws[0]))), span)


@_named("startswith")
def _startswith(args: Args, span: Span) -> Result:
    raws = _raws(args)
    if raws is None or len(raws) != 2 or HOLE in raws[0] + raws[1]:
        return unknown(span)
    return Value("true" if raws[0].startswith(raws[1]) else "false", span)


def _text_function(change: Callable[[str], str]) -> Function:
    def apply(args: Args, span: Span) -> Result:
        own = text_of(args[0]) if len(args) == 1 else None
        return unknown(span) if own is None else Value(change(own.raw), span)

    return apply


FUNCTIONS["lower"] = _text_function(str.lower)
FUNCTIONS["upper"] = _text_function(str.upper)
FUNCTIONS["trimspace"] = _text_function(str.strip)


@_named("replace")
def _replace(args: Args, span: Span) -> Result:
    """With a pattern (`/…/`) only what is known to cut off all up to the provider's host, as OIDC conditions do.

    A hole that holds the text that is replaced is a hole after that.
    """
    raws = _raws(args)
    if raws is None or len(raws) != 3 or HOLE in raws[1]:
        return unknown(span)
    text, old, new = raws
    if len(old) > 1 and old[0] == old[-1] == "/":
        _, found, tail = text.partition("provider/")
        return Value(tail, span) if "provider/" in old and not new and found else unknown(span)
    if not old or text.count(old) * len(new) > _MAX_TEXT:
        return unknown(span)
    return Value(text.replace(old, new), span)


@_named("trimprefix")
def _trimprefix(args: Args, span: Span) -> Result:
    raws = _raws(args)
    if raws is None or len(raws) != 2 or HOLE in raws[1] or HOLE in raws[0][: len(raws[1])]:
        return unknown(span)
    return Value(raws[0].removeprefix(raws[1]), span)


@_named("trimsuffix")
def _trimsuffix(args: Args, span: Span) -> Result:
    raws = _raws(args)
    if raws is None or len(raws) != 2 or HOLE in raws[1] or HOLE in raws[0][len(raws[0]) - len(raws[1]) :]:
        return unknown(span)
    return Value(raws[0].removesuffix(raws[1]), span)
