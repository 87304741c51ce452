"""The sheets of Vault, Google, Azure and Kubernetes: rights, and policies that would do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from eso_lint.rules.index import INDEX
from eso_lint.testing import files_of


def permissions(tmp_path: Path, example: str, *args: str) -> str:
    for path, text in files_of(example).items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    argv = [sys.executable, "-m", "eso_lint", "permissions", "--no-plugins", *args, "."]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def example(rule: str, good: bool = True) -> str:
    found = next(entry for entry in INDEX if entry.name == rule).load()
    return (found.good if good else found.bad)[0]


def states(tmp_path: Path, text: str) -> set[tuple[str, str]]:
    (store,) = json.loads(permissions(tmp_path, text, "--format", "json"))["stores"]
    return {(right["right"], right["state"]) for right in store["rights"]}


@pytest.mark.parametrize(
    ("rule", "right"),
    [
        ("vault-policy-missing-capability", "read"),
        ("gcp-role-insufficient", "secretmanager.versions.access"),
        ("azure-role-insufficient", "secrets/Get"),
        ("k8s-rbac-missing-verb", "list"),
    ],
)
def test_what_is_granted_and_what_lacks(rule: str, right: str, tmp_path: Path) -> None:
    assert (right, "granted") in states(tmp_path, example(rule))
    bad = states(tmp_path / "bad", example(rule, good=False))
    assert "missing" in {state for _, state in bad}


def test_vault_writes_a_policy_that_its_own_reader_takes(tmp_path: Path) -> None:
    from eso_lint.iam.grant import Value
    from eso_lint.iam.vault_hcl import Places, vault_rules
    from eso_lint.source.file import SourceFile, Span

    text = permissions(tmp_path, example("vault-policy-missing-capability", good=False), "--format", "vault")
    whole = Value(text, Span(SourceFile("x", text.encode()), 0, len(text)))
    found = vault_rules(text, Places(whole))
    assert not found.open
    assert [(r.path.raw, [c.raw for c in r.capabilities]) for r in found.rules] == [
        ("secret/data/payments/db", ["read"])
    ]


def test_vault_in_terraform(tmp_path: Path) -> None:
    text = permissions(tmp_path, example("vault-policy-missing-capability"), "--format", "terraform")
    assert 'resource "vault_policy" "shop_vault"' in text
    assert '    path "secret/data/shop/db" {' in text


def test_google_names_single_secrets(tmp_path: Path) -> None:
    text = permissions(tmp_path, example("gcp-role-insufficient"), "--format", "terraform")
    assert 'for_each  = toset(["shop-db"])' in text
    assert '"serviceAccount:eso@shop-prod.iam.gserviceaccount.com"' in text
    role = json.loads(permissions(tmp_path, "", "--format", "gcp"))
    assert role["includedPermissions"] == ["secretmanager.versions.access"]


def test_azure_has_a_role_and_an_access_policy(tmp_path: Path) -> None:
    text = permissions(tmp_path, example("azure-role-insufficient", good=False), "--format", "azure")
    assert json.loads(text)["DataActions"] == [
        "Microsoft.KeyVault/vaults/secrets/getSecret/action",
        "Microsoft.KeyVault/vaults/secrets/setSecret/action",
    ]
    assert 'secret_permissions = ["Get", "Set"]' in permissions(tmp_path, "", "--format", "terraform")


def test_kubernetes_binds_a_role_in_the_remote_namespace(tmp_path: Path) -> None:
    text = permissions(tmp_path, example("k8s-rbac-missing-verb"), "--format", "kubernetes")
    role, binding = yaml.safe_load_all(text)
    assert role["metadata"]["namespace"] == "payments"
    assert [r["verbs"] for r in role["rules"]] == [["create", "list"], ["get", "update"]]
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "reader", "namespace": "shop"}]


def test_a_table_names_missing_rights(tmp_path: Path) -> None:
    text = permissions(tmp_path, example("vault-policy-missing-capability", good=False))
    assert "signs in at auth/kubernetes with role shop" in text
    assert "missing" in text
    assert "unused" in text
