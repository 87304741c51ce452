"""What objects ask of stores, and which rights that calls for, by provider."""

from __future__ import annotations

import pytest

from eso_lint.app import build, charts_of, choose, interest_of, read
from eso_lint.config import Config
from eso_lint.iam.grant import HOLE, RANDOM
from eso_lint.iam.needs import needs
from eso_lint.iam.needs_vault import data_path, metadata_path
from eso_lint.iam.uses import uses
from eso_lint.model.kinds.store import Store
from eso_lint.model.workspace import Workspace
from eso_lint.source.node import SourceFile

PUSH = """
apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: {name: p, namespace: shop}
spec:
  POLICY
  secretStoreRefs: [{name: s}]
  selector: {secret: {name: x}}
  data:
    - match: {secretKey: a, remoteRef: {remoteKey: KEY}}
      METADATA
"""

READ = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: e, namespace: shop}
spec:
  secretStoreRef: {name: s}
  FIELD
"""


def workspace(text: str, config: Config | None = None) -> Workspace:
    sources = {"a.yaml": SourceFile("a.yaml", text.encode())}
    wanted, interest = choose(sources.values(), interest_of(()))
    parsed = read(wanted, interest, charts_of(sources))
    return build(parsed, config or Config(), frozenset(sources), sources)


def store(provider: str) -> str:
    return f"""
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {{name: s, namespace: shop}}
spec: {{provider: {provider}}}
---"""


def needed(provider: str, field: str) -> set[tuple[str, str]]:
    """(action, resource) of all needs; ARNs without partition, region and account."""
    ws = workspace(store(provider) + (field if "apiVersion" in field else READ.replace("FIELD", field)))
    (one,) = ws.all(Store)
    return {(n.action, n.resource.split(":", 5)[-1].replace(RANDOM * 6, "??????")) for n in needs(one, ws)}


def push(key: str, policy: str = "updatePolicy: Replace", metadata: str = "") -> str:
    return PUSH.replace("KEY", key).replace("POLICY", policy).replace("METADATA", metadata)


SM = "{aws: {service: SecretsManager, region: eu-central-1}}"
SSM = "{aws: {service: ParameterStore, region: eu-central-1}}"


@pytest.mark.parametrize(
    ("provider", "field", "expected"),
    [
        (SM, "data: [{secretKey: a, remoteRef: {key: x}}]", {("secretsmanager:GetSecretValue", "secret:x-??????")}),
        (
            SM.replace("region", "prefix: app-, region"),
            "dataFrom: [{extract: {key: x}}]",
            {("secretsmanager:GetSecretValue", "secret:app-x-??????")},
        ),
        (
            SM,
            "data: [{secretKey: a, remoteRef: {key: x, metadataPolicy: Fetch}}]",
            {("secretsmanager:DescribeSecret", "secret:x-??????")},
        ),
        (
            SM,
            "dataFrom: [{find: {name: {regexp: ^app/db}}}]",
            {("secretsmanager:ListSecrets", "*"), ("secretsmanager:GetSecretValue", f"secret:app/db{HOLE}")},
        ),
        (
            SM,
            "dataFrom: [{find: {name: {regexp: ^app?}}}]",
            {("secretsmanager:ListSecrets", "*"), ("secretsmanager:GetSecretValue", f"secret:ap{HOLE}")},
        ),
        (
            SM,
            "dataFrom: [{find: {path: app/, tags: {a: b}}}]",
            {
                ("secretsmanager:BatchGetSecretValue", "*"),
                ("secretsmanager:ListSecrets", "*"),
                ("secretsmanager:GetSecretValue", f"secret:app/{HOLE}"),
            },
        ),
        (
            SM,
            push("x", "{updatePolicy: IfNotExists}"[1:-1]),
            {
                (f"secretsmanager:{action}", "secret:x-??????")
                for action in ("DescribeSecret", "GetSecretValue", "CreateSecret", "TagResource")
            },
        ),
        (
            SM,
            push("x", metadata="metadata: {spec: {resourcePolicy: {policySourceRef: {}}}}"),
            {
                (f"secretsmanager:{action}", "secret:x-??????")
                for action in (
                    "DescribeSecret",
                    "GetSecretValue",
                    "CreateSecret",
                    "TagResource",
                    "PutSecretValue",
                    "GetResourcePolicy",
                    "PutResourcePolicy",
                )
            },
        ),
        (SSM, "data: [{secretKey: a, remoteRef: {key: /x/y}}]", {("ssm:GetParameter", "parameter/x/y")}),
        (SSM, "data: [{secretKey: a, remoteRef: {key: x}}]", {("ssm:GetParameter", "parameter/x")}),
        (
            SSM,
            "dataFrom: [{find: {path: /app, name: {regexp: .}}}]",
            {("ssm:GetParametersByPath", "parameter/app")},
        ),
        (
            SSM,
            push("/x"),
            {
                (f"ssm:{action}", "parameter/x")
                for action in ("GetParameter", "PutParameter", "AddTagsToResource", "ListTagsForResource")
            },
        ),
        (
            "{gcpsm: {projectID: p}}",
            "dataFrom: [{extract: {key: x}}]",
            {("secretmanager.versions.access", "projects/p/secrets/x")},
        ),
        ("{azurekv: {vaultUrl: x}}", "dataFrom: [{extract: {key: cert/x}}]", {("certificates/Get", "certificates/x")}),
        ("{azurekv: {vaultUrl: x}}", push("x"), {("secrets/Get", "secrets/x"), ("secrets/Set", "secrets/x")}),
        (
            "{kubernetes: {remoteNamespace: far}}",
            push("x"),
            {("get", "far/x"), ("create", "far/"), ("update", "far/x")},
        ),
        ("{kubernetes: {}}", "dataFrom: [{find: {name: {regexp: .}}}]", {("list", "default/")}),
        ("{vault: {path: kv}}", "dataFrom: [{extract: {key: a/b}}]", {("read", "kv/data/a/b")}),
        (
            "{vault: {path: kv, version: v1}}",
            push("a"),
            {("read", "kv/a"), ("create", "kv/a"), ("update", "kv/a")},
        ),
        (
            "{vault: {path: kv}}",
            "dataFrom: [{find: {path: a/, name: {regexp: .}}}]",
            {("list", "kv/metadata/a/"), ("read", f"kv/data/a/{HOLE}")},
        ),
        ("{doppler: {}}", "dataFrom: [{extract: {key: x}}]", set()),
    ],
)
def test_what_is_needed(provider: str, field: str, expected: set[tuple[str, str]]) -> None:
    assert needed(provider, field) == expected


@pytest.mark.parametrize(("release", "wanted"), [("0.20.3", False), ("0.20.4", True), ("2.9.0", True)])
def test_resource_policies_are_removed_since_a_release(release: str, wanted: bool) -> None:
    ws = workspace(store(SM) + push("x"), Config(eso_version=release))
    (one,) = ws.all(Store)
    assert any(need.action == "secretsmanager:DeleteResourcePolicy" for need in needs(one, ws)) is wanted


def test_deletion_stands_on_its_policy() -> None:
    ws = workspace(store(SM) + push("x", "deletionPolicy: Delete"))
    (one,) = ws.all(Store)
    found = [use for use in uses(one, ws) if use.feature == "delete"]
    assert [use.at.span.text for use in found] == ["Delete"]


@pytest.mark.parametrize(
    ("path", "version", "key", "data", "metadata"),
    [
        ("secret", "v2", "team/db", "secret/data/team/db", "secret/metadata/team/db"),
        # A key that repeats the mount is cut for values only.
        ("secret", "v2", "secret/data/team/db", "secret/data/team/db", "secret/metadata/secret/data/team/db"),
        ("secret", "v2", "data/db", "secret/data/data/db", "secret/metadata/data/db"),
        ("secret", "v2", "/db", "secret/data/db", "secret/metadata/db"),
        ("", "v2", "secret/team/db", "secret/data/team/db", None),
        ("", "v2", "secret/data/db", "secret/data/db", "secret/metadata/db"),
        ("secret", "v1", "team/db", "secret/team/db", "secret/metadata/team/db"),
        ("", "v1", "secret/team/db", "secret/team/db", None),
    ],
)
def test_paths_of_vault(path: str, version: str, key: str, data: str, metadata: str | None) -> None:
    ws = workspace(store(f"{{vault: {{path: '{path}', version: {version}}}}}"))
    (one,) = ws.all(Store)
    assert data_path(one, key, version == "v2") == data
    assert metadata_path(one, key) == metadata
