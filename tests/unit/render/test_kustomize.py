"""Placements: what kustomizations do to files."""

from __future__ import annotations

from eso_lint.render.kustomize import placements
from eso_lint.render.placement import Placement
from eso_lint.source.node import SourceFile
from eso_lint.source.parse import parse


def placed(files: dict[str, str]) -> dict[str, Placement]:
    documents = [
        document
        for path, text in sorted(files.items())
        if path.endswith("kustomization.yaml")
        for document in parse(SourceFile(path, text.encode()), lambda text: True).documents
    ]
    return placements(documents, frozenset(files), lambda path: files[path])


def test_one_base_in_many_namespaces() -> None:
    found = placed(
        {
            "base/kustomization.yaml": "resources: [store.yaml]\n",
            "base/store.yaml": "",
            "a/kustomization.yaml": "namespace: a\nresources: [../base]\n",
            "b/kustomization.yaml": "namespace: b\nresources: [../base]\n",
        }
    )
    assert found["base/store.yaml"].namespaces == {"a", "b"}
    assert found["base/store.yaml"].roots == {"a/kustomization.yaml", "b/kustomization.yaml"}


def test_a_templated_namespace_is_unknown_not_unwritten() -> None:
    found = placed({"kustomization.yaml": "namespace: ${NS}\nresources: [x.yaml]\n", "x.yaml": ""})
    assert found["x.yaml"].namespaces == {None}
    found = placed({"kustomization.yaml": "resources: [x.yaml]\n", "x.yaml": ""})
    assert found["x.yaml"].namespaces == frozenset()


def test_a_component_changes_what_its_parent_gathered() -> None:
    found = placed(
        {
            "kustomization.yaml": "resources: [x.yaml]\ncomponents: [part]\n",
            "x.yaml": "",
            "part/kustomization.yaml": "kind: Component\nnamePrefix: p-\nnamespace: shop\n"
            "patches:\n- target: {kind: ExternalSecret}\n  patch: '[]'\n",
        }
    )
    assert found["x.yaml"].renamed
    assert found["x.yaml"].namespaces == {"shop"}
    assert found["x.yaml"].patches("ExternalSecret", "any")
    assert not found["x.yaml"].patches("SecretStore", "any")


def test_patches_by_name() -> None:
    patch = "apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata:\n  name: vault\nspec: {}\n"
    found = placed(
        {"kustomization.yaml": "resources: [x.yaml]\npatches: [{path: p.yaml}]\n", "x.yaml": "", "p.yaml": patch}
    )
    assert found["p.yaml"].patch
    assert found["x.yaml"].patches("SecretStore", "vault")
    assert found["x.yaml"].patches("SecretStore", None)
    assert not found["x.yaml"].patches("SecretStore", "aws")
    assert found["x.yaml"].patch_texts("SecretStore", "vault") == [patch]
