"""What is said of one place in several deliveries is said once, and says where it holds."""

from __future__ import annotations

from eso_lint.rules.references.store_not_found import store_not_found
from eso_lint.rules.refresh.refresh_zero import refresh_zero
from eso_lint.testing import lint

ES = """apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db}
spec:
  refreshInterval: "0"
  secretStoreRef: {name: vault, kind: ClusterSecretStore}
  data: [{secretKey: a, remoteRef: {key: a}}]
"""
STORE = """apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec: {provider: {vault: {server: "https://vault.example.org"}}}
"""
PATCH = "[{op: replace, path: /spec/secretStoreRef/name, value: vualt}]"
TREE = {
    "base/db.yaml": ES,
    "base/store.yaml": STORE,
    "base/kustomization.yaml": "resources: [db.yaml, store.yaml]\n",
    "env/dev/kustomization.yaml": "namespace: dev\nresources: [../../base]\n",
    "env/qa/kustomization.yaml": "namespace: qa\nresources: [../../base]\n",
    "env/prod/kustomization.yaml": f"""namespace: prod
resources: [../../base]
patches:
  - target: {{kind: ExternalSecret}}
    patch: |
      {PATCH}
""",
}


def test_a_fault_of_the_base_is_one_finding_that_names_the_overlays() -> None:
    (finding,) = lint(TREE, (refresh_zero,))
    assert finding.span.file.path == "base/db.yaml"
    assert finding.note.endswith("in `env/dev`, `env/prod` and `env/qa`")


def test_a_fault_of_one_overlay_stands_on_its_patch() -> None:
    (finding,) = lint(TREE, (store_not_found,))
    assert (finding.span.file.path, finding.span.text) == ("env/prod/kustomization.yaml", "vualt")
    assert finding.note.endswith("only in `env/prod`, not in `env/dev` and `env/qa`")
    assert finding.related[0].span.file.path == "base/db.yaml"
    assert finding.node_path == "spec.secretStoreRef.name"
    assert finding.namespace == "prod"


def test_the_fingerprint_outlives_a_new_overlay_and_a_new_namespace() -> None:
    (before,) = lint(TREE, (refresh_zero,))
    more = {"env/a/kustomization.yaml": "namespace: a\nnamePrefix: a-\nresources: [../../base]\n"}
    (after,) = lint({**TREE, **more}, (refresh_zero,))
    assert before.fingerprint == after.fingerprint
    assert after.object != before.object


def test_a_single_delivery_is_not_spoken_of() -> None:
    one = {path: text for path, text in TREE.items() if not path.startswith(("env/dev", "env/qa"))}
    (finding,) = lint(one, (store_not_found,))
    assert "env/prod" not in finding.note


def test_what_lies_in_an_archive_is_nobodys_to_mend() -> None:
    assert lint({"old/_archive/db.yaml": ES}, (refresh_zero,)) == []
    assert lint({"old/archive/db.yaml": ES}, (refresh_zero,))
