"""Findings stand where a person mends them, whatever brought the value there."""

from __future__ import annotations

from eso_lint.rules.index import INDEX
from eso_lint.testing import lint

RULES = [entry.load() for entry in INDEX if entry.id.startswith("ESO30")]
BASE = """apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db}
spec:
  secretStoreRef: {name: vault}
  data:
    - secretKey: password
      remoteRef: {key: shop/db}
"""


def found(files: dict[str, str]) -> list[tuple[str, str, int, str]]:
    return [
        (f.rule.name, f.span.file.path, f.span.file.position(f.span.start)[0], f.span.text) for f in lint(files, RULES)
    ]


def test_in_the_patch_that_puts_it_there() -> None:
    files = {
        "base/es.yaml": BASE,
        "base/kustomization.yaml": "resources: [es.yaml]\n",
        "prod/kustomization.yaml": (
            "resources: [../base]\n"
            "patches:\n"
            "  - target: {kind: ExternalSecret}\n"
            "    patch: |-\n"
            "      - {op: add, path: /spec/refreshPolicy, value: Never}\n"
        ),
    }
    assert found(files) == [("enum-value", "prod/kustomization.yaml", 5, "Never")]


def test_nowhere_when_a_patch_mends_it() -> None:
    files = {
        "base/es.yaml": BASE.replace("remoteRef: {key: shop/db}", "remoteRef: {}"),
        "base/kustomization.yaml": "resources: [es.yaml]\n",
        "prod/kustomization.yaml": (
            "resources: [../base]\n"
            "patches:\n"
            "  - target: {kind: ExternalSecret}\n"
            "    patch: |-\n"
            "      - {op: add, path: /spec/data/0/remoteRef/key, value: shop/db}\n"
        ),
    }
    assert found(files) == []


def test_an_anchor_is_reported_once_where_it_is_written() -> None:
    text = (
        BASE.replace("remoteRef: {key: shop/db}", "remoteRef: &r {key: 7}")
        + "    - secretKey: b\n      remoteRef: *r\n"
    )
    assert found({"es.yaml": text}) == [("scalar-type", "es.yaml", 8, "7")]


def test_a_merge_key_brings_its_fields() -> None:
    text = BASE + "    - secretKey: b\n      remoteRef: {<<: {key: a}, propertie: x}\n"
    assert found({"es.yaml": text}) == [("unknown-field", "es.yaml", 10, "propertie")]


def test_templates_fit_anything() -> None:
    text = BASE.replace("shop/db", '"${KEY}"').replace("name: vault", "name: ${STORE}").replace("password", "${X}")
    assert found({"es.yaml": text}) == []


def test_what_aliases_repeat_is_judged_once() -> None:
    lines = ["a: &a0 {x: 1}"] + [f"a{i}: &a{i} {{p: *a{i - 1}, q: *a{i - 1}}}" for i in range(1, 9)]
    text = BASE + "".join(f"  {line}\n" for line in lines)
    assert {name for name, *_ in found({"es.yaml": text})} == {"unknown-field"}


def test_infinity_is_no_json() -> None:
    store = (
        "apiVersion: generators.external-secrets.io/v1alpha1\nkind: VaultDynamicSecret\nmetadata: {name: a}\nspec:\n"
        "  path: a\n  parameters: {ttl: .inf, word: xinf}\n"
        "  provider: {server: https://v, auth: {tokenSecretRef: {name: a, key: b}}}\n"
    )
    assert found({"external-secrets.yaml": store}) == [("scalar-type", "external-secrets.yaml", 6, ".inf")]


def test_a_fix_is_offered_only_in_the_objects_own_file() -> None:
    text = BASE.replace("shop/db", "7")
    (own,) = lint({"es.yaml": text}, RULES)
    assert own.fix is not None
    assert own.fix.edits[0].text == '"7"'
    files = {
        "es.yaml": BASE,
        "kustomization.yaml": (
            "resources: [es.yaml]\npatches:\n  - target: {kind: ExternalSecret}\n"
            '    patch: "[{op: replace, path: /spec/data/0/remoteRef/key, value: 7}]"\n'
        ),
    }
    (patched,) = lint(files, RULES)
    assert patched.span.text == "7"
    assert patched.fix is None


def test_a_value_of_a_chart_is_quoted_where_it_is_used() -> None:
    files = {
        "chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
        "chart/values.yaml": "key: 44754\n",
        "chart/templates/es.yaml": BASE.replace("shop/db", "{{ .Values.key }}"),
    }
    (found,) = lint(files, RULES)
    assert (found.span.file.path, found.span.text) == ("chart/values.yaml", "44754")
    assert "| quote" in found.help
