from __future__ import annotations

import pytest

from eso_lint.model.breadth import anchored, matches_every_namespace, unanchored
from eso_lint.source.node import Scalar, SourceFile

FILE = SourceFile("a.yaml", b"")


def node(text: str) -> Scalar:
    return Scalar(FILE, 0, 0, text, "'")


@pytest.mark.parametrize("pattern", ["", ".*", "^.*$", ".+", "^", "$", "^[a-z0-9-]+$", "^(.*)$", "[a-z0-9]"])
def test_all(pattern: str) -> None:
    assert matches_every_namespace(node(pattern))


@pytest.mark.parametrize(
    "pattern", ["^team-", ".*-prod$", "[a-z]", "^[a-z]+$", "^$", "(?!kube).*", "(a+)+$", "(", "^.{3,63}$"]
)
def test_not_all(pattern: str) -> None:
    assert not matches_every_namespace(node(pattern))


@pytest.mark.parametrize("pattern", ["prod", "prod$", "^a|b$", "(dev|prod)-.*", "a|b", "team-[a|b]", "((prod))", "7"])
def test_unanchored(pattern: str) -> None:
    assert unanchored(pattern)
    assert not unanchored(anchored(pattern))


@pytest.mark.parametrize(
    "pattern",
    ["^prod$", "^team-", "-prod$", ".*-prod$", "^(a|b)$", "(^a$|^b$)", "[a-z]+-x", "(?:^a)", r"\bprod", "(", "["],
)
def test_anchored_or_open_on_purpose(pattern: str) -> None:
    assert not unanchored(pattern)


def test_anchored_text() -> None:
    assert anchored("prod") == anchored("^prod") == anchored("prod$") == "^prod$"
    assert anchored("^a|b$") == "^(?:a|b)$"
    assert anchored(r"price\$") == r"^price\$$"
