"""Flux's post-build substitution: its grammar, and what becomes of scalars."""

from __future__ import annotations

import pytest

from eso_lint.render.flux.envsubst import BadSubstitutionError, UnknownVariableError, expand
from eso_lint.render.flux.substitute import Variable, Variables, substitute, take_literally
from eso_lint.render.unit import Item
from eso_lint.source.node import Mapping, Node, Opaque, Scalar, SourceFile, lookup
from eso_lint.source.parse import parse

VALUES = {"A": "abcABC123ABCabc", "P": "path/to/file", "F": "bash.string.txt", "N": "5", "E": ""}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("plain $A $(A) $", "plain $A $(A) $"),
        ("${A}", VALUES["A"]),
        ("${NONE}", ""),
        ("${#A}", "15"),
        ("${NONE:=x}${E:-y}${NONE=z}", "xyz"),
        ("${N:=x}", "5"),
        ("${NONE:-a${N}-${NONE:=b}}", "a5-b"),
        ("${NONE:+x}${NONE:?y}", "xy"),
        ("${N:+x}", "5"),
        ("$${A} $$B $$$$", "${A} $B $$"),
        ("something $${X=${N}}", "something ${X=5}"),
        ("${A:3:3}${A:13}${A:0:-13}${A:-2}", "ABCbcab" + VALUES["A"]),
        ("${A/abc/x}|${A//abc/x}|${A/#abc/x}|${A/%abc/x}", "xABC123ABCabc|xABC123ABCx|xABC123ABCabc|abcABC123ABCx"),
        ("${N/#/p-}${N/%/-s}", "p-55-s"),
        (r"${P//\//-}", "path-to-file"),
        ("${P/path//}", "/to/file"),
        ("${F#*.}|${F##*.}|${F%.*}|${F%%.*}|${P##*/}", "string.txt|txt|bash.string|bash|file"),
        ("${A^^}|${A,,}|${A^}|${P,}", "ABCABC123ABCABC|abcabc123abcabc|AbcABC123ABCabc|path/to/file"),
        ("${NONE:=}", ""),
    ],
)
def test_grammar(text: str, wanted: str) -> None:
    assert expand(text, lambda name: VALUES.get(name, "")) == wanted


@pytest.mark.parametrize("text", ["${", "${}", "${A", "${A-x}", "${A+x}", "${A x}", "${{ .x }}", "${A/x}", "${A:}"])
def test_what_flux_refuses(text: str) -> None:
    with pytest.raises(BadSubstitutionError):
        expand(text, lambda name: "v")


def item(text: str) -> Item:
    document = parse(SourceFile("a.yaml", ("kind: ConfigMap\n" + text).encode())).documents[0]
    assert isinstance(document.root, Mapping)
    return Item(document, document.root)


def variables(**values: str | None) -> Variables:
    made = Variables()
    place = Scalar(SourceFile("ks.yaml", b"x"), 0, 1, "x")
    made.known = {name: Variable(text, place) for name, text in values.items()}
    return made


def at(node: Node | None) -> object:
    return node.value if isinstance(node, Scalar) else node and f"opaque {getattr(node, 'text', '')}"


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("${N}", 5),
        ('"${N}"', 5),
        ("${Q}${N}${Q}", "5"),
        ("app-${N}", "app-5"),
        ("${NONE}", None),
        ("${NONE:=true}", True),
        ("${U}", "opaque ${U}"),
        ("${U:=x}", "opaque ${U:=x}"),
        ("$${N}", "${N}"),
        ("'{{ .x }} ${N}'", "opaque {{ .x }} 5"),
        ("'a: ${N}'", "a: 5"),
        ("${M}", "opaque a: b"),
        ("${N-x}", "opaque ${N-x}"),
        ("|\n  n: ${N}\n", "n: 5\n"),
    ],
)
def test_scalars(written: str, wanted: object) -> None:
    one = item(f"data: {written}\n")
    substitute(one, variables(N="5", Q='"', U=None, M="a: b"))
    assert at(one.root.get("data")) == wanted


def test_places() -> None:
    one = item("metadata:\n  name: 'x-${N}'\n  ${N}: word\n")
    assert isinstance(one.root.get("metadata"), Mapping) and one.root.get("metadata").open  # type: ignore[union-attr]
    substitute(one, variables(N="five"))
    name = lookup(one.root, "metadata", "name")
    assert name is not None and name.span.text == "'x-${N}'" and at(name) == "x-five"
    assert at(lookup(one.root, "metadata", "five")) == "word"
    assert [span.file.path for span in one.via] == ["ks.yaml"]
    assert one.ids[-1][2] == "x-five"


def test_unset_is_unknown_where_a_source_cannot_be_read() -> None:
    one, values = item("data: [$N, '${X}', '${N}']\n"), variables(N="5")
    values.hide()
    substitute(one, values)
    assert all(isinstance(lookup(one.root, "data", i), Opaque) for i in (1, 2))


def test_opting_out_and_no_substitution_at_all() -> None:
    text = "metadata: {annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}}\ndata: ${N}\n"
    one = item(text)
    assert substitute(one, variables(N="5")) == [] and not one.via
    take_literally(one)
    assert at(one.root.get("data")) == "${N}"


def test_a_refused_expression_is_noted() -> None:
    one = item("data: ${N-x}\n")
    assert [note.kind for note in substitute(one, variables(N="5"))] == ["substitution"]


def test_grammar_unknown_values_pass_through() -> None:
    def unknown(name: str) -> str:
        raise UnknownVariableError

    with pytest.raises(UnknownVariableError):
        expand("${A}", unknown)
