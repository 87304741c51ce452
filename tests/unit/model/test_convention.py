from __future__ import annotations

import pytest

from eso_lint.model.convention import fits, fits_prefix, missing_segment

P = "prod/{namespace}/*"


@pytest.mark.parametrize(
    ("key", "namespace", "fitting"),
    [
        ("prod/team-a/db", "team-a", True),
        ("prod/team-a/db/password", "team-a", True),
        ("prod/team-a/", "team-a", False),
        ("prod/team-a", "team-a", False),
        ("prod/team-b/db", "team-a", False),
        ("prod/teamXa/db", "team.a", False),
        ("prod/anything/db", None, True),
        ("prod/db", None, False),
        ("dev/team-a/db", "team-a", False),
        ("x/prod/team-a/db", "team-a", False),
    ],
)
def test_fits(key: str, namespace: str | None, fitting: bool) -> None:
    assert fits(P, key, namespace, "db") is fitting


def test_name_placeholder() -> None:
    assert fits("apps/{name}", "apps/db", None, "db")
    assert not fits("apps/{name}", "apps/cache", None, "db")


def test_prefix() -> None:
    assert fits_prefix(P, "prod/team-a", "team-a", None)
    assert fits_prefix(P, "prod/team-a/", "team-a", None)
    assert not fits_prefix(P, "prod", "team-a", None)


@pytest.mark.parametrize(
    ("key", "namespace", "segment"),
    [
        ("prod/db", "team-a", "team-a"),
        ("team-a/db", "team-a", "prod"),
        ("prod/db", None, None),
        ("team-a/prod/db", "team-a", None),
    ],
)
def test_missing_segment(key: str, namespace: str | None, segment: str | None) -> None:
    assert missing_segment(P, key, namespace, None) == segment
