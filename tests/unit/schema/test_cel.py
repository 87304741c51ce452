"""The language: every construct and function that rules of CRDs may use, by expressions that must hold."""

from __future__ import annotations

import itertools
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eso_lint.schema.cel.parser import parse
from eso_lint.schema.cel.program import Failed, Unevaluated, Value, compile_text
from eso_lint.schema.cel.syntax import CelSyntaxError
from tests.unit.schema.cel_samples import evaluate

HOLD = r'''
1 + 2 == 3 && 2 - 3 == -1 && 2 * 3 == 6
5 / 2 == 2 && -5 / 2 == -2 && 5 % 2 == 1 && -5 % 2 == -1 && 7.0 / 2.0 == 3.5 && 1.0 / 0.0 > 1e300
-9223372036854775808 < -9223372036854775807 && - -1 == 1 && -(1) == -1 && 1 - -1 == 2 && !!true
1u + 2u == 3u && 5u / 2u == 2u && 1 == 1u && 1 == 1.0 && 1 != 1.5 && 1 < 1.5 && 1u < 2 && 2.0 >= 2u
1 + 2 * 3 == 7 && (1 + 2) * 3 == 9 && 10 - 3 - 2 == 5 && true || false && false
0x1F == 31 && 0xFu == 15u && 1e3 == 1000.0 && .5 == 0.5 && 1.5E-1 == 0.15
"a" + "b" == 'ab' && [1] + [2, 3] == [1, 2, 3] && b"a" + b"b" == b"ab"
1 in [1, 2] && !(3 in [1, 2]) && "a" in {"a": 1} && !("b" in {"a": 1}) && 1.0 in [1]
{"a": 1}.a == 1 && {"a": 1}["a"] == 1 && [1, 2][1] == 2 && [1, 2][1.0] == 2
{1: "a", 2u: "b"}[2] == "b" && {1: "a"}[1.0] == "a" && {true: "x", 1: "y"}[true] == "x"
has({"a": 1}.a) && !has({"a": 1}.b)
!(1 == "1") && 1 != "1" && null == null && !(null == 0) && [1] != {"a": 1} && true != 1
[1, 2] == [1.0, 2u] && {"a": [1]} == {"a": [1]} && {"a": 1} != {"a": 1, "b": 2} && [1] != [1, 1]
"a" < "b" && "a" <= "a" && b"a" < b"b" && false < true && "B" < "a" && !("b" < "a")
double("NaN") != double("NaN") && !(double("NaN") < 1.0) && !(double("NaN") >= 1.0)
true || 1 / 0 == 1
1 / 0 == 1 || true
!(false && 1 / 0 == 1) && !(1 / 0 == 1 && false)
true ? true : 1 / 0 == 1
(false ? 1 : true ? 2 : 3) == 2
[1, 2, 3].all(x, x > 0) && ![1, 2].all(x, x > 1) && [].all(x, false)
[1, 2, 3].exists(x, x > 2) && ![1].exists(x, x > 1) && ![].exists(x, true)
[1, 2, 3].exists_one(x, x > 2) && ![1, 2, 3].exists_one(x, x > 1)
[1, 2, 3].map(x, x * 2) == [2, 4, 6] && [1, 2, 3].map(x, x > 1, x * 2) == [4, 6]
[1, 2, 3].filter(x, x > 1) == [2, 3] && {"a": 1}.map(k, k) == ["a"] && {"a": 1}.all(k, k == "a")
[1, 0].exists(x, 1 / x == 1) && [0, 1].exists(x, 1 / x == 1) && !([0, 1].all(x, 1 / x == 2))
[[1], [2]].exists(x, x.exists(y, y == 2)) && [1, 2].all(x, [x].all(x, x > 0) && x > 0)
[1, 2].all(x, [3].exists(x, 1 / 0 == x) || x < 3)
{"a": 1, "b": 2}.all(k, v, v > 0) && [1, 2].exists(i, v, i == 1 && v == 2) && {"a": 1}.existsOne(k, v, k == "a")
[1, 2].transformList(i, v, i + v) == [1, 3] && [1, 2].transformList(i, v, v > 1, v) == [2]
{"a": 1}.transformMap(k, v, v + 1) == {"a": 2} && {"a": 1}.transformMap(k, v, v > 1, v) == {}
{"a": "b"}.transformMapEntry(k, v, {v: k}) == {"b": "a"}
cel.bind(x, 2, x * x) == 4
size("añ") == 2 && size(b"añ") == 3 && size([1]) == 1 && size({"a": 1}) == 1 && "abc".size() == 3
type(1) == int && type(1u) == uint && type("") == string && type(1.0) == double && type(null) == null_type
type(type(1)) == type && type([]) == list && type({}) == map && type(b"") == bytes && type(true) == bool
type(timestamp(0)) == google.protobuf.Timestamp && type(duration("1s")) == google.protobuf.Duration
int("12") == 12 && int(1.9) == 1 && int(-1.9) == -1 && int(3u) == 3 && int(timestamp("1970-01-01T00:01:00Z")) == 60
uint(3) == 3u && uint("3") == 3u && double("1.5") == 1.5 && double(2) == 2.0 && bool("true") && !bool("f")
string(1.5) == "1.5" && string(true) == "true" && string(12) == "12" && string(b"a") == "a" && string("a") == "a"
string(1e100) == "1e+100" && string(0.00001) == "1e-05" && string(100000.0) == "100000" && string(-0.25) == "-0.25"
bytes("é") == b"\xc3\xa9" && b"\xff".size() == 1 && b'\377' == b"\xff" && "\u00e9" == "é" && "\U0001F600" == "😀"
r"\n".size() == 2 && """a"b""" == "a\"b" && "\t\\\"" == '\t\\"' && R'\d' == "\\d"
dyn([1, "a"])[1] == "a"
duration("1h") == duration("60m") && duration("1h") > duration("59m") && string(duration("1h")) == "3600s"
timestamp("2020-01-01T00:00:00Z") + duration("24h") == timestamp("2020-01-02T00:00:00Z")
duration("24h") + timestamp("2020-01-01T00:00:00Z") - duration("24h") == timestamp("2020-01-01T00:00:00Z")
timestamp("2020-01-02T00:00:00Z") - timestamp("2020-01-01T00:00:00Z") == duration("86400s")
timestamp("2020-01-01T01:00:00+01:00") == timestamp("2020-01-01T00:00:00Z") && timestamp(60) > timestamp(59)
string(timestamp("2020-01-01T00:00:00.5Z")) == "2020-01-01T00:00:00.5Z"
timestamp("2020-02-03T04:05:06.789Z").getFullYear() == 2020 && timestamp("2020-02-03T04:05:06Z").getMonth() == 1
timestamp("2020-02-03T04:05:06Z").getDate() == 3 && timestamp("2020-02-03T04:05:06Z").getDayOfMonth() == 2
timestamp("2020-02-03T04:05:06Z").getDayOfYear() == 33 && timestamp("2020-02-02T04:05:06Z").getDayOfWeek() == 0
timestamp("2020-02-03T04:05:06.789Z").getSeconds() == 6 && timestamp("2020-02-03T04:05:06.789Z").getMilliseconds() == 789
timestamp("2020-02-03T04:05:06Z").getHours("+02:00") == 6 && timestamp("2020-02-03T04:05:06Z").getHours("-04:30") == 23
duration("90m").getHours() == 1 && duration("90m").getMinutes() == 90 && duration("-90s").getMinutes() == -1
"abc".startsWith("ab") && "abc".endsWith("bc") && "abc".contains("b") && !"abc".startsWith("b")
"abc".matches("^a.c$") && matches("abc", "b") && !"abc\n".matches("^abc$") && !"é".matches(r"^\w$")
"abc 123 def 45".find("[0-9]+") == "123" && "abc".find("[0-9]") == "" && "abc".findAll("x*") == ["", "", "", ""]
"a1 b2 c3".findAll("[0-9]") == ["1", "2", "3"] && "1 2 3".findAll("[0-9]", 2) == ["1", "2"] && "1".findAll("[0-9]", 0) == []
"Ab,É".lowerAscii() == "ab,É" && "aé".upperAscii() == "Aé" && " \ta\n".trim() == "a" && "abc".reverse() == "cba"
"a,b".split(",") == ["a", "b"] && "a,b,c".split(",", 2) == ["a", "b,c"] && "abc".split("") == ["a", "b", "c"]
"a,b".split(",", 0) == [] && "a,b".split(",", 1) == ["a,b"] && "abc".split("", 2) == ["a", "bc"] && "".split(",") == [""]
["a", "b"].join() == "ab" && ["a", "b"].join("-") == "a-b" && [].join("-") == ""
"hello".substring(1, 3) == "el" && "hello".substring(2) == "llo" && "hello".substring(5) == ""
"hello hello".replace("he", "we") == "wello wello" && "hello hello".replace("he", "we", 1) == "wello hello"
"hello".indexOf("l") == 2 && "hello".indexOf("l", 3) == 3 && "hello".indexOf("z") == -1 && "hello".indexOf("") == 0
"hello".lastIndexOf("l") == 3 && "hello".lastIndexOf("l", 2) == 2 && "hello".charAt(1) == "e" && "hello".charAt(5) == ""
strings.quote("a\"b\n") == "\"a\\\"b\\n\""
"%s is %d and %.2f".format(["a", 3, 1.5]) == "a is 3 and 1.50" && "100%%".format([]) == "100%" && "%x %b".format([255, 5]) == "ff 101"
"%s %s".format([[1, "a"], null]) == "[1, a] null" && "%s".format([duration("1s")]) == "1s"
[1, 2, 3].sum() == 6 && [1.5, 1.5].sum() == 3.0 && [3, 1].min() == 1 && [3, 1].max() == 3 && ["b", "a"].min() == "a"
[1, 1, 2].isSorted() && ![2, 1].isSorted() && [].isSorted() && [1, 2, 1].indexOf(1) == 0 && [1, 2, 1].lastIndexOf(1) == 2
[duration("1s"), duration("2s")].sum() == duration("3s") && [].sum() == 0
[[1], [2, 3]].flatten() == [1, 2, 3] && [1, 1.0, 2].distinct() == [1, 2] && [1, 2, 3].slice(1, 3) == [2, 3]
sets.contains([1, 2, 3], [1]) && sets.equivalent([1, 2], [2, 1, 1]) && sets.intersects([1], [1, 2]) && !sets.intersects([1], [2])
optional.of(1).hasValue() && !optional.none().hasValue() && optional.of(1).value() == 1 && optional.none().orValue(2) == 2
optional.none().or(optional.of(3)).value() == 3 && optional.of(1).orValue(1 / 0) == 1
optional.ofNonZeroValue("") == optional.none() && optional.ofNonZeroValue(0u) == optional.none() && optional.ofNonZeroValue([1]).hasValue()
{"a": 1}.?a.orValue(0) == 1 && {"a": 1}.?b.orValue(5) == 5 && {"a": {"b": 2}}.?a.b.value() == 2 && !{}.?a.b.hasValue()
{"a": 1}[?"a"].value() == 1 && [1, 2][?0].value() == 1 && ![1, 2][?5].hasValue() && has({"a": {"b": 1}}.?a.b)
{?"a": optional.none(), "b": 1} == {"b": 1} && [?optional.of(1), ?optional.none()] == [1]
optional.of(1).optMap(x, x + 1).value() == 2 && optional.of(1).optFlatMap(x, optional.none()) == optional.none()
isURL("https://user:pass@example.com:80/") && isURL("/absolute-path") && !isURL("../relative-path") && !isURL("https://a:b:c/")
!isURL("") && !isURL("https://a b/") && !isURL("https://a/%zz") && isURL("mailto:a@b.c") && !isURL("a\nb")
url("https://example.com:80/").getHost() == "example.com:80" && url("/path").getHost() == "" && url("https://[::1]:80/").getHost() == "[::1]:80"
url("https://[::1]/").getHostname() == "::1" && url("https://example.com:80/").getPort() == "80" && url("https://a/").getPort() == ""
url("https://example.com/path with spaces/").getEscapedPath() == "/path%20with%20spaces/" && url("https://example.com").getEscapedPath() == ""
url("https://example.com/p?k1=a&k2=b&k2=c").getQuery() == {"k1": ["a"], "k2": ["b", "c"]} && url("https://a/b").getScheme() == "https"
url("https://a/b") == url("https://a/b") && url("https://a/b") != url("https://a/c")
isQuantity("1.3G") && isQuantity("1.3Gi") && !isQuantity("1,3G") && isQuantity("10000k") && !isQuantity("200K") && !isQuantity("")
quantity("50000000G").isInteger() && !quantity("1.5").isInteger() && quantity("50k").asInteger() == 50000 && quantity("-1").sign() == -1
quantity("200M").compareTo(quantity("0.2G")) == 0 && quantity("50M").compareTo(quantity("50Mi")) == -1
quantity("50Mi").isGreaterThan(quantity("50M")) && quantity("1m").isLessThan(quantity("1")) && quantity("1e3") == quantity("1k")
quantity("50k").add(quantity("20k")) == quantity("70k") && quantity("50k").sub(20) == quantity("49980") && quantity("50.5k").asApproximateFloat() == 50500.0
isIP("127.0.0.1") && isIP("::1") && !isIP("127.0.0.256") && !isIP("010.0.0.1") && !isIP("::ffff:1.2.3.4") && !isIP("fe80::1%eth0")
ip("127.0.0.1").family() == 4 && ip("::1").family() == 6 && ip("127.0.0.1").isLoopback() && ip("0.0.0.0").isUnspecified()
ip("224.0.0.1").isLinkLocalMulticast() && ip("ff02::1").isLinkLocalMulticast() && ip("169.254.1.1").isLinkLocalUnicast()
ip("192.168.0.1").isGlobalUnicast() && !ip("255.255.255.255").isGlobalUnicast() && string(ip("2001:DB8::1")) == "2001:db8::1"
ip.isCanonical("127.0.0.1") && !ip.isCanonical("2001:DB8::1") && ip("::1") == ip("0:0:0:0:0:0:0:1")
isCIDR("192.168.0.0/16") && isCIDR("::1/128") && !isCIDR("192.168.0.0/33") && !isCIDR("1.2.3.4") && !isCIDR("1.2.3.0/024")
cidr("192.168.0.0/24").containsIP("192.168.0.1") && cidr("192.168.0.0/24").containsIP(ip("192.168.0.1")) && !cidr("192.168.0.0/24").containsIP("::1")
cidr("192.168.0.0/16").containsCIDR("192.168.10.0/24") && !cidr("192.168.0.0/24").containsCIDR(cidr("192.168.0.0/23"))
cidr("192.168.1.5/24").ip() == ip("192.168.1.5") && cidr("192.168.1.5/24").masked() == cidr("192.168.1.0/24") && cidr("1.2.3.4/16").prefixLength() == 16
format.named("dns1123Label").value().validate("a-b") == optional.none() && format.dns1123Label().validate("A").hasValue()
!format.named("nosuch").hasValue() && !format.labelValue().validate("").hasValue() && !format.dns1123LabelPrefix().validate("a-").hasValue()
'''
FAIL = {
    "1 / 0": "division by zero",
    "1 % 0": "modulus by zero",
    "9223372036854775807 + 1": "integer overflow",
    "-(-9223372036854775808)": "integer overflow",
    "0u - 1u": "unsigned integer overflow",
    "int(1e19)": "integer overflow",
    "[1][1]": "index out of bounds: 1",
    "[1][-1]": "index out of bounds: -1",
    '{"a": 1}.b': "no such key: b",
    "1 + 1.0": "no such overload: _+_(int, double)",
    '1 < "a"': "no such overload: _<_(int, string)",
    "1 && true": "no such overload: &&(int)",
    "1 ? 2 : 3": "no such overload: _?_:_(int)",
    "[1].all(x, x)": "no such overload: @all(int)",
    '"a".startsWith(1)': "no such overload: startsWith(string, int)",
    '{"a": 1, "a": 2}': "Failed with repeated key: a",
    "[].min()": "min called on empty list",
    '"abc".substring(2, 1)': "invalid substring range. start: 2, end: 1",
    "optional.none().value()": "optional.none() dereference",
    'timestamp("2020-13-01T00:00:00Z")': 'parsing time "2020-13-01T00:00:00Z" failed',
    'timestamp("9999-12-31T23:59:59Z") + duration("1s")': "timestamp overflow",
    'duration("1 hour")': 'time: invalid duration "1 hour"',
    'duration("1h").getFullYear()': "no such overload: getFullYear(google.protobuf.Duration)",
    'int("x")': 'strconv.ParseInt: parsing "x": invalid syntax',
    'ip("1.2.3")': "IP Address '1.2.3' parse error during conversion from string",
}
NONE = (
    "", "a b", "1 +", "(1", "[1, 2", "{1}", '"a', "'a\n'", "a.b.", "1..2", "a ? b", "a ? b ? c : d : e", "has(a)", "x in in",
    "has(self)", "[1].all(1, true)", "[1].all(x, x, true, true)", "self.namespace", "self.in", "for", "99999999999999999999",
    '"\\q"', "'\\ud800'", "a = b", "a & b", "#", "`a`", "1 2", "self.", "9223372036854775808", "x y", "a[", "?a", "{'a' 1}",
)  # fmt: skip
FOREIGN = (
    "nosuch(1)",
    "self.a.nosuch()",
    "other",
    "math.greatest(1, 2)",
    "authorizer.group('')",
    '"a".matches("(?i)A")',
)


@pytest.mark.parametrize(
    "expression", [*HOLD.strip().splitlines(), "'''it's''' == \"it's\"", "1 == // one\n1", '"""a\nb""".size() == 3']
)
def test_it_holds(expression: str) -> None:
    assert evaluate(expression) == Value(True)


@pytest.mark.parametrize("expression", FAIL)
def test_it_fails_as_in_a_cluster(expression: str) -> None:
    assert evaluate(expression) == Failed(FAIL[expression])


@pytest.mark.parametrize("text", NONE)
def test_it_is_no_expression(text: str) -> None:
    answer = evaluate(text)
    assert isinstance(answer, Unevaluated), answer


@pytest.mark.parametrize("text", FOREIGN)
def test_what_is_not_built_is_not_answered(text: str) -> None:
    assert isinstance(evaluate(text, "{a: x}"), Unevaluated)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5_000 + "1" + ")" * 5_000,
        "!" * 5_001 + "true",
        "[" * 500 + "]" * 500,
        " + ".join(["1"] * 5_000),
        "self" + ".a" * 5_000,
        "true ? 1 : " * 5_000 + "1",
        "1" + "0" * 10_000,
        '"' + "x" * 70_000 + '"',
        "[1].map(x, " * 300 + "x" + ")" * 300,
    ],
    ids=range(9),
)
def test_what_is_too_long_or_deep_has_no_answer_and_takes_no_time(text: str) -> None:
    started = time.process_time()
    assert isinstance(evaluate(text), Unevaluated | Value)
    assert time.process_time() - started < 5


def test_work_is_capped() -> None:
    thousand = "[" + ",".join(["1"] * 1_000) + "]"
    loops = f"{thousand}.all(a, {thousand}.all(b, {thousand}.all(c, a == b && b == c)))"
    started = time.process_time()
    assert evaluate(loops) == Unevaluated("more work than a rule may cost")
    grown = 'cel.bind(a, "xxxxxxxxxx", ' + "cel.bind(a, a + a + a + a, " * 12 + "a.size() > 0" + ")" * 13
    assert isinstance(evaluate(grown), Unevaluated)
    assert time.process_time() - started < 5


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(CelSyntaxError):
        parse(text)
    assert compile_text(text).text == text


TOKENS = (
    "self", "a", "x", "1", "2u", "1.5", '"s"', "b'b'", "true", "null", ".", ".?", "[", "[?", "]", "(", ")", "{", "}", ",", ":",
    "?", "+", "-", "*", "/", "%", "!", "==", "!=", "<", ">=", "&&", "||", "in", "has", "size", "all", "map", "filter",
    "exists", "matches", "optional", "of", "cel", "bind", "split", "join", "quantity", "ip", "format", "timestamp",
)  # fmt: skip


@given(st.lists(st.sampled_from(TOKENS), max_size=25))
def test_any_tokens_have_an_answer(tokens: list[str]) -> None:
    text = " ".join(tokens)
    assert evaluate(text, "{a: s}") is not None


@given(st.recursive(st.sampled_from(["p", "q", "r", "true", "false"]), lambda inner: st.one_of(
    st.tuples(st.just("!"), inner), st.tuples(st.sampled_from(["&&", "||", "==", "!="]), inner, inner),
    st.tuples(st.just("?"), inner, inner, inner),
), max_leaves=12))  # fmt: skip
def test_logic_agrees_with_python(tree: object) -> None:
    text, same = _render(tree)
    for p, q, r in itertools.product((True, False), repeat=3):
        expected = eval(same, {}, {"p": p, "q": q, "r": r})  # made above, of nothing but operators
        names = ("p", "q", "r")
        bound = text
        for name, value in zip(names, (p, q, r), strict=True):
            bound = f"cel.bind({name}, {str(value).lower()}, {bound})"
        assert evaluate(bound) == Value(expected)


def _render(tree: object) -> tuple[str, str]:
    if isinstance(tree, str):
        return tree, tree.capitalize() if tree in ("true", "false") else tree
    assert isinstance(tree, tuple)
    parts = [_render(part) for part in tree[1:]]
    cel = [part for part, _ in parts]
    py = [part for _, part in parts]
    if tree[0] == "!":
        return f"!({cel[0]})", f"(not {py[0]})"
    if tree[0] == "?":
        return f"({cel[0]} ? {cel[1]} : {cel[2]})", f"({py[1]} if {py[0]} else {py[2]})"
    word = {"&&": "and", "||": "or"}.get(tree[0], tree[0])
    return f"({cel[0]} {tree[0]} {cel[1]})", f"({py[0]} {word} {py[1]})"
