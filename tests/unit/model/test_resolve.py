"""What references resolve to, and which objects can meet."""

from __future__ import annotations

import pytest

from eso_lint.api import External, Found, Missing, Resolution, Unknown
from eso_lint.app import build, interest_of, read
from eso_lint.config import Config, ExternalObject
from eso_lint.model.together import is_environment, parted
from eso_lint.model.workspace import Workspace
from eso_lint.source.node import SourceFile
from eso_lint.suggest import is_slip

_STORE = """apiVersion: external-secrets.io/v1
kind: {kind}
metadata: {{name: {name}, namespace: {namespace}}}
spec: {{provider: {{vault: {{server: x}}}}}}
"""
_USER = """apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {{name: db, namespace: {namespace}}}
spec:
  secretStoreRef: {{name: {name}, kind: {kind}}}
  dataFrom: [{{extract: {{key: a}}}}]
"""


def store(name: str, kind: str = "ClusterSecretStore", namespace: str = "null") -> str:
    return _STORE.format(kind=kind, name=name, namespace=namespace)


def user(name: str, kind: str = "ClusterSecretStore", namespace: str = "shop") -> str:
    return _USER.format(kind=kind, name=name, namespace=namespace)


def workspace(files: dict[str, str], config: Config | None = None) -> Workspace:
    sources = {path: SourceFile(path, text.encode()) for path, text in sorted(files.items())}
    return build(read(sources.values(), interest_of(())), config or Config(), frozenset(sources), sources)


def answer(files: dict[str, str], config: Config | None = None) -> Resolution:
    """What the store reference of the only ExternalSecret leads to."""
    ws = workspace(files, config)
    (reference,) = [r for resource in ws.resources for r in ws.references(resource, "store")]
    return ws.resolve(reference)


@pytest.mark.parametrize(
    ("here", "used", "reason"),
    [
        (store("vault"), user("vualt"), "near-name"),
        (store("aws"), user("vault"), "others-of-kind"),
        (store("vault"), user("vault", "SecretStore"), "other-kind"),
        (store("vault", "SecretStore", "pay"), user("vault", "SecretStore"), "other-namespace"),
        (store("vault", "SecretStore", "shop"), user("vault"), "other-kind"),
    ],
)
def test_missing_with_a_reason(here: str, used: str, reason: str) -> None:
    found = answer({"a.yaml": here, "b.yaml": used})
    assert isinstance(found, Missing)
    assert found.reason == reason


@pytest.mark.parametrize(
    "files",
    [
        {"b.yaml": user("vault")},
        {"a.yaml": store("vault", "SecretStore", "pay"), "b.yaml": user("vault")},
        {"a.yaml": store("aws") + "---\n" + store('"${X}-vault"'), "b.yaml": user("dev-vault")},
        {"a.yaml": store("aws"), "b.yaml": user('"${X}"')},
        {"a.yaml": store("aws"), "_archive/b.yaml": user("vault")},
        {"a.yaml": store("aws"), "b.yaml": user("vault"), "c.yaml": "a: [\n" + store("vault")},
        {"a.yaml": store("aws"), "b.yaml": user("vault"), "m.tf": 'kind = "ClusterSecretStore"\nname = "vault"\n'},
        {"clusters/a/a.yaml": store("aws"), "clusters/b/b.yaml": user("vault")},
        {"_archive/a.yaml": store("vault"), "b.yaml": user("vault", "SecretStore")},
    ],
)
def test_unknown(files: dict[str, str]) -> None:
    assert isinstance(answer(files), Unknown)


def test_found_and_external() -> None:
    found = answer({"a.yaml": store("vault", "SecretStore"), "b.yaml": user("vault", "SecretStore")})
    assert isinstance(found, Found)
    assert not found.certain
    config = Config(external=(ExternalObject("ClusterSecretStore", "v*"),))
    assert isinstance(answer({"a.yaml": store("aws"), "b.yaml": user("vault")}, config), External)


def test_a_closed_world_misses_everything() -> None:
    found = answer({"b.yaml": user("vault")}, Config(closed_world=True))
    assert isinstance(found, Missing)
    assert found.reason == "closed-world"


def test_what_was_not_checked_is_counted() -> None:
    assert workspace({"b.yaml": user("vault")}).unchecked() == {"ClusterSecretStore": 1}
    assert workspace({"a.yaml": store("vault"), "b.yaml": user("vault")}).unchecked() == {}


@pytest.mark.parametrize(
    ("word", "name", "slip"),
    [("vualt", "vault", True), ("aws-secret-manager", "aws-secrets-manager", True), ("vault-1", "vault-2", False),
     ("vault-a", "vault-b", False), ("app-dev", "app-qa", False), ("Vault", "vault", True)],
)  # fmt: skip
def test_slips(word: str, name: str, slip: bool) -> None:
    assert is_slip(word, name) is slip


@pytest.mark.parametrize(
    "name", ["prod", "app-dev", "us-east-1", "ring-1", "europe-west1", "stg", "dev-eu", "cluster2"]
)
def test_environments(name: str) -> None:
    assert is_environment(name)


@pytest.mark.parametrize("name", ["shop", "payments", "vault", "database", "product", "interval"])
def test_no_environments(name: str) -> None:
    assert not is_environment(name)


@pytest.mark.parametrize(
    ("a", "b", "apart"),
    [("x/dev/a.yaml", "x/prod/b.yaml", True), ("smaug/a.yaml", "balrog/a.yaml", True), ("x/a.yaml", "x/b.yaml", False),
     ("x/a.yaml", "y/b.yaml", False), ("docs/a.yaml", "docs/b.yaml", True), ("x/old/a.yaml", "x/b.yaml", True)],
)  # fmt: skip
def test_paths_that_part(a: str, b: str, apart: bool) -> None:
    assert parted(a, b) is apart
