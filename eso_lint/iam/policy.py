"""AWS policy documents: a tree of values as statements."""

from __future__ import annotations

from collections.abc import Iterator

from eso_lint.iam.grant import HOLE, Condition, Policy, Principal, Statement, Value
from eso_lint.iam.tree import Fields, Items, Tree, is_open, objects, text_of, texts, unknown
from eso_lint.source.file import Span


def policy_of(tree: Tree | None, span: Span, name: Value | None = None) -> Policy:
    """The policy that a tree holds: an object with `Statement`, or JSON of one. Anything else is open and empty.

    `span` stands for the policy where the tree has no place of its own.
    """
    if isinstance(tree, Value) and tree.raw.lstrip()[:1] == "{":
        from eso_lint.iam.policy_json import tree_of

        tree = tree_of(tree) or tree
    if not isinstance(tree, Fields):
        return Policy((), tree.span if tree is not None else span, name, open=True)
    written = _get(tree, "Statement")
    return Policy(tuple(statements(written)), tree.span, name, open=tree.open or is_open(written))


def statements(tree: Tree | None) -> Iterator[Statement]:
    """The statements of a list of them, or of one alone."""
    if isinstance(tree, Items):
        for item in tree.items:
            if isinstance(item, Fields):
                yield _statement(item)
            else:
                yield _unseen(item.span)
    else:
        yield from map(_statement, objects(tree))


def _unseen(span: Span) -> Statement:
    """A statement of which nothing is known."""
    hole = (unknown(span),)
    return Statement(hole[0], span, actions=hole, resources=hole, maybe=True)


def _statement(fields: Fields) -> Statement:
    effect = text_of(_get(fields, "Effect"))
    sid = text_of(_get(fields, "Sid"))
    lists = {name: texts(_get(fields, name)) for name in ("Action", "NotAction", "Resource", "NotResource")}
    return Statement(
        effect if effect is not None else unknown(fields.span),
        fields.span,
        sid.text if sid is not None else None,
        lists["Action"],
        lists["NotAction"],
        lists["Resource"],
        lists["NotResource"],
        tuple(_principals(_get(fields, "Principal"))),
        tuple(_principals(_get(fields, "NotPrincipal"))),
        tuple(_conditions(_get(fields, "Condition"))),
        maybe=fields.open,
    )


def _get(fields: Fields, name: str) -> Tree | None:
    """An element by its name, whose case AWS takes as it comes."""
    found = fields.get(name)
    if found is not None:
        return found
    return next((value for key, value in fields.entries if key.raw.lower() == name.lower()), None)


def _principals(tree: Tree | None) -> Iterator[Principal]:
    if isinstance(tree, Fields):
        for key, value in tree.entries:
            for text in texts(value):
                yield Principal(key.raw, text)
        if tree.open:
            yield Principal("*" if HOLE in tree.span.text else "AWS", unknown(tree.span))
    elif tree is not None:
        for text in texts(tree):
            yield Principal("*" if text.raw == "*" else "AWS", text)


def _conditions(tree: Tree | None) -> Iterator[Condition]:
    if isinstance(tree, Fields):
        for operator, tests in tree.entries:
            if isinstance(tests, Fields):
                for key, value in tests.entries:
                    yield Condition(operator, key, texts(value), key.span)
            if not isinstance(tests, Fields) or tests.open:
                yield Condition(operator, unknown(tests.span), (), tests.span)
    if tree is not None and (not isinstance(tree, Fields) or tree.open):
        hole = unknown(tree.span)
        yield Condition(hole, hole, (), tree.span)
