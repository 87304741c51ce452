"""One use of a Terraform module: its variables have values here, its resources instances.

Everything is evaluated when it is asked for, once. What asks for itself is a hole.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import NamedTuple

from eso_lint.iam.arns import derived
from eso_lint.iam.grant import HOLE, Value
from eso_lint.iam.hcl_ast import Body
from eso_lint.iam.hcl_eval import Budget, Scope, Step, evaluate, fields_of, follow
from eso_lint.iam.hcl_functions import Args
from eso_lint.iam.hcl_template import whole
from eso_lint.iam.hcl_values import Result, is_known, loop, plain
from eso_lint.iam.terraform import Module, Terraform, Written, literal, local
from eso_lint.iam.tree import Fields, Items, Ref, Tree, text_of, unknown
from eso_lint.source.file import SourceFile, Span

_MAX_INSTANCES = 500
_MAX_NESTED = 8


class Instance(NamedTuple):
    """One instance of a block: its key ("" without), the names of its loop, and whether it may not exist."""

    key: str
    names: dict[str, Result]
    maybe: bool


class Inputs(NamedTuple):
    """What a call gives to a module: attributes of its block, evaluated where the call stands."""

    caller: Use
    file: SourceFile
    body: Body
    instance: Instance


class Use:
    """A module with inputs, None where nothing here calls it.

    `home` tells uses of one directory apart; with `maybe` it may not be made at all.
    """

    maybe: bool
    above: tuple[str, ...]

    def __init__(
        self, tree: Terraform, module: Module, budget: Budget, inputs: Inputs | None = None, address: str = ""
    ) -> None:
        self.tree = tree
        self.module = module
        self.budget = budget
        self.inputs = inputs
        self.address = address
        self.home = f"{module.directory}#{address}" if address else module.directory
        above = inputs.caller if inputs is not None else None
        self.maybe = above is not None and (above.maybe or (inputs is not None and inputs.instance.maybe))
        self.above = (*(above.above if above else ()), module.directory)
        tree.homes[self.home] = self
        self._memo: dict[object, tuple[Result, bool]] = {}
        self._busy: set[object] = set()
        self._instances: dict[int, tuple[Instance, ...]] = {}
        self._below: dict[str, tuple[tuple[str, Use], ...]] = {}

    def scope(self, file: SourceFile, names: dict[str, Result] | None = None) -> Scope:
        return Scope(file, self._ask, self._function, self.resolve, self.budget, names or {})

    def _once(self, key: object, span: Span, make: Callable[[], Result]) -> Result:
        if key in self._memo:
            found, assumed = self._memo[key]
            self.budget.assumed = self.budget.assumed or assumed
            return found
        if key in self._busy:
            return unknown(span)
        self._busy.add(key)
        before, self.budget.assumed = self.budget.assumed, False
        try:
            found = make()
        finally:
            self._busy.discard(key)
        self._memo[key] = found, self.budget.assumed
        self.budget.assumed = self.budget.assumed or before
        return found

    # Names.

    def _ask(self, root: str, steps: tuple[Step, ...], span: Span) -> Result:
        if not steps:
            return unknown(span)
        first = steps[0][0]
        if root == "var":
            return follow(self.variable(first, span), steps[1:], span, self.resolve)
        if root == "local":
            return follow(self.local(first, span), steps[1:], span, self.resolve)
        if root == "path":
            directory = {"module": self.module.directory, "root": self.above[0]}.get(first)
            return unknown(span) if directory is None else Value(directory or ".", span)
        if root == "module":
            return self._output(steps, span)
        path = steps if root == "data" else ((root, False), *steps)
        if len(path) < 2 or path[0][1] or path[1][1]:
            return unknown(span)
        mode = "data" if root == "data" else "resource"
        return self._block((mode, path[0][0], path[1][0]), path[2:], span)

    def variable(self, name: str, span: Span) -> Result:
        return self._once(("var", name), span, lambda: self._variable(name, span))

    def _variable(self, name: str, span: Span) -> Result:
        written = self.module.variables.get(name)
        if written is None:
            return unknown(span)
        place = Span(written.file, written.item.start, written.item.end)
        default = written.item.body.get("default")
        if self.inputs is not None:
            given = self.inputs.body.get(name)
            if given is not None:
                scope = self.inputs.caller.scope(self.inputs.file, self.inputs.instance.names)
                return evaluate(given, scope)
        elif self.tree.given_elsewhere(self.module.directory):
            return unknown(place)
        else:
            sure, other = self.tree.tfvars(self.module.directory)
            said = [(file, a) for file, a in sure if a.name == name]
            if said:
                return evaluate(said[-1][1].value, self.scope(said[-1][0]))
            values = [evaluate(a.value, self.scope(file)) for file, a in other if a.name == name]
            if values:
                if default is not None:
                    values.append(evaluate(default, self.scope(written.file)))
                # Files for several environments that differ say nothing for certain.
                same = all(is_known(v) for v in values) and len({repr(plain(v)) for v in values}) == 1
                return values[0] if same else unknown(place)
            self.budget.assumed = default is not None
        return unknown(place) if default is None else evaluate(default, self.scope(written.file))

    def local(self, name: str, span: Span) -> Result:
        named = self.module.locals.get(name)
        if named is None:
            return unknown(span)
        return self._once(("local", name), span, lambda: evaluate(named.value, self.scope(named.file)))

    # Blocks.

    def instances(self, written: Written) -> tuple[Instance, ...]:
        """The instances of a block: by `count`, by `for_each`, else one."""
        key = id(written.item)
        made = self._instances.get(key)
        if made is None:
            # While it is found out a block that asks for its own instances has none.
            self._instances[key] = ()
            every = self._expanded(written)
            self.tree.cut = self.tree.cut or len(every) > _MAX_INSTANCES
            made = self._instances[key] = tuple(every[:_MAX_INSTANCES])
        return made

    def _expanded(self, written: Written) -> list[Instance]:
        body, scope = written.item.body, self.scope(written.file)
        count, each = body.get("count"), body.get("for_each")
        if count is not None:
            raw = text_of(evaluate(count, scope))
            span = Span(written.file, count.start, count.end)
            if raw is not None and raw.raw.isdecimal() and len(raw.raw) < 6:
                return [_counted(str(n), span) for n in range(min(int(raw.raw), _MAX_INSTANCES + 1))]
            return [_counted("0", span)._replace(maybe=True)]
        if each is not None:
            source = evaluate(each, scope)
            span = Span(written.file, each.start, each.end)
            hole = unknown(span)
            if not isinstance(source, (Items, Fields)):
                return [] if source is None else [_each(hole, hole)._replace(maybe=True)]
            found = []
            for key, item in loop(source):
                own = text_of(item) if isinstance(source, Items) else key
                found.append(_each(own or hole, item))
            return found + ([_each(hole, hole)._replace(maybe=True)] if source.open else [])
        return [Instance("", {}, False)]

    def attribute(self, ident: tuple[str, str, str], instance: Instance, name: str) -> Result:
        """An attribute of an instance; None where it is absent."""
        written = self.module.blocks[ident]
        expr = written.item.body.get(name)
        if expr is None:
            return None
        span = Span(written.file, expr.start, expr.end)
        scope = self.scope(written.file, instance.names)
        return self._once((*ident, instance.key, name), span, lambda: evaluate(expr, scope))

    def fields(self, ident: tuple[str, str, str], instance: Instance) -> Fields:
        """All of an instance: its attributes, and nested blocks as lists of objects."""
        written = self.module.blocks[ident]
        span = Span(written.file, written.item.start, written.item.end)
        scope = self.scope(written.file, instance.names)
        found = self._once((*ident, instance.key), span, lambda: fields_of(written.item.body, scope, span))
        return found if isinstance(found, Fields) else Fields((), span, True)

    def _block(self, ident: tuple[str, str, str], steps: tuple[Step, ...], span: Span) -> Result:
        written = self.module.blocks.get(ident)
        path = ident[1:] if ident[0] == "resource" else ("data", *ident[1:])
        if written is None:
            return Ref(self.home, (*path, *(key for key, _ in steps)), span, unknown(span))
        instances = self.instances(written)
        looped = written.item.body.get("for_each") is not None or written.item.body.get("count") is not None
        if looped and not steps:
            return self._all(written, instances, path, span)
        chosen = instances[0] if instances else None
        if steps and steps[0][1]:
            wanted, steps = steps[0][0], steps[1:]
            chosen = next((i for i in instances if i.key == wanted), None)
            if chosen is None:
                chosen = next((i for i in instances if HOLE in i.key), None)
            path = (*path, f"[{wanted if chosen is None else chosen.key}]")
        if chosen is None or not steps:
            return Ref(self.home, (*path, *(key for key, _ in steps)), span, unknown(span))
        return self._attribute(ident, chosen, path, steps, span)

    def _all(self, written: Written, instances: tuple[Instance, ...], path: tuple[str, ...], span: Span) -> Result:
        """A block with several instances as a whole: a list by count, an object by key."""
        refs = [(i.key, Ref(self.home, (*path, f"[{i.key}]"), span, unknown(span))) for i in instances]
        maybe = any(i.maybe for i in instances)
        if written.item.body.get("count") is not None:
            return Items(tuple(ref for _, ref in refs), span, maybe)
        return Fields(tuple((Value(key, span), ref) for key, ref in refs), span, maybe)

    def _attribute(
        self, ident: tuple[str, str, str], chosen: Instance, path: tuple[str, ...], steps: tuple[Step, ...], span: Span
    ) -> Result:
        name = steps[0][0]
        found = self.attribute(ident, chosen, name)
        if isinstance(found, (Items, Fields)):
            return follow(found, steps[1:], span, self.resolve)
        if found is None:

            def get(other: str) -> str | None:
                own = text_of(self.attribute(ident, chosen, other))
                return own.raw if own is not None else None

            raw = derived(ident[1], name, get)
        else:
            own = text_of(found)
            raw = own.raw if own is not None else HOLE
        ref = Ref(self.home, (*path, name), span, Value(raw, span))
        return follow(ref, steps[1:], span, self.resolve)

    def resolve(self, ref: Ref) -> Result:
        """What a reference leads to that was put together of a whole block and an attribute."""
        use = self.tree.homes.get(ref.home)
        path = ref.path[1:] if ref.path[0] == "data" else ref.path
        if not isinstance(use, Use):
            return ref
        steps = tuple((key[1:-1], True) if key.startswith("[") else (key, False) for key in path[2:])
        return use._block(("data" if ref.path[0] == "data" else "resource", path[0], path[1]), steps, ref.span)

    # Modules below.

    def below(self, name: str) -> tuple[tuple[str, Use], ...]:
        """The uses that a call of a module of this repository makes, by key."""
        made = self._below.get(name)
        if made is None:
            self._below[name] = ()
            made = self._below[name] = tuple(self._called(name))
        return made

    def _called(self, name: str) -> list[tuple[str, Use]]:
        written = self.module.calls[name]
        source = literal(written.item.body.get("source"))
        directory = local(self.module.directory, source.text) if source is not None else None
        module = self.tree.module(directory) if directory is not None else None
        if module is None or module.directory in self.above or len(self.above) > _MAX_NESTED:
            return []
        found = []
        for instance in self.instances(written):
            self.tree.uses += 1
            if self.tree.uses > self.tree.most_uses:
                self.tree.cut = True
                break
            key = f"[{instance.key}]" if instance.names else ""
            address = f"{self.address}.module.{name}{key}".lstrip(".")
            inputs = Inputs(self, written.file, written.item.body, instance)
            found.append((instance.key, Use(self.tree, module, self.budget, inputs, address)))
        return found

    def _output(self, steps: tuple[Step, ...], span: Span) -> Result:
        name = steps[0][0]
        if name not in self.module.calls:
            return unknown(span)
        uses = self.below(name)
        rest = steps[1:]
        key = ""
        if rest and rest[0][1]:
            key, rest = rest[0][0], rest[1:]
        if not uses or not rest:
            return Ref(self.home, ("module", *(k for k, _ in steps)), span, unknown(span))
        use = next((u for k, u in uses if k == key), None)
        return unknown(span) if use is None else follow(use.output(rest[0][0], span), rest[1:], span, self.resolve)

    def output(self, name: str, span: Span) -> Result:
        written = self.module.outputs.get(name)
        expr = written.item.body.get("value") if written is not None else None
        if written is None or expr is None:
            return unknown(span)
        return self._once(("output", name), span, lambda: evaluate(expr, self.scope(written.file)))

    # Functions that read files.

    def _function(self, name: str, args: Args, span: Span) -> Result:
        if name not in ("file", "templatefile", "abspath"):
            return None
        path = text_of(args[0]) if args else None
        if path is None or HOLE in path.raw or name == "abspath":
            return path or unknown(span)
        places = (path.raw, posixpath.join(self.module.directory, path.raw), posixpath.join(self.above[0], path.raw))
        file = next((f for p in places if (f := self.tree.files.get(posixpath.normpath(p))) is not None), None)
        if file is None:
            return unknown(span)
        if name == "file":
            return Value(file.text, Span(file, 0, len(file.text)))
        template = whole(file.text)
        given = args[1] if len(args) == 2 else None
        if template is None or not isinstance(given, Fields):
            return unknown(span)
        names: dict[str, Result] = {key.raw: value for key, value in given.entries}
        return evaluate(template, self.scope(file, names))


def _counted(key: str, span: Span) -> Instance:
    return Instance(key, {"count": Fields(((Value("index", span), Value(key, span)),), span)}, False)


def _each(key: Value, value: Tree) -> Instance:
    pair = Fields(((Value("key", key.span), key), (Value("value", key.span), value)), key.span)
    return Instance(key.raw, {"each": pair}, False)
