"""Clusters that the configuration states."""

from __future__ import annotations

import pytest

from eso_lint.config import Cluster
from eso_lint.configfile import parse_config
from eso_lint.errors import ConfigError
from eso_lint.rules.references.store_not_found import store_not_found
from eso_lint.source.node import SourceFile
from eso_lint.testing import lint

STORE = """apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: %s}
spec: {provider: {vault: {server: "https://vault.example.org"}}}
"""
USER = """apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: vault, kind: ClusterSecretStore}
  data: [{secretKey: a, remoteRef: {key: a}}]
"""
FILES = {"a/store.yaml": STORE % "vault", "b/store.yaml": STORE % "aws", "b/db.yaml": USER}
CLUSTERS = "clusters: {one: {root: ./a/}, two: {root: b}}\n"


def test_an_object_of_one_cluster_is_no_answer_in_another() -> None:
    assert not lint(FILES, (store_not_found,))
    (finding,) = lint({**FILES, ".eso-lint.yaml": CLUSTERS}, (store_not_found,))
    assert finding.span.file.path == "b/db.yaml"


def test_what_no_cluster_claims_is_shared() -> None:
    files = {**FILES, "shared/store.yaml": STORE % "vault"}
    assert not lint({**files, ".eso-lint.yaml": CLUSTERS}, (store_not_found,))


def test_versions_are_taken_as_written() -> None:
    file = SourceFile(".eso-lint.yaml", b"eso-version: 0.10\nclusters: {prod: {root: p, eso-version: 2.10}}\n")
    config = parse_config(file)
    assert config.eso_version == "0.10"
    assert config.clusters == (Cluster("prod", "p", "2.10"),)
    with pytest.raises(ConfigError, match="a version") as caught:
        parse_config(SourceFile("pyproject.toml", b"[tool.eso-lint]\neso-version = 0.10\n"))
    assert "quote it" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("clusters: [a]", "1:11: `clusters` must be a mapping, not a list"),
        ("clusters: {a: {}}", "1:15: `a` of `clusters` lacks the key `root`"),
        ("clusters: {a: {root: x, version: 1}}", "1:25: unknown key `version`"),
    ],
)
def test_mistakes_are_told_where_they_stand(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(SourceFile("c.yaml", text.encode()))
    assert message in str(caught.value)
