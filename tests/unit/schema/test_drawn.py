"""Valid objects pass; one change is reported at the changed place, and nowhere else."""

from __future__ import annotations

from random import Random

import pytest

from eso_lint.schema.verdict import Verdict
from eso_lint.source.node import Node, Span, lookup
from tests.unit.schema.drawn import Change, changes, document, every_version, judged, points

VERSIONS = every_version()
DRAWS = 12


def test_all_kinds_are_drawn() -> None:
    assert len(VERSIONS) == 32


@pytest.mark.parametrize("version", VERSIONS, ids="/".join)
def test_valid_objects_pass(version: tuple[str, str, str]) -> None:
    random = Random("/".join(version))
    for _ in range(DRAWS * 3):
        point = random.choice(points(version))
        _, chosen, _ = judged({"apiVersion": f"{version[0]}/{version[2]}", "kind": version[1]}, str(point.release))
        data = document(version, chosen.shape, random)
        _, _, found = judged(data, str(point.release))
        assert found == (), (str(point.release), data)


@pytest.mark.parametrize("version", VERSIONS, ids="/".join)
def test_one_change_is_reported_where_it_is(version: tuple[str, str, str]) -> None:
    random = Random("/".join(version))
    seen: set[str] = set()
    for _ in range(DRAWS):
        point = random.choice(points(version))
        release = str(point.release)
        _, chosen, _ = judged({"apiVersion": f"{version[0]}/{version[2]}", "kind": version[1]}, release)
        data = document(version, chosen.shape, random)
        for change in changes(data, chosen.shape, random):
            seen.add(change.what)
            resource, _, found = judged(change.data, release)
            hits = [v for v in found if v.kind in change.kinds and v.steps == change.steps]
            assert hits, (release, change, found)
            assert all(_within(v, change) for v in found), (release, change, found)
            assert _stands(resource.root, change, hits[0]), (release, change, hits[0])
    assert seen >= {"wrong type", "unknown field"}


def _within(verdict: Verdict, change: Change) -> bool:
    """Whether a verdict is about the changed place or what lies in it."""
    return verdict.steps[: len(change.steps)] == change.steps


def _stands(root: Node, change: Change, verdict: Verdict) -> bool:
    """Whether the place is exact: the scalar or key itself, or for what is gone the nearest key or first entry."""
    span = verdict.at if isinstance(verdict.at, Span) else verdict.at.span
    parent = lookup(root, *change.steps[:-1])
    assert parent is not None
    last = change.steps[-1]
    node = lookup(parent, last)
    if change.what in ("drop required",):
        # The key above, or (in a list) the first entry.
        above = lookup(root, *change.steps[:-2]) if len(change.steps) > 1 else None
        step = change.steps[-2] if len(change.steps) > 1 else ""
        if isinstance(step, int):
            return parent.start <= span.start < parent.end
        key = above.key(step) if isinstance(step, str) and step and above is not None else root.key("kind")  # type: ignore[attr-defined]
        return span == key.span or len(change.steps) == 1
    if change.what in ("unknown field", "empty required"):
        return span == parent.key(last).span  # type: ignore[attr-defined]
    assert node is not None
    if change.what == "one-of break":
        return node.start <= span.start < node.end
    if isinstance(change.data, dict) and node.span == span:
        return True
    # Containers and empty texts are reported at their key, or at the first entry of the item.
    if isinstance(last, str):
        return span == parent.key(last).span  # type: ignore[attr-defined]
    return parent.start <= span.start < parent.end or span.end <= parent.start
