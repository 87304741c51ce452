"""The operator's setup guide: its two options are clean, and each of its pitfalls gives exactly its own finding."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.test_repos import REPOS, found, run


class Pitfall(NamedTuple):
    """One edit to a clean folder, and the finding it must give on the line that holds `at` afterwards."""

    name: str
    repo: str
    file: str
    old: str
    new: str
    rule: str
    at: str
    config: str = ""
    found_in: str = ""


A, B = "guide-option-a", "guide-option-b"
CONDITIONS = """  conditions:
    - namespaceSelector:
        matchLabels:
          external-secrets: "enabled"
"""
JWT = """        jwt:
          serviceAccountRef:
            name: external-secrets
            namespace: external-secrets
"""
STATIC = """        secretRef:
          accessKeyIDSecretRef: {name: aws, namespace: external-secrets, key: id}
          secretAccessKeySecretRef: {name: aws, namespace: external-secrets, key: secret}
"""
PATHS = 'paths: [{namespace: team-a, pattern: "prod/{namespace}/*"}]\n'
TWICE = "        key: prod/team-a/database\n        property: username"

PITFALLS = (
    Pitfall("no conditions", B, "store.yaml", CONDITIONS, "", "ESO201", "spec:"),
    Pitfall("empty conditions", B, "store.yaml", CONDITIONS, "  conditions: []\n", "ESO201", "conditions:"),
    Pitfall("selector matches all", B, "store.yaml", CONDITIONS, "  conditions:\n    - namespaceSelector: {}\n", "ESO202", "namespaceSelector"),
    Pitfall("condition matches none", B, "store.yaml", CONDITIONS, "  conditions:\n    - namespaces: []\n", "ESO203", "namespaces: []"),
    Pitfall("conditions deny", B, "store.yaml", CONDITIONS, "  conditions:\n    - namespaces: [payments]\n", "ESO105", "name: aws-secrets-manager", found_in="shop.yaml"),
    Pitfall("no namespace in serviceAccountRef", B, "store.yaml", "            namespace: external-secrets\n", "", "ESO207", "name: external-secrets"),
    Pitfall("static credentials", B, "store.yaml", JWT, STATIC, "ESO701", "secretRef:"),
    Pitfall("interval zero", B, "shop.yaml", "refreshInterval: 1h", 'refreshInterval: "0"', "ESO401", "refreshInterval"),
    Pitfall("interval zero, unquoted", B, "shop.yaml", "refreshInterval: 1h", "refreshInterval: 0", "ESO302 ESO401", "refreshInterval"),
    Pitfall("interval zero, a duration", A, "team-a.yaml", "refreshInterval: 1h", "refreshInterval: 0s", "ESO401", "refreshInterval"),
    Pitfall("interval is no duration", A, "team-a.yaml", "refreshInterval: 1h", "refreshInterval: 1d", "ESO404", "refreshInterval"),
    Pitfall("client-side apply", B, "scripts/install.sh", "apply --server-side", "apply", "ESO801", "kubectl apply"),
    Pitfall("trailing slash", B, "shop.yaml", "key: dev/shop/database", "key: dev/shop/database/", "ESO601", "key: dev"),
    Pitfall("wrong case", A, "team-a.yaml", TWICE, TWICE.replace("database", "Database"), "ESO603", "key: prod/team-a/Database"),
    Pitfall("missing segment", A, "team-a.yaml", TWICE, TWICE.replace("team-a/", ""), "ESO604", "key: prod/database", PATHS),
    Pitfall("store name misspelt", B, "shop.yaml", "name: aws-secrets-manager", "name: aws-secret-manager", "ESO101", "name: aws-secret-manager"),
    Pitfall("store kind forgotten", B, "shop.yaml", "    kind: ClusterSecretStore\n", "", "ESO102", "name: aws-secrets-manager"),
    Pitfall("store of another namespace", A, "team-a.yaml", "    name: aws-secrets-manager\n    kind: SecretStore", "    name: team-b-store\n    kind: SecretStore", "ESO103", "name: team-b-store"),
    Pitfall("no role on the ServiceAccount", A, "team-a.yaml", "  annotations:\n    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/eso-team-a\n", "", "ESO702", "name: external-secrets"),
    Pitfall("malformed role", A, "team-a.yaml", "arn:aws:iam::111122223333:role/eso-team-a", "arn:aws:iam::1111:role/eso-team-a", "ESO703", "role-arn"),
)  # fmt: skip


@pytest.mark.parametrize("repo", [A, B])
def test_the_guide_is_clean(repo: str, tmp_path: Path) -> None:
    shutil.copytree(REPOS / repo, tmp_path / repo)
    code, report = run(tmp_path / repo)
    assert (code, report["findings"]) == (0, [])


@pytest.mark.parametrize("pitfall", PITFALLS, ids=lambda p: p.name)
def test_each_pitfall_gives_exactly_its_finding(pitfall: Pitfall, tmp_path: Path) -> None:
    folder = tmp_path / "repo"
    shutil.copytree(REPOS / pitfall.repo, folder)
    if pitfall.name == "store of another namespace":
        other = folder / "team-b.yaml"
        other.write_text(other.read_text().replace("name: aws-secrets-manager", "name: team-b-store"))
    file = folder / pitfall.file
    text = file.read_text()
    assert pitfall.old in text
    file.write_text(
        text.replace(pitfall.old, pitfall.new, 1)
        if pitfall.rule != "ESO103"
        else text.replace(pitfall.old, pitfall.new)
    )
    if pitfall.config:
        (folder / ".eso-lint.yaml").write_text(pitfall.config)
    _, report = run(folder)
    place = pitfall.found_in or pitfall.file
    lines = (folder / place).read_text().split("\n")
    hits = found(report)
    assert sorted((path, rule) for path, _, rule in hits) == [(place, rule) for rule in pitfall.rule.split()]
    assert all(pitfall.at in lines[line - 1] for _, line, _ in hits)
