"""Fixes of the rules about references: applied once, they mend the finding and change nothing else."""

from __future__ import annotations

import pytest

from eso_lint.rules.references.store_kind_mismatch import store_kind_mismatch
from eso_lint.rules.references.store_not_found import store_not_found
from eso_lint.testing import lint

_STORE = """
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec: {provider: {vault: {server: "https://vault.example.org"}}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  dataFrom: [{extract: {key: a}}]
"""
_JSON = """{"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": {"name": "db"},
 "spec": {"secretStoreRef": {"name": "vault"}, "dataFrom": [{"extract": {"key": "a"}}]}}"""


def mended(files: dict[str, str]) -> dict[str, str]:
    """The files with the only finding's fix applied; it must leave no finding."""
    rules = (store_kind_mismatch, store_not_found)
    (found,) = lint(files, rules)
    assert found.fix is not None
    texts = dict(files)
    for span, text in found.fix.edits:
        old = texts[span.file.path]
        texts[span.file.path] = old[: span.start] + text + old[span.end :]
    assert lint(texts, rules) == []
    return texts


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  secretStoreRef:\n    name: vault  # ours\n",
         "  secretStoreRef:\n    kind: ClusterSecretStore\n    name: vault  # ours\n"),
        ("  secretStoreRef: {name: vault}\n", "  secretStoreRef: {kind: ClusterSecretStore, name: vault}\n"),
        ("  secretStoreRef:\n    kind: 'SecretStore'\n    name: vault\n",
         "  secretStoreRef:\n    kind: 'ClusterSecretStore'\n    name: vault\n"),
        ("  secretStoreRef: {kind: ClusterSecretStore, name: \"vualt\"}\n",
         "  secretStoreRef: {kind: ClusterSecretStore, name: \"vault\"}\n"),
    ],
)  # fmt: skip
def test_mends(before: str, after: str) -> None:
    assert mended({"a.yaml": _STORE + before})["a.yaml"] == _STORE + after


def test_mends_a_list_item() -> None:
    push = """---
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRefs:
    - name: vault
  selector: {secret: {name: db}}
"""
    texts = mended({"a.yaml": _STORE + "  secretStoreRef: {name: vault, kind: ClusterSecretStore}\n" + push})
    assert "    - kind: ClusterSecretStore\n      name: vault\n" in texts["a.yaml"]


def test_mends_json() -> None:
    store = _STORE.split("---")[0]
    assert '{"kind": "ClusterSecretStore", "name": "vault"}' in mended({"a.json": _JSON, "b.yaml": store})["a.json"]
