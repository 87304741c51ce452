"""Releases, ranges, and the size of a CRD after client-side apply."""

from __future__ import annotations

import json

import pytest

from eso_lint.model.crds import LAST_APPLIED, annotation_bytes
from eso_lint.model.versions import breaks_client_side_apply, parse_version, release_of, releases, resolve_range
from eso_lint.source.node import SourceFile
from eso_lint.source.parse import parse


@pytest.mark.parametrize(
    ("version", "breaks"),
    [
        ("v0.18.2", False), ("0.19.0", True), ("helm-chart-0.20.4", True), ("0.9.15-2", False), ("0.7.3", False),
        ("9.0.0", True), ("0.18.9", None), ("main", None), ("0.20", None), ("", None), ("v1.0.0+build", True),
    ],
)  # fmt: skip
def test_which_releases_break(version: str, breaks: bool | None) -> None:
    assert breaks_client_side_apply(version) is breaks


@pytest.mark.parametrize(
    ("text", "newest"),
    [
        ("*", str(releases()[-1].version)), ("0.*", "0.20.4"), ("~0.18", "0.18.2"), ("^0.19.0", "0.19.2"),
        ("<0.19", "0.18.2"), (">=0.18 <0.19", "0.18.2"), (">= 0.9, < 1.0", "0.20.4"), ("1.x", "1.3.2"),
        ("2.0", "2.0.1"), ("^99", None), ("1 || 2", None), ("0.1 - 0.2", None), ("!=1", None), ("{{ x }}", None),
    ],
)  # fmt: skip
def test_ranges(text: str, newest: str | None) -> None:
    release = resolve_range(text)
    assert (str(release.version) if release else None) == newest


def test_releases_are_sorted_and_known() -> None:
    assert [r.version for r in releases()] == sorted(r.version for r in releases())
    known = release_of("v2.9.0")
    assert known is not None
    assert known.largest == ("ClusterSecretStore", 349_499)
    assert parse_version("v2.9") is None


@pytest.mark.parametrize(
    "content",
    [
        {
            "kind": "A",
            "metadata": {"name": "x"},
            "spec": {"a": ["<b>", "c&d", "é\u2028", '"', "\\", "\n"], "n": [1, True, None, 1.5]},
        },
        {"metadata": {"annotations": {"k": "v<", "ä": "ö"}}, "empty": {}, "list": []},
        {"metadata": {"annotations": {LAST_APPLIED: "old", "k": "v"}}},
    ],
)
def test_annotation_size_is_that_of_the_json_kubectl_writes(content: dict[str, object]) -> None:
    document = parse(SourceFile("a.yaml", json.dumps(content).encode())).documents[0]
    metadata = dict(content.get("metadata") or {})  # type: ignore[call-overload]
    annotations = {k: v for k, v in metadata.get("annotations", {}).items() if k != LAST_APPLIED}
    written = {**content, "metadata": {**metadata, "annotations": annotations}} if metadata else content
    text = json.dumps(written, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for plain, escaped in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("\u2028", "\\u2028")):
        text = text.replace(plain, escaped)
    expected = len(text.encode()) + 1 + len(LAST_APPLIED)
    expected += sum(len(k.encode()) + len(v.encode()) for k, v in annotations.items())
    if not metadata:
        expected += len('"metadata":{"annotations":{}},')
    assert annotation_bytes(document.root) == expected
