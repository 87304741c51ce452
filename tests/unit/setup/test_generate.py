"""What `init` writes: right by our own rules in every combination, and built by the real kustomize."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from eso_lint.iam.hcl import read
from eso_lint.setup import written
from eso_lint.setup.answers import PLATFORMS
from eso_lint.setup.generate import generate
from eso_lint.setup.notes import overlaps
from eso_lint.setup.question import Value
from eso_lint.setup.questions import OTHERS
from eso_lint.setup.tables import auths, can_push
from eso_lint.setup.tenants import conventions, key_for, pattern_for
from eso_lint.source.node import SourceFile
from tests.unit.setup.made import DEEP, GUID, RELEASES, answers, findings, output, remembered, variants

KUBECTL = os.environ.get("ESO_LINT_KUBECTL", "")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written, "_one", remembered)


@pytest.mark.parametrize("provider", DEEP)
def test_every_combination_is_clean_in_the_strict_profile(provider: str) -> None:
    seen: set[tuple[str, ...]] = set()
    for number, (teams, platform, release) in enumerate(itertools.product(("many", "one"), PLATFORMS, RELEASES)):
        for way in variants(provider, teams, number):
            files = output(answers(provider, teams, platform, eso_version=release, **way))
            # Platforms that a provider does not tell apart give the same bytes.
            known = tuple(files.values())
            if known not in seen:
                seen.add(known)
                assert findings(files) == [], (teams, platform, release, way)
    assert len(seen) > 10


@pytest.mark.parametrize("provider", DEEP)
def test_every_way_to_log_in_is_clean(provider: str) -> None:
    for teams, platform, release in itertools.product(("many", "one"), ("eks", "gke", "kind"), ("0.20", "2.9")):
        for auth in auths(provider, platform, release):
            for push in (False, True) if can_push(provider) else (False,):
                given: dict[str, Value] = {"push": True} if push else {}
                made = answers(provider, teams, platform, eso_version=release, auth=auth, **given)
                assert made.auth == auth
                assert findings(output(made)) == [], (teams, platform, release, auth, push)


@pytest.mark.parametrize("provider", OTHERS)
def test_every_other_provider_has_what_its_schema_and_the_webhook_ask_for(provider: str) -> None:
    made = 0
    for teams, release in itertools.product(("many", "one"), RELEASES):
        try:
            given = answers(provider, teams, eso_version=release, gitops="flux", hardened=True)
        except AssertionError:
            continue  # the release does not have it yet: a test below says which
        made += 1
        files = output(given)
        assert findings(files) == [], (teams, release)
        assert any("Replace" in text for path, text in files.items() if path.endswith("store.yaml"))
    assert made >= 2


def test_a_release_without_the_provider_is_refused() -> None:
    with pytest.raises(AssertionError, match=r"needs release 2\.8\.0"):
        answers("crd", eso_version="1.3")


@pytest.mark.parametrize("provider", DEEP)
def test_the_same_answers_give_the_same_well_formed_bytes(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    given = answers(provider, hardened=True, kyverno=True, gitops="argocd", push=can_push(provider))
    files = generate(given)
    assert files == generate(given)
    assert list(files) == sorted(files)
    for path, text in files.items():
        assert text.endswith("\n") and not text.endswith("\n\n") and "\t" not in text, path
        assert all(line == line.rstrip() for line in text.splitlines()), path
        if path.endswith(".yaml"):
            assert all(isinstance(document, dict) for document in yaml.safe_load_all(text)), path
        elif path.endswith(".json"):
            assert json.loads(text), path
        elif path.endswith((".tf", ".hcl")):
            body = read(SourceFile(path, text.encode()))
            assert body.blocks and not body.broken, path


@pytest.mark.skipif(not KUBECTL, reason="ESO_LINT_KUBECTL names no kubectl")
@pytest.mark.parametrize("provider", DEEP)
def test_kustomize_builds_it(provider: str, tmp_path: Path) -> None:
    push = can_push(provider)
    for teams, gitops in itertools.product(("many", "one"), ("none", "flux", "argocd")):
        files = generate(answers(provider, teams, hardened=True, kyverno=True, gitops=gitops, push=push))
        root = tmp_path / f"{teams}-{gitops}"
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        listed = {path for path in files if path.endswith("kustomization.yaml")}
        built: set[str] = set()
        for folder in (".", "operator", "secrets"):
            done = subprocess.run(
                [KUBECTL, "kustomize", str(root / folder)], capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
            built |= {_title(document) for document in yaml.safe_load_all(done.stdout)}
        manifests = {
            _title(document)
            for path, text in files.items()
            if path.endswith(".yaml") and "/" in path and not path.startswith(".") and path not in listed
            for document in yaml.safe_load_all(text)
            if "kind" in document  # the chart's values are no object
        }
        assert built == manifests


def _title(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    return f"{document['kind']} {metadata.get('namespace', '')}/{metadata['name']}"


def test_option_a_is_a_store_for_each_namespace_and_option_b_one_with_conditions() -> None:
    many = generate(answers("vault", "many"))
    assert "secrets/team-a/store.yaml" in many and "secrets/team-b/store.yaml" in many
    assert "kind: SecretStore" in many["secrets/team-a/store.yaml"]
    one = generate(answers("vault", "one"))
    store = yaml.safe_load(one["secrets/store/store.yaml"])
    assert store["kind"] == "ClusterSecretStore"
    wanted = store["spec"]["conditions"][0]["namespaceSelector"]["matchLabels"]
    assert yaml.safe_load(one["secrets/team-a/namespace.yaml"])["metadata"]["labels"] == wanted


@pytest.mark.parametrize(
    ("provider", "path", "key", "pattern"),
    [
        ("aws-secrets-manager", "prod/{namespace}/*", "prod/team-a/app", "prod/team-a/*"),
        ("aws-parameter-store", "/prod/{namespace}/*", "/prod/team-a/app", "/prod/team-a/*"),
        ("vault", "secret/data/{namespace}/*", "team-a/app", "team-a/*"),
        ("gcp-secret-manager", "prod-{namespace}-*", "prod-team-a-app", "prod-team-a-*"),
        ("kubernetes", "{namespace}-*", "team-a-app", "team-a-*"),
        ("onepassword", "{namespace}/*", "team-a/app", "team-a/*"),
        ("doppler", "APP_*", "APP_APP", "APP_*"),
        ("infisical", "/prod/{namespace}/*", "/prod/team-a/app", "/prod/team-a/*"),
        ("bitwarden", "{namespace}/db", "team-a/db", "team-a/db"),
    ],
)
def test_the_path_becomes_keys_and_patterns(provider: str, path: str, key: str, pattern: str) -> None:
    given = answers(provider, path=path)
    assert key_for(given, "team-a") == key
    assert pattern_for(given, "team-a") == pattern
    config = yaml.safe_load(generate(given)[".eso-lint.yaml"])
    assert config["paths"] == conventions(given)


def test_patterns_that_fit_the_keys_of_another_namespace_are_told() -> None:
    given = answers("gcp-secret-manager", namespaces=("shop", "shop-b"))
    assert overlaps(given) == [("shop", "shop-b")]
    assert "`prod-shop-*` fits keys of namespace `shop-b` too" in generate(given)["NOTES.md"]
    assert overlaps(answers("aws-secrets-manager", namespaces=("shop", "shop-b"))) == []


def test_values_of_other_charts_are_left_out() -> None:
    old, new = (
        yaml.safe_load(generate(answers("vault", eso_version=release))["operator/chart/values.yaml"])[
            "external-secrets"
        ]
        for release in ("0.20.0", "2.9")
    )
    assert "serviceAccountTokenCreate" not in old["rbac"] and new["rbac"]["serviceAccountTokenCreate"] is False
    # 0.20.0 has no chart: the next one has.
    chart = yaml.safe_load(generate(answers("vault", eso_version="0.20.0"))["operator/chart/Chart.yaml"])
    assert chart["dependencies"][0]["version"] == "0.20.1"


def test_texts_that_yaml_takes_for_something_else_are_quoted() -> None:
    document = written.Document({"a": "yes", "b": "1e3", "c": "on", "d": "2020-01-01", "e": "*", "f": "x", "null": "~"})
    assert yaml.safe_load(written.yaml_text(document)) == document.body
    assert "f: x\n" in written.yaml_text(document)


@pytest.mark.parametrize(
    ("provider", "given"),
    [
        ("vault", {"namespaces": ("team-a",), "scoped": True, "kyverno": True, "gitops": "flux"}),
        ("vault", {"kv_version": "v1", "push": True}),
        ("vault", {"auth_mount": "clusters/prod", "mount": "teams/kv", "vault_url": "https://vault.vault:8200"}),
        ("openbao", {"auth": "static", "platform": "kind"}),
        ("aws-secrets-manager", {"teams": "one", "namespaces": tuple(f"shop-{n}" for n in range(9)), "hardened": True}),
        ("aws-secrets-manager", {"namespaces": ("no", "1e3", "team-a"), "store": "on", "eso_namespace": "null"}),
        ("aws-secrets-manager", {"region": "cn-north-1", "role": "eso/team-{namespace}", "push": True}),
        ("aws-secrets-manager", {"path": "prod/{namespace}", "push": True, "gitops": "flux", "folder": "a/b"}),
        ("gcp-secret-manager", {"platform": "gke", "path": "{namespace}", "push": True}),
        ("azure-key-vault", {"platform": "aks", "identities": (GUID, GUID.replace("1", "2"))}),
        ("kubernetes", {"auth": "static", "server": "https://other.example.org:6443", "push": True}),
        ("onepassword", {"path": "{namespace}/database/prod/*", "push": True}),
        ("doppler", {"path": "{namespace}_*", "hardened": True, "kyverno": True}),
        ("gitlab", {"path": "{namespace}_*", "eso_version": "0.16"}),
    ],
)
def test_unusual_answers_are_clean_too(provider: str, given: dict[str, Value]) -> None:
    told = {**given}
    files = output(answers(provider, str(told.pop("teams", "many")), str(told.pop("platform", "eks")), **told))
    assert findings(files) == []
    for path, text in files.items():
        if path.endswith(".yaml"):
            for document in yaml.safe_load_all(text):
                names = document.get("metadata", {})
                assert all(isinstance(names.get(key, ""), str) for key in ("name", "namespace")), path
