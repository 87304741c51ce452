"""Policies of Terraform: documents in data sources, in JSON, in managed policies that are named by ARN."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from eso_lint.iam.grant import HOLE, Condition, Policy, Principal, Statement, Value
from eso_lint.iam.hcl_eval import evaluate
from eso_lint.iam.policy import policy_of
from eso_lint.iam.terraform_use import Instance, Use
from eso_lint.iam.tree import Fields, Items, Ref, Tree, objects, text_of, texts, unknown
from eso_lint.source.file import Span

_MAX_SOURCES = 30
Ident = tuple[str, str, str]


class Policies:
    """The policies of all uses of modules."""

    def __init__(self, uses: dict[str, Use]) -> None:
        self.uses = uses
        self._named: dict[str, list[tuple[Use, Ident, Instance]]] | None = None
        self._documents: dict[tuple[str, Ident, str], tuple[Policy, bool]] = {}
        self._busy: set[tuple[str, Ident, str]] = set()

    def document(self, tree: Tree | None, span: Span, name: Value | None = None) -> Policy:
        """A policy as an expression gives it: JSON, an object that is made JSON of, or a data source."""
        if isinstance(tree, Ref):
            found = self._referred(tree, span)
            if found is not None:
                return found._replace(name=name if name is not None else found.name)
            tree = tree.known
        return policy_of(tree, span, name)

    def managed(self, tree: Tree) -> Policy:
        """The managed policy that an ARN names; open where its text is not here."""
        span = tree.span
        if isinstance(tree, Ref):
            found = self._instance(tree)
            if found is not None and found[1][1] == "aws_iam_policy" and found[1][0] == "resource":
                return self._policy(*found)
            called = self._called(tree)
            if called is not None:
                return called
        own = text_of(tree)
        name = own.raw.rsplit("/", 1)[-1] if own is not None else HOLE
        if own is not None and HOLE not in name and ":aws:policy/" not in own.raw:
            declared = self._by_name().get(name, [])
            if len(declared) == 1:
                return self._policy(*declared[0])
        return Policy((), span, own, open=True)

    def _policy(self, use: Use, ident: Ident, instance: Instance) -> Policy:
        name = text_of(use.attribute(ident, instance, "name"))
        written = use.module.blocks[ident]
        span = Span(written.file, written.item.start, written.item.end)
        return self.document(use.attribute(ident, instance, "policy"), span, name)

    def _called(self, ref: Ref) -> Policy | None:
        """The policy that the registry's module `iam-policy` makes."""
        use = self.uses.get(ref.home)
        if use is None or ref.path[0] != "module" or len(ref.path) < 2 or ref.path[1] not in use.module.calls:
            return None
        written = use.module.calls[ref.path[1]]
        source = text_of(call_argument(use, ref.path[1], "source"))
        if source is None or "iam" not in source.raw or not source.raw.split("?")[0].endswith("modules/iam-policy"):
            return None
        span = Span(written.file, written.item.start, written.item.end)
        name = text_of(call_argument(use, ref.path[1], "name"))
        return self.document(call_argument(use, ref.path[1], "policy"), span, name)

    def _by_name(self) -> dict[str, list[tuple[Use, Ident, Instance]]]:
        if self._named is None:
            self._named = {}
            for use in self.uses.values():
                for ident, instance in instances(use, "aws_iam_policy"):
                    name = text_of(use.attribute(ident, instance, "name"))
                    if name is not None and name.text is not None:
                        self._named.setdefault(name.text, []).append((use, ident, instance))
        return self._named

    def _instance(self, ref: Ref) -> tuple[Use, Ident, Instance] | None:
        """The instance of a block that a reference names."""
        use = self.uses.get(ref.home)
        place = placed(ref)
        if use is None or place is None or place[0] not in use.module.blocks:
            return None
        ident, key = place
        found = use.instances(use.module.blocks[ident])
        chosen = next((i for i in found if i.key == key), found[0] if key == "" and found else None)
        return (use, ident, chosen) if chosen is not None else None

    def _referred(self, ref: Ref, span: Span) -> Policy | None:
        found = self._instance(ref)
        if found is None:
            return None
        use, ident, instance = found
        if ident[:2] == ("data", "aws_iam_policy_document") and ref.path[-1] in ("json", "minified_json"):
            return self._data(use, ident, instance)
        if ident[1] == "aws_iam_policy" and ident[0] == "resource" and ref.path[-1] == "policy":
            return self._policy(use, ident, instance)
        return None

    def _data(self, use: Use, ident: Ident, instance: Instance) -> Policy:
        key = (use.home, ident, instance.key)
        if key not in self._documents:
            before, use.budget.assumed = use.budget.assumed, False
            fields = use.fields(ident, instance)
            if key in self._busy or len(self._busy) > _MAX_SOURCES:
                return Policy((), fields.span, open=True)
            self._busy.add(key)
            made = self._assembled(fields)
            self._busy.discard(key)
            self._documents[key] = made, use.budget.assumed
            use.budget.assumed = before
        made, assumed = self._documents[key]
        use.budget.assumed = use.budget.assumed or assumed
        return made

    def _assembled(self, fields: Fields) -> Policy:
        found: list[Statement] = []
        open_ = fields.open
        for name in ("source_json", "source_policy_documents"):
            for policy in self._sources(fields.get(name)):
                found += policy.statements
                open_ = open_ or policy.open
        found += map(statement_of, objects(fields.get("statement")))
        for name in ("override_json", "override_policy_documents"):
            for policy in self._sources(fields.get(name)):
                sids = {statement.sid for statement in policy.statements} - {None, ""}
                found = [statement for statement in found if statement.sid not in sids]
                found += policy.statements
                open_ = open_ or policy.open
        return Policy(tuple(found), fields.span, open=open_)

    def _sources(self, tree: Tree | None) -> Iterator[Policy]:
        if isinstance(tree, Items):
            for item in tree.items:
                yield self.document(item, item.span)
            if tree.open:
                yield Policy((), tree.span, open=True)
        elif tree is not None:
            yield self.document(tree, tree.span)


def statement_of(fields: Fields) -> Statement:
    """A `statement` block of a policy document, or an object of the same shape."""
    effect, sid = text_of(fields.get("effect")), text_of(fields.get("sid"))
    return Statement(
        effect if effect is not None else Value("Allow", fields.span),
        fields.span,
        sid.text if sid is not None else None,
        texts(fields.get("actions")),
        texts(fields.get("not_actions")),
        texts(fields.get("resources")),
        texts(fields.get("not_resources")),
        tuple(_principals(fields.get("principals"))),
        tuple(_principals(fields.get("not_principals"))),
        (*_conditions(fields.get("condition")), *_conditions(fields.get("conditions"))),
        maybe=fields.open,
    )


def _principals(tree: Tree | None) -> Iterator[Principal]:
    for fields in objects(tree):
        kind = text_of(fields.get("type"))
        for value in texts(fields.get("identifiers")):
            yield Principal(kind.raw if kind is not None else "AWS", value)
    if tree is not None and not isinstance(tree, (Items, Fields)):
        yield Principal("AWS", unknown(tree.span))


def _conditions(tree: Tree | None) -> Iterator[Condition]:
    for fields in objects(tree):
        hole = unknown(fields.span)
        operator, key = text_of(fields.get("test")), text_of(fields.get("variable"))
        if fields.open:
            operator = hole  # it may not be there at all
        yield Condition(operator or hole, key or hole, texts(fields.get("values")), fields.span)
    if tree is not None and not isinstance(tree, (Items, Fields)):
        hole = unknown(tree.span)
        yield Condition(hole, hole, (), tree.span)


def instances(use: Use, *kinds: str) -> Iterator[tuple[Ident, Instance]]:
    """The instances of resources of some types, in the order of their names."""
    for ident in sorted(use.module.blocks):
        if ident[0] == "resource" and ident[1] in kinds:
            for instance in use.instances(use.module.blocks[ident]):
                yield ident, instance


def placed(ref: Ref) -> tuple[Ident, str] | None:
    """The block and the key that a reference names."""
    path = ref.path
    mode = "data" if path[0] == "data" else "resource"
    path = path[1:] if mode == "data" else path
    if len(path) < 2 or path[0] == "module":
        return None
    key = path[2][1:-1] if len(path) > 2 and path[2].startswith("[") else ""
    return (mode, path[0], path[1]), key


def call_argument(use: Use, call: str, name: str, instance: Instance | None = None) -> Tree | None:
    """An argument of the call of a module that lies elsewhere."""

    written = use.module.calls[call]
    expr = written.item.body.get(name)
    names = instance.names if instance is not None else None
    return evaluate(expr, use.scope(written.file, names)) if expr is not None else None


def every(trees: Iterable[Tree | None]) -> Iterator[Tree]:
    """The items of lists and the values of objects; what is neither stands for itself."""
    for tree in trees:
        if isinstance(tree, Items):
            yield from tree.items
        elif isinstance(tree, Fields):
            yield from (value for _, value in tree.entries)
        elif tree is not None:
            yield tree
