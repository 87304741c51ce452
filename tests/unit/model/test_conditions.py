"""Conditions of a ClusterSecretStore, and the patterns in them."""

from __future__ import annotations

import pytest

from eso_lint.model.conditions import Admits, Denies, decide, go_search
from eso_lint.model.reference import Unknown
from eso_lint.source.node import SourceFile
from eso_lint.source.parse import parse


def verdict(conditions: str, labels: dict[str, str] | None = None) -> object:
    parsed = parse(SourceFile("a.yaml", f"conditions: {conditions}\n".encode()), lambda text: True)
    return decide(parsed.documents[0].root.get("conditions"), "shop", labels)


@pytest.mark.parametrize("conditions", ["[]", "null", "[{namespaces: [pay, shop]}]", "[{namespaceRegexes: [ho]}]",
    "[{namespaceSelector: {}}]", "[{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}]",
    "[{namespaces: [pay]}, {namespaceRegexes: ['^s.*p$']}]"])  # fmt: skip
def test_admits(conditions: str) -> None:
    assert isinstance(verdict(conditions), Admits)


@pytest.mark.parametrize("conditions", ["[{}]", "[{namespaces: []}]", "[{namespaces: [Shop, sho]}]",
    "[{namespaceRegexes: ['^ho']}]",
    "[{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: pay, team: a}}}]"])  # fmt: skip
def test_denies(conditions: str) -> None:
    assert isinstance(verdict(conditions), Denies)


@pytest.mark.parametrize("conditions", ["${CONDITIONS}", "[{namespaces: ['${NS}']}]",
    "[{namespaceSelector: {matchLabels: {team: a}}}]", "[{namespaceRegexes: ['(?i)Q']}]",
    "[{namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: In}]}}]"])  # fmt: skip
def test_unknown(conditions: str) -> None:
    assert isinstance(verdict(conditions), Unknown)


def test_labels_of_the_manifest_decide() -> None:
    wanted = "[{namespaceSelector: {matchExpressions: [{key: team, operator: NotIn, values: [a]}]}}]"
    assert isinstance(verdict(wanted, {}), Admits)
    assert isinstance(verdict(wanted, {"team": "a"}), Denies)
    # What clusters and tools add by themselves is not known from a manifest.
    system = "[{namespaceSelector: {matchLabels: {argocd.argoproj.io/instance: x}}}]"
    assert isinstance(verdict(system, {}), Unknown)


@pytest.mark.parametrize(
    ("pattern", "answer"),
    [("^team-", False), ("op$", True), (r"\Ashop\b", True), ("s{1}", True), ("(?:sh)(op)?", True), ("(?P<x>h)", True),
     ("[[:alpha:]]", None), (r"\pL", None), ("(?=s)", None), ("s++", None), ("s{,2}", None), (r"shop\z", None),
     ("(a+)+$", None), ("(a|a)*b", None), ("s{1001}", None), ("(", None)],
)  # fmt: skip
def test_patterns_that_both_engines_read_alike(pattern: str, answer: bool | None) -> None:
    assert go_search(pattern, "shop") is answer
