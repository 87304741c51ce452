"""Rules on manifests: what the schema makes of a node, where a broken rule is reported, what stays unanswered."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from eso_lint.schema.cel.nodes import Context
from eso_lint.schema.cel.program import Failed, Unevaluated, Unknown, Value, compile_text
from eso_lint.schema.cel.rules import Uncounted, Violation
from eso_lint.schema.pack import Pack
from eso_lint.source.node import Mapping, Opaque, Sequence
from tests.unit.schema.cel_samples import STRING, broken, evaluate, fields, node, shape, where

INTEGER = {"type": "integer"}
STRINGS = {"type": "array", "items": STRING}
CRDS = sorted((Path(__file__).parents[3] / "schemas" / "crds").glob("*.json"))


def released() -> dict[str, tuple[Pack, int]]:
    """Every rule text of every release, with one schema that has it."""
    found: dict[str, tuple[Pack, int]] = {}
    for path in CRDS:
        pack = Pack(json.loads(path.read_text()))
        for number, row in enumerate(pack.rows):
            for rule in row.get("x-kubernetes-validations", ()):
                assert rule.keys() <= {"rule", "message"}, "a part of rules that no release had so far"
                found.setdefault(rule["rule"], (pack, number))
    return found


def one(*names: str) -> Any:
    return lambda there: sum(name in there for name in names) == 1


def most(*names: str) -> Any:
    return lambda there: sum(name in there for name in names) <= 1


# What each rule of the releases means, in Python, of the set of fields that are there.
MEANS: dict[str, Any] = {
    "has(self.projectID) != has(self.groupID)": one("projectID", "groupID"),
    "has(self.value) != has(self.secretRef)": one("value", "secretRef"),
    "has(self.storeRef) && (has(self.storeRef.name) || has(self.storeRef.labelSelector))": lambda t: "storeRef" in t,
    "!has(self.remoteKey) || !has(self.rewrite) || size(self.rewrite) == 0": most("remoteKey", "rewrite"),
    "(has(self.regexp) && !has(self.transform)) || (!has(self.regexp) && has(self.transform))": one("regexp", "transform"),
    "(has(self.secretRef) && !has(self.oidcConfig)) || (!has(self.secretRef) && has(self.oidcConfig))": one("secretRef", "oidcConfig"),
    "(has(self.accessToken) && !has(self.oidcConfig)) || (!has(self.accessToken) && has(self.oidcConfig))": one("accessToken", "oidcConfig"),
    "(has(self.auth) && !has(self.accessToken)) || (!has(self.auth) && has(self.accessToken))": one("auth", "accessToken"),
    "has(self.serviceAccountCredsSecretRef) || has(self.tokenSecretRef)": lambda t: bool(t & {"serviceAccountCredsSecretRef", "tokenSecretRef"}),
    "!('esoNamespace' in self) && !('esoStoreName' in self) && !('esoStoreKind' in self)": lambda t: not t & {"esoNamespace", "esoStoreName", "esoStoreKind"},
    "[has(self.roleId),has(self.roleRef)].filter(x,x==true).size() == 1": one("roleId", "roleRef"),
    "[has(self.appRole),has(self.tokenSecretRef),has(self.userPass)].filter(x,x==true).size() == 1": one("appRole", "tokenSecretRef", "userPass"),
    "[has(self.caBundle),has(self.caProvider)].filter(x,x==true).size() <= 1": most("caBundle", "caProvider"),
    "has(self.auth) || has(self.authRef)": lambda t: bool(t & {"auth", "authRef"}),
    "[has(self.auth),has(self.authRef)].filter(x,x==true).size() <= 1": most("auth", "authRef"),
    "has(self.token) || (has(self.username) && has(self.password))": lambda t: "token" in t or {"username", "password"} <= t,
    "[has(self.vault),has(self.environment)].filter(x,x==true).size() <= 1": most("vault", "environment"),
}  # fmt: skip
NAMES = {
    text: sorted(set(__import__("re").findall(r"(?:self\.|')(\w+)", text)) - {"name", "labelSelector"})
    for text in MEANS
}
SAMPLE = {"string": '"x"', "object": "{name: x}", "array": "[{}]", "integer": "1", "boolean": "true"}


def test_every_rule_of_every_release_is_known_here() -> None:
    assert released().keys() == MEANS.keys()


@pytest.mark.parametrize("text", MEANS)
def test_rules_of_releases_mean_what_they_say(text: str) -> None:
    pack, number = released()[text]
    schema, program = pack.shape(number), compile_text(text)
    names = NAMES[text]
    assert names
    for count in range(len(names) + 1):
        for there in itertools.combinations(names, count):
            lines = []
            for name in there:
                child = schema.child(name)
                assert child is not None
                lines.append(f"{name}: {SAMPLE[child.type]}\n")
            top = node("".join(lines) or "{}")
            answer = program.evaluate(top, schema, Context())
            assert answer == Value(MEANS[text](set(there))), (there, answer)
            # Null is as good as absent, and a template knows nothing.
            others = [name for name in names if name not in there and schema.additional is None]
            empty = node("".join(lines + [f"{name}:\n" for name in others]) or "{}")
            assert program.evaluate(empty, schema, Context()) == answer
            assert isinstance(top, Mapping)
            top.open = True
            assert program.evaluate(top, schema, Context()) in (answer, Unknown())


def test_store_references_of_data_to() -> None:
    text = "has(self.storeRef) && (has(self.storeRef.name) || has(self.storeRef.labelSelector))"
    pack, number = released()[text]
    program = compile_text(text)
    for body, holds in (
        ("{name: a}", True),
        ("{kind: SecretStore}", False),
        ("{labelSelector: {}}", True),
        ("{}", False),
    ):
        assert program.evaluate(node(f"storeRef: {body}"), pack.shape(number), Context()) == Value(holds)


SEEN = fields(
    text=STRING,
    filled={"type": "string", "default": "x"},
    nothing={"type": "string", "nullable": True},
    number=INTEGER,
    real={"type": "number"},
    either={"x-kubernetes-int-or-string": True},
    raw={"type": "string", "format": "byte"},
    since={"type": "string", "format": "date-time"},
    day={"type": "string", "format": "date"},
    wait={"type": "string", "format": "duration"},
    list={**STRINGS, "x-kubernetes-list-type": "set"},
    pairs={
        "type": "array", "items": fields(k=STRING, v=STRING), "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["k"],
    },
    map={"type": "object", "additionalProperties": STRING},
    deep=fields(inner={"type": "string", "default": "y"}),
    free={"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    **{"namespace": STRING, "a-b": STRING, "a.b": STRING, "a__b": STRING, "a/b": STRING},
)  # fmt: skip
HOLDS = {
    "!has(self.text)": "{}",
    "has(self.text) && self.text == 'no'": "text: 'no'",
    "!has(self.text) ": "text:",
    "has(self.filled) && self.filled == 'x'": "{}",
    "self.filled == 'x'": "filled: null",
    "!has(self.nothing)": "nothing: null",
    "self.number == 3 && type(self.number) == int": "number: 3",
    "self.real == 3.0 && type(self.real) == double": "real: 3",
    "type(self.either) == int ? self.either > 2 : self.either == '3'": "either: 3",
    "type(self.either) == string ": "either: '3'",
    "self.raw == b'hi' && size(self.raw) == 2": "raw: aGk=",
    "self.since < timestamp('2021-01-01T00:00:00Z') && self.since.getFullYear() == 2020": "since: '2020-01-01T00:00:00Z'",
    "self.day == timestamp('2020-01-01T00:00:00Z')": "day: '2020-01-01'",
    "self.wait == duration('1h')": "wait: 1h",
    "self.list == ['b', 'a']": "list: [a, b]",
    "self.list + ['b', 'c'] == ['a', 'b', 'c'] && size(self.list) == 2 && self.list[1] == 'b'": "list: [a, b]",
    "(self.pairs + [{'k': 'a', 'v': '2'}]).size() == 3": "pairs: [{k: a, v: '1'}, {k: b}]",
    "self.pairs + self.pairs == self.pairs && self.pairs.exists_one(p, has(p.v))": "pairs: [{k: a, v: '1'}, {k: b}]",
    "self.map.a == 'x' && 'b' in self.map && !('c' in self.map) && self.map.all(k, self.map[k] != '')": "map: {a: x, b: w}",
    "self.map.size() == 2 && self.map == {'b': 'w', 'a': 'x'} && self.map.exists(k, v, v == 'w')": "map: {a: x, b: w}",
    "has(self.deep) && self.deep.inner == 'y'": "deep: {}",
    "!has(self.deep)": "{}",
    "self.__namespace__ == 's' && self.a__dash__b == 'd' && self.a__dot__b == 'p' && self.a__underscores__b == 'u'": (
        "{namespace: s, a-b: d, a.b: p, a__b: u}"
    ),
    "self.`a-b` == 'd' && self.a__slash__b == 's'": "{a-b: d, a/b: s}",
    "self.?text.orValue('d') == 'd' && self.?deep.?inner.orValue('z') == 'z' && self[?'text'].hasValue() == false": "{}",
    "has(self.free) && size(self.list) == 0 && self.list == []": "{free: {a: 1}, list: []}",
}


@pytest.mark.parametrize("expression", HOLDS)
def test_the_schema_decides_what_is_seen(expression: str) -> None:
    assert evaluate(expression, HOLDS[expression], SEEN) == Value(True)


def test_the_whole_object_has_its_name_and_kind() -> None:
    text = "{apiVersion: a/v1, kind: K, metadata: {name: x, labels: {a: b}}, spec: {}}"
    schema = fields(metadata={"type": "object"}, spec=fields())
    assert evaluate(
        "self.metadata.name == 'x' && self.kind == 'K' && has(self.spec)", text, schema, root=True
    ) == Value(True)
    assert isinstance(evaluate("self.metadata.labels.a == 'b'", text, schema, root=True), Unevaluated)


def test_errors_are_those_of_a_cluster() -> None:
    assert evaluate("self.text == 'a'", "{}", SEEN) == Failed("no such key: text")
    assert evaluate("self.either > 2", "either: x", SEEN) == Failed("no such overload: _>_(string, int)")
    assert evaluate("self.raw == b''", "raw: '!'", SEEN) == Failed("failed to decode base64 '!'")
    assert isinstance(evaluate("self.numosuch == 'a'", "{}", SEEN), Unevaluated)
    assert isinstance(evaluate("self.free.a == 1", "free: {a: 1}", SEEN), Unevaluated)


def test_what_a_template_decides_has_no_answer() -> None:
    schema = fields(a=STRING, b=STRING, l=STRINGS, m={"type": "object", "additionalProperties": STRING})
    program = compile_text("has(self.a) || has(self.b)")

    def opaque(text: str, name: str) -> Mapping:
        top = node(text)
        assert isinstance(top, Mapping)
        entries = tuple(
            (k, Opaque(v.file, v.start, v.end, "${X}", "variable") if k.text == name else v) for k, v in top.entries
        )  # type: ignore[attr-defined]
        return Mapping(top.file, top.start, top.end, entries)

    def ask(expression: str, top: Mapping) -> Any:
        return compile_text(expression).evaluate(top, shape(schema), Context())

    assert program.evaluate(opaque("{a: x}", "a"), shape(schema), Context()) == Unknown()
    # What else is there decides nevertheless.
    assert ask("has(self.a) || has(self.b)", opaque("{a: x, b: w}", "a")) == Value(True)
    assert ask("has(self.a) && has(self.b)", opaque("{a: x}", "a")) == Value(False)
    assert ask("has(self.a) == has(self.b)", opaque("{a: x}", "a")) == Unknown()
    assert ask("self.numosuch == '' || has(self.a)", opaque("{a: x}", "a")) != Value(False)
    assert ask("[has(self.a), has(self.b)].filter(x, x == true).size() <= 1", opaque("{a: x, b: w}", "a")) == Unknown()
    assert ask("1 / 0 == 1 || self.a == 'x'", opaque("{a: x}", "a")) == Unknown(), "an error is not certain"
    assert ask("'x' in self.m", opaque("{m: x}", "m")) == Unknown()
    grown = node("{l: [a], m: {k: v}}")
    for part in (grown.get("l"), grown.get("m")):
        assert isinstance(part, (Mapping, Sequence))
        part.open = True
    assert isinstance(grown, Mapping)
    assert ask("size(self.l) == 1", grown) == ask("self.l.all(x, x == 'a')", grown) == Unknown()
    assert ask("'k' in self.m", grown) == Value(True)
    assert ask("'x' in self.m", grown) == ask("self.m.size() == 1", grown) == Unknown()


PLACES: tuple[tuple[Any, str, str], ...] = (
    ("!has(self.a) || !has(self.b)", "{a: x, b: w}", "b"),
    ("!has(self.a) || !has(self.b)", "{b: x, c: z, a: y}", "a"),
    ("!has(self.a)", "{a: x}", "a"),
    ("has(self.a) != has(self.b)", "{c: x}", ""),
    ("[has(self.a),has(self.b),has(self.c)].filter(x,x).size() <= 1", "{a: x, b: y, c: z}", "c"),
    ("self.all(k, !k.startsWith('eso'))", "{a: x, esoB: y}", "esoB"),
    ("!('a' in self) && !('b' in self)", "{c: x, b: w, a: z}", "b"),
    ("!has(self.a) || self.a.startsWith('x')", "{a: yes-no, b: x}", "yes-no"),
    ("!has(self.a) || self.a != 'x'", "{a: x}", "x"),
    ("self.a == self.b", "{a: x, b: w}", "w"),
    ("has(self.d.a) || has(self.d.b)", "{c: x, d: {c: z}}", "d"),
    ("self.l.all(i, i.size() < 3)", "{l: [a, long, b]}", "long"),
    ("self.num > 3", "{num: 2}", "2"),
    ({"rule": "has(self.a)", "fieldPath": ".d.c"}, "{d: {c: z}}", "c"),
    ({"rule": "has(self.a)", "fieldPath": "['d'].nosuch"}, "{d: {c: z}}", "d"),
)  # fmt: skip


@pytest.mark.parametrize(("rule", "text", "place"), PLACES)
def test_the_wrong_place_is_found(rule: Any, text: str, place: str) -> None:
    leaf = {"a": STRING, "b": STRING, "c": STRING}
    plain = fields(**leaf, l=STRINGS, num=INTEGER, d=fields(**leaf))
    schema = (
        {"type": "object", "additionalProperties": STRING}
        if " in self" in str(rule) or "self.all" in str(rule)
        else plain
    )
    assert where(broken(rule, text, schema))[0] == place


def test_the_help_says_what_would_do() -> None:
    schema = fields(a=STRING, b=STRING, c=STRING)

    def advice(rule: str, text: str) -> tuple[str, str, tuple[str, ...]]:
        (found,) = broken(rule, text, schema)
        return found.blame.label, found.blame.help, found.blame.missing

    assert advice("has(self.a) != has(self.b)", "{}") == ("`a` or `b` is missing here", "add `a` or `b`", ("a", "b"))
    assert advice("has(self.a) != has(self.b)", "{a: x, b: w}") == ("beside `a`", "keep one of `a` and `b`", ())
    assert advice("has(self.c) || (has(self.a) && has(self.b))", "{a: x}")[1] == "add `c` or `b`"
    assert advice("!has(self.c)", "{c: x}") == ("must not be set", "remove `c`", ())


def test_messages() -> None:
    schema = fields(a=STRING, num=INTEGER)
    assert where(broken({"rule": "has(self.a)", "message": " a is needed\n"}, "{}", schema))[1] == "a is needed"
    assert where(broken({"rule": " has(self.a) "}, "{}", schema))[1] == "failed rule: has(self.a)"
    said = {"rule": "self.num > 3", "message": "too small"}
    for expression, message in {
        "'num is ' + string(self.num)": "num is 2",
        "'%d is below %d'.format([self.num, 3])": "2 is below 3",
        "''": "too small",
        "'a\\nb'": "too small",
        "self.a": "too small",
        "nosuch(self)": "too small",
        "1": "too small",
    }.items():
        assert where(broken({**said, "messageExpression": expression}, "{num: 2}", schema))[1] == message
    failed = where(broken({"rule": "self.a == 'x'", "message": "a is x"}, "{}", schema))[1]
    assert failed == "the CRD's rule cannot be evaluated (no such key: a): a is x"


def test_rules_about_changes_are_not_asked() -> None:
    schema = fields(a=STRING)
    assert broken("self.a == oldSelf.a", "{a: x}", schema) == []
    assert broken("self.a == oldSelf.a && nosuch(1)", "{a: x}", schema) == []
    created = {"rule": "oldSelf.hasValue() || self.a == 'x'", "optionalOldSelf": True}
    assert broken(created, "{a: x}", schema) == []
    assert where(broken(created, "{a: wrong}", schema))[0] == "wrong"
    kept = {"rule": "self.a == oldSelf.?a.orValue('x')", "optionalOldSelf": True}
    assert where(broken(kept, "{a: wrong}", schema))[0] == "wrong"


def test_what_cannot_be_evaluated_is_told() -> None:
    assert broken("nosuch(self.a)", "{a: x}", fields(a=STRING)) == [
        Uncounted("nosuch(self.a)", "the function `nosuch`")
    ]
    assert broken("has(self.a) || nosuch(self.a)", "{a: x}", fields(a=STRING))[0].why == "the function `nosuch`"
    assert broken("  ", "{a: x}", fields(a=STRING)) == []
    assert broken("self.a.matches('(?i)x')", "{a: x}", fields(a=STRING)) == [
        Uncounted("self.a.matches('(?i)x')", "a regular expression that Python may read differently")
    ]


def test_a_rule_that_gives_no_truth_is_broken() -> None:
    (found,) = broken("self.a", "{a: x}", fields(a=STRING))
    assert isinstance(found, Violation)
