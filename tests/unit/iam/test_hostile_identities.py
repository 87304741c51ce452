"""Input that was made to hurt: read within a bound, or left out and told."""

from __future__ import annotations

import time

import pytest

from eso_lint.config import Config
from eso_lint.iam import aws_objects, cloudformation, vault_found
from eso_lint.iam.identities import Found
from eso_lint.model.workspace import Workspace
from eso_lint.source.file import SourceFile

BOMB = "x0: &x0 [a, a]\n" + "".join(f"x{i}: &x{i} [*x{i - 1}, *x{i - 1}]\n" for i in range(1, 30))


def workspace(path: str, text: str) -> Workspace:
    return Workspace((), Config(), sources={path: SourceFile(path, text.encode("utf-8", "surrogatepass"))})


@pytest.mark.parametrize(
    "text",
    [
        BOMB + "Resources: {R: {Type: 'AWS::IAM::Role', Properties: {Policies: *x29, AssumeRolePolicyDocument: *x29}}}",
        "Resources: {R: {Type: 'AWS::IAM::Role', Properties: {RoleName: !Join ['', " + "[" * 3000,
        "Resources:\n" + "".join(f"  R{i}: {{Type: 'AWS::IAM::Role', Properties: {{}}}}\n" for i in range(3000)),
        "AWS::IAM::Role: !Sub\nResources: !Ref {Type: [AWS::IAM::Role]}",
    ],
)
def test_templates(text: str) -> None:
    began = time.perf_counter()
    assert isinstance(cloudformation.read(workspace("t.yaml", text)), Found)
    assert time.perf_counter() - began < 10


@pytest.mark.parametrize(
    "text",
    [
        BOMB
        + "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\niam: {serviceAccounts: [{metadata: {name: a}, attachPolicy: {Statement: *x29}}]}",
        "apiVersion: iam.services.k8s.aws/v1alpha1\nkind: Role\nmetadata: 5\nspec: [policies]",
        "apiVersion: iam.aws.upbound.io/v1beta1\nkind: RolePolicyAttachment\nspec: {forProvider: {role: {a: b}, policyArn: [1]}}",
        "apiVersion: iam.services.k8s.aws/v1\nkind: Policy\nmetadata: {name: p}\nspec: {policyDocument: '"
        + "[" * 5000
        + "'}",
    ],
)
def test_objects(text: str) -> None:
    began = time.perf_counter()
    assert isinstance(aws_objects.read(workspace("o.yaml", text)), Found)
    assert time.perf_counter() - began < 10


def test_what_is_too_large_is_told() -> None:
    pad = "# " + "x" * 2_100_000 + "\n"
    (unread,) = cloudformation.read(workspace("t.yaml", pad + "AWS::IAM::Role")).unread
    assert unread.path == "t.yaml"
    (unread,) = vault_found.read(workspace("v.sh", pad + "vault policy write x -")).unread
    assert unread.path == "v.sh"


@pytest.mark.parametrize(
    "text",
    [
        "vault policy write " * 20_000,
        "vault policy write a - <<EOF\n" * 2_000,
        "vault write auth/" + "a/" * 100_000 + "role/x policies=y",
        "vault write auth/k/role/x " + "a=b \\\n" * 50_000,
        "vault write auth/k/role/x policies=" + "a," * 100_000,
        "vault policy write" + " -x" * 100_000,
    ],
)
def test_scripts(text: str) -> None:
    began = time.perf_counter()
    assert isinstance(vault_found.read(workspace("v.sh", text)), Found)
    assert time.perf_counter() - began < 10


def test_commands_are_read_as_a_shell_reads_them() -> None:
    script = """
    # vault policy write commented - <<EOF
    vault policy write -namespace=team "shop" - <<'END'
    path "kv/data/*" { capabilities = ["read"] }
    END
    bao policy write piped -
    vault write auth/spokes/eu/role/shop bound_service_account_names="a, b" \\
      bound_service_account_namespaces=x policies='shop,base' ttl=1h
    vault write auth/kubernetes/config kubernetes_host=https://x
    """
    found = vault_found.read(workspace("setup.sh", script))
    assert [(p.name.raw, p.open, len(p.rules)) for p in found.vault_policies] == [
        ("shop", False, 1),
        ("piped", True, 0),
    ]
    (role,) = found.grants
    assert (role.role.raw, role.scope.raw) == ("shop", "spokes/eu")
    assert {k: [v.raw for v in vs] for k, vs in role.details.items()} == {
        "names": ["a", "b"], "namespaces": ["x"], "policies": ["shop", "base"],
    }  # fmt: skip
    assert role.details["policies"][1].span.text == "base"
