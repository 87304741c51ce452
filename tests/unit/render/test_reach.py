"""Only what may hold something of the operator is built; what is not built says less, never something wrong."""

from __future__ import annotations

import pytest

from eso_lint.render.kustomize.build import Build
from eso_lint.render.repository import Repository
from eso_lint.rules.auth.irsa_annotation_missing import irsa_annotation_missing
from eso_lint.source.node import SourceFile
from eso_lint.source.parse import parse
from eso_lint.testing import lint

ACCOUNT = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: reader, namespace: shop}\n"
STORE = """apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: aws, namespace: shop}
spec:
  provider:
    aws: {service: SecretsManager, region: eu-west-1, auth: {jwt: {serviceAccountRef: {name: reader}}}}
"""
PATCH = """patches:
  - patch: |
      apiVersion: v1
      kind: ServiceAccount
      metadata: {name: reader, namespace: shop, annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::1:role/a"}}
"""


def built(files: dict[str, str], directory: str = "") -> tuple[int, set[str]]:
    """How many objects a build gives, and what it passed over."""
    sources = {path: SourceFile(path, text.encode()) for path, text in sorted(files.items())}
    build = Build(Repository([parse(f) for f in sources.values()], sources, frozenset(sources)), all_of_it=False)
    return len(build.build(directory).items), build.passed_over


def test_what_holds_nothing_of_the_operator_is_passed_over() -> None:
    files = {
        "kustomization.yaml": "resources: [base]\n",
        "base/kustomization.yaml": "resources: [account.yaml]\n",
        "base/account.yaml": ACCOUNT,
    }
    assert built(files) == (0, {"base/kustomization.yaml", "base/account.yaml"})
    assert built({**files, "kustomization.yaml": "resources: [base, store.yaml]\n", "store.yaml": STORE}) == (2, set())


@pytest.mark.parametrize(
    "entry", ["https://github.com/example/stores?ref=v1", "gone.yaml", "${WHERE}", "external-secrets/account.yaml"]
)
def test_what_is_in_doubt_is_built(entry: str) -> None:
    files = {
        "kustomization.yaml": f"resources: [account.yaml, '{entry}']\n",
        "account.yaml": ACCOUNT,
        "external-secrets/account.yaml": ACCOUNT.replace("reader", "other"),
    }
    assert built(files)[0] >= 1


def test_circles_end() -> None:
    files = {"a/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yaml": "resources: [../a]\n"}
    assert built(files, "a") == (0, {"a/kustomization.yaml", "b/kustomization.yaml"})


def test_an_account_that_an_unbuilt_kustomization_may_change_is_not_judged() -> None:
    files = {"store.yaml": STORE, "accounts/account.yaml": ACCOUNT}
    assert lint(files, (irsa_annotation_missing,))
    assert not lint(
        {**files, "accounts/kustomization.yaml": "resources: [account.yaml]\n" + PATCH}, (irsa_annotation_missing,)
    )
