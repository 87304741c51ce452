from __future__ import annotations

import pytest

from eso_lint.model.key_slips import is_typing_slip, normal
from eso_lint.model.remote import read_inventory
from eso_lint.source.node import SourceFile


@pytest.mark.parametrize(
    ("a", "b", "slip"),
    [
        ("observabliity", "observability", True),
        ("monitorng", "monitoring", True),
        ("team-platfrom", "team-platform", True),
        ("team-a", "team-b", False),
        ("prod1", "prod2", False),
        ("cluster1", "cluster2", False),
        ("secret", "secrets", False),
        ("internal", "external", False),
        ("inbound", "unbound", False),
        ("shop", "shap", False),
        ("frontend-api", "frontend-app", False),
        ("observability", "observability", False),
    ],
)
def test_typing_slip(a: str, b: str, slip: bool) -> None:
    assert is_typing_slip(a, b) is slip


def test_normal() -> None:
    assert normal("/Prod/Shop__API.key/") == normal("prod-shop/api-key")
    assert normal("team-a/db") != normal("team-a/db2")


def test_inventory_reads_lines_and_lists() -> None:
    text = "# keys\n---\nprod/a\n- prod/b  # b\n  - \"prod/c d\"\n- 'prod/e'\n\nprod/f/g\n"
    inventory = read_inventory(SourceFile("keys.txt", text.encode()))
    assert list(inventory.keys) == ["prod/a", "prod/b", "prod/c d", "prod/e", "prod/f/g"]
    assert all(span.text == key for key, span in inventory.keys.items())
