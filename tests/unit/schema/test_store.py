"""Which schema judges: the object's own API version, in the release in play, and what stands in for one not known."""

from __future__ import annotations

import json
from typing import Any

import pytest

from eso_lint.config import Config
from eso_lint.lint.rule import Finding, Severity
from eso_lint.rules.index import INDEX
from eso_lint.schema.pack import pack_crds
from eso_lint.testing import lint

RULES = [entry.load() for entry in INDEX if entry.id.startswith(("ESO30", "ESO331", "ESO332"))]
OBJECT = """apiVersion: external-secrets.io/{version}
kind: ExternalSecret
metadata: {{name: db}}
spec:
  secretStoreRef: {{name: vault}}
  {field}
  data:
    - secretKey: password
      remoteRef: {{key: shop/db}}
"""
UUID = "apiVersion: generators.external-secrets.io/v1alpha1\nkind: UUID\nmetadata: {name: id}\nspec: {upper: true, lower: 1}\n"


def crd(**properties: Any) -> dict[str, Any]:
    schema = {
        "type": "object",
        "description": "left out",
        "properties": {
            "apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"},
            "spec": {"type": "object", "properties": properties},
        },
    }  # fmt: skip
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "uuids.generators.external-secrets.io"},
        "spec": {
            "group": "generators.external-secrets.io",
            "names": {"kind": "UUID", "plural": "uuids"},
            "scope": "Namespaced",
            "versions": [{"name": "v1alpha1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
        },
    }


def found(files: dict[str, str], **config: Any) -> list[tuple[str, str, Severity]]:
    return [(f.rule.name, f.span.text, f.severity) for f in findings(files, **config)]


def findings(files: dict[str, str], **config: Any) -> list[Finding]:
    return lint(files, RULES, Config(**config))


@pytest.mark.parametrize("version", ["v1alpha1", "v1beta1"])
@pytest.mark.parametrize("release", ["0.5.0", "0.15.1", "2.9.0"])
def test_an_old_version_is_judged_by_its_own_schema(version: str, release: str) -> None:
    assert found({"a.yaml": OBJECT.format(version=version, field="target: {}")}, eso_version=release) == []


def test_a_field_of_a_later_release_needs_it() -> None:
    text = OBJECT.format(version="v1", field="refreshPolicy: OnChange\n  syncWindows: {kind: allow, windows: []}")
    assert [f[:2] for f in found({"a.yaml": text}, eso_version="0.16.0")] == [("needs-newer-eso", "syncWindows")]
    assert [f[:2] for f in found({"a.yaml": text}, eso_version="2.9.0")] == [("value-out-of-range", "windows")]


def test_a_value_of_a_later_release_needs_it() -> None:
    text = OBJECT.format(version="v1", field="target: {creationPolicy: CreateOrMerge}")
    (one,) = findings({"a.yaml": text}, eso_version="2.7.0")
    assert (one.rule.name, one.span.text) == ("needs-newer-eso", "CreateOrMerge")
    assert "2.8.0" in one.message


def test_a_provider_that_is_gone_is_not_called_unknown() -> None:
    store = (
        "apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: {name: a}\n"
        "spec:\n  provider:\n    device42: {host: h, auth: {secretRef: {credentials: {name: a, key: b}}}}\n"
    )
    assert [f[0] for f in found({"a.yaml": store}, eso_version="2.0.0")] == ["removed-provider"]
    assert found({"a.yaml": store}, eso_version="1.3.2") == []


def test_a_newer_release_softens_what_it_may_know() -> None:
    text = OBJECT.format(version="v1", field="brandNew: 1\n  refreshPolicy: Sometimes\n  refreshInterval: [1]")
    assert sorted(found({"a.yaml": text}, eso_version="3.1.0")) == [
        ("enum-value", "Sometimes", Severity.INFO),
        ("scalar-type", "refreshInterval", Severity.ERROR),
        ("unknown-field", "brandNew", Severity.INFO),
    ]


def test_a_patch_of_the_newest_minor_is_as_the_newest() -> None:
    assert found({"a.yaml": UUID}, eso_version="2.9.7")[0] == ("unknown-field", "upper", Severity.ERROR)


def test_added_schemas_judge_their_release() -> None:
    files = {"a.yaml": UUID, "more/eso-2.10.0.crds": pack_crds([crd(upper={"type": "boolean"})], "2.10.0")}
    assert found(files, schemas="more", eso_version="2.10.0") == [("unknown-field", "lower", Severity.ERROR)]
    assert found(files, schemas="more") == [("unknown-field", "lower", Severity.ERROR)]
    assert found(files, schemas="more", eso_version="2.11.0") == [("unknown-field", "lower", Severity.INFO)]
    assert len(found(files, schemas="more", eso_version="2.9.0")) == 2
    assert len(found(files, schemas="elsewhere", eso_version="2.10.0")) == 2


def pack(row: str, points: str = '[["2.10.0", 0, true]]') -> str:
    kind = f'{{"group": "generators.external-secrets.io", "versions": {{"v1alpha1": {points}}}}}'
    return f'{{"release": "2.10.0", "rows": [{row}], "kinds": {{"UUID": {kind}}}}}'


BROKEN = (
    "",
    "{",
    "[]",
    "null",
    "[" * 100_000,
    '{"rows": [], "kinds": {}}',
    '{"release": "2.10.0", "rows": [], "kinds": {"UUID": 7}}',
    pack("1"),
    pack('{"properties": {"spec": 0}}'),
    pack('{"items": 5}'),
    pack('{"enum": 5}'),
    pack('{"required": [5]}'),
    pack("{}", '[["2.10.0", 7, true]]'),
    pack("{}", "[]"),
    pack(", ".join(f'{{"items": {i}}}' if i >= 0 else "{}" for i in range(-1, 200))),
)


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_what_is_no_pack_is_passed_over(text: str) -> None:
    assert len(found({"a.yaml": UUID, "more/x.crds": text}, schemas="more")) == 2


def test_crds_of_the_repository_judge_where_nothing_says_the_release() -> None:
    own = {"a.yaml": UUID, "crds/uuid.yaml": json.dumps(crd(upper={"type": "boolean"}))}
    assert found(own) == [("unknown-field", "lower", Severity.ERROR)]
    assert found(own, eso_version="3.0.0") == [("unknown-field", "lower", Severity.ERROR)]
    assert len(found(own, eso_version="2.9.0")) == 2


def test_a_stub_of_a_crd_does_not_outweigh_the_newest_release() -> None:
    stub = crd(length={"type": "string"})
    stub["spec"]["names"] = {"kind": "Password", "plural": "passwords"}
    password = UUID.replace("UUID", "Password").replace("{upper: true, lower: 1}", "{digits: 4, digit: 4, length: 7}")
    assert found({"a.yaml": password, "crd.yaml": json.dumps(stub)}) == [
        ("unknown-field", "digits", Severity.INFO),
        ("unknown-field", "digit", Severity.ERROR),
        ("scalar-type", "7", Severity.ERROR),
    ]


def test_crds_that_differ_judge_nothing() -> None:
    two = {
        "a.yaml": UUID,
        "one/uuid.yaml": json.dumps(crd(upper={"type": "boolean"})),
        "two/uuid.yaml": json.dumps(crd(lower={"type": "integer"})),
    }
    assert len(found(two)) == 2


def test_a_template_of_a_crd_judges_nothing() -> None:
    text = json.dumps(crd(upper={"type": "boolean"})).replace('"boolean"', "{{ .x }}")
    assert len(found({"a.yaml": UUID, "uuid.yaml": text})) == 2


def test_other_groups_and_kinds_are_left_alone() -> None:
    other = UUID.replace("generators.external-secrets.io", "example.org")
    assert found({"external-secrets.yaml": other}) == []


HELM = """apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {{name: eso}}
spec: {{url: https://charts.external-secrets.io}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: external-secrets, namespace: {namespace}}}
spec:
  chart: {{spec: {{chart: external-secrets, version: {version}, sourceRef: {{kind: HelmRepository, name: eso}}}}}}
"""


def test_what_one_of_two_releases_refuses_is_a_warning_that_names_it() -> None:
    files = {
        "a.yaml": HELM.format(namespace="a", version="0.9.20"),
        "b.yaml": HELM.format(namespace="b", version="0.15.1"),
        "es.yaml": OBJECT.format(version="v1beta1", field="nope: 1").replace("vault", "Vault_1"),
    }
    by_name = {f.rule.name: f for f in findings(files)}
    assert by_name.keys() == {"unknown-field", "name-or-key-pattern"}
    assert by_name["unknown-field"].severity is Severity.ERROR
    assert by_name["name-or-key-pattern"].severity is Severity.WARNING
    assert "0.15.1" in by_name["name-or-key-pattern"].note
