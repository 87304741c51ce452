"""Fixes of the tenancy rules: the text that they leave."""

from __future__ import annotations

import pytest

from eso_lint.lint.rule import Rule
from eso_lint.rules.tenancy.css_regex_unanchored import css_regex_unanchored
from eso_lint.rules.tenancy.namespace_on_cluster_scoped import namespace_on_cluster_scoped
from eso_lint.testing import lint

HEAD = "apiVersion: external-secrets.io/v1\nkind: ClusterSecretStore\n"
REST = "spec:\n  provider: {fake: {data: []}}\n"


def fixed(rule: Rule, text: str) -> str | None:
    """The text after the fixes of a rule; None where it offers none."""
    edits = [e for f in lint({"a.yaml": text}, [rule]) if f.fix for e in f.fix.edits]
    if not edits:
        return None
    for edit in sorted(edits, key=lambda e: -e.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("metadata:\n  name: a\n  namespace: b\n", "metadata:\n  name: a\n"),
        ("metadata:\n  namespace: b\n  name: a # kept\n", "metadata:\n  name: a # kept\n"),
    ],
)
def test_the_namespace_line_goes(written: str, left: str) -> None:
    assert fixed(namespace_on_cluster_scoped, HEAD + written + REST) == HEAD + left + REST


@pytest.mark.parametrize(
    "written",
    [
        "metadata: {name: a, namespace: b}\n",
        "metadata:\n  name: a\n  namespace: b # why\n",
        "metadata:\n  namespace: b\n",
        "metadata:\n  name: a\n  namespace:\n    b\n",
        "metadata:\n  name: a\n  namespace: &ns b\n",
    ],
)
def test_no_fix_where_more_than_the_line_would_go(written: str) -> None:
    assert lint({"a.yaml": HEAD + written + REST}, [namespace_on_cluster_scoped])
    assert fixed(namespace_on_cluster_scoped, HEAD + written + REST) is None


def test_a_regex_is_anchored_once() -> None:
    text = HEAD + "metadata:\n  name: a\n" + REST + '  conditions:\n    - namespaceRegexes: [prod, "a\'b", ^x|y$]\n'
    after = fixed(css_regex_unanchored, text)
    assert after is not None
    assert "['^prod$', '^a''b$', '^(?:x|y)$']" in after
    assert lint({"a.yaml": after}, [css_regex_unanchored]) == []
